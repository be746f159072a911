"""Accept, leave out, edit, reject, undo: whole, by file and by hunk, by mouse and by keyboard."""

from __future__ import annotations

import pytest
from playwright.sync_api import BrowserContext, expect

from tests.browser.driver import FakeBackend
from tests.browser.panel import Panel
from tests.browser.review import Review

pytestmark = pytest.mark.browser


def app(backend: FakeBackend) -> str:
    return str(backend.project()["files"].get("src/App.jsx", ""))


def test_all_of_a_turn_by_one_click_and_undone_by_one(review: Review, backend: FakeBackend) -> None:
    review.listen("files-changed")
    review.propose("several")
    before = backend.project()["files"]
    review.do("apply-all")
    expect(review.bar).to_contain_text("Appliqué · révision 2")
    review.panel.assert_announced("Changements appliqués")
    files = backend.project()["files"]
    assert "src/Button.jsx" in files
    assert "src/old.css" not in files
    assert "src/utils.js" in files
    name, detail = review.heard()[0]
    assert name == "files-changed"
    assert detail["revision"] == 2
    assert {"src/util.js", "src/utils.js", "src/App.jsx"} <= set(detail["paths"])
    expect(review.button("undo-all")).to_be_focused()
    review.do("undo-all")
    expect(review.cards.first).to_have_attribute("data-status", "undone")
    assert backend.project()["files"] == {path: text for path, text in before.items() if path != "src/Button.jsx"}
    review.do("redo-all")
    expect(review.cards.first).to_have_attribute("data-status", "completed")
    assert backend.project()["files"] == files


def test_hunks_by_mouse(review: Review, backend: FakeBackend) -> None:
    review.open("app")
    expect(review.heads).to_have_count(3)
    review.heads.nth(1).get_by_role("button", name="Écarter").click()
    expect(review.dialog.locator(".review-total")).to_contain_text("2 modifications gardées sur 3")
    expect(review.files.first).to_contain_text("en partie")
    expect(review.body.locator(".diff-out").first).to_be_visible()
    review.do("apply-file")
    review.assert_status("appliqué · en partie · révision 2")
    assert "Bonjour, studio" not in app(backend)
    assert "Button.jsx" in app(backend)
    assert "<Button" in app(backend)


def test_everything_by_keyboard(review: Review, backend: FakeBackend) -> None:
    review.propose("several")
    review.button("review").focus()
    review.press("Enter").wait_open()
    expect(review.title).to_be_focused()
    review.press("n")
    expect(review.title).to_have_text("src/App.jsx")
    review.wait_open()
    expect(review.heads.first).to_be_visible()
    review.press("r", "a", "r")
    expect(review.dialog.locator(".review-total")).to_contain_text("4 modifications gardées sur 6")
    review.press("k", "a")
    expect(review.dialog.locator(".hunk-head.is-out[data-hunk]")).to_have_count(2)
    review.press("a")  # deciding goes on to the next
    expect(review.dialog.locator(".hunk-head.is-out[data-hunk]")).to_have_count(1)
    review.press("Shift+A")
    review.assert_status("appliqué")
    assert 'import "./old.css"' in app(backend)
    assert "Bonjour, studio" in app(backend)
    review.press("u")
    review.assert_status("annulé")
    assert "Bonjour, studio" not in app(backend)
    review.press("p", "Shift+R")
    reason = review.dialog.locator('[data-do="reason"]')
    expect(reason).to_be_focused()
    review.page.keyboard.type("Pas de bouton ici")
    review.press("Enter")
    review.assert_status("rejeté")
    expect(review.dialog.locator(".file-notes")).to_contain_text("Raison donnée : Pas de bouton ici")
    review.press("Control+Enter")
    expect(review.files.nth(2)).to_contain_text("appliqué")
    assert "src/Button.jsx" not in backend.project()["files"]
    review.press("Escape")
    expect(review.dialog).to_be_hidden()
    expect(review.button("review")).to_be_focused()


def test_letters_that_are_written_decide_nothing(review: Review, backend: FakeBackend) -> None:
    review.open("app")
    review.do("reject-file")
    review.page.keyboard.type("arA un mot")
    assert backend.project()["applied"] == 0
    review.press("Escape")
    expect(review.dialog).to_be_visible()
    expect(review.dialog.locator(".review-file-view .reject-form")).to_be_hidden()
    review.do("edit-file")
    review.dialog.locator('.cm-content[contenteditable="true"]').click()
    review.page.keyboard.type("arA")
    assert backend.project()["applied"] == 0


