"""The tree and the tabs say which files the assistant wants to change, and lead to the review of each."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator

import pytest
from playwright.sync_api import Locator, Page, expect

from tests.browser.editor import Editor, Files
from tests.browser.panel import Panel
from tests.browser.proposing import edit, propose
from tests.browser.review import Review
from tests.live import Studio
from tests.streaming.model_server import Gate, chunk, say

pytestmark = [pytest.mark.browser, pytest.mark.live]


@pytest.fixture
def review(page: Page, studio: Studio) -> Iterator[Review]:
    """A new conversation on the editor page of the demo project."""
    panel = Panel(page, studio.editor_url).open()
    panel.begin()
    yield Review(panel)
    assert panel.problems == []


def mark(page: Page, path: str) -> Locator:
    """What the tree says of a file's proposals."""
    return page.locator(f'.tree [data-path="{path}"] .tree-mark.proposals')


def open_file(review: Review, editor: Editor, path: str) -> None:
    """Loads the page with a file in the editor."""
    editor.open(path)
    review.panel.wait_ready()
    expect(editor.code).to_be_visible()


def test_marks_come_and_go_with_the_proposal(review: Review, studio: Studio, files: Files) -> None:
    page, path = review.page, files.put("marked.html", "<h1>Bonjour</h1>\n")
    editor = Editor(page, studio.editor_url)
    open_file(review, editor, path)
    propose(review, studio, edit(path, ("Bonjour", "Bonsoir")))
    expect(mark(page, path)).to_have_text("1 1 proposition")
    expect(mark(page, path)).to_have_attribute("title", "1 proposition")
    expect(editor.tab(path)).to_have_accessible_name("marked.html 1 proposition")
    review.panel.reload()
    editor.go_to(path)
    expect(mark(page, path)).to_be_visible()
    expect(editor.tab(path).locator(".tab-badge")).to_be_visible()
    review.panel.assert_accessible()
    review.do("reject-all")
    review.do("reject-now-turn")
    expect(mark(page, path)).to_have_count(0)
    expect(editor.tab(path).locator(".tab-badge")).to_be_hidden()


def test_a_file_is_marked_while_its_change_is_written(review: Review, studio: Studio, files: Files) -> None:
    path, gate = files.put("index.html", "<h1>Bonjour</h1>\n"), Gate()
    open_file(review, Editor(review.page, studio.editor_url), path)
    arguments = json.dumps({"path": path, "content": "<h1>Bonsoir</h1>\n"})
    head = {"index": 0, "id": "call_0", "function": {"name": "create_file", "arguments": arguments[:-9]}}
    tail = {"index": 0, "function": {"arguments": arguments[-9:]}}
    answer = say(chunk({"tool_calls": [head]}), gate, chunk({"tool_calls": [tail]}), finish="tool_calls")
    studio.model.queue(answer, say("Voilà."))
    review.panel.send_message("Change la page")
    expect(mark(review.page, path)).to_be_visible()
    gate.open()
    review.panel.wait_status("complete")
    expect(mark(review.page, path)).to_be_visible()


def test_every_mark_leads_to_the_review_of_its_file(review: Review, studio: Studio, files: Files) -> None:
    one, two = files.put("one.css", "a { color: red; }\n"), files.put("two.css", "b { color: red; }\n")
    editor = Editor(review.page, studio.editor_url)
    open_file(review, editor, two)
    propose(review, studio, edit(one, ("red", "blue")), edit(two, ("red", "blue")))
    editor.tab(two).locator(".tab-badge").click()
    expect(review.title).to_have_text(two)
    review.close()
    editor.go_to(two)
    mark(review.page, two).click()
    review.wait_open()
    expect(review.title).to_have_text(two)
    review.press("Escape")
    expect(review.dialog).to_be_hidden()
    editor.go_to(one)
    editor.press("Control+Alt+b")  # the panel is hidden: the review shows it
    editor.press("Control+Alt+r")
    review.wait_open()
    expect(review.title).to_have_text(one)
    review.press("Shift+A")
    review.assert_status("appliqué")
    expect(mark(review.page, one)).to_have_count(0)
    review.press("Escape")
    editor.expect_text("a { color: blue; }\n")


def test_by_keyboard_from_the_menu_of_the_tree(review: Review, studio: Studio, files: Files) -> None:
    path = files.put("one.css", "a { color: red; }\n")
    editor = Editor(review.page, studio.editor_url)
    open_file(review, editor, path)
    propose(review, studio, edit(path, ("red", "blue")))
    expect(mark(review.page, path)).to_be_visible()
    editor.press("Control+Shift+e")
    editor.press("Shift+F10")
    entry = review.page.get_by_role("menuitem", name="Relire la proposition")
    expect(entry).to_be_visible()
    editor.press("ArrowDown")
    expect(entry).to_be_focused()
    editor.press("Enter")
    review.wait_open()
    expect(review.title).to_have_text(path)


