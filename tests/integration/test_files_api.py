"""The files' HTTP API, as the editor uses it."""

from __future__ import annotations

import base64
import json
import re
from typing import TYPE_CHECKING, Any

import pytest

from projects import tree
from projects.content import digest_of
from projects.errors import TEXTS
from projects.files import Write, commit
from projects.http import OWN_TEXTS, STATUS
from projects.models import Project, Revision
from tests.streaming.databases import ROOT

if TYPE_CHECKING:
    from django.contrib.auth.models import User
    from django.http import HttpResponse
    from django.test import Client

pytestmark = pytest.mark.django_db

LINES = "one\ntwo\nthree\n"


class Api:
    """Alice's editor."""

    def __init__(self, client: Client, project: Project) -> None:
        self.client, self.project = client, project
        self.base = f"/api/projects/{project.pk}/"

    def get(self, path: str, **headers: str) -> Any:
        return self.client.get(self.base + path, headers=headers)

    def send(self, method: str, path: str, body: Any = None, **headers: str) -> Any:
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        return self.client.generic(method, self.base + path, json.dumps(body or {}), "application/json", headers=named)

    def put(self, path: str, text: str, **headers: str) -> Any:
        return self.send("PUT", f"files/{path}", {"text": text}, **headers)

    def bytes(self, path: str) -> bytes | None:
        return tree.read(self.project, [path]).get(path)


@pytest.fixture
def api(client: Client, alice: User) -> Api:
    client.force_login(alice)
    client.defaults["HTTP_SEC_FETCH_SITE"] = "same-origin"
    client.defaults["HTTP_ACCEPT_LANGUAGE"] = "fr"
    return Api(client, Project.objects.create(name="Vide", owner=alice))


def code(answer: HttpResponse) -> tuple[int, str]:
    return answer.status_code, json.loads(answer.content)["error"]["code"]