def test_the_proposal_is_edited_before_it_is_applied(review: Review, backend: FakeBackend) -> None:
    review.open("app")
    review.edit("export default null;\n")
    expect(review.dialog.locator(".file-notes")).to_contain_text("Vous avez modifié cette proposition")
    expect(review.body.locator(".diff-added")).to_contain_text("export default null;")
    review.panel.reload()
    review.open()
    expect(review.body.locator(".diff-added")).to_contain_text("export default null;")
    review.do("apply-file")
    review.assert_status("appliqué")
    assert app(backend) == "export default null;\n"


def test_what_was_written_is_what_is_shown(review: Review, backend: FakeBackend) -> None:
    review.open("app")
    review.edit("export default null;\n")
    review.assert_status("proposé · retouché")
    expect(review.facts.locator(".count-added")).to_have_text("+1")
    expect(review.files.first).to_contain_text("proposé · retouché")
    review.do("apply-file")
    review.assert_status("appliqué · retouché")
    expect(review.dialog.locator(".file-notes")).to_contain_text("voici ce qui a été écrit")
    expect(review.body.locator(".diff-added")).to_have_text("export default null;")
    review.do("look-proposed")
    expect(review.body.locator(".diff-added").first).to_contain_text("Button")
    review.do("look-written")
    expect(review.body.locator(".diff-added")).to_have_text("export default null;")
    review.press("j")
    expect(review.said).not_to_contain_text("sur 3")
    review.do("look-proposed")
    review.do("undo-file")
    review.assert_status("annulé · retouché")
    review.do("reopen-file")
    review.assert_status("proposé · retouché")
    expect(review.body.locator(".diff-added")).to_have_text("export default null;")
    review.do("apply-file")
    review.assert_status("appliqué")
    assert app(backend) == "export default null;\n"


def test_what_was_taken_in_part_is_again_when_it_is_taken_up(review: Review, backend: FakeBackend) -> None:
    review.open("app")
    review.heads.nth(1).get_by_role("button", name="Écarter").click()
    review.assert_status("proposé · en partie")
    review.do("apply-file")
    review.assert_status("appliqué · en partie")
    review.do("undo-file")
    review.do("reopen-file")
    review.assert_status("proposé · en partie")
    review.do("apply-file")
    review.assert_status("appliqué · en partie")
    assert "Bonjour, studio" not in app(backend)


def test_a_text_of_ones_own_outlives_a_rejection(review: Review, backend: FakeBackend) -> None:
    review.open("app")
    review.edit("à moi\n")
    review.do("reject-file")
    review.do("reject-now")
    review.assert_status("rejeté")
    review.do("reopen-file")
    review.assert_status("proposé · retouché")
    expect(review.body.locator(".diff-added")).to_have_text("à moi")


def test_nothing_is_kept_and_said(review: Review, backend: FakeBackend) -> None:
    review.open("one")
    review.press("r")
    review.assert_status("proposé · rien n’est gardé")
    review.press("Shift+A")
    expect(review.said).to_have_text("Rien n’est gardé de ce fichier : il ne sera pas appliqué.")
    assert backend.project()["applied"] == 0


def test_what_keeping_a_deletion_means_is_said(review: Review) -> None:
    review.open("several")
    review.choose("src/old.css")
    expect(review.heads.get_by_role("button")).to_have_text(["Supprimer", "Ne pas supprimer"])


def test_back_to_the_proposal(review: Review, backend: FakeBackend) -> None:
    review.open("one")
    review.do("edit-file")
    review.write("rien\n")
    review.do("forget-edit")
    expect(review.body.locator(".diff-added").first).to_contain_text("export function Button")
    review.do("apply-file")
    review.assert_status("appliqué")
    assert backend.project()["files"]["src/Button.jsx"].startswith("export function Button")


def test_a_failed_one_is_put_right_by_hand(review: Review, backend: FakeBackend) -> None:
    review.open("failed").choose("src/App.jsx")
    review.edit("export default 1;\n")
    review.do("apply-turn")
    review.assert_status("appliqué")
    assert app(backend) == "export default 1;\n"
    assert "src/Button.jsx" in backend.project()["files"]


