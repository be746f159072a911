"""What the tree makes of words about files that come late, or say too little."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from playwright.sync_api import Page, expect

from projects.files import Write, commit
from tests.browser.studio_page import StudioPage

if TYPE_CHECKING:
    from django.contrib.auth.models import User

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

#: As the panel tells what was applied or taken back: paths, and not which of them are no more.
TELL = """(path) => document.querySelector("webox-chat").dispatchEvent(
    new CustomEvent("webox-chat:files-changed", { detail: { paths: [path] }, bubbles: true }))"""

#: As the panel tells what the assistant proposes.
MARK = """([path, count]) => document.querySelector("webox-chat").dispatchEvent(
    new CustomEvent("webox-chat:proposals", { detail: { paths: { [path]: count }, elsewhere: {}, created: [] } }))"""


def test_a_file_that_was_taken_back_gets_no_row(site: StudioPage, page: Page, alice: User) -> None:
    page.evaluate(TELL, "taken-back.txt")
    commit(site.project, alice, [Write("made.txt", b"x")])
    page.evaluate(TELL, "made.txt")
    expect(site.row("made.txt")).to_be_visible()
    expect(site.row("taken-back.txt")).to_have_count(0)


def test_news_between_press_and_release_lose_no_click(site: StudioPage, page: Page, alice: User) -> None:
    site.row("README.md").hover()
    page.mouse.down()
    commit(site.project, alice, [Write("z.txt", b"x")])  # below: what was pressed stays below the pointer
    page.evaluate(TELL, "z.txt")
    expect(site.row("z.txt")).to_be_visible()
    expect(site.row("README.md")).not_to_have_attribute("aria-current", "true")
    page.evaluate(MARK, ["README.md", 2])
    expect(site.row("README.md").locator(".tree-mark.proposals")).to_be_visible()
    page.mouse.up()
    expect(site.row("README.md")).to_have_attribute("aria-current", "true")


def test_a_name_that_is_being_written_outlives_news_of_its_file(site: StudioPage, page: Page, alice: User) -> None:
    site.row("README.md").click()
    site.press("F2")
    page.keyboard.type("LISEZ")
    for count in (1, 2):
        page.evaluate(MARK, ["README.md", count])
        commit(site.project, alice, [Write(f"z{count}.txt", b"x")])
        page.evaluate(TELL, f"z{count}.txt")
        expect(site.row(f"z{count}.txt")).to_be_visible()
        expect(page.locator(".tree-input")).to_be_focused()
    page.keyboard.type("MOI")
    site.press("Enter")
    expect(site.row("LISEZMOI.md")).to_be_visible()
    assert "LISEZMOI.md" in site.files()
