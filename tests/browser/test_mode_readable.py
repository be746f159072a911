"""What the message box says of applying changes can be read while it is closed, wherever the panel stands."""

from __future__ import annotations

import pytest
from playwright.sync_api import Browser, expect

from tests.live import Studio

pytestmark = [pytest.mark.browser, pytest.mark.live]

#: Beside its text a select has its padding and its arrow.
ARROW = 20
ROOM = """(select) => {
  const pen = document.createElement("canvas").getContext("2d");
  pen.font = getComputedStyle(select).font;
  const { left, right } = select.getBoundingClientRect();
  const texts = [...select.options].map((option) => pen.measureText(option.textContent).width);
  return [Math.max(...texts), select.clientWidth, left, right];
}"""


@pytest.mark.parametrize("language", ["fr-FR", "en-US"])
@pytest.mark.parametrize("width", [1440, 768, 360])
def test_the_mode_is_readable(browser: Browser, studio: Studio, language: str, width: int) -> None:
    context = browser.new_context(locale=language, viewport={"width": width, "height": 800})
    page = context.new_page()
    page.goto(studio.editor_url)
    mode = page.locator('[data-do="mode"]')
    expect(mode).to_be_attached()
    if not mode.is_visible():
        page.locator('[data-view="chat"]').first.click()
    expect(mode).to_be_visible()
    text, room, left, right = mode.evaluate(ROOM)
    assert text + ARROW <= room
    assert 0 <= left < right <= width
    model = page.locator(".model-picker select")
    expect(model).to_be_visible()
    assert model.evaluate("(select) => select.getBoundingClientRect().width") >= 60, "nor does the model vanish"
    send = page.locator(".send").bounding_box()
    assert send is not None
    assert send["x"] + send["width"] <= width
    context.close()
