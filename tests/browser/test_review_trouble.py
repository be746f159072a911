"""Conflicts, stale proposals, servers that fail: nothing is lost, nothing is half done, there is a way out."""

from __future__ import annotations

import pytest
from playwright.sync_api import expect

from tests.browser.driver import FakeBackend
from tests.browser.review import Review
from tests.live import eventually

pytestmark = pytest.mark.browser


def changed(backend: FakeBackend, old: str, new: str) -> str:
    """Somebody else changes the file."""
    text = str(backend.project()["files"]["src/App.jsx"])
    assert old in text
    backend.write("src/App.jsx", text.replace(old, new))
    return text.replace(old, new)


def in_conflict(review: Review, backend: FakeBackend) -> str:
    """A proposal that meets another change in the same line."""
    review.open("app")
    theirs = changed(backend, "<h1>Bonjour</h1>", "<h1>Bienvenue</h1>")
    review.do("apply-file")
    expect(review.body).to_have_attribute("data-shows", "conflict")
    return theirs


def test_changes_elsewhere_are_merged(review: Review, backend: FakeBackend) -> None:
    review.open("app")
    changed(backend, "Ligne cinq", "Ligne 5")
    review.do("apply-file")
    review.assert_status("appliqué")
    text = backend.project()["files"]["src/App.jsx"]
    assert "Ligne 5" in text
    assert "Bonjour, studio" in text


def test_a_conflict_writes_nothing_and_is_settled_by_the_person(review: Review, backend: FakeBackend) -> None:
    theirs = in_conflict(review, backend)
    assert backend.project()["files"]["src/App.jsx"] == theirs
    expect(review.body).to_contain_text("<h1>Bienvenue</h1>")
    expect(review.said).to_have_text("Conflit : rien n’a été écrit")
    settle = review.button("settle")
    expect(settle).to_be_disabled()  # passages are left between the marks
    for side in ("Base", "Proposition", "Version actuelle"):
        review.body.get_by_role("button", name=side, exact=True).click()
    review.write(theirs.replace("Bienvenue", "Bienvenue, studio"))
    expect(settle).to_be_enabled()
    settle.click()
    review.assert_status("appliqué")
    assert "<h1>Bienvenue, studio</h1>" in backend.project()["files"]["src/App.jsx"]


def test_a_conflict_that_changes_again_is_shown_again(review: Review, backend: FakeBackend) -> None:
    theirs = in_conflict(review, backend)
    review.write(theirs)
    changed(backend, "Bienvenue", "Bonsoir")
    review.do("settle")
    expect(review.body).to_contain_text("<h1>Bonsoir</h1>")
    assert "Bonsoir" in backend.project()["files"]["src/App.jsx"]


def test_a_conflict_goes_back_to_the_model(review: Review, backend: FakeBackend) -> None:
    in_conflict(review, backend)
    review.do("ask-again")
    expect(review.dialog).to_be_hidden()
    review.panel.assert_question(
        "Le fichier src/App.jsx a changé depuis ta proposition. "
        "Relis-le et refais ta proposition sur sa version actuelle."
    )
    expect(review.cards.first).to_have_attribute("data-status", "rejected")


def test_a_conflict_can_wait(review: Review, backend: FakeBackend) -> None:
    in_conflict(review, backend)
    review.do("leave-conflict")
    review.assert_status("proposé")
    expect(review.body).to_have_attribute("data-shows", "diff")


def test_what_is_written_in_a_conflict_stays(review: Review, backend: FakeBackend) -> None:
    theirs = in_conflict(review, backend)
    review.write(theirs.replace("Bienvenue", "Bienvenue à tous"))
    review.dialog.locator('[data-do="layout"]').click()
    expect(review.body).to_contain_text("Bienvenue à tous")
    review.page.set_viewport_size({"width": 700, "height": 800})
    expect(review.body).to_contain_text("Bienvenue à tous")
    review.dialog.locator('.cm-content[contenteditable="true"]').last.click()
    review.press("Escape")  # out of the text, not of the review
    expect(review.title).to_be_focused()
    expect(review.dialog).to_be_visible()
    review.press("Escape")
    expect(review.dialog).to_be_hidden()
    review.open()
    review.do("apply-file")
    expect(review.body).to_contain_text("Bienvenue à tous")
    review.do("settle")
    review.assert_status("appliqué")
    assert "Bienvenue à tous" in backend.project()["files"]["src/App.jsx"]


