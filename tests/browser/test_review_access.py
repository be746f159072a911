"""Everybody can review: axe in every state, in both themes and three widths; narrow screens; what is said aloud."""

from __future__ import annotations

import pytest
from playwright.sync_api import expect

from tests.browser.driver import FakeBackend
from tests.browser.review import Review

pytestmark = pytest.mark.browser

WIDTHS = (1440, 768, 360)


def conflict(review: Review, backend: FakeBackend) -> None:
    """The review with a conflict in it."""
    review.propose("app")
    text = str(backend.project()["files"]["src/App.jsx"])
    backend.write("src/App.jsx", text.replace("Bonjour", "Bienvenue"))
    review.open()
    review.do("apply-file")
    expect(review.body).to_have_attribute("data-shows", "conflict")
    expect(review.body.locator(".hl-keyword").first).to_be_visible()


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", WIDTHS)
def test_no_rule_is_broken_in_any_state(review: Review, backend: FakeBackend, scheme: str, width: int) -> None:
    review.page.emulate_media(color_scheme=scheme)  # type: ignore[arg-type]
    review.page.set_viewport_size({"width": width, "height": 800})
    review.propose("several")
    review.panel.assert_accessible()  # the proposals in the answer
    review.open().choose("src/App.jsx")
    expect(review.body.locator(".hl-keyword").first).to_be_visible()
    review.press("r")
    review.panel.assert_accessible()  # a diff with a hunk left out
    review.do("reject-file")
    review.panel.assert_accessible()  # the reason
    review.press("Escape")
    review.do("edit-file")
    review.panel.assert_accessible()  # the editor
    review.do("stop-edit")
    review.do("apply-turn")
    expect(review.files.first).to_contain_text("appliqué")
    review.panel.assert_accessible()  # applied
    review.close()
    review.open("failed").choose("src/App.jsx")
    review.panel.assert_accessible()  # what could not be placed
    review.close()
    conflict(review, backend)
    review.panel.assert_accessible()  # a conflict
    assert review.page.evaluate("document.documentElement.scrollWidth") <= width


def test_a_long_text_can_be_scrolled_by_keyboard_in_every_view(review: Review, backend: FakeBackend) -> None:
    """What scrolls can be reached and has a name: diffs in both layouts, the editor, a conflict, a text as it is."""
    review.page.set_viewport_size({"width": 1440, "height": 800})
    review.open("big")
    review.panel.assert_accessible()  # side by side
    review.do("full")
    review.do("layout")
    expect(review.body.locator(".cm-editor")).to_have_count(1)
    review.panel.assert_accessible()  # the whole file in one column
    review.body.locator(".cm-content").focus()
    review.press("PageDown")
    review.page.wait_for_function(
        """() => document.querySelector("webox-chat").shadowRoot
          .querySelector("dialog.review .cm-scroller").scrollTop > 0"""
    )
    review.do("edit-file")
    review.panel.assert_accessible()  # the editor
    review.do("stop-edit")
    review.choose("src/gone.js")
    review.panel.assert_accessible()  # a deletion
    review.close()
    review.open("long")
    review.panel.assert_accessible()  # a new file


@pytest.mark.parametrize("width", [768, 360])
def test_narrow_screens_have_one_column(review: Review, width: int) -> None:
    review.page.set_viewport_size({"width": width, "height": 700})
    review.open("app")
    expect(review.body.locator(".cm-editor")).to_have_count(1)
    box = review.dialog.bounding_box()
    assert box is not None
    assert (box["x"], round(box["width"])) == (0, width)
    for name in ("apply-file", "reject-file", "apply-turn", "close-review"):
        expect(review.button(name)).to_be_in_viewport()
    assert review.dialog.evaluate("e => e.scrollWidth <= e.clientWidth")


def test_the_focus_stays_in_the_dialog_and_comes_back(review: Review) -> None:
    review.open("several")
    for _ in range(40):
        review.press("Tab")
        inside = "e => e.getRootNode().activeElement === null || e.contains(e.getRootNode().activeElement)"
        assert review.dialog.evaluate(inside)
    review.press("Escape")
    expect(review.button("review")).to_be_focused()


def test_a_hunk_button_keeps_the_focus(review: Review) -> None:
    review.open("app")
    drop = review.heads.first.get_by_role("button", name="Écarter")
    drop.focus()
    review.press("Enter")
    expect(drop).to_have_attribute("aria-pressed", "true")
    expect(drop).to_be_focused()


def test_what_happens_is_said(review: Review) -> None:
    review.open("app")
    expect(review.heads).to_have_count(3)
    review.press("j")
    expect(review.said).to_have_text("Modification 2 sur 3, gardé")
    review.press("r")
    expect(review.said).to_have_text("Modification 3 sur 3, gardé")
    review.press("k")
    expect(review.said).to_have_text("Modification 2 sur 3, écarté")
    review.do("apply-file")
    expect(review.said).to_have_text("Changements appliqués")
    review.do("undo-file")
    expect(review.said).to_have_text("Changements annulés")


def test_the_help_line_names_and_does_the_keys(review: Review) -> None:
    review.open("several")
    help_line = review.dialog.get_by_role("group", name="Touches du clavier")
    for key in ("j", "k", "a", "r", "A", "R", "n", "p", "e", "v", "f", "u"):
        expect(help_line.locator("kbd", has_text=key).first).to_be_visible()
    help_line.get_by_role("button", name="fichier suivant").click()
    expect(review.title).to_have_text("src/App.jsx")


def test_english_too(review: Review, backend: FakeBackend) -> None:
    review.page.goto(f"{backend.address}?lang=en")
    box = review.page.get_by_label("Your message")
    box.fill("!propose:app")
    box.press("Control+Enter")
    review.page.get_by_role("button", name="Review", exact=True).click()
    expect(review.dialog.get_by_role("heading", name="Review of 1 change")).to_be_visible()
    expect(review.dialog.get_by_role("button", name="Apply this file")).to_be_visible()