class TestReadingAndSaving:
    def test_a_file_is_made_read_saved_and_deleted(self, api: Api) -> None:
        made = api.put("src/a.txt", LINES)
        assert (made.status_code, made.json()["revision"]) == (201, 1)
        found = api.get("files/src/a.txt")
        assert found.json() == {
            "success": True, "path": "src/a.txt", "digest": digest_of(LINES.encode()), "size": len(LINES),
            "encoding": "utf-8", "editable": True, "line_ends": "lf", "text": LINES, "data": None,
            "head": None,
        }  # fmt: skip
        assert found["ETag"] == made["ETag"] == f'"{digest_of(LINES.encode())}"'
        saved = api.put("src/a.txt", "new", if_match=found["ETag"])
        assert (saved.status_code, api.bytes("src/a.txt")) == (200, b"new")
        assert api.send("DELETE", "files/src/a.txt", if_match=saved["ETag"]).status_code == 200
        assert code(api.get("files/src/a.txt")) == (404, "missing_file")

    def test_what_the_browser_has_is_not_sent_again(self, api: Api) -> None:
        tag = api.put("a.txt", LINES)["ETag"]
        assert api.get("files/a.txt", if_none_match=tag).status_code == 304
        assert api.get("files/a.txt", if_none_match='"other"').status_code == 200

    def test_nothing_is_overwritten_without_a_word(self, api: Api) -> None:
        api.put("a.txt", LINES)
        assert code(api.put("a.txt", "mine")) == (428, "precondition_required")
        assert code(api.send("DELETE", "files/a.txt")) == (428, "precondition_required")
        assert code(api.put("a.txt", "mine", if_none_match="*")) == (412, "stale")
        assert code(api.put("b.txt", "mine", if_match="*")) == (412, "stale")
        assert api.put("a.txt", "mine", if_match="*").status_code == 200

    def test_a_stale_save_gets_the_text_and_the_merge(self, api: Api) -> None:
        tag = api.put("a.txt", LINES)["ETag"]
        api.put("a.txt", "ONE\ntwo\nthree\n", if_match=tag)
        late = api.put("a.txt", "one\ntwo\nTHREE\n", if_match=tag)
        error = late.json()["error"]
        assert code(late) == (412, "stale")
        assert error["file"]["text"] == "ONE\ntwo\nthree\n"
        assert error["merge"]["text"] == "ONE\ntwo\nTHREE\n"
        assert api.bytes("a.txt") == b"ONE\ntwo\nthree\n"
        merged = api.put("a.txt", error["merge"]["text"], if_match=f'"{error["file"]["digest"]}"')
        assert merged["ETag"] == f'"{error["merge"]["digest"]}"'

    def test_no_merge_where_somebody_has_to_choose(self, api: Api) -> None:
        tag = api.put("a.txt", LINES)["ETag"]
        api.put("a.txt", "ONE\ntwo\nthree\n", if_match=tag)
        error = api.put("a.txt", "UNO\ntwo\nthree\n", if_match=tag).json()["error"]
        assert (error["file"]["text"], error["merge"]) == ("ONE\ntwo\nthree\n", None)

    def test_another_projects_bytes_are_no_base(self, api: Api, mallory: User) -> None:
        secret = b"secret\n" + LINES.encode()
        commit(Project.objects.create(name="Autre", owner=mallory), mallory, [Write("s", secret)])
        api.put("a.txt", LINES)
        answer = api.put("a.txt", LINES + "x", if_match=f'"{digest_of(secret)}"')
        assert answer.json()["error"]["merge"] is None

    def test_marks_line_ends_and_missing_newlines_are_kept(self, api: Api) -> None:
        data = "\ufeffa\r\nb".encode()
        commit(api.project, None, [Write("a.txt", data)])
        found = api.get("files/a.txt").json()
        assert (found["text"], found["encoding"], found["line_ends"]) == ("a\r\nb", "utf-8-sig", "crlf")
        api.put("a.txt", found["text"] + "c", if_match=f'"{found["digest"]}"')
        assert api.bytes("a.txt") == data + b"c"

    def test_other_encodings_are_read_only(self, api: Api) -> None:
        commit(api.project, None, [Write("a.txt", "où ça, Noël ? à la plage".encode("windows-1252"))])
        found = api.get("files/a.txt").json()
        assert (found["text"], found["encoding"], found["editable"]) == (
            "où ça, Noël ? à la plage",
            "windows-1252",
            False,
        )
        assert code(api.put("a.txt", "x", if_match="*")) == (400, "encoding")

    def test_bytes_come_and_go_whole(self, api: Api) -> None:
        data = bytes(range(256))
        answer = api.client.put(f"{api.base}files/a.png", data, content_type="image/png")
        assert answer.status_code == 201
        found = api.get("files/a.png").json()
        assert (base64.b64decode(found["data"]), found["text"]) == (data, None)
        assert api.send("PUT", "files/b.png", {"data": found["data"]}).status_code == 201
        assert api.bytes("b.png") == data

    @pytest.mark.parametrize(
        ("body", "found"),
        [
            ({}, (400, "invalid")),
            ({"text": 1}, (400, "invalid")),
            ({"text": "a", "data": ""}, (400, "invalid")),
            ({"data": "*"}, (400, "invalid")),
            ({"text": "a\0"}, (400, "binary")),
            ({"text": "a", "encoding": "utf-7"}, (400, "encoding")),
            ({"text": "x" * 2_100_000}, (413, "too_large")),
        ],
    )
    def test_bodies_that_cannot_be(self, api: Api, body: dict[str, Any], found: tuple[int, str]) -> None:
        assert code(api.send("PUT", "files/a.txt", body)) == found
        assert Revision.objects.count() == 0

    @pytest.mark.parametrize("text", ["{", '{"text": "\\ud800"}', "[" * 5_000, '{"x":' * 5_000, "\xff"])
    def test_broken_json(self, api: Api, text: str) -> None:
        answer = api.client.generic("PUT", f"{api.base}files/a.txt", text.encode("latin-1"), "application/json")
        assert code(answer) == (400, "malformed_json")

    @pytest.mark.parametrize("path", ["%2e%2e/x", "a%00b", "a%5Cb", "C:/x", "a//b", ".git/x", "nul"])
    def test_bad_paths(self, api: Api, path: str) -> None:
        answer = api.put(path, "x")
        assert code(answer) == (400, "bad_path")
        assert answer.json()["error"]["reason"]

    def test_a_clash_says_which(self, api: Api) -> None:
        api.put("src/a.txt", "x")
        answer = api.put("SRC/b.txt", "x")
        assert code(answer) == (409, "path_conflict")
        assert "src/a.txt" in answer.json()["error"]["message"]


