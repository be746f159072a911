"""The page itself never scrolls: what is long scrolls in its own pane, with what is hidden in it for the ear alone."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from playwright.sync_api import Page, expect

from tests.browser.driver import FakeBackend
from tests.browser.panel import Panel
from tests.browser.studio_page import StudioPage, make_project

if TYPE_CHECKING:
    from django.contrib.auth.models import User
    from django.test import Client
    from pytest_django.live_server_helper import LiveServer

pytestmark = pytest.mark.browser

#: How far the page can be scrolled, by a script, a focus or a search in the page too.
SCROLLED = """() => {
  scrollTo(9999, 9999);
  return [scrollX, scrollY];
}"""


@pytest.mark.django_db(transaction=True)
def test_many_tabs_do_not_widen_the_studio(page: Page, live_server: LiveServer, client: Client, alice: User) -> None:
    client.force_login(alice)
    names = [f"a-file-with-a-long-name-{number}.txt" for number in range(12)]
    site = StudioPage(page, live_server, client, make_project(alice, dict.fromkeys(names, "x\n"))).open()
    for count, name in enumerate(names, start=1):
        site.row(name).click()
        expect(page.locator(".tab")).to_have_count(count)
    assert page.locator(".tabs").evaluate("(tabs) => tabs.scrollWidth > tabs.clientWidth")
    page.set_viewport_size({"width": 768, "height": 1024})
    expect(page.locator(f'.tab[data-path="{names[-1]}"]')).to_be_in_viewport(ratio=0.9)
    assert page.evaluate(SCROLLED) == [0, 0]


def test_a_long_conversation_does_not_lengthen_its_host(panel: Panel, backend: FakeBackend) -> None:
    backend.seed([[f"Question {number}", "Une réponse.\n\n" * 10] for number in range(12)])
    panel.page.reload()
    expect(panel.answers.last).to_contain_text("Une réponse")
    assert panel.page.evaluate(SCROLLED) == [0, 0]