def test_a_failed_one_is_dropped_when_the_others_are_applied(review: Review, backend: FakeBackend) -> None:
    review.propose("failed")
    review.do("apply-all")  # what failed has to be seen first
    review.wait_open()
    expect(review.files.nth(0)).to_have_attribute("aria-current", "true")
    expect(review.button("apply-turn")).to_have_text("Appliquer sans les échecs")
    review.do("apply-turn")
    expect(review.files.nth(1)).to_contain_text("appliqué")
    expect(review.files.nth(0)).to_contain_text("rejeté")
    assert "src/Button.jsx" in backend.project()["files"]


def test_rejected_with_a_reason_and_taken_up_again(review: Review) -> None:
    review.open("one")
    review.do("reject-file")
    review.dialog.locator('[data-do="reason"]').fill("Trop tôt")
    review.do("reject-now")
    review.assert_status("rejeté")
    review.panel.reload()
    review.open()
    review.assert_status("rejeté")
    expect(review.dialog.locator(".file-notes")).to_contain_text("Raison donnée : Trop tôt")
    review.do("reopen-file")
    review.assert_status("proposé")
    review.do("apply-file")
    review.assert_status("appliqué")


def test_a_reason_waits_with_its_file(review: Review) -> None:
    review.open("several")
    reason = review.dialog.locator('[data-do="reason"]')
    review.choose("src/App.jsx")
    review.do("reject-file")
    reason.fill("Trop tôt")
    review.choose("src/old.css")
    review.do("reject-file")
    expect(reason).to_have_value("")
    review.choose("src/App.jsx")
    review.do("reject-file")
    expect(reason).to_have_value("Trop tôt")
    review.do("reject-now")
    review.assert_status("rejeté")


def test_undo_of_one_action_keeps_later_edits(review: Review, backend: FakeBackend) -> None:
    review.open("app")
    review.do("apply-file")
    review.assert_status("appliqué")
    backend.write("src/App.jsx", app(backend) + "// plus tard\n")
    review.do("undo-file")
    review.assert_status("annulé")
    assert app(backend).endswith("// plus tard\n")
    assert "Bonjour, studio" not in app(backend)
    review.do("redo-file")
    review.assert_status("appliqué")
    assert "Bonjour, studio" in app(backend)
    assert app(backend).endswith("// plus tard\n")


def test_a_double_click_applies_once(review: Review, backend: FakeBackend) -> None:
    review.propose("several")
    backend.set(latency=300)
    review.button("apply-all").dblclick()
    expect(review.bar).to_contain_text("Appliqué")
    assert backend.project()["applied"] == 1
    assert backend.project()["revision"] == 2


def test_two_tabs_see_the_same(review: Review, backend: FakeBackend, context: BrowserContext) -> None:
    review.open("app")
    other = Review(Panel(context.new_page(), review.panel.address).open()).open()
    other.do("apply-file")
    other.assert_status("appliqué")
    review.assert_status("appliqué")  # told by the other tab
    assert backend.project()["applied"] == 1


def test_choices_survive_a_reload(review: Review) -> None:
    review.open("app")
    expect(review.heads).to_have_count(3)
    review.press("r", "r")
    review.panel.reload()
    review.open()
    expect(review.dialog.locator(".review-total")).to_contain_text("1 modification gardée sur 3")


def test_nothing_kept_is_nothing_to_apply(review: Review) -> None:
    review.open("one")
    expect(review.heads).to_have_count(1)
    review.press("r")
    expect(review.dialog.locator(".file-notes")).to_contain_text("Rien n’est gardé")
    expect(review.button("apply-file")).to_have_count(0)
    expect(review.button("apply-turn")).to_have_count(0)


def test_the_mode_is_the_conversations(review: Review, backend: FakeBackend) -> None:
    mode = review.page.get_by_label("Accord pour les changements")
    expect(mode).to_have_value("ask")
    review.propose("one")
    mode.select_option("auto")
    expect(review.page.locator(".mode-notice")).to_contain_text("applique seul ses changements simples")
    review.panel.reload()
    expect(mode).to_have_value("auto")
    backend.set(refuse=None, down=True)
    mode.select_option("ask")
    expect(review.page.locator(".toast")).to_contain_text("injoignable")
    expect(mode).to_have_value("auto")
