"""A proposal read and decided in the text of the file, on the real server, which alone changes it."""

from __future__ import annotations

import pytest
from playwright.sync_api import BrowserContext, expect

from tests.browser.editor import Files
from tests.browser.inline import Inline
from tests.browser.panel import Panel
from tests.browser.proposing import edit, propose
from tests.browser.review import Review
from tests.live import Studio

pytestmark = [pytest.mark.browser, pytest.mark.live]

PAGE = "<h1>Bonjour</h1>\n" + "".join(f"<p>Ligne {number}</p>\n" for number in range(1, 12)) + "<footer></footer>\n"
DONE = PAGE.replace("Bonjour", "Bonsoir").replace("<footer></footer>", "<footer>Fin</footer>")
CHANGES = ("<h1>Bonjour</h1>", "<h1>Bonsoir</h1>"), ("<footer></footer>", "<footer>Fin</footer>")

#: Its code, which comes with the first proposal of a project.
CODE = "**/parts/inline_review-*.js"


def test_its_code_is_asked_for_again_after_a_network_that_failed(inline: Inline, files: Files) -> None:
    path = files.put("index.html", PAGE)
    inline.page.route(CODE, lambda route: route.abort())
    with inline.page.expect_event("requestfailed", lambda request: "inline_review" in request.url):
        inline.open(path)
        propose(inline.review, inline.studio, edit(path, CHANGES[0]))
    inline.page.unroute(CODE)
    propose(inline.review, inline.studio, edit(path, CHANGES[1]))
    expect(inline.bar).to_be_visible()


def test_read_decide_apply_and_undo_with_the_mouse(inline: Inline, files: Files) -> None:
    path = files.put("index.html", PAGE)
    inline.propose(path, edit(path, *CHANGES))
    inline.says("L'assistant propose 2 changements ici.")
    expect(inline.heads).to_have_count(0)
    inline.start(2)
    height = inline.page.locator("[data-editor-code]").evaluate("element => element.clientHeight")
    assert height > 300, "the bar takes its own line, not the text's place"
    expect(inline.removed).to_have_text(["<h1>Bonjour</h1>", "<footer></footer>"])
    expect(inline.added).to_have_text(["<h1>Bonsoir</h1>", "<footer>Fin</footer>"])
    inline.editor.expect_saved()
    inline.review.panel.assert_accessible()
    inline.head(2).get_by_role("button", name="Écarter").click()
    inline.says("Changements gardés : 1 sur 2.")
    assert files.text("index.html") == PAGE, "nothing is written before it is accepted"
    inline.do("apply")
    inline.says("Appliqué : révision")
    inline.editor.expect_text(PAGE.replace("Bonjour", "Bonsoir"))
    assert files.text("index.html") == PAGE.replace("Bonjour", "Bonsoir")
    expect(inline.heads).to_have_count(0)
    inline.do("undo")
    inline.editor.expect_text(PAGE)
    inline.do("redo")
    inline.editor.expect_text(PAGE.replace("Bonjour", "Bonsoir"))
    inline.do("dismiss")
    expect(inline.bar).to_be_hidden()
    expect(inline.editor.code).to_be_focused()


def test_by_keyboard_alone(inline: Inline, files: Files) -> None:
    path = files.put("index.html", PAGE)
    inline.propose(path, edit(path, *CHANGES))
    inline.editor.go_to(path)
    inline.press("F9")
    expect(inline.head(1)).to_be_focused()
    expect(inline.head(1)).to_have_accessible_name("Modification 1 sur 2, gardé")
    inline.press("r")
    expect(inline.head(2)).to_be_focused()
    inline.press("k")
    expect(inline.head(1)).to_have_accessible_name("Modification 1 sur 2, écarté")
    inline.press("Escape")
    expect(inline.editor.code).to_be_focused()
    inline.press("F9")
    expect(inline.head(2)).to_be_focused()
    inline.press("Shift+A")
    inline.says("Appliqué : révision")
    expect(inline.bar).to_be_focused()
    assert files.text("index.html") == PAGE.replace("<footer></footer>", "<footer>Fin</footer>")
    inline.press("u")
    inline.editor.expect_text(PAGE)


def test_rejected_with_a_reason_and_taken_up_again(inline: Inline, files: Files) -> None:
    path = files.put("index.html", PAGE)
    inline.propose(path, edit(path, *CHANGES)).start(2)
    inline.press("Shift+R")
    expect(inline.bar.get_by_label("Pourquoi rejeter la proposition")).to_be_focused()
    inline.page.keyboard.type("Gardez le titre")
    inline.press("Enter")
    inline.says("Proposition rejetée.")
    expect(inline.review.cards.first).to_have_attribute("data-status", "rejected")
    expect(inline.heads).to_have_count(0)
    assert files.text("index.html") == PAGE
    inline.do("reopen")
    inline.says("L'assistant propose 2 changements ici.")
    inline.start(2)
    inline.do("stop")
    expect(inline.heads).to_have_count(0)
    inline.says("L'assistant propose 2 changements ici.")


