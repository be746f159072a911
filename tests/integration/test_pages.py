"""The project list, the editor page and the demo project, as a browser gets them."""

from __future__ import annotations

import hashlib
import json
from io import StringIO
from typing import TYPE_CHECKING

import pytest
from django.core.exceptions import ValidationError
from django.core.management import call_command
from django.urls import reverse

from projects import tree
from projects.demo import DEMO_FILES, create_demo
from projects.files import Delete, Write, commit
from projects.models import Project
from projects.workspace import ProjectWorkspace

if TYPE_CHECKING:
    from pathlib import Path

    from django.contrib.auth.models import User
    from django.test import Client
    from pytest_django.fixtures import SettingsWrapper

pytestmark = pytest.mark.django_db

FILES = ["index.html", "script.js", "style.css"]


@pytest.fixture
def as_alice(client: Client, alice: User) -> Client:
    client.force_login(alice)
    return client


def editor(project: Project) -> str:
    return reverse("projects:editor", args=[project.pk])


class TestDemo:
    def test_the_command_prints_the_editors_address(self) -> None:
        out = StringIO()
        call_command("create_demo", base_url="http://localhost:9000/", stdout=out)
        assert out.getvalue() == f"http://localhost:9000/projects/{Project.objects.get().pk}/editor\n"

    def test_twice_is_once_and_keeps_what_was_edited(self, alice: User) -> None:
        first = create_demo(alice)
        commit(first, alice, [Write("style.css", b"body {}")])
        assert create_demo(alice) == first
        assert tree.read(first, ["style.css"]) == {"style.css": b"body {}"}
        assert first.files.count() == 3

    def test_the_workspace_describes_it_and_reads_it(self, project: Project) -> None:
        workspace = ProjectWorkspace(project)
        assert workspace.describe().technologies == ("HTML", "CSS", "JavaScript")
        assert [entry.path for entry in workspace.list_files()] == FILES
        contents = workspace.read_files([*FILES, "missing.txt"])
        assert contents == {path: (DEMO_FILES / path).read_bytes() for path in FILES}
        for entry in workspace.list_files():
            assert entry.size == len(contents[entry.path])
            assert entry.digest == hashlib.sha256(contents[entry.path]).hexdigest()


class TestProject:
    @pytest.mark.parametrize("technologies", ["HTML", {"HTML": 1}, ["HTML", 2]])
    def test_technologies_are_a_list_of_names(self, project: Project, technologies: object) -> None:
        project.technologies = technologies
        with pytest.raises(ValidationError):
            project.full_clean()


class TestEditorPage:
    def test_it_lists_the_files_and_shows_the_first_page(self, as_alice: Client, project: Project) -> None:
        page = as_alice.get(editor(project)).content.decode()
        data = page.partition('<script id="studio-data" type="application/json">')[2].partition("</script>")[0]
        assert set(FILES) <= set(json.loads(data)["paths"])
        assert "&lt;!doctype html&gt;" in page

    def test_a_file_can_be_asked_for_without_javascript(self, as_alice: Client, project: Project) -> None:
        page = as_alice.get(editor(project), {"file": "style.css"}).content.decode()
        assert "--clay: #b4532a" in page
        assert as_alice.get(editor(project), {"file": "missing"}).status_code == 404

    def test_hostile_names_and_texts_stay_text(self, as_alice: Client, project: Project) -> None:
        hostile = "<img src=x onerror=alert(1)>"
        # No new file gets such a name, but a row may come from before the rules.
        commit(project, None, [Write("hostile.txt", b"</code><script>alert(1)</script>")])
        project.files.filter(path="hostile.txt").update(path=f'"{hostile}.txt')
        page = as_alice.get(editor(project), {"file": f'"{hostile}.txt'}).content.decode()
        assert hostile not in page
        assert "<script>alert" not in page

    def test_an_empty_project_has_a_page_too(self, as_alice: Client, project: Project) -> None:
        commit(project, None, [Delete(path) for path in FILES])
        assert "Aucun fichier ouvert" in as_alice.get(editor(project)).content.decode()

    def test_strangers_get_404_and_the_unknown_a_login(self, client: Client, project: Project, mallory: User) -> None:
        assert client.get(editor(project)).headers["Location"].startswith("/login?next=")
        client.force_login(mallory)
        assert client.get(editor(project)).status_code == 404

    def test_scripts_need_our_origin_and_a_trusted_policy(self, as_alice: Client, project: Project) -> None:
        policy = as_alice.get(editor(project)).headers["Content-Security-Policy"]
        found = {name: set(sources) for name, *sources in (part.split() for part in policy.split(";") if part.strip())}
        for name in ("default-src", "base-uri", "frame-ancestors"):
            assert found[name] == {"'none'"}, name
        for name in ("connect-src", "form-action", "font-src"):
            assert found[name] == {"'self'"}, name
        assert found["img-src"] == {"'self'", "data:"}
        for name in ("script-src", "style-src"):
            assert all(source == "'self'" or source.startswith("'nonce-") for source in found[name]), name
        assert found["require-trusted-types-for"] == {"'script'"}
        assert "unsafe" not in policy

    def test_it_speaks_both_languages(self, as_alice: Client, project: Project) -> None:
        assert "Fichiers ouverts" in as_alice.get(editor(project), headers={"accept-language": "fr"}).content.decode()
        assert "Open files" in as_alice.get(editor(project), headers={"accept-language": "en"}).content.decode()