def test_all_is_rejected_with_a_reason_by_keyboard(review: Review, studio: Studio, files: Files) -> None:
    path = files.put("one.css", "a { color: red; }\n")
    open_file(review, Editor(review.page, studio.editor_url), path)
    propose(review, studio, edit(path, ("red", "blue")))
    review.button("reject-all").focus()
    review.press("Enter")
    reason = review.page.get_by_label("Raison du rejet de tout")
    expect(reason).to_be_focused()
    expect(review.button("reject-all")).to_have_attribute("aria-expanded", "true")
    review.panel.assert_accessible()
    review.press("Escape")
    expect(reason).to_be_hidden()
    expect(review.button("reject-all")).to_be_focused()
    expect(review.cards.first).to_have_attribute("data-status", "pending")
    review.press("Enter")
    review.page.keyboard.type("Gardez le rouge")
    review.press("Enter")
    expect(review.cards.first).to_have_attribute("data-status", "rejected")
    expect(reason).to_be_hidden()
    expect(review.button("review")).to_be_focused()
    conversation = studio.client.get("/api/chat/conversations/1").json()["conversations"][0]["id"]
    assert studio.client.messages(conversation)[-1]["actions"][0]["reason"] == "Gardez le rouge"


def create(path: str, content: str) -> tuple[str, dict[str, str]]:
    return "create_file", {"path": path, "content": content}


def test_a_file_that_is_only_proposed_has_a_row(review: Review, studio: Studio, files: Files) -> None:
    page, there = review.page, files.put("there.css", "a { color: red; }\n")
    open_file(review, Editor(page, studio.editor_url), there)
    folder, one, two = (files.path(name) for name in ("fresh", "fresh/button.css", "fresh/link.css"))
    propose(review, studio, create(one, "b {}\n"), create(two, "i {}\n"))
    row = {path: page.locator(f'.tree [data-path="{path}"]') for path in (folder, one, two)}
    expect(row[folder]).to_have_accessible_name(re.compile("proposé, pas encore dans le projet"))
    expect(row[one]).to_have_count(0)
    row[folder].click()
    expect(row[one]).to_have_accessible_name("button.css proposé, pas encore dans le projet 1 proposition")
    review.panel.assert_accessible()
    row[one].click(button="right")
    expect(page.get_by_role("menuitem", name="Relire la proposition")).to_be_visible()
    expect(page.get_by_role("menuitem", name="Supprimer")).to_have_count(0)
    page.keyboard.press("Escape")
    page.locator(".tree").press("Enter")
    review.wait_open()
    expect(review.title).to_have_text(one)
    review.press("Shift+A")
    review.assert_status("appliqué")
    review.press("Escape")
    expect(row[one]).to_have_accessible_name("button.css")
    review.panel.reload()
    page.locator(".tree").focus()
    expect(row[two]).to_have_accessible_name(re.compile("proposé"))
    row[two].locator(".tree-mark.proposals").click()
    review.wait_open()
    review.press("Shift+R")
    review.do("reject-now")
    expect(row[two]).to_have_count(0)


def test_a_new_name_has_a_row_that_leads_to_its_proposal(review: Review, studio: Studio, files: Files) -> None:
    page, old, new = review.page, files.put("old.css", "a { color: red; }\n"), files.path("new.css")
    open_file(review, Editor(page, studio.editor_url), old)
    propose(review, studio, ("rename_file", {"path": old, "to": new}))
    row = page.locator(f'.tree [data-path="{new}"]')
    expect(row).to_have_accessible_name(re.compile("new.css proposé, pas encore dans le projet"))
    row.click()
    review.wait_open()
    review.press("Shift+A")
    review.assert_status("appliqué")
    review.press("Escape")
    expect(row).to_have_accessible_name("new.css")
    expect(mark(page, old)).to_have_count(0)


def test_an_open_review_is_not_hidden_by_a_window_that_gets_narrow(
    review: Review, studio: Studio, files: Files
) -> None:
    """What is open and not seen would block the whole page."""
    page, path = review.page, files.put("there.css", "a { color: red; }\n")
    page.set_viewport_size({"width": 1440, "height": 800})
    open_file(review, Editor(page, studio.editor_url), path)
    propose(review, studio, edit(path, ("red", "blue")))
    mark(page, path).click()
    review.wait_open()
    page.set_viewport_size({"width": 360, "height": 800})
    expect(review.dialog).to_be_visible()
    expect(review.title).to_have_text(path)
    review.press("Escape")
    page.get_by_role("button", name="Code").click()
    expect(page.locator("[data-editor-code] .cm-content")).to_be_visible()
