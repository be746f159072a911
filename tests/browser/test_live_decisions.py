"""What one person does in a conversation is seen at once by the others who have it open, in other tabs and browsers."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.browser.editor import Files
from tests.browser.panel import Panel
from tests.browser.proposing import edit, propose
from tests.browser.review import Review
from tests.live import Studio
from tests.streaming.model_server import Gate, say

pytestmark = [pytest.mark.browser, pytest.mark.live]


@pytest.fixture
def mine(page: Page, studio: Studio) -> Iterator[Panel]:
    """A conversation with one answer."""
    panel = Panel(page, studio.editor_url).open()
    panel.begin()
    studio.model.answer = say("Bonjour")
    panel.ask("Salut")
    yield panel
    assert panel.problems == []


@pytest.fixture
def theirs(mine: Panel, browser: Browser) -> Iterator[Panel]:
    """The same conversation in another browser: nothing but the server tells it anything."""
    context = browser.new_context(locale="fr-FR")
    panel = Panel(context.new_page(), mine.address).open()
    panel.assert_question("Salut")
    expect(panel.page.get_by_role("list", name="Aussi dans ce projet")).to_be_visible()
    yield panel
    assert panel.problems == []
    context.close()


def test_a_decision_is_seen_by_everybody(mine: Panel, theirs: Panel, studio: Studio, files: Files) -> None:
    path = files.put("index.html", "<h1>Bonjour</h1>\n")
    review = Review(mine)
    propose(review, studio, edit(path, ("Bonjour", "Bonsoir")))
    second = Panel(mine.page.context.new_page(), mine.address).open()
    cards = [Review(panel).cards.last for panel in (mine, theirs, second)]
    for card in cards:
        expect(card).to_have_attribute("data-status", "pending")
    review.open().do("reject-file")
    review.do("reject-now")
    for card in cards:
        expect(card).to_have_attribute("data-status", "rejected")
    review.do("reopen-file")
    for card in cards:
        expect(card).to_have_attribute("data-status", "pending")
    others = Review(theirs).open()
    others.do("apply-turn")
    for card in cards:
        expect(card).to_have_attribute("data-status", "completed")
    others.do("undo-file")
    for card in cards:
        expect(card).to_have_attribute("data-status", "undone")


def test_a_message_is_answered_before_everybody(mine: Panel, theirs: Panel, studio: Studio) -> None:
    gate = Gate()
    studio.model.answer = say("Un ", gate, "deux")
    mine.send_message("Et toi ?")
    theirs.assert_question("Et toi ?")
    theirs.assert_message_text("Un")
    gate.open()
    for panel in (mine, theirs):
        panel.wait_status("complete")
        panel.assert_message_text("Un deux")


def test_a_rename_and_a_deletion_too(mine: Panel, theirs: Panel) -> None:
    row = mine.open_own_row()
    row.hover()
    mine.tool("rename", row).click()
    row.get_by_label("Titre de la conversation").fill("Rangée en direct")
    mine.page.keyboard.press("Enter")
    expect(theirs.page.get_by_text("Rangée en direct").first).to_be_visible()
    row.hover()
    mine.tool("delete", row).click()
    expect(theirs.questions).to_have_count(0)
    theirs.open_list()
    expect(theirs.page.locator(".conversation", has_text="Rangée en direct")).to_have_count(0)
