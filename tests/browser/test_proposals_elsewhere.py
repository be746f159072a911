"""What other conversations than the open one propose: marked, shown, told apart, decided on, in every tab."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import BrowserContext, Locator, Page, expect

from tests.browser.editor import Files
from tests.browser.inline import Inline
from tests.browser.panel import Panel
from tests.browser.proposing import edit, propose
from tests.browser.review import Review
from tests.live import Studio

pytestmark = [pytest.mark.browser, pytest.mark.live]

PAGE = "<h1>Bonjour</h1>\n<p>un</p>\n<p>deux</p>\n<p>trois</p>\n"


def mark(page: Page, path: str) -> Locator:
    """What the tree says of a file's proposals."""
    return page.locator(f'.tree [data-path="{path}"] .tree-mark.proposals')


def talk(inline: Inline, title: str) -> None:
    """Gives the open conversation a name."""
    panel = inline.review.panel
    row = panel.open_own_row()
    row.hover()
    panel.tool("rename", row).click()
    row.get_by_label("Titre de la conversation").fill(title)
    inline.page.keyboard.press("Enter")
    expect(row).to_contain_text(title)
    panel.tool("list").click()


def test_marks_stay_when_another_conversation_is_open(
    inline: Inline, files: Files, context: BrowserContext, studio: Studio
) -> None:
    path = files.put("index.html", PAGE)
    with context.new_page() as page:
        other = Panel(page, studio.editor_url).open().begin()
        second = Inline(Review(other), studio).open(path)
        other.begin()
        inline.propose(path, edit(path, ("Bonjour", "Bonsoir")))
        # live, in a tab that shows another conversation; nobody reloads anything
        expect(mark(page, path)).to_be_visible()
        expect(mark(page, path)).to_have_attribute(
            "title", "1 proposition (conversation : «\N{NO-BREAK SPACE}Change la page\N{NO-BREAK SPACE}»)"
        )
        expect(second.editor.tab(path).locator(".tab-badge")).to_be_visible()
        second.says("L'assistant propose 1 changement ici.")
        second.says("Proposition de « Change la page »")
        # after a reload, too
        other.reload()
        second.editor.go_to(path)
        expect(mark(page, path)).to_be_visible()
        other.assert_accessible()
        # and it goes when somebody decides
        inline.page.bring_to_front()
        inline.review.do("reject-all")
        inline.review.do("reject-now-turn")
        expect(mark(page, path)).to_have_count(0)
        expect(second.bar).to_be_hidden()
        assert other.problems == []


def test_a_mark_leads_to_the_conversation_that_it_is_of(inline: Inline, files: Files) -> None:
    path = files.put("index.html", PAGE)
    inline.propose(path, edit(path, ("Bonjour", "Bonsoir")))
    question = "Change la page"
    inline.review.panel.begin()
    # what the project's other conversations propose is read by now
    expect(mark(inline.page, path)).to_have_attribute("title", re.compile("conversation"))
    mark(inline.page, path).click()
    inline.review.wait_open()
    expect(inline.review.title).to_have_text(path)
    inline.review.close()
    inline.review.panel.assert_question(question)
    inline.review.panel.begin()
    inline.editor.go_to(path)
    inline.do("conversation")
    inline.review.panel.assert_question(question)
    expect(inline.button("conversation")).to_have_count(0)


def test_decided_and_taken_back_while_another_conversation_is_open(inline: Inline, files: Files) -> None:
    path = files.put("index.html", PAGE)
    inline.propose(path, edit(path, ("Bonjour", "Bonsoir")))
    inline.review.panel.begin()
    inline.editor.go_to(path)
    inline.start(1)
    inline.do("apply")
    inline.says("Appliqué : révision")
    inline.says("Proposition de « Change la page »")
    inline.editor.expect_text(PAGE.replace("Bonjour", "Bonsoir"))
    inline.do("undo")
    inline.says("Annulé : révision")
    expect(inline.bar.locator("[aria-live]")).to_contain_text("Annulé : révision")
    expect(inline.bar.locator("[aria-live]")).to_contain_text("Proposition de « Change la page »")
    inline.editor.expect_text(PAGE)
    inline.do("redo")
    inline.editor.expect_text(PAGE.replace("Bonjour", "Bonsoir"))


