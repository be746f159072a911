"""Two pages of one project: who is there, and what the other one does, over a real server."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING
from urllib.request import Request, urlopen

import pytest
from playwright.sync_api import Browser, Page, expect

if TYPE_CHECKING:
    from tests.live import StartStudio, Studio

pytestmark = [pytest.mark.browser, pytest.mark.live]


def commit(studio: Studio, path: str, text: str) -> None:
    change = {"action": "write", "path": path, "text": text, "base": "*"}
    body = json.dumps({"changes": [change]}).encode()
    request = Request(f"{studio.url}/api/projects/1/commit", body, {"Content-Type": "application/json"})
    with urlopen(request, timeout=20) as answer:
        assert answer.status == 200


def test_two_people_see_each_other_and_each_others_changes(
    start_studio: StartStudio, page: Page, browser: Browser
) -> None:
    studio = start_studio()
    page.goto(f"{studio.editor_url}?file=index.html")
    expect(page.locator('.tree [data-path="index.html"]')).to_have_attribute("aria-current", "true")
    other = browser.new_context(locale="fr-FR").new_page()
    other.goto(f"{studio.editor_url}?file=style.css")
    people = page.get_by_role("list", name="Aussi dans ce projet")
    expect(people.get_by_role("button", name="local est dans style.css")).to_be_visible()
    expect(page.locator('.tree [data-path="style.css"] .tree-mark.here')).to_contain_text("L")
    expect(other.locator('.tree [data-path="index.html"] .tree-mark.here')).to_be_visible()

    commit(studio, "theirs.txt", "x")
    expect(page.locator('.tree [data-path="theirs.txt"]')).to_be_visible()
    commit(studio, "index.html", "<p>changed</p>")
    expect(page.locator(".notice-card", has_text="local vient de modifier index.html")).to_be_visible()

    other.context.close()
    expect(people).to_be_hidden()


def test_a_page_goes_on_where_it_was_when_the_server_was_away(start_studio: StartStudio, page: Page) -> None:
    studio = start_studio()
    page.goto(studio.editor_url)
    expect(page.locator('.tree [data-path="index.html"]')).to_be_visible()
    expect(page.locator(".cm-content")).to_be_visible()
    studio.kill()
    studio.start()
    commit(studio, "meanwhile.txt", "x")
    expect(page.locator('.tree [data-path="meanwhile.txt"]')).to_be_visible(timeout=60_000)