class TestSeveral:
    def test_the_list_is_paged_in_constant_queries(self, api: Api, django_assert_num_queries: Any) -> None:
        commit(api.project, None, [Write(f"{n:03}.txt", b"%d" % n) for n in range(120)])
        api.get("files")
        found, after = [], ""
        while after is not None:
            with django_assert_num_queries(3):
                page = api.get(f"files?limit=50&after={after}").json()
            found += [file["path"] for file in page["files"]]
            after = page["next"]
        assert found == [f"{n:03}.txt" for n in range(120)]
        assert (page["file_count"], page["revision"]) == (120, 1)

    def test_changes_are_one_revision_or_none(self, api: Api) -> None:
        commit(api.project, None, [Write("a.txt", b"a"), Write("b.txt", b"b"), Write("c.txt", b"c")])
        changes = [
            {"action": "write", "path": "a.txt", "text": "A", "base": digest_of(b"a")},
            {"action": "delete", "path": "b.txt", "base": digest_of(b"b")},
            {"action": "rename", "path": "c.txt", "to": "d/c.txt", "base": digest_of(b"c")},
            {"action": "write", "path": "new.txt", "text": "n"},
        ]
        answer = api.send("POST", "commit", {"changes": changes, "message": "Tout"})
        assert answer.json() == {"success": True, "revision": 2}
        assert [file["path"] for file in api.get("files").json()["files"]] == ["a.txt", "d/c.txt", "new.txt"]
        assert code(api.send("POST", "commit", {"changes": [*changes[:1]]})) == (412, "stale")
        assert code(api.send("POST", "commit", {"changes": []})) == (400, "invalid")
        assert code(api.send("POST", "commit", {"changes": [{"action": "x", "path": "a"}]})) == (400, "invalid")
        assert Revision.objects.count() == 2

    def test_a_folder_moves_whole(self, api: Api) -> None:
        commit(api.project, None, [Write("src/a.txt", b"a"), Write("src/x/b.txt", b"b"), Write("srcs.txt", b"c")])
        assert api.send("POST", "move", {"from": "src", "to": "app/src"}).json()["moved"] == {
            "src/a.txt": "app/src/a.txt", "src/x/b.txt": "app/src/x/b.txt",
        }  # fmt: skip
        assert Revision.objects.count() == 2
        assert code(api.send("POST", "move", {"from": "app", "to": "srcs.txt/x"})) == (409, "path_conflict")
        assert code(api.send("POST", "move", {"from": "none", "to": "x"})) == (404, "missing_file")

    def test_both_ways_to_write_an_accent_name_the_same_file(self, api: Api) -> None:
        commit(api.project, None, [Write("\xe9.txt", "\ufeffa".encode())])
        changes = [{"action": "write", "path": "e\u0301.txt", "text": "b", "base": "*"}]
        assert api.send("POST", "commit", {"changes": changes}).status_code == 200
        assert api.bytes("\xe9.txt") == "\ufeffb".encode()
        assert api.send("POST", "move", {"from": "e\u0301.txt", "to": "x.txt"}).json()["moved"] == {"\xe9.txt": "x.txt"}


