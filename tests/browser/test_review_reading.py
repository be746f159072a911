"""What is proposed can be read: while it is written, as a diff, whole, cut, long and hostile."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import expect

from tests.browser.driver import FakeBackend
from tests.browser.review import Review

pytestmark = pytest.mark.browser

SCROLLED = "e => e.scrollTop"


def test_a_proposal_grows_while_it_is_written(review: Review) -> None:
    review.panel.send_message("!propose:slow")
    card = review.cards.first
    expect(card).to_contain_text("src/slow.js")
    expect(card).to_have_attribute("data-status", "writing")
    expect(card.locator(".writing")).to_contain_text("const value1 = 1;")
    expect(card.locator(".action-lines")).to_have_text(re.compile(r"\d+ lignes"))
    first = card.locator(".writing-piece").first.element_handle()
    review.open()
    expect(review.body).to_have_attribute("data-shows", "writing")
    expect(review.body.locator(".cm-content")).to_contain_text(re.compile(r"const value\d+ = \d+;"))
    expect(review.facts).to_contain_text(re.compile(r"\d+ lignes"))
    # as it grows past what fits, its end stays in sight
    expect(review.body.locator(".cm-content")).to_contain_text(re.compile(r"const value([6-9]\d|[1-3]\d\d) = "))
    at_its_end = "e => e.scrollTop > 0 && e.scrollHeight - e.scrollTop - e.clientHeight < 60"
    review.page.wait_for_function(at_its_end, arg=review.body.locator(".cm-scroller").element_handle())
    expect(review.dialog.locator(".review-total")).to_contain_text("écrit encore")
    expect(review.button("apply-file")).to_have_count(0)
    review.close()
    review.panel.stop()
    review.panel.wait_status("stopped")
    assert first is not None
    assert first.evaluate("e => e.isConnected"), "what was on the page stayed"


def test_a_stopped_proposal_is_kept_and_cannot_be_applied(review: Review) -> None:
    review.panel.send_message("!propose:slow")
    expect(review.cards.first.locator(".writing")).to_contain_text("const value1 = 1;")
    review.panel.stop()
    review.panel.wait_status("stopped")
    expect(review.cards.first).to_have_attribute("data-status", "incomplete")
    expect(review.cards.first).to_contain_text("incomplet")
    review.open()
    expect(review.body.locator(".cm-content")).to_contain_text("const value0 = 0;")
    expect(review.button("apply-file")).to_have_count(0)
    expect(review.button("apply-turn")).to_have_count(0)


def test_a_cut_proposal_says_so(review: Review) -> None:
    review.open("incomplete")
    expect(review.dialog.locator(".file-notes")).to_contain_text("Proposition incomplète")
    expect(review.body.locator(".cm-content")).to_contain_text("export const deux")
    expect(review.button("apply-file")).to_have_count(0)


def test_files_counts_and_hunks(review: Review) -> None:
    review.open("several")
    expect(review.files).to_have_count(4)
    expect(review.files.nth(1)).to_contain_text("src/App.jsx")
    expect(review.files.nth(1)).to_contain_text("+3")
    expect(review.files.nth(1)).to_contain_text("−3")
    expect(review.files.nth(2)).to_contain_text("Supprimer")
    expect(review.files.nth(3)).to_contain_text("src/util.js → src/utils.js")
    review.choose("src/App.jsx")
    expect(review.heads).to_have_count(3)
    expect(review.body.locator(".diff-removed")).to_have_count(3)
    expect(review.body.locator(".diff-added")).to_have_count(3)
    expect(review.body.locator(".diff-added-word").filter(has_text=", studio")).to_have_count(1)
    expect(review.body.locator(".hl-keyword").first).to_have_text("import")
    review.choose("src/old.css")
    expect(review.body.locator(".diff-removed")).to_have_count(3)


def test_unified_side_by_side_and_the_whole_file(review: Review) -> None:
    review.open("app")
    expect(review.body.locator(".cm-editor")).to_have_count(2)
    review.do("layout")
    expect(review.body.locator(".cm-editor")).to_have_count(1)
    expect(review.body).not_to_contain_text("Ligne quatre")
    review.body.get_by_role("button", name="lignes inchangées").first.click()
    expect(review.body).to_contain_text("Ligne quatre")
    review.do("full")
    expect(review.body.locator(".diff-folded")).to_have_count(0)
    review.panel.reload()
    review.open()
    expect(review.body.locator(".cm-editor")).to_have_count(1)  # the layout is remembered
    expect(review.body).not_to_contain_text("Ligne quatre")


def test_both_sides_scroll_as_one(review: Review) -> None:
    review.page.set_viewport_size({"width": 1200, "height": 420})
    review.open("app")
    left, right = review.body.locator(".cm-scroller").all()
    right.evaluate("e => { e.scrollTop = 120; }")
    review.page.wait_for_function("e => e.scrollTop > 60", arg=left.element_handle())
    assert left.evaluate(SCROLLED) == right.evaluate(SCROLLED)


def test_a_long_diff_draws_only_what_is_in_sight(review: Review) -> None:
    review.open("big")
    expect(review.heads.first).to_be_visible()
    review.do("full")
    expect(review.body.locator(".cm-line").first).to_be_visible()
    assert review.body.locator(".cm-line").count() < 500
    review.press(*["j"] * 12)
    expect(review.heads.filter(has_text="Modification 13 sur 250")).to_be_visible()
    review.choose("src/gone.js")  # ten thousand lines that go
    expect(review.body.locator(".diff-removed").first).to_be_visible()
    assert review.body.locator(".cm-line").count() < 500


def test_a_long_file_is_written_without_laying_it_all_out(review: Review) -> None:
    review.panel.send_message("!propose:long")
    review.panel.wait_status("complete", seconds=90)
    expect(review.cards.first).to_contain_text(re.compile(r"\+10\s000"))
    review.open()
    assert review.body.locator(".cm-line").count() < 500


def test_a_hundred_files(review: Review) -> None:
    review.open("many")
    expect(review.files).to_have_count(100)
    review.press(*["n"] * 60)
    expect(review.title).to_have_text("src/parts/part-060.js")
    expect(review.files.nth(60)).to_be_in_viewport()
    expect(review.files.nth(60)).to_have_attribute("aria-current", "true")


def test_a_failed_proposal_says_what_was_wrong_and_is_placed_by_hand(review: Review) -> None:
    review.listen("open-file")
    review.propose("failed")
    expect(review.cards.first).to_contain_text("Le texte cherché n’est pas dans src/App.jsx.")
    review.open().choose("src/App.jsx")
    expect(review.body).to_contain_text("<h1>Bonjour</h1>")
    expect(review.body.locator(".near-number").first).to_have_text("7")
    expect(review.body.locator(".by-hand").last).to_have_text("<h1>Salut, studio</h1>")
    review.page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    review.body.get_by_role("button", name="Copier le bloc").click()
    expect(review.said).to_have_text("Copié")
    assert review.page.evaluate("navigator.clipboard.readText()") == "<h1>Salut, studio</h1>"
    review.body.get_by_role("button", name="Ouvrir le fichier à cet endroit").click()
    expect(review.dialog).to_be_hidden()
    assert review.heard() == [["open-file", {"path": "src/App.jsx", "line": 7}]]


def test_protected_files_are_marked(review: Review) -> None:
    review.propose("protected")
    expect(review.cards.first.get_by_title("Fichier protégé")).to_be_visible()
    review.open()
    expect(review.dialog.locator(".file-notes")).to_contain_text("Fichier protégé")


def test_steps_and_repairs_are_told(review: Review) -> None:
    review.propose("several")
    steps = review.panel.last_answer.locator(".steps li")
    expect(steps.nth(0)).to_contain_text("A lu src/App.jsx")
    expect(steps.nth(1)).to_contain_text("A corrigé sa proposition pour src/App.jsx")


def test_hostile_names_and_lines_stay_text(review: Review, backend: FakeBackend) -> None:
    dialogs: list[str] = []
    review.page.on("dialog", lambda dialog: (dialogs.append(dialog.message), dialog.dismiss()))
    review.open("hostile")
    for index in range(3):
        review.files.nth(index).click()
        review.wait_open()
        expect(review.page.locator("webox-chat img, webox-chat script")).to_have_count(0)
    assert dialogs == []
    expect(review.files.nth(1)).to_contain_text("__proto__")
    review.do("apply-turn")
    expect(review.files.nth(1)).to_contain_text("appliqué")
    assert "__proto__" in backend.project()["files"]