class TestProjectList:
    def test_mine_are_there_and_others_are_not(self, as_alice: Client, project: Project, mallory: User) -> None:
        other = Project.objects.create(name="Secret de Mallory", owner=mallory)
        page = as_alice.get("/").content.decode()
        assert editor(project) in page
        assert other.name not in page

    def test_a_newcomer_can_make_the_demo_project(self, as_alice: Client) -> None:
        assert "Créer le projet de démonstration" in as_alice.get("/").content.decode()
        answer = as_alice.post(reverse("projects:demo"), headers={"sec-fetch-site": "same-origin"})
        assert answer.headers["Location"] == editor(Project.objects.get())

    def test_it_takes_the_same_queries_for_many(
        self, as_alice: Client, alice: User, django_assert_max_num_queries: object
    ) -> None:
        Project.objects.bulk_create(Project(name=f"Projet {n}", owner=alice) for n in range(200))
        with django_assert_max_num_queries(5):  # type: ignore[operator]
            assert as_alice.get("/").status_code == 200


class TestLogin:
    def test_a_person_comes_in_and_goes_where_they_wanted(self, client: Client, project: Project) -> None:
        address = client.get(editor(project)).headers["Location"]
        assert client.get(address).status_code == 200
        data = {"username": "alice", "password": "alice-password", "next": editor(project)}
        assert client.post("/login", data).headers["Location"] == editor(project)
        assert client.get(editor(project)).status_code == 200

    def test_local_use_needs_none(self, client: Client, settings: SettingsWrapper) -> None:
        settings.DEBUG = True
        settings.ALLOWED_HOSTS = ["localhost"]
        call_command("create_demo", stdout=StringIO())
        assert client.get(editor(Project.objects.get()), headers={"host": "localhost:8001"}).status_code == 200


@pytest.fixture
def broken(as_alice: Client, monkeypatch: pytest.MonkeyPatch) -> Client:
    """Gets an error of the server from the account page."""

    def fail(*_: object, **__: object) -> None:
        raise RuntimeError("broken")

    monkeypatch.setattr("projects.views_account.render", fail)
    as_alice.raise_request_exception = False
    return as_alice


@pytest.mark.parametrize(("language", "says"), [("fr", "pu être montrée"), ("en", "could not be shown")])
def test_an_error_of_the_server_has_a_page(broken: Client, language: str, says: str) -> None:
    answer = broken.get(reverse("projects:account"), headers={"accept-language": language})
    assert answer.status_code == 500
    assert says in answer.content.decode()
    assert "default-src 'none'" in answer.headers["Content-Security-Policy"]


def test_an_error_has_a_page_where_the_static_files_were_not_collected(
    broken: Client, settings: SettingsWrapper, tmp_path: Path
) -> None:
    storage = {"BACKEND": "whitenoise.storage.CompressedManifestStaticFilesStorage"}
    settings.STORAGES = {**settings.STORAGES, "staticfiles": storage}
    settings.STATIC_ROOT = tmp_path
    answer = broken.get(reverse("projects:account"))
    assert answer.status_code == 500
    assert "Server Error (500)" in answer.content.decode()
