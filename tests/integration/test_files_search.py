"""Search in files, and replace in all of them (projects/search.py)."""

from __future__ import annotations

import io
import json
import tempfile
import time
from typing import TYPE_CHECKING, Any

import pytest

from projects import aside, search, tree
from projects.errors import FilesError
from projects.files import Write, commit
from projects.models import Project
from projects.search import Found, Match, Query

if TYPE_CHECKING:
    from django.contrib.auth.models import User
    from django.test import Client
    from pytest_django.fixtures import SettingsWrapper

pytestmark = pytest.mark.django_db

FILES = {
    "index.html": b"<h1>Hello</h1>\n<p>hello, hello</p>\n",
    "src/app.js": "// été\r\nhello(1)\r\nHELLO(2)".encode(),
    "src/old.txt": "où est hello, déjà ? Noël à la plage".encode("windows-1252"),
    "bom.txt": b"\xef\xbb\xbfhello\n",
    "logo.png": b"\0hello",
    "dots.txt": b"a.b axb",
}


@pytest.fixture
def site(alice: User) -> Project:
    project = Project.objects.create(name="Site", owner=alice)
    commit(project, alice, [Write(path, data) for path, data in FILES.items()])
    return project


def places(project: Project, text: str, **given: Any) -> list[tuple[str, int, int]]:
    found = search.find(project, Query(text, **given))
    return [(file.path, match.line, match.column) for file in found for match in file.matches]


