"""The editor of a project that somebody else works in too, or that one may only read."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from playwright.sync_api import Page, expect

from projects.files import Write, commit
from projects.models import Membership, Project
from tests.browser.editor import Editor, Files

if TYPE_CHECKING:
    from django.contrib.auth.models import User
    from django.test import Client
    from playwright.sync_api import BrowserContext
    from pytest_django.live_server_helper import LiveServer

    from tests.live import Studio

pytestmark = [pytest.mark.browser, pytest.mark.live]


def test_what_somebody_else_saves_appears_by_itself(editor: Editor, files: Files) -> None:
    path = files.put("a.txt", "avant")
    editor.open(path)
    editor.expect_text("avant")
    files.put("a.txt", "après")
    editor.expect_text("après")
    editor.expect_saved()


def test_what_somebody_else_saves_is_never_taken_from_a_text_being_written(editor: Editor, files: Files) -> None:
    path = files.put("a.txt", "avant\n")
    editor.open(path).set_autosave(False)
    editor.type("ici ", at="Control+Home")
    files.put("a.txt", "après\n")
    editor.expect_notice("Rien n'a été remplacé")
    editor.expect_text("ici avant\n")
    assert files.text("a.txt") == "après\n"


def test_two_tabs_of_one_browser_follow_each_other(
    editor: Editor, files: Files, context: BrowserContext, studio: Studio
) -> None:
    path = files.put("a.txt", "a")
    editor.open(path)
    second = Editor(context.new_page(), studio.editor_url).open(path)
    second.type("b")
    second.save()
    second.expect_saved()
    editor.expect_text("ab")
    expect(editor.notice).to_be_empty()
    expect(editor.page.locator(".notice-card")).to_contain_text("Un autre de vos onglets vient de modifier")


def test_a_rename_takes_the_tab_and_its_unsaved_text_along(editor: Editor, files: Files) -> None:
    path = files.put("a.txt", "texte")
    editor.open(path).set_autosave(False)
    editor.type(" tapé")
    files.move("a.txt", "b.txt")
    expect(editor.tab(files.path("b.txt"))).to_have_attribute("aria-selected", "true")
    editor.expect_text("texte tapé")
    editor.save()
    editor.expect_saved()
    assert files.text("b.txt") == "texte tapé"
    assert files.text("a.txt") is None


def test_a_file_deleted_elsewhere_says_so_and_can_be_closed(editor: Editor, files: Files) -> None:
    path = files.put("a.txt", "texte")
    editor.open(path)
    editor.expect_text("texte")
    files.delete("a.txt")
    editor.expect_notice("a été supprimé")
    editor.assert_accessible()
    editor.choose("Fermer")
    expect(editor.tab(path)).to_have_count(0)


def test_a_draft_of_a_file_that_is_gone_comes_back_all_the_same(editor: Editor, files: Files) -> None:
    path = files.put("a.txt", "a")
    editor.open(path).set_autosave(False)
    editor.type("b")
    editor.expect_drafted()
    editor.page.goto("about:blank")
    files.delete("a.txt")
    editor.open()
    editor.tab(path).click()
    editor.expect_text("ab")
    editor.choose("Recréer le fichier")
    editor.expect_saved()
    assert files.text("a.txt") == "ab"


def test_the_browser_asks_before_leaving_only_when_nothing_keeps_the_text(editor: Editor, files: Files) -> None:
    editor.page.add_init_script("IDBFactory.prototype.open = () => { throw new DOMException('full') }")
    path = files.put("a.txt", "a")
    editor.open(path).set_autosave(False)
    asked: list[str] = []

    def answer(dialog) -> None:  # type: ignore[no-untyped-def]
        asked.append(dialog.type)
        dialog.accept()

    editor.page.on("dialog", answer)
    editor.type("b")
    editor.expect_state("Modifié")
    editor.page.reload()
    assert asked == ["beforeunload"]


@pytest.mark.django_db(transaction=True)
def test_a_viewer_reads_walks_and_copies_but_changes_nothing(
    page: Page, live_server: LiveServer, client: Client, project: Project, mallory: User
) -> None:
    Membership.objects.create(project=project, user=mallory, role=Membership.Role.VIEWER)
    commit(project, project.owner, [Write("a.txt", b"un\ndeux")])
    client.force_login(mallory)
    session = client.cookies["sessionid"].value
    page.context.add_cookies([{"name": "sessionid", "value": session, "url": live_server.url}])
    editor = Editor(page, f"{live_server.url}/projects/{project.pk}/editor").open("a.txt")
    editor.expect_state("Lecture seule")
    editor.type("x")
    editor.press("Backspace")
    editor.expect_text("un\ndeux")
    editor.press("Control+End")
    expect(page.locator(".status-position")).to_have_text("L 2, col. 5")
    editor.press("Control+Shift+p")
    editor.palette.fill(">mettre en forme le fichier")
    expect(editor.options).to_have_text("Aucune commande ne correspond.")
    assert editor.problems == []


@pytest.mark.django_db(transaction=True)
def test_a_project_without_files_has_a_quiet_accessible_page(
    page: Page, live_server: LiveServer, client: Client, alice: User
) -> None:
    empty = Project.objects.create(name="Vide", owner=alice)
    client.force_login(alice)
    session = client.cookies["sessionid"].value
    page.context.add_cookies([{"name": "sessionid", "value": session, "url": live_server.url}])
    editor = Editor(page, f"{live_server.url}/projects/{empty.pk}/editor").open()
    expect(page.get_by_text("Aucun fichier ouvert")).to_be_visible()
    expect(page.locator(".status-position")).to_be_hidden()
    expect(page.locator("webox-chat .skeleton")).to_be_hidden()
    editor.assert_accessible()
    assert editor.problems == []