class TestHistory:
    @pytest.fixture
    def told(self, api: Api, alice: User) -> Api:
        commit(api.project, alice, [Write("a.txt", LINES.encode()), Write("b.bin", b"\0")], message="Début")
        commit(api.project, None, [Write("a.txt", b"ONE\ntwo\nthree\n")], origin="assistant")
        commit(api.project, alice, [Write("a.txt", b"ONE\ntwo\nTHREE\n")])
        return api

    def test_who_changed_what_and_why(self, told: Api) -> None:
        found = told.get("revisions?limit=2").json()
        assert [(r["number"], r["author"], r["origin"], r["change_count"]) for r in found["revisions"]] == [
            (3, "alice", "user", 1), (2, None, "assistant", 1),
        ]  # fmt: skip
        assert [r["paths"] for r in found["revisions"]] == [["a.txt"], ["a.txt"]]
        (first,) = told.get(f"revisions?before={found['next']}").json()["revisions"]
        assert (first["message"], first["change_count"], first["paths"]) == ("Début", 2, ["a.txt", "b.bin"])
        change = told.get("revisions/2").json()["changes"][0]
        assert (change["path"], change["before"]) == ("a.txt", digest_of(LINES.encode()))

    def test_of_many_files_the_names_say_nothing(self, told: Api, alice: User) -> None:
        commit(told.project, alice, [Write(f"{n}.txt", b"x") for n in range(4)])
        (newest,) = told.get("revisions?limit=1").json()["revisions"]
        assert (newest["change_count"], newest["paths"]) == (4, [])

    def test_any_two_revisions_are_compared(self, told: Api) -> None:
        (change,) = told.get("diff?from=1&to=3").json()["changes"]
        assert "-one\n+ONE\n two\n-three\n+THREE\n" in change["unified"]
        (back,) = told.get("diff?from=3&to=1").json()["changes"]
        assert "-ONE\n+one\n" in back["unified"]
        everything = {change["path"]: change for change in told.get("diff?from=0&to=1").json()["changes"]}
        assert everything["b.bin"]["unified"] is None
        assert told.get("diff?from=0&to=1&path=b.bin").json()["changes"] == [everything["b.bin"]]
        assert code(told.get("diff?from=1&to=9")) == (404, "unknown_revision")
        assert code(told.get("diff?to=1")) == (400, "invalid")

    def test_going_back(self, told: Api) -> None:
        assert told.send("POST", "revisions/2/revert").json()["revision"] == 4
        assert told.bytes("a.txt") == b"one\ntwo\nTHREE\n"
        assert told.send("POST", "restore", {"revision": 1, "path": "a.txt"}).json()["revision"] == 5
        assert told.bytes("a.txt") == LINES.encode()
        told.send("DELETE", "files/a.txt", if_match="*")
        assert [row["path"] for row in told.get("deleted").json()["deleted"]] == ["a.txt"]
        assert told.send("POST", "restore", {"path": "a.txt"}).json()["revision"] == 7
        assert told.bytes("a.txt") == LINES.encode()
        assert code(told.send("POST", "restore")) == (400, "invalid")

    def test_a_conflict_is_shown_and_nothing_is_written(self, told: Api) -> None:
        told.put("a.txt", "Uno\ntwo\nTHREE\n", if_match="*")
        answer = told.send("POST", "revisions/2/revert")
        assert code(answer) == (409, "conflict")
        (found,) = answer.json()["error"]["conflicts"]
        assert (found["path"], found["theirs"]["text"]) == ("a.txt", "Uno\ntwo\nTHREE\n")
        assert Revision.objects.count() == 4


def test_errors_speak_the_callers_language(api: Api) -> None:
    assert api.get("files/x").json()["error"]["message"] == "Ce fichier n'existe pas ou plus."
    english = api.client.get(f"{api.base}files/x", headers={"accept-language": "en"})
    assert english.json()["error"]["message"] == "This file does not exist, or no longer does."


def test_every_code_is_documented_under_its_status() -> None:
    rows = re.findall(r"^\| ([\d ]+) \| (`.*) \|$", (ROOT / "docs" / "files.md").read_text("utf-8"), re.MULTILINE)
    documented = {}
    for statuses, cell in rows:
        parts = cell.split(" · ") if " · " in cell else [cell]
        for status, part in zip(statuses.split(), parts, strict=True):
            documented |= dict.fromkeys(re.findall(r"`(\w+)`", re.sub(r"\(.*?\)", "", part)), int(status))
    undocumented = {"bad_host", "server_error", "database_unavailable"}
    assert documented == {code: status for code, status in STATUS.items() if code not in undocumented}
    assert set(STATUS) == set(TEXTS) | set(OWN_TEXTS)