def test_what_is_not_saved_is_never_overwritten(inline: Inline, files: Files) -> None:
    path = files.put("index.html", PAGE)
    inline.propose(path, edit(path, *CHANGES))
    inline.editor.type("<!-- à moi -->", at="Control+Home")
    inline.start(2)
    expect(inline.added.first).to_have_text("<h1>Bonsoir</h1>")
    inline.says("Votre texte n'est pas enregistré")
    expect(inline.button("apply")).to_have_count(0)
    inline.press("Shift+A")
    assert files.text("index.html") == PAGE
    inline.do("save")
    inline.says("Le fichier a changé depuis la proposition")
    expect(inline.page.locator(".inline-touched")).to_have_count(1)
    inline.head(1).get_by_role("button", name="Écarter").click()
    inline.do("apply")
    inline.says("Appliqué : révision")
    mine = "<!-- à moi -->" + PAGE.replace("<footer></footer>", "<footer>Fin</footer>")
    inline.editor.expect_text(mine)
    assert files.text("index.html") == mine


def test_a_conflict_is_shown_and_settled_in_the_review(inline: Inline, files: Files) -> None:
    path = files.put("index.html", PAGE)
    inline.propose(path, edit(path, *CHANGES)).start(2)
    theirs = PAGE.replace("Bonjour", "Bienvenue")
    files.put("index.html", theirs)
    inline.editor.expect_text(theirs)
    inline.says("Le fichier a changé depuis la proposition")
    expect(inline.head(1)).to_contain_text("Ce passage a changé depuis.")
    inline.do("apply")
    expect(inline.review.body).to_have_attribute("data-shows", "conflict")
    assert files.text("index.html") == theirs
    settled = DONE.replace("Bonsoir", "Bienvenue ce soir")
    inline.review.write(settled)
    inline.review.do("settle")
    inline.review.assert_status("appliqué")
    inline.review.close()
    inline.editor.expect_text(settled)
    expect(inline.heads).to_have_count(0)


def test_two_tabs_decide_once(inline: Inline, files: Files, context: BrowserContext, studio: Studio) -> None:
    path = files.put("index.html", PAGE)
    inline.propose(path, edit(path, *CHANGES)).start(2)
    with context.new_page() as page:
        other = Inline(Review(Panel(page, studio.editor_url)), studio).open(path)
        other.start(2)
        other.do("apply")
        other.says("Appliqué : révision")
        expect(inline.heads).to_have_count(0)
        inline.page.bring_to_front()
        inline.editor.expect_text(DONE)
        expect(inline.bar).to_be_hidden()
    assert files.text("index.html") == DONE


def test_choices_are_those_of_the_review(inline: Inline, files: Files) -> None:
    path = files.put("index.html", PAGE)
    inline.propose(path, edit(path, *CHANGES)).start(2)
    inline.head(1).get_by_role("button", name="Écarter").click()
    inline.do("pane")
    inline.review.wait_open()
    expect(inline.review.heads.first).to_have_class("hunk-head is-current is-out")
    inline.review.press("a", "r")
    inline.review.close()
    expect(inline.head(1)).to_have_accessible_name("Modification 1 sur 2, gardé")
    expect(inline.head(2)).to_have_accessible_name("Modification 2 sur 2, écarté")


def test_deletions_and_new_names_lead_to_the_review(inline: Inline, files: Files) -> None:
    old, other = files.put("old.css", "a {}\n"), files.put("other.css", "b {}\n")
    inline.propose(old, ("delete_file", {"path": old}), ("rename_file", {"path": other, "to": files.path("new.css")}))
    inline.says("L'assistant propose de supprimer ce fichier.")
    expect(inline.button("start")).to_have_count(0)
    inline.do("pane")
    inline.review.wait_open()
    expect(inline.review.title).to_have_text(old)
    inline.review.close()
    inline.editor.go_to(other)
    inline.says(f"L'assistant propose de renommer ce fichier en {files.path('new.css')}.")


def test_a_reason_waits_while_another_file_is_in_sight(inline: Inline, files: Files) -> None:
    other = files.put("autre.txt", "ailleurs\n")
    path = files.put("index.html", PAGE)
    inline.propose(path, edit(path, *CHANGES)).start(2)
    inline.press("Shift+R")
    inline.page.keyboard.type("Gardez le titre")
    inline.editor.go_to(other)
    expect(inline.bar).to_be_hidden()
    expect(inline.page.locator(".notice-card.error")).to_have_count(0)
    inline.editor.tab(path).click()
    why = inline.bar.get_by_label("Pourquoi rejeter la proposition")
    expect(why).to_have_value("Gardez le titre")
    inline.page.evaluate(
        """async (path) => {
            const { proposals } = document.querySelector("webox-chat");
            await proposals.decide("reject", proposals.of(path)[0].id);
        }""",
        path,
    )
    expect(inline.page.locator(".notice-card.error")).to_contain_text("« Gardez le titre »")


def test_choosing_another_proposal_leaves_the_keyboard_at_the_choice(inline: Inline, files: Files) -> None:
    path = files.put("index.html", PAGE)
    inline.propose(path, edit(path, *CHANGES))
    propose(inline.review, inline.studio, edit(path, CHANGES[0]))
    choice = inline.button("which")
    expect(choice.locator("option")).to_have_count(2)
    inline.start(1)
    choice.focus()
    choice.press("ArrowDown")
    expect(inline.heads).to_have_count(2)
    expect(choice).to_be_focused()
