"""The history beside the editor: who, why, when; differences; going back, and back again."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

import pytest
from playwright.sync_api import Locator, Page, expect

from projects.files import Delete, Rename, Write, commit
from projects.models import Membership
from tests.browser.studio_page import FILES, StudioPage, make_project

if TYPE_CHECKING:
    from django.contrib.auth.models import User
    from django.test import Client
    from pytest_django.live_server_helper import LiveServer

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

LONG = "".join(f"line {n}\n" for n in range(20))


@pytest.fixture
def site(page: Page, live_server: LiveServer, client: Client, alice: User) -> Iterator[StudioPage]:
    client.force_login(alice)
    site = StudioPage(page, live_server, client, make_project(alice))
    commit(site.project, alice, [Write("long.txt", LONG.encode())], message="Un long texte")
    commit(
        site.project,
        None,
        [Write("long.txt", LONG.replace("line 3\n", "LINE 3\n").encode()), Delete("README.md")],
        origin="assistant",
        message="Plus clair",
    )
    site.open()
    page.keyboard.press("ControlOrMeta+Shift+Y")
    yield site
    assert site.problems == []


def revision(site: StudioPage, number: int) -> Locator:
    return site.page.locator(f'[data-revision="{number}"]')


def test_the_list_says_who_and_why(site: StudioPage) -> None:
    expect(revision(site, 3)).to_contain_text("Plus clair")
    expect(revision(site, 3)).to_contain_text("assistant")
    expect(revision(site, 2)).to_contain_text("alice")
    expect(revision(site, 1)).to_contain_text("6 fichiers")
    expect(site.tree).to_be_hidden()
    site.axe()
    commit(site.project, None, [Write("new.txt", b"x")], message="Entre-temps")
    expect(revision(site, 4)).to_contain_text("Entre-temps")
    commit(site.project, site.project.owner, [Write("css/style.css", b"h1 {}")])
    expect(revision(site, 5)).to_contain_text("Modification de css/style.css")


def test_what_a_revision_changed_is_shown(site: StudioPage) -> None:
    revision(site, 3).get_by_role("button").first.click()
    revision(site, 3).get_by_role("button", name="Voir les changements").click()
    dialog = site.page.get_by_role("dialog")
    expect(dialog.locator(".removed .diff-text").last).to_contain_text("line 3")
    expect(dialog.locator(".added .diff-text")).to_contain_text("LINE 3")
    expect(dialog).to_contain_text("supprimé")
    site.axe()
    dialog.get_by_role("button", name="Fermer").click()
    expect(dialog).to_have_count(0)


def test_any_two_revisions_are_compared(site: StudioPage) -> None:
    revision(site, 1).get_by_role("button").first.click()
    revision(site, 1).get_by_role("button", name="Comparer").click()
    revision(site, 3).get_by_role("button").first.click()
    revision(site, 3).get_by_role("button", name="Comparer avec r1").click()
    expect(site.page.get_by_role("dialog")).to_contain_text("De r1 à r3")
    expect(site.page.get_by_role("dialog").locator(".diff-path")).to_have_text(["README.md", "long.txt"])


def test_one_revision_is_undone_and_later_ones_stay(site: StudioPage) -> None:
    commit(site.project, None, [Write("long.txt", LONG.replace("line 3\n", "LINE 3\n").encode() + b"more\n")])
    revision(site, 3).get_by_role("button").first.click()
    revision(site, 3).get_by_role("button", name="Annuler cette révision").click()
    expect(site.notice("Révision 3 annulée")).to_be_visible()
    assert site.files() == {**FILES, "long.txt": LONG + "more\n"}
    site.notice("Révision 3 annulée").get_by_role("button", name="Annuler").click()
    expect(site.notice("Révision 5 annulée")).to_be_visible()
    assert "README.md" not in site.files()


def test_a_conflict_is_shown_and_settled_by_the_person(site: StudioPage) -> None:
    theirs = LONG.replace("line 3\n", "Line three\n")
    commit(site.project, None, [Write("long.txt", theirs.encode())])
    revision(site, 3).get_by_role("button").first.click()
    revision(site, 3).get_by_role("button", name="Annuler cette révision").click()
    dialog = site.page.get_by_role("dialog")
    expect(dialog).to_contain_text("Line three")
    site.axe()
    dialog.get_by_role("button", name="Annuler", exact=True).click()
    assert site.files()["long.txt"] == theirs
    revision(site, 3).get_by_role("button", name="Annuler cette révision").click()
    dialog.get_by_label("Revenir à avant").check()
    dialog.get_by_role("button", name="Appliquer").click()
    expect(site.notice("Révision 3 annulée")).to_be_visible()
    assert site.files() == {**FILES, "long.txt": LONG}


def test_the_whole_project_goes_back_and_forth(site: StudioPage) -> None:
    revision(site, 1).get_by_role("button").first.click()
    revision(site, 1).get_by_role("button", name="Revenir ici").click()
    site.page.get_by_role("dialog").get_by_role("button", name="Revenir").click()
    expect(site.notice("Rétabli comme en r1")).to_be_visible()
    expect(site.page.locator(".history-list > li")).to_have_count(4)
    assert site.files() == FILES


def test_the_history_of_one_file(site: StudioPage) -> None:
    site.page.locator('.side-tab[data-view="files"]').click()
    site.row("long.txt").click(button="right")
    site.page.get_by_role("menuitem", name="Historique").click()
    expect(site.page.locator(".history-list > li")).to_have_count(2)
    revision(site, 2).get_by_role("button").first.click()
    revision(site, 2).get_by_role("button", name="Rétablir ce fichier").click()
    expect(site.notice("Rétabli comme en r2")).to_be_visible()
    assert site.files()["long.txt"] == LONG
    assert "README.md" not in site.files()


def test_a_deleted_file_is_one_click_from_being_back(site: StudioPage) -> None:
    site.page.get_by_role("button", name="Fichiers supprimés").click()
    expect(site.page.locator(".deleted-path")).to_have_text(["README.md"])
    site.axe()
    site.page.locator(".deleted-file").get_by_role("button", name="Rétablir").click()
    expect(site.notice("de retour")).to_be_visible()
    expect(site.page.get_by_text("Aucun fichier supprimé")).to_be_visible()
    assert site.files()["README.md"] == FILES["README.md"]


def test_a_long_history_comes_page_by_page(site: StudioPage) -> None:
    for n in range(60):
        commit(site.project, None, [Write("often.txt", str(n).encode())])
    commit(site.project, None, [Rename("often.txt", "seldom.txt")])
    expect(revision(site, 64)).to_be_visible()
    expect(site.page.locator(".history-list > li")).to_have_count(50)
    site.page.get_by_role("button", name="Plus anciennes").click()
    expect(revision(site, 1)).to_be_visible()
    expect(site.page.locator(".history-list > li")).to_have_count(64)


def test_a_server_that_fails_is_said_and_asked_again(site: StudioPage) -> None:
    site.page.route("**/revisions?*", lambda route: route.fulfill(status=500, body="oops"))
    site.page.get_by_role("button", name="Tout le projet").click()
    expect(site.page.locator(".history-status")).to_contain_text("échoué")
    site.page.unroute("**/revisions?*")
    site.page.get_by_role("button", name="Réessayer").click()
    expect(revision(site, 3)).to_be_visible()
    expect(site.page.locator(".history-status")).to_have_text("")


def test_a_reader_looks_and_changes_nothing(
    page: Page, live_server: LiveServer, client: Client, alice: User, mallory: User
) -> None:
    project = make_project(alice)
    Membership.objects.create(project=project, user=mallory, role="viewer")
    client.force_login(mallory)
    site = StudioPage(page, live_server, client, project).open()
    page.keyboard.press("ControlOrMeta+Shift+Y")
    revision(site, 1).get_by_role("button").first.click()
    expect(revision(site, 1).get_by_role("button", name="Voir les changements")).to_be_visible()
    expect(revision(site, 1).get_by_role("button", name="Annuler cette révision")).to_have_count(0)
    expect(revision(site, 1).get_by_role("button", name="Revenir ici")).to_have_count(0)