class TestFind:
    def test_every_text_is_searched_and_the_place_is_right(self, site: Project) -> None:
        assert places(site, "hello", case=True) == [
            ("bom.txt", 1, 1), ("index.html", 2, 4), ("index.html", 2, 11), ("src/app.js", 2, 1), ("src/old.txt", 1, 8),
        ]  # fmt: skip
        assert len(places(site, "hello")) == 7

    def test_the_line_is_shown_without_its_end(self, site: Project) -> None:
        (found,) = search.find(site, Query("(1)"))
        assert found == Found("src/app.js", (Match(2, 6, 3, "hello(1)"),))

    def test_text_is_text_and_a_pattern_a_pattern(self, site: Project) -> None:
        assert places(site, "a.b") == [("dots.txt", 1, 1)]
        assert places(site, "a.b", regex=True) == [("dots.txt", 1, 1), ("dots.txt", 1, 5)]
        assert places(site, r"^hello\b", regex=True) == [("bom.txt", 1, 1), ("src/app.js", 2, 1), ("src/app.js", 3, 1)]

    def test_globs(self, site: Project) -> None:
        assert {path for path, *_ in places(site, "hello", include=("*.js", "*.html"))} == {"index.html", "src/app.js"}
        assert {path for path, *_ in places(site, "hello", exclude=("src/",))} == {"bom.txt", "index.html"}

    def test_it_stops_at_the_limit(self, site: Project) -> None:
        assert sum(len(found.matches) for found in search.find(site, Query("l"), most=3)) == 3

    @pytest.mark.parametrize("pattern", ["(", "[", "", "x" * 2_000, "(?<"])
    def test_a_pattern_that_is_none(self, site: Project, pattern: str) -> None:
        with pytest.raises(FilesError) as caught:
            places(site, pattern, regex=True)
        assert caught.value.code == "bad_pattern"

    def test_a_pattern_without_end_is_stopped(self, site: Project, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(search, "SECONDS", 0.3)
        commit(site, None, [Write("a.txt", b"a" * 5_000 + b"!")])
        began = time.process_time()
        with pytest.raises(FilesError) as caught:
            places(site, r"(a|aa)+$", regex=True)
        assert caught.value.code == "search_too_slow"
        assert time.process_time() - began < 3


class TestReplace:
    def test_all_of_it_is_one_revision_and_other_bytes_stay(self, site: Project, alice: User) -> None:
        made = search.replace(site, alice, Query("hello", case=True), r"\1 hi")
        assert made is not None
        assert (made.number, made.changes.count()) == (2, 3)
        assert tree.read(site, list(FILES)) == {
            **FILES,
            "index.html": b"<h1>Hello</h1>\n<p>\\1 hi, \\1 hi</p>\n",
            "src/app.js": "// été\r\n\\1 hi(1)\r\nHELLO(2)".encode(),
            "bom.txt": b"\xef\xbb\xbf\\1 hi\n",
        }

    def test_groups_come_along(self, site: Project) -> None:
        search.replace(site, None, Query(r"(a)(.)(b)", regex=True), r"\3\2\1")
        assert tree.read(site, ["dots.txt"]) == {"dots.txt": b"b.a bxa"}
        with pytest.raises(FilesError):
            search.replace(site, None, Query(r"b", regex=True), r"\7")

    def test_nothing_found_is_no_revision(self, site: Project) -> None:
        assert search.replace(site, None, Query("nowhere"), "x") is None


class TestTooMuch:
    """Refused before it is written anywhere: neither disk nor database nor memory is filled by it."""

    @pytest.fixture(autouse=True)
    def small(self, settings: SettingsWrapper, monkeypatch: pytest.MonkeyPatch) -> None:
        settings.FILES = {"MAX_ASSET_BYTES": 2_000, "MAX_PROJECT_BYTES": 10_000}

        def never(*_: object) -> None:
            raise AssertionError("contents were kept before they were measured")

        monkeypatch.setattr(aside, "keep", never)

    @pytest.fixture
    def many(self, alice: User) -> Project:
        project = Project.objects.create(name="Beaucoup", owner=alice)
        commit(project, alice, [Write(f"{number}.txt", b"x" * 90) for number in range(50)])
        return project

    @pytest.mark.parametrize(
        ("query", "replacement"),
        [(Query("x"), "y" * 200), (Query("x", regex=True), "y" * 200), (Query("(x+)", regex=True), r"\1" * 200)],
    )
    def test_a_file(self, many: Project, query: Query, replacement: str) -> None:
        with pytest.raises(FilesError) as caught:
            search.replace(many, None, query, replacement)
        assert (caught.value.code, caught.value.extra["path"]) == ("too_large", "0.txt")
        assert 2_000 < caught.value.extra["size"] <= (18_000 if "(" in query.text else 2_200)

    def test_a_project(self, many: Project, monkeypatch: pytest.MonkeyPatch) -> None:
        laid = 0

        class Counted(io.BytesIO):
            def write(self, data: Any) -> int:
                nonlocal laid
                laid += len(data)
                return super().write(data)

        monkeypatch.setattr(tempfile, "TemporaryFile", Counted)
        with pytest.raises(FilesError) as caught:
            search.replace(many, None, Query("x"), "y" * 20)
        assert caught.value.code == "project_full"
        assert laid <= 10_000
        with pytest.raises(FilesError, match="trop grand"):
            search.replace(many, None, Query("xx"), "y" * 5)

    def test_one_that_is_too_large_already_may_shrink(
        self, many: Project, settings: SettingsWrapper, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.undo()
        settings.FILES = {"MAX_PROJECT_BYTES": 1_000}
        assert search.replace(many, None, Query("xx"), "y") is not None
        assert many.total_bytes == 50 * 45


def test_over_http(client: Client, site: Project) -> None:
    client.force_login(site.owner)
    found = client.get(f"/api/projects/{site.pk}/search?q=hello&case=1&include=*.js").json()
    match = {"line": 2, "column": 1, "length": 5, "text": "hello(1)", "start": 0}
    assert found == {"files": [{"path": "src/app.js", "matches": [match]}], "count": 1, "complete": True}
    assert client.get(f"/api/projects/{site.pk}/search?q=(&regex=1").json()["error"]["code"] == "bad_pattern"
    body = {"q": "hello", "replacement": "hi", "include": ["*.js"]}
    headers = {"sec-fetch-site": "same-origin"}
    made = client.post(f"/api/projects/{site.pk}/replace", body, content_type="application/json", headers=headers)
    assert made.json() == {"success": True, "revision": 2, "files": 1}


def lines(client: Client, site: Project, query: str) -> list[dict[str, Any]]:
    answer = client.get(f"/api/projects/{site.pk}/search?{query}", headers={"accept": "application/x-ndjson"})
    assert answer["Content-Type"] == "application/x-ndjson"
    return [json.loads(line) for line in b"".join(answer.streaming_content).splitlines()]


def test_results_come_a_file_at_a_time(client: Client, site: Project, monkeypatch: pytest.MonkeyPatch) -> None:
    client.force_login(site.owner)
    found = lines(client, site, "q=hello&case=1")
    assert [line.get("path") for line in found] == ["bom.txt", "index.html", "src/app.js", "src/old.txt", None]
    assert found[-1] == {"count": 5, "files": 4, "complete": True}
    assert lines(client, site, "q=hello&limit=2")[-1] == {"count": 2, "files": 2, "complete": False}
    monkeypatch.setattr(search, "SECONDS", -1.0)
    assert lines(client, site, "q=h.*&regex=1")[-1]["error"]["code"] == "search_too_slow"
    refused = client.get(f"/api/projects/{site.pk}/search?q=(&regex=1", headers={"accept": "application/x-ndjson"})
    assert refused.json()["error"]["code"] == "bad_pattern"


@pytest.mark.parametrize("text", ["hello", "HELLO", "été", "K", "ß", "i", "strasse"])
def test_the_quick_look_misses_nothing_that_the_pattern_finds(alice: User, text: str) -> None:
    """Letters that are alike but for their case in Unicode alone: the Kelvin sign, the long s, the dotted capital i."""
    project = Project.objects.create(name="P", owner=alice)
    texts = ["hello", "HeLLo ÉTÉ", "\u212a", "\u017f", "\u0130", "Straße STRASSE", "k", "ss ẞ"]
    commit(project, alice, [Write(f"{n}.txt", given.encode()) for n, given in enumerate(texts)])
    pattern = search.compiled(Query(text))
    found = [file.path for file in search.find(project, Query(text))]
    assert found == [f"{n}.txt" for n, given in enumerate(texts) if pattern.search(given)]


def test_a_match_in_a_very_long_line_says_where_its_text_begins(alice: User) -> None:
    project = Project.objects.create(name="P", owner=alice)
    commit(project, alice, [Write("min.js", b"x" * 5000 + b"needle" + b"y" * 5000)])
    (file,) = search.find(project, Query("needle"))
    (match,) = file.matches
    assert match.text[match.column - 1 - match.start :].startswith("needle")
    assert len(match.text) == search.SHOWN_CHARACTERS