def test_a_conflict_of_all_files_opens_the_review(review: Review, backend: FakeBackend) -> None:
    review.propose("several")
    theirs = changed(backend, "<h1>Bonjour</h1>", "<h1>Bienvenue</h1>")
    review.do("apply-all")
    expect(review.body).to_have_attribute("data-shows", "conflict")
    expect(review.title).to_have_text("src/App.jsx")
    assert "src/Button.jsx" not in backend.project()["files"]
    review.write(theirs)
    review.do("settle")
    expect(review.files.nth(0)).to_contain_text("appliqué")
    expect(review.files.nth(3)).to_contain_text("appliqué")
    assert backend.project()["revision"] == 2


def test_an_undo_in_conflict_is_shown_not_guessed(review: Review, backend: FakeBackend) -> None:
    review.open("app")
    review.do("apply-file")
    review.assert_status("appliqué")
    later = changed(backend, "Bonjour, studio", "Bonsoir, studio")
    review.do("undo-file")
    expect(review.body).to_have_attribute("data-shows", "conflict")
    expect(review.body).to_contain_text("l’annulation ne peut pas se faire seule")
    expect(review.body.get_by_role("button", name="Sans ce changement")).to_be_visible()
    assert backend.project()["files"]["src/App.jsx"] == later
    review.write(later)
    review.do("settle")
    review.assert_status("annulé")


def test_the_assistant_is_asked_to_undo_what_cannot_be_undone_alone(review: Review, backend: FakeBackend) -> None:
    review.open("app")
    review.do("apply-file")
    review.assert_status("appliqué")
    changed(backend, "Bonjour, studio", "Bonsoir, studio")
    review.do("undo-file")
    expect(review.body).to_have_attribute("data-shows", "conflict")
    review.do("ask-again")
    expect(review.panel.questions.last).to_contain_text("annuler ton changement de src/App.jsx")


def test_a_stale_proposal_is_read_again(review: Review, backend: FakeBackend) -> None:
    review.open("one")
    backend.stale(review.panel.last_answer.get_attribute("data-id") or "")
    review.do("apply-file")
    alert = review.dialog.get_by_role("alert")
    expect(alert).to_contain_text("a changé entre-temps")
    expect(review.body.locator(".diff-added").first).to_contain_text("// autre")
    review.do("apply-file")
    review.assert_status("appliqué")


@pytest.mark.parametrize(
    ("trouble", "text"),
    [
        ({"refuse": {"status": 500, "code": "server_error"}}, "Le studio a eu une erreur"),
        ({"refuse": {"status": 403, "code": "permission_denied"}}, "Vous n’avez pas accès"),
        ({"down": True}, "injoignable"),
    ],
    ids=["error", "forbidden", "down"],
)
def test_a_server_that_fails_loses_nothing(
    review: Review, backend: FakeBackend, trouble: dict[str, object], text: str
) -> None:
    review.open("app")
    expect(review.heads).to_have_count(3)
    review.press("r")
    backend.set(**trouble)
    review.do("apply-file")
    expect(review.dialog.get_by_role("alert")).to_contain_text(text)
    review.assert_status("proposé")
    backend.set(refuse=None, down=False)
    review.do("try-again")
    review.assert_status("appliqué")
    assert backend.project()["revision"] == 2
    assert 'import "./old.css"' in backend.project()["files"]["src/App.jsx"]


def test_trouble_without_the_review_is_told_by_the_panel(review: Review, backend: FakeBackend) -> None:
    review.propose("one")
    backend.set(refuse={"status": 500, "code": "server_error"})
    review.do("apply-all")
    expect(review.page.locator(".toast")).to_contain_text("Le studio a eu une erreur")
    backend.set(refuse=None)
    review.do("apply-all")
    expect(review.cards.first).to_have_attribute("data-status", "completed")


def test_texts_that_do_not_come_can_be_asked_for_again(review: Review, backend: FakeBackend) -> None:
    review.propose("one")
    backend.set(down=True)
    review.panel.tool("review").click()
    expect(review.body).to_have_attribute("data-shows", "unloaded")
    backend.set(down=False)
    review.do("load-again")
    expect(review.body.locator(".diff-added").first).to_contain_text("export function Button")


def test_a_review_that_cannot_be_loaded_says_so(review: Review) -> None:
    review.propose("one")
    review.page.route("**/dist/parts/pane-*.js", lambda route: route.abort())
    review.panel.tool("review").click()
    expect(review.page.locator(".toast")).to_contain_text("La relecture n’a pas pu être chargée")


def test_a_reload_in_the_middle_of_applying(review: Review, backend: FakeBackend) -> None:
    review.propose("several")
    backend.set(latency=600)
    review.do("apply-all")
    review.page.reload()
    backend.set(latency=0)
    eventually(lambda: backend.project()["applied"] == 1)
    review.panel.reload()
    expect(review.cards.first).to_have_attribute("data-status", "completed")
    assert backend.project()["revision"] == 2
