"""The file tree: found, walked and changed by mouse and by keyboard alone."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pytest
from playwright.sync_api import Page, expect

from projects.files import Write, commit
from projects.models import Membership, Project
from tests.browser.studio_page import FILES, StudioPage, make_project

if TYPE_CHECKING:
    from pathlib import Path

    from django.contrib.auth.models import User
    from django.test import Client
    from pytest_django.live_server_helper import LiveServer

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


def messages(project: Project) -> list[str]:
    return list(project.revisions.order_by("number").values_list("message", flat=True))


class TestWalking:
    def test_folders_open_and_files_are_opened(self, site: StudioPage) -> None:
        expect(site.row("css/style.css")).to_have_count(0)
        site.row("css").click()
        expect(site.row("css")).to_have_attribute("aria-expanded", "true")
        expect(site.row("css/style.css")).to_have_attribute("aria-level", "2")
        expect(site.row("css/style.css")).to_have_attribute("aria-posinset", "2")
        site.row("css/style.css").click()
        expect(site.row("css/style.css")).to_have_attribute("aria-current", "true")
        expect(site.page.locator(".cm-content")).to_contain_text("color: teal")
        site.page.reload()
        expect(site.row("css/style.css")).to_be_visible()

    def test_every_key_of_a_tree(self, site: StudioPage) -> None:
        site.row("README.md").click()
        site.press("Home")
        assert site.active() == "css"
        site.press("ArrowRight", "ArrowRight")
        assert site.active() == "css/print.css"
        site.press("ArrowDown")
        assert site.active() == "css/style.css"
        site.press("ArrowLeft")
        assert site.active() == "css"
        site.press("ArrowLeft", "ArrowDown")
        assert site.active() == "src"
        site.press("*")
        expect(site.row("css/style.css")).to_be_visible()
        expect(site.row("src/app.js")).to_be_visible()
        site.press("End")
        assert site.active() == "README.md"
        site.press("i")
        assert site.active() == "index.html"
        site.press("Enter")
        expect(site.row("index.html")).to_have_attribute("aria-current", "true")

    def test_typing_a_name_leads_there(self, site: StudioPage) -> None:
        site.row("README.md").click()
        site.tree.evaluate(  # at once: a slow machine must not make a pause of it
            """(tree) => {
              for (const key of "sr") tree.dispatchEvent(new KeyboardEvent("keydown", { key, bubbles: true }));
            }"""
        )
        assert site.active() == "src"

    def test_several_rows_are_chosen(self, site: StudioPage) -> None:
        site.row("css").click()
        site.press("ArrowDown", "Shift+ArrowDown")
        chosen = site.page.locator('.tree-row[aria-selected="true"]')
        expect(chosen).to_have_count(2)
        site.press("Control+ArrowDown", "Control+ArrowDown", "Control+Space")
        expect(chosen).to_have_count(3)
        site.press("Control+a")
        expect(chosen).to_have_count(6)
        site.press("Escape")
        expect(chosen).to_have_count(1)
        site.row("README.md").click(modifiers=["ControlOrMeta"])
        expect(chosen).to_have_count(2)

    def test_a_filter_finds_files_wherever_they_are(self, site: StudioPage) -> None:
        site.page.get_by_role("searchbox").fill("lib js")
        expect(site.page.locator(".tree-row")).to_have_count(3)
        site.press("Enter")
        assert site.active() == "src/lib/util.js"
        site.page.get_by_role("searchbox").fill("nothing at all")
        expect(site.page.get_by_text("Aucun fichier ne correspond")).to_be_visible()
        site.axe()
        site.page.get_by_role("searchbox").press("Escape")
        expect(site.page.locator(".tree-row")).to_have_count(4)

    def test_it_is_accessible(self, site: StudioPage) -> None:
        site.row("css").click()
        site.row("css/style.css").click()
        site.axe()
        site.press("Shift+F10")
        expect(site.page.get_by_role("menu")).to_be_visible()
        site.axe()


class TestChanging:
    def test_a_new_file_is_written_where_the_keyboard_is(self, site: StudioPage) -> None:
        site.row("css").click()
        site.press("Alt+n")
        site.page.keyboard.type("deep/new.css")
        site.press("Enter")
        expect(site.row("css/deep/new.css")).to_have_attribute("aria-current", "true")
        assert site.files() == {**FILES, "css/deep/new.css": ""}
        assert messages(site.project)[-1] == "Création de css/deep/new.css"

    def test_a_name_that_is_not_allowed_is_said_in_words(self, site: StudioPage) -> None:
        for name, text in (("a?b", "caractères ne sont pas permis"), ("README.md", "existe déjà"), ("CON", "Windows")):
            site.row("index.html").click()
            site.press("Alt+n")
            site.page.keyboard.type(name)
            site.press("Enter")
            expect(site.notice(text)).to_be_visible()
        site.press("Alt+n", "Escape")
        expect(site.page.locator(".tree-input")).to_have_count(0)
        assert site.files() == FILES
        site.axe()

    def test_a_file_gets_another_name_by_keyboard(self, site: StudioPage) -> None:
        site.row("README.md").click()
        site.press("F2")
        expect(site.page.locator(".tree-input")).to_be_focused()
        site.page.keyboard.type("LISEZMOI")
        site.press("Enter")
        expect(site.row("LISEZMOI.md")).to_have_attribute("aria-selected", "true")
        expect(site.row("README.md")).to_have_count(0)
        assert site.files()["LISEZMOI.md"] == FILES["README.md"]
        site.notice("déplacé").get_by_role("button", name="Annuler").click()
        expect(site.row("README.md")).to_be_visible()
        assert site.files() == FILES

    def test_a_folder_moves_with_all_that_is_in_it(self, site: StudioPage) -> None:
        site.row("src").drag_to(site.row("css"))
        expect(site.row("css/src")).to_be_visible()
        assert set(site.files()) == {"index.html", "README.md", "css/style.css", "css/print.css", "css/src/app.js",
                                     "css/src/lib/util.js"}  # fmt: skip
        assert site.project.revisions.count() == 2

    def test_moving_by_keyboard_alone(self, site: StudioPage) -> None:
        site.row("index.html").click()
        site.press("Shift+ArrowDown", "Shift+F10")
        site.page.get_by_role("menuitem", name="Déplacer vers").click()
        site.page.get_by_role("dialog").locator("input").fill("pages")
        site.axe()
        site.press("Enter")
        expect(site.notice("2 fichiers déplacés")).to_be_visible()
        assert {"pages/index.html", "pages/README.md"} <= set(site.files())
        site.row("css").click()
        site.press("Control+x")
        site.row("src").click()
        site.press("Control+v")
        expect(site.notice("2 fichiers déplacés")).to_have_count(2)
        assert "src/css/style.css" in site.files()

    def test_many_are_deleted_at_once_and_come_back_by_one_click(self, site: StudioPage) -> None:
        site.row("css").click()
        site.row("README.md").click(modifiers=["ControlOrMeta"])
        site.press("Delete")
        expect(site.notice("3 fichiers supprimés")).to_be_visible()
        expect(site.row("css")).to_have_count(0)
        assert set(site.files()) == {"index.html", "src/app.js", "src/lib/util.js"}
        assert site.project.revisions.count() == 2
        site.notice("3 fichiers supprimés").get_by_role("button", name="Annuler").click()
        expect(site.row("css")).to_be_visible()
        assert site.files() == FILES

    def test_a_copy_gets_a_name_of_its_own(self, site: StudioPage) -> None:
        site.row("css").click(button="right")
        site.page.get_by_role("menuitem", name="Dupliquer").click()
        expect(site.row("css (2)")).to_be_visible()
        assert site.files() == {**FILES, "css (2)/style.css": FILES["css/style.css"],
                                "css (2)/print.css": FILES["css/print.css"]}  # fmt: skip

    def test_an_empty_folder_waits_for_its_first_file(self, site: StudioPage) -> None:
        site.row("README.md").click()
        site.page.get_by_role("button", name="Nouveau dossier").click()
        site.page.keyboard.type("images")
        site.press("Enter")
        expect(site.row("images")).to_have_attribute("aria-selected", "true")
        site.press("Alt+n")
        site.page.keyboard.type("a.svg")
        site.press("Enter")
        expect(site.row("images/a.svg")).to_be_visible()
        assert "images/a.svg" in site.files()

    def test_what_somebody_else_does_is_seen(self, site: StudioPage) -> None:
        commit(site.project, None, [Write("theirs.txt", b"x")])
        expect(site.row("theirs.txt")).to_be_visible()

    def test_a_server_that_fails_loses_nothing(self, site: StudioPage) -> None:
        site.page.route("**/commit", lambda route: route.abort())
        site.row("README.md").click()
        site.press("Delete")
        expect(site.notice("injoignable")).to_be_visible()
        expect(site.row("README.md")).to_be_visible()
        assert site.files() == FILES


class TestUploading:
    def test_files_are_picked_and_sent_as_one_revision(self, site: StudioPage, tmp_path: Path) -> None:
        for name, data in (("logo.bin", b"\0\1\2"), ("é.txt", "été".encode())):
            (tmp_path / name).write_bytes(data)
        site.row("css").click()
        with site.page.expect_file_chooser() as chosen:
            site.page.get_by_role("button", name="Autres actions").click()
            site.page.get_by_role("menuitem", name="Envoyer des fichiers").click()
        chosen.value.set_files([tmp_path / "logo.bin", tmp_path / "é.txt"])
        expect(site.notice("2 fichiers ajoutés")).to_be_visible()
        expect(site.row("css/logo.bin")).to_be_visible()
        kept = dict(site.project.files.values_list("path", "blob__data"))
        assert (bytes(kept["css/logo.bin"]), bytes(kept["css/é.txt"])) == (b"\0\1\2", "été".encode())
        assert site.project.revisions.count() == 2

    def test_a_dropped_folder_comes_without_what_no_project_wants(self, site: StudioPage, tmp_path: Path) -> None:
        for path in ("site/a/b.txt", "site/node_modules/x/index.js", "site/.git/HEAD"):
            (tmp_path / path).parent.mkdir(parents=True, exist_ok=True)
            (tmp_path / path).write_text("x")
        with site.page.expect_file_chooser() as chosen:
            site.page.get_by_role("button", name="Autres actions").click()
            site.page.get_by_role("menuitem", name="Envoyer un dossier").click()
        chosen.value.set_files(tmp_path / "site")
        expect(site.notice("2 éléments ont été laissés")).to_be_visible()
        expect(site.row("site")).to_be_visible()
        assert set(site.files()) - set(FILES) == {"site/a/b.txt"}

    def test_files_dropped_on_a_folder(self, site: StudioPage) -> None:
        drop(site, "css", {"new.txt": "hello", "style.css": "h1 { color: red }"})
        expect(site.page.get_by_role("dialog")).to_contain_text("css/style.css")
        site.axe()
        site.page.get_by_role("button", name="Remplacer").click()
        expect(site.notice("2 fichiers ajoutés")).to_be_visible()
        assert site.files()["css/style.css"] == "h1 { color: red }"
        site.notice("2 fichiers ajoutés").get_by_role("button", name="Annuler").click()
        expect(site.notice("annulé")).to_be_visible()
        assert site.files() == FILES

    def test_one_bad_name_refuses_all(self, site: StudioPage) -> None:
        drop(site, "css", {"good.txt": "x", "nul": "x"})
        expect(site.notice("réservé par Windows")).to_be_visible()
        assert site.files() == FILES


def drop(site: StudioPage, path: str, files: dict[str, str]) -> None:
    """What a browser tells when files from elsewhere are dropped."""
    transfer = site.page.evaluate_handle(
        """(files) => {
          const transfer = new DataTransfer();
          for (const [name, text] of Object.entries(files)) transfer.items.add(new File([text], name));
          return transfer;
        }""",
        files,
    )
    for event in ("dragenter", "dragover", "drop"):
        site.row(path).dispatch_event(event, {"dataTransfer": transfer})


class TestOthers:
    def test_a_reader_can_look_and_change_nothing(
        self, page: Page, live_server: LiveServer, client: Client, alice: User, mallory: User
    ) -> None:
        project = make_project(alice)
        Membership.objects.create(project=project, user=mallory, role="viewer")
        client.force_login(mallory)
        site = StudioPage(page, live_server, client, project).open()
        expect(page.get_by_role("button", name="Nouveau fichier")).to_have_count(0)
        site.row("README.md").click()
        site.press("Delete", "F2", "Alt+n")
        expect(page.locator(".tree-input")).to_have_count(0)
        site.press("Shift+F10")
        expect(page.get_by_role("menuitem")).to_have_text(
            [re.compile(name) for name in ("Ouvrir", "Historique", "Télécharger", "Copier le chemin")]
        )
        assert site.files() == FILES

    def test_an_empty_project_says_what_to_do(
        self, page: Page, live_server: LiveServer, client: Client, alice: User
    ) -> None:
        client.force_login(alice)
        site = StudioPage(page, live_server, client, make_project(alice, {})).open()
        site.axe()
        page.locator(".tree-empty").get_by_role("button").click()
        page.keyboard.type("index.html")
        site.press("Enter")
        expect(site.row("index.html")).to_be_visible()
        assert site.files() == {"index.html": ""}

    def test_ten_thousand_files_scroll_with_few_rows(
        self, page: Page, live_server: LiveServer, client: Client, alice: User
    ) -> None:
        client.force_login(alice)
        files = {f"d{n % 50}/file{n}.txt": "x" for n in range(9_950)}
        site = StudioPage(page, live_server, client, make_project(alice, files)).open()
        page.get_by_role("searchbox").fill("file")
        page.get_by_role("searchbox").press("ArrowDown")
        assert page.locator(".tree-row").count() < 120
        site.press("End")
        assert site.active() == "d49/file9949.txt"
        expect(site.row("d49/file9949.txt")).to_be_in_viewport()
        assert page.locator(".tree-row").count() < 120
