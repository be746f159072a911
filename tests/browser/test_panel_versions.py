"""What an edit or another try took the place of is one click away, with its proposals: on the real server."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.browser.editor import Files
from tests.browser.panel import Panel
from tests.browser.proposing import edit, propose
from tests.browser.review import Review
from tests.live import Studio
from tests.streaming.model_server import fail, say

pytestmark = [pytest.mark.browser, pytest.mark.live]


@pytest.fixture
def panel(page: Page, studio: Studio) -> Iterator[Panel]:
    """A new conversation with one answer, the first version."""
    panel = Panel(page, studio.editor_url).open()
    panel.begin()
    studio.model.answer = say("La bonne")
    panel.ask("Premier")
    yield panel
    assert panel.problems == []


def assert_place(panel: Panel, place: str) -> None:
    expect(panel.last_answer.locator(".versions-place")).to_have_text(place)


def test_the_answer_before_a_failed_retry_comes_back_by_keyboard(panel: Panel, studio: Studio) -> None:
    expect(panel.last_answer.locator(".versions")).to_be_hidden()
    studio.model.answer = fail(401, "invalid_api_key")
    panel.tool("retry").click()
    panel.wait_status("failed")
    assert_place(panel, "2/2")
    panel.tool("version-back").press("Enter")
    panel.assert_message_text("La bonne")
    assert_place(panel, "1/2")
    panel.assert_announced("Version 1 sur 2")
    expect(panel.tool("version-next")).to_be_focused()
    expect(panel.tool("version-previous")).to_be_disabled()
    panel.page.keyboard.press("Enter")
    panel.wait_status("failed")
    expect(panel.tool("version-previous")).to_be_focused()
    panel.page.keyboard.press("Enter")
    panel.reload()
    panel.assert_message_text("La bonne")
    assert_place(panel, "1/2")
    panel.assert_accessible()
    studio.model.answer = say("La suite")
    panel.ask("Et après ?")
    expect(panel.last_answer.locator(".versions")).to_be_hidden()
    expect(panel.answers).to_have_count(2)


def test_an_edited_question_comes_back_everywhere(panel: Panel, studio: Studio, browser: Browser) -> None:
    studio.model.answer = say("Une autre")
    panel.send_edited("Deuxième")
    panel.wait_status("complete")
    assert_place(panel, "2/2")
    context = browser.new_context(locale="fr-FR")
    theirs = Panel(context.new_page(), panel.address).open()
    theirs.assert_question("Deuxième")
    panel.tool("version-previous").click()
    for each in (panel, theirs):
        each.assert_question("Premier")
        each.assert_message_text("La bonne")
        expect(each.answers).to_have_count(1)
        expect(each.questions).to_have_count(1)
        assert_place(each, "1/2")
    panel.tool("version-next").click()
    for each in (panel, theirs):
        each.assert_question("Deuxième")
        expect(each.answers).to_have_count(1)
        expect(each.questions).to_have_count(1)
    context.close()


def test_an_edit_is_left_where_its_question_goes_out_of_sight(panel: Panel, studio: Studio) -> None:
    studio.model.answer = say("Une autre")
    panel.send_edited("Deuxième")
    panel.wait_status("complete")
    assert_place(panel, "2/2")
    panel.questions.last.hover()
    panel.tool("edit").click()
    panel.box.fill("Troisième")
    panel.tool("version-previous").click()
    panel.assert_question("Premier")
    expect(panel.page.locator(".composer-banner")).to_be_hidden()
    expect(panel.box).to_have_value("Troisième")
    panel.box.press("Control+Enter")
    panel.assert_question("Troisième")
    expect(panel.questions).to_have_count(2)


def test_changes_of_a_hidden_version_are_told_and_can_be_undone(panel: Panel, studio: Studio, files: Files) -> None:
    path = files.put("index.html", "<h1>Bonjour</h1>\n")
    review = Review(panel)
    propose(review, studio, edit(path, ("Bonjour", "Bonsoir")))
    panel.tool("apply-all").click()
    expect(review.cards.last).to_have_attribute("data-status", "completed")
    studio.model.answer = say("Rien de neuf")
    panel.tool("retry").click()
    panel.assert_message_text("Rien de neuf")
    expect(panel.last_answer).to_contain_text("Les changements de la version 1 sont dans les fichiers")
    panel.tool("version-previous").click()
    panel.tool("undo-all").click()
    expect(review.cards.last).to_have_attribute("data-status", "undone")
    panel.tool("version-next").click()
    panel.assert_message_text("Rien de neuf")
    expect(panel.last_answer).not_to_contain_text("Les changements de la version")
