"""Searching in all files beside the editor, and replacing."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

import pytest
from playwright.sync_api import Locator, Page, Route, expect

from projects.files import Write, commit
from tests.browser.studio_page import FILES, StudioPage, make_project

if TYPE_CHECKING:
    from django.contrib.auth.models import User
    from django.test import Client
    from pytest_django.live_server_helper import LiveServer

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def site(page: Page, live_server: LiveServer, client: Client, alice: User) -> Iterator[StudioPage]:
    client.force_login(alice)
    site = StudioPage(page, live_server, client, make_project(alice)).open()
    page.keyboard.press("ControlOrMeta+Shift+F")
    expect(query(site)).to_be_focused()
    yield site
    assert site.problems == []


def query(site: StudioPage) -> Locator:
    return site.page.get_by_role("searchbox", name="Rechercher")


def status(site: StudioPage) -> Locator:
    return site.page.locator(".search-status")


def test_results_come_while_one_types_and_open_at_their_line(site: StudioPage) -> None:
    site.page.keyboard.type("color")
    expect(status(site)).to_have_text("2 résultats dans 2 fichiers")
    site.axe()
    site.page.keyboard.press("Tab")
    site.page.locator(".search-results").focus()
    site.press("ArrowDown", "ArrowDown", "Enter")
    expect(site.page.locator(".cm-content")).to_contain_text("color: black")
    expect(site.page.locator(".cm-activeLine")).to_contain_text("color: black")


def test_who_opens_it_by_its_tab_can_type_at_once(site: StudioPage) -> None:
    side = site.page.get_by_role("navigation", name="Panneau latéral")
    side.get_by_role("button", name="Fichiers").click()
    side.get_by_role("button", name="Recherche").click()
    expect(query(site)).to_be_focused()


def test_coming_back_to_it_searches_for_nothing_else(site: StudioPage) -> None:
    query(site).fill("H1")
    expect(status(site)).to_have_text("4 résultats dans 3 fichiers")
    side = site.page.get_by_role("navigation", name="Panneau latéral")
    side.get_by_role("button", name="Fichiers").click()
    site.row("README.md").click()
    expect(site.page.locator(".cm-content")).to_contain_text(FILES["README.md"].split()[0])
    site.page.locator(".cm-content").press("Control+a")
    site.page.wait_for_function("String(getSelection()).trim()")
    side.get_by_role("button", name="Recherche").click()
    expect(query(site)).to_be_focused()
    expect(query(site)).to_have_value("H1")


def test_case_patterns_and_globs(site: StudioPage) -> None:
    query(site).fill("H1")
    expect(status(site)).to_have_text("4 résultats dans 3 fichiers")
    site.page.get_by_role("button", name="Respecter la casse").click()
    expect(status(site)).to_have_text("Aucun résultat.")
    query(site).fill("co(l|r)or")
    site.page.get_by_role("button", name="Expression régulière").click()
    expect(status(site)).to_have_text("2 résultats dans 2 fichiers")
    site.page.get_by_text("Où chercher").click()
    site.page.get_by_label("Fichiers à inclure").fill("css/s*.css")
    expect(status(site)).to_have_text("1 résultat dans 1 fichier")
    query(site).fill("(")
    expect(status(site)).to_contain_text("n'est pas valide")
    site.axe()


def test_all_is_replaced_as_one_revision_and_undone_by_one_click(site: StudioPage) -> None:
    query(site).fill("h1")
    expect(status(site)).to_contain_text("résultats")
    site.page.get_by_role("button", name="Remplacer", exact=True).click()
    site.page.get_by_label("Remplacer par").fill("h2")
    expect(site.page.locator(".search-text ins").first).to_have_text("h2")
    site.page.get_by_role("button", name="Tout remplacer").click()
    dialog = site.page.get_by_role("dialog")
    expect(dialog).to_contain_text("4 occurrences")
    expect(dialog).to_contain_text("3 fichiers")
    site.axe()
    dialog.get_by_role("button", name="Tout remplacer").click()
    expect(site.notice("3 fichiers modifiés")).to_be_visible()
    assert site.files() == {path: text.replace("h1", "h2") for path, text in FILES.items()}
    assert site.project.revisions.count() == 2
    site.notice("3 fichiers modifiés").get_by_role("button", name="Annuler").click()
    expect(site.notice("annulé")).to_be_visible()
    assert site.files() == FILES


def test_hostile_text_is_text(site: StudioPage) -> None:
    commit(site.project, None, [Write("x.html", b"<img src=x onerror=document.title='gotcha'> needle")])
    query(site).fill("needle")
    expect(site.page.locator(".search-text")).to_contain_text("<img src=x")
    assert site.page.title() != "gotcha"


def test_a_newer_search_wins_over_a_slow_one(site: StudioPage) -> None:
    held: list[Route] = []
    site.page.route("**/search?q=slow*", lambda route: held.insert(0, route))
    query(site).fill("slow")
    expect(status(site)).to_have_text("Recherche…")
    query(site).fill("answer")
    expect(status(site)).to_have_text("1 résultat dans 1 fichier")
    for route in held:
        route.abort()
    expect(status(site)).to_have_text("1 résultat dans 1 fichier")


def test_a_server_that_fails_is_said(site: StudioPage) -> None:
    site.page.route("**/search?*", lambda route: route.abort())
    query(site).fill("color")
    expect(status(site)).to_contain_text("injoignable")
