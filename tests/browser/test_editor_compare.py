"""Two texts beside each other: what is settled there keeps its bytes, and is not dropped by a slip."""

from __future__ import annotations

import pytest
from playwright.sync_api import BrowserContext, Locator, Route, expect

from tests.browser.editor import Editor, Files
from tests.live import Studio

pytestmark = [pytest.mark.browser, pytest.mark.live]


def compare(editor: Editor, files: Files, before: str, theirs: str) -> Locator:
    """The same line, changed here (« ici  » before it) and there, beside each other."""
    path = files.put("a.txt", before)
    editor.open(path).set_autosave(False)
    editor.type("ici ", at="Control+Home")
    files.put("a.txt", theirs)
    editor.save()
    editor.expect_notice("Rien n'a été remplacé")
    editor.choose("Comparer")
    dialog = editor.page.locator("dialog.compare")
    expect(dialog.locator(".cm-content")).to_have_count(2)
    return dialog


def accept(dialog: Locator) -> None:
    dialog.get_by_role("button", name="Enregistrer ma version ainsi").click()


@pytest.mark.parametrize("rest", ["\r\nb\nc\rd\r\n", "\r\nb\r\n", "\nb\n"])
def test_line_ends_stay_as_they_were(editor: Editor, files: Files, rest: str) -> None:
    dialog = compare(editor, files, f"base{rest}", f"là-bas{rest}")
    dialog.locator(".cm-content").last.click()
    editor.press("Control+Home")
    editor.page.keyboard.insert_text("et ")
    accept(dialog)
    editor.expect_saved()
    assert files.text("a.txt") == f"et ici base{rest}"


def test_a_passage_of_the_server_comes_with_its_line_ends(editor: Editor, files: Files) -> None:
    dialog = compare(editor, files, "base\r\nb\nc\rd\r\n", "là\r\nbas\r\nb\nc\rd\r\n")
    dialog.locator(".compare-take").first.click()
    accept(dialog)
    editor.expect_saved()
    assert files.text("a.txt") == "là\r\nbas\r\nb\nc\rd\r\n"


def test_what_was_changed_is_dropped_only_when_asked_and_can_be_undone(editor: Editor, files: Files) -> None:
    dialog = compare(editor, files, "base\n", "là-bas\n")
    mine = dialog.locator(".cm-content").last
    mine.click()
    editor.press("Control+Home")
    editor.page.keyboard.insert_text("et ")
    for _ in range(3):  # a browser asks the page only once
        editor.press("Escape")
        question = editor.page.get_by_role("dialog", name="Renoncer à ce que vous avez modifié ici ?")
        question.get_by_role("button", name="Continuer à comparer").click()
        expect(question).to_have_count(0)
        expect(mine).to_contain_text("et ici base")
    mine.click()
    editor.press("Control+z")
    expect(mine).not_to_contain_text("et ")
    editor.press("Escape")  # nothing to lose any more
    expect(dialog).to_have_count(0)
    editor.expect_text("ici base\n")


def test_what_was_changed_can_be_given_up(editor: Editor, files: Files) -> None:
    dialog = compare(editor, files, "base\n", "là-bas\n")
    dialog.locator(".cm-content").last.click()
    editor.page.keyboard.insert_text("et ")
    dialog.get_by_role("button", name="Revenir").click()
    editor.page.get_by_role("button", name="Renoncer", exact=True).click()
    expect(editor.page.get_by_role("dialog")).to_have_count(0)
    editor.expect_text("ici base\n")
    assert files.text("a.txt") == "là-bas\n"


def read_only(route: Route) -> None:
    """The page as a reader gets it."""
    answer = route.fetch()
    body = answer.text()
    assert '"canWrite": true' in body
    route.fulfill(response=answer, body=body.replace('"canWrite": true', '"canWrite": false'))


def test_a_draft_of_who_may_not_write_any_more_can_be_copied_and_stays(
    editor: Editor, files: Files, context: BrowserContext, studio: Studio
) -> None:
    path = files.put("a.txt", "a")
    editor.open(path).set_autosave(False)
    editor.type("b")
    editor.expect_drafted()
    context.grant_permissions(["clipboard-read", "clipboard-write"])
    reader = Editor(context.new_page(), studio.editor_url)
    reader.page.route("**/projects/1/editor**", read_only)
    editor.page.close(run_before_unload=False)
    for _ in range(2):
        reader.open(path)
        reader.expect_notice("Elles restent dans ce navigateur")
        reader.expect_text("a")
        reader.expect_state("Lecture seule")
    reader.choose("Copier le texte")
    expect(reader.page.get_by_role("status").filter(has_text="Texte copié.")).to_have_count(1)
    assert reader.page.evaluate("navigator.clipboard.readText()") == "ab"
    reader.choose("Continuer")
    expect(reader.notice).to_be_empty()
    assert reader.problems == []