def test_a_conflict_of_another_conversation_is_settled_in_its_review(inline: Inline, files: Files) -> None:
    path = files.put("index.html", PAGE)
    inline.propose(path, edit(path, ("Bonjour", "Bonsoir")))
    inline.review.panel.begin()
    inline.editor.go_to(path)
    inline.start(1)
    theirs = PAGE.replace("Bonjour", "Bienvenue")
    files.put("index.html", theirs)
    inline.editor.expect_text(theirs)
    inline.do("apply")
    expect(inline.review.body).to_have_attribute("data-shows", "conflict")
    assert files.text("index.html") == theirs


def two_proposals(inline: Inline, files: Files) -> str:
    """A file with proposals of two conversations, the second one open."""
    path = files.put("index.html", PAGE)
    inline.propose(path, edit(path, ("Bonjour", "Bonsoir")))
    talk(inline, "Le titre")
    inline.review.panel.begin()
    propose(inline.review, inline.studio, edit(path, ("trois", "quatre")))
    talk(inline, "La fin")
    expect(mark(inline.page, path)).to_have_attribute(
        "title", "2 propositions (conversation : «\N{NO-BREAK SPACE}Le titre\N{NO-BREAK SPACE}»)"
    )
    return path


def test_several_for_one_file_are_told_apart_by_keyboard(inline: Inline, files: Files) -> None:
    path = two_proposals(inline, files)
    which = inline.bar.get_by_label("2 propositions pour ce fichier : laquelle")
    expect(which.locator("option:checked")).to_contain_text("La fin")
    inline.start(1)
    expect(inline.added).to_have_text(["<p>quatre</p>"])
    which.focus()
    inline.press("ArrowDown")
    expect(which.locator("option:checked")).to_contain_text("Le titre")
    expect(inline.added).to_have_text(["<h1>Bonsoir</h1>"])
    inline.review.panel.assert_accessible()
    inline.do("apply")
    inline.says("Proposition de « Le titre »")
    inline.editor.expect_text(PAGE.replace("Bonjour", "Bonsoir"))
    inline.do("another")
    inline.says("L'assistant propose 1 changement ici.")
    # the mark now leads to the one that is left, without a question
    inline.editor.go_to(path)
    inline.press("Control+Alt+r")
    inline.review.wait_open()


def test_the_review_asks_which_of_several(inline: Inline, files: Files) -> None:
    path = two_proposals(inline, files)
    mark(inline.page, path).click()
    inline.page.get_by_role("menuitem", name="«\N{NO-BREAK SPACE}Le titre\N{NO-BREAK SPACE}»").click()
    inline.review.wait_open()
    expect(inline.review.dialog).to_contain_text("Bonsoir")
    inline.review.close()
    inline.review.panel.assert_question("Change la page")
    expect(inline.page.locator("webox-chat .header-conversation")).to_contain_text("Le titre")


def test_a_reason_is_for_the_proposal_that_it_was_typed_for(
    inline: Inline, files: Files, context: BrowserContext, studio: Studio
) -> None:
    path = files.put("index.html", PAGE)
    inline.propose(path, edit(path, ("Bonjour", "Bonsoir"))).start(1)
    inline.press("Shift+R")
    inline.page.keyboard.type("Gardez ")
    with context.new_page() as page:
        panel = Panel(page, studio.editor_url).open().begin()
        propose(Review(panel), studio, edit(path, ("trois", "quatre")))
        expect(mark(inline.page, path)).to_have_text("2 2 propositions (conversation : « Change la page »)")
        # the bar was drawn anew around the box: what was typed is there, and so is the keyboard
        inline.page.bring_to_front()
        reason = inline.bar.get_by_label("Pourquoi rejeter la proposition")
        expect(reason).to_have_value("Gardez ")
        expect(reason).to_be_focused()
        inline.page.keyboard.type("le titre")
        inline.press("Enter")
        inline.says("Proposition rejetée.")
        expect(inline.review.cards.first).to_have_attribute("data-status", "rejected")
        expect(Review(panel).cards.last).to_have_attribute("data-status", "pending")
        # decided on elsewhere while a reason is typed: nothing else is rejected with it
        inline.do("another")
        inline.start(1)
        inline.press("Shift+R")
        inline.page.keyboard.type("Non")
        page.bring_to_front()
        Review(panel).do("apply-all")
        expect(Review(panel).cards.last).to_have_attribute("data-status", "completed")
        inline.page.bring_to_front()
        expect(inline.page.get_by_text("rien n'a été rejeté").first).to_be_visible()
        expect(inline.bar).to_be_hidden()
