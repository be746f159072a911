"""The files' API in `/api/schema`: every route, method, code and field of real answers."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import msgspec
import pytest
from django.core.management import call_command
from openapi_spec_validator import OpenAPIV31SpecValidator

from projects import api_shapes as shapes
from projects.api_operations import OPERATIONS
from projects.api_schema import address_of
from projects.api_urls import urlpatterns
from projects.files import Delete, Write, commit
from projects.http import STATUS
from tests.integration.test_schema import fits

if TYPE_CHECKING:
    from django.test import Client
    from pytest_django.fixtures import SettingsWrapper

    from projects.models import Project


@pytest.fixture(scope="module")
def document(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    target = tmp_path_factory.mktemp("schema") / "schema.json"
    call_command("spectacular", format="openapi-json", file=str(target), fail_on_warn=True)
    return json.loads(target.read_text())


def of_files(document: dict[str, Any]) -> dict[str, dict[str, Any]]:
    return {path: methods for path, methods in document["paths"].items() if path.startswith("/api/projects/")}


class TestDocument:
    def test_it_is_valid(self, document: dict[str, Any]) -> None:
        assert [error.message for error in OpenAPIV31SpecValidator(document).iter_errors()] == []

    def test_every_route_and_method_is_in_it(self, document: dict[str, Any]) -> None:
        declared = {
            address_of(str(route.name)): sorted(method.lower() for method in route.callback.rights)
            for route in urlpatterns
        }
        found = {path: sorted(methods) for path, methods in of_files(document).items()}
        assert found == declared, "say what each does in projects/api_operations.py"

    def test_every_code_is_said_and_stands_under_its_status(self, document: dict[str, Any]) -> None:
        assert {code for operation in OPERATIONS for code in operation.codes} == STATUS.keys()
        for methods in of_files(document).values():
            for operation in methods.values():
                for status, answer in operation["responses"].items():
                    assert answer["description"]
                    if int(status) >= 400 and "content" in answer:
                        only = answer["content"]["application/json"]["schema"]["allOf"][1]
                        codes = only["properties"]["error"]["properties"]["code"]["enum"]
                        assert {STATUS[code] for code in codes} == {int(status)}

    def test_every_operation_takes_a_token(self, document: dict[str, Any]) -> None:
        for methods in document["paths"].values():
            for operation in methods.values():
                assert {"token": []} in operation["security"], operation["operationId"]


@pytest.mark.django_db
class TestRealAnswers:
    @pytest.fixture
    def ask(self, client: Client, project: Project, settings: SettingsWrapper) -> Any:
        settings.PREVIEW_ORIGIN = "https://preview.example"
        client.force_login(project.owner)

        def ask(method: str, path: str, body: Any = None, **headers: str) -> Any:
            sent = "" if body is None else json.dumps(body)
            headers["sec-fetch-site"] = "same-origin"
            return client.generic(
                method, f"/api/projects/{project.pk}/{path}", sent, "application/json", headers=headers
            )

        return ask

    def test_answers_are_as_described(self, ask: Any, project: Project) -> None:
        commit(project, None, [Write("a.txt", b"one\ntwo\n"), Write("b.bin", b"\0\1")])
        commit(project, None, [Delete("style.css")])
        fits(ask("GET", "files").content, shapes.FileList)
        fits(ask("GET", "files/a.txt").content, shapes.FileContent)
        fits(ask("GET", "files/b.bin").content, shapes.FileContent)
        fits(ask("PUT", "files/new.txt", {"text": "x"}).content, shapes.FileSaved)
        fits(ask("POST", "move", {"from": "new.txt", "to": "newer.txt"}).content, shapes.Moved)
        fits(ask("DELETE", "files/newer.txt", None, **{"if-match": "*"}).content, shapes.Committed)
        fits(ask("GET", "revisions").content, shapes.RevisionList)
        fits(ask("GET", "revisions/2").content, shapes.RevisionShown)
        fits(ask("GET", "diff?from=1&to=3").content, shapes.Comparison)
        fits(ask("GET", "deleted").content, shapes.DeletedList)
        fits(ask("GET", "search?q=one").content, shapes.SearchResult)
        fits(ask("POST", "replace", {"q": "one", "replacement": "two"}).content, shapes.Replaced)
        fits(ask("POST", "restore", {"path": "style.css"}).content, shapes.Committed)
        opened = ask("GET", "preview")
        fits(opened.content, shapes.PreviewOpened)
        fits(ask("GET", f"preview/sources?token={opened.json()['token']}").content, shapes.PreviewSources)
        fits(ask("POST", "presence", {"client": "a"}).content, shapes.Acknowledged)

    def test_refusals_are_as_described(self, ask: Any, project: Project) -> None:
        commit(project, None, [Write("a.txt", b"one\n")])
        commit(project, None, [Write("a.txt", b"two\n")])
        commit(project, None, [Write("a.txt", b"three\n")])
        refusals = [
            ask("GET", "files?limit=x"),
            ask("GET", "files/missing"),
            ask("PUT", "files/a.txt", {"text": "x"}),
            ask("PUT", "files/a.txt", {"text": "x"}, **{"if-match": '"' + "0" * 64 + '"'}),
            ask("PUT", "files/..", {"text": "x"}),
            ask("PUT", "files/A.TXT", {"text": "x"}),
            ask("POST", "revisions/3/revert", {}),
            ask("GET", "search?q=%28&regex=1"),
        ]
        for answer in refusals:
            assert answer.status_code >= 400
            refusal = msgspec.json.decode(answer.content, type=shapes.FilesRefusal)
            assert refusal.error.code in STATUS
