"""The editor page in a real Chromium: right before any script, whatever the width, whatever the theme."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.browser.editor import Editor, Files

if TYPE_CHECKING:
    from django.contrib.auth.models import User
    from django.test import Client
    from pytest_django.live_server_helper import LiveServer

    from tests.live import Studio

pytestmark = [pytest.mark.browser, pytest.mark.live]


def test_the_text_is_there_before_any_script_and_stays_where_it_is(
    browser: Browser, studio: Studio, editor: Editor, files: Files
) -> None:
    path = files.put("a.html", "".join(f"<p>ligne {n}</p>\n" for n in range(30)))
    plain = browser.new_context(java_script_enabled=False, viewport={"width": 1280, "height": 720}).new_page()
    plain.goto(f"{studio.editor_url}?file={path}")
    expect(plain.locator(".code-text")).to_contain_text("<p>ligne 29</p>")
    before = plain.locator(".code-text").bounding_box()
    plain.context.close()
    editor.page.set_viewport_size({"width": 1280, "height": 720})
    after = editor.open(path).code.bounding_box()
    assert before is not None
    assert after is not None
    assert abs(before["x"] - after["x"]) <= 2
    assert abs(before["y"] + 0 - (after["y"] + 8)) <= 2, "CodeMirror's content has its padding inside"


def test_little_moves_while_the_page_loads(page: Page, studio: Studio) -> None:
    page.add_init_script("""
      window.shift = 0;
      new PerformanceObserver((list) => {
        for (const entry of list.getEntries()) if (!entry.hadRecentInput) window.shift += entry.value;
      }).observe({ type: "layout-shift", buffered: true });
    """)
    Editor(page, studio.editor_url).open()
    expect(page.locator("webox-chat textarea")).to_be_visible()
    assert page.evaluate("window.shift") < 0.1


def test_a_file_opens_in_a_tab_and_back_brings_the_first_one_back(editor: Editor, files: Files) -> None:
    first, second = files.put("a.html", "<p>un</p>"), files.put("b.css", "b {}")
    editor.open(first).go_to(second)
    editor.expect_text("b {}")
    expect(editor.page).to_have_url(re.compile(r"\?file=.*b\.css$"))
    editor.page.go_back()
    editor.expect_text("<p>un</p>")
    expect(editor.tab(first)).to_have_attribute("aria-selected", "true")


def test_hostile_text_and_names_stay_text(editor: Editor, files: Files) -> None:
    hostile = "</code></pre></script><img src=x onerror=\"document.title='gotcha'\">"
    path = files.put("a'&amp;.html", hostile)
    editor.open(path)
    editor.expect_text(hostile)
    expect(editor.tabs.first).to_contain_text("a'&amp;.html")
    assert editor.page.title() != "gotcha"


def test_a_narrow_screen_shows_one_pane_at_a_time(editor: Editor) -> None:
    editor.page.set_viewport_size({"width": 360, "height": 740})
    editor.open()
    code, chat = editor.code, editor.page.locator("[data-chat-pane]")
    expect(code).to_be_visible()
    expect(chat).to_be_hidden()
    editor.page.locator('.studio-tabs [data-view="chat"]').click()
    expect(code).to_be_hidden()
    expect(chat).to_be_visible()
    editor.page.reload()
    expect(chat).to_be_visible()


@pytest.mark.parametrize("width", [360, 768, 1440])
def test_nothing_is_wider_than_the_screen(editor: Editor, width: int) -> None:
    editor.page.set_viewport_size({"width": width, "height": 740})
    editor.open()
    assert editor.page.evaluate("document.documentElement.scrollWidth") <= width


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [360, 1440])
def test_it_is_accessible_in_both_themes(editor: Editor, files: Files, scheme: str, width: int) -> None:
    editor.page.emulate_media(color_scheme=scheme)  # type: ignore[arg-type]
    editor.page.set_viewport_size({"width": width, "height": 740})
    path = files.put(
        "a.html", '<!doctype html>\n<!-- mot -->\n<p class="a">&amp; un</p>\n<style>p { color: red }</style>\n'
    )
    editor.open(path)
    expect(editor.page.locator("webox-chat .skeleton")).to_be_hidden()
    editor.assert_accessible()


def test_the_page_breaks_no_rule_of_its_own_policy(editor: Editor) -> None:
    messages: list[str] = []
    editor.page.on("console", lambda message: messages.append(message.text))
    editor.open()
    editor.press("Control+f")
    expect(editor.page.locator(".cm-search")).to_be_visible()
    editor.press("Escape")
    editor.press("Control+p")
    expect(editor.palette).to_be_visible()
    assert [text for text in messages if "Content Security Policy" in text or "Trusted" in text] == []
    nonces = editor.page.evaluate("[...document.querySelectorAll('style')].map((style) => style.nonce !== '')")
    assert nonces
    assert all(nonces)


@pytest.mark.django_db(transaction=True)
def test_a_newcomer_makes_the_demo_project_by_one_click(
    page: Page, live_server: LiveServer, client: Client, alice: User
) -> None:
    client.force_login(alice)
    page.context.add_cookies(
        [{"name": "sessionid", "value": client.cookies["sessionid"].value, "url": live_server.url}]
    )
    page.goto(live_server.url)
    page.locator(".demo-card button").click()
    expect(page).to_have_url(re.compile(r"/projects/\d+/editor$"))
    expect(page.locator("[data-editor-tabs]")).to_contain_text("index.html")
