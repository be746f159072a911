"""The one service that changes files (projects/files.py)."""

from __future__ import annotations

import hashlib
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from django.db import connection
from django.db.models import Count, Sum
from django.test.utils import CaptureQueriesContext

from projects import tree
from projects.content import digest_of
from projects.errors import FilesError, PathError, Stale
from projects.files import Delete, Rename, Write, commit
from projects.models import Blob, Project, Revision
from tests.streaming.databases import ROOT, PostgresDatabases, SQLiteFiles, environment

if TYPE_CHECKING:
    from django.contrib.auth.models import User
    from pytest_django.fixtures import SettingsWrapper

pytestmark = pytest.mark.django_db


@pytest.fixture
def empty(alice: User) -> Project:
    return Project.objects.create(name="Vide", owner=alice)


def contents(project: Project) -> dict[str, bytes]:
    return tree.read(project, list(project.files.values_list("path", flat=True)))


def add(project: Project, **files: bytes) -> None:
    commit(project, None, [Write(name.replace("_", "."), data) for name, data in files.items()])


class TestCommit:
    def test_it_is_one_revision_with_all_that_it_says(self, empty: Project, alice: User) -> None:
        add(empty, a_txt=b"a", b_txt=b"b", c_txt=b"c")
        changes = [Write("a.txt", b"A"), Delete("b.txt"), Rename("c.txt", "d.txt"), Write("e/f.txt", b"f")]
        revision = commit(empty, alice, changes, origin="assistant", message="  Tout changer  ")
        assert revision is not None
        assert (revision.number, revision.author, revision.origin, revision.message) == (
            2,
            alice,
            "assistant",
            "Tout changer",
        )
        rows = revision.changes.order_by("path").values_list("path", "before_id", "after_id", "renamed_from")
        assert list(rows) == [
            ("a.txt", digest_of(b"a"), digest_of(b"A"), ""),
            ("b.txt", digest_of(b"b"), None, ""),
            ("c.txt", digest_of(b"c"), None, ""),
            ("d.txt", None, digest_of(b"c"), "c.txt"),
            ("e/f.txt", None, digest_of(b"f"), ""),
        ]
        assert contents(empty) == {"a.txt": b"A", "d.txt": b"c", "e/f.txt": b"f"}

    def test_bytes_are_kept_once_and_exactly(self, empty: Project, project: Project) -> None:
        hostile = [
            b"",
            b"\xef\xbb\xbf<html>\r\n",
            b"no newline",
            b"\r\n\n\r",
            bytes(range(256)),
            "é\u0301".encode("utf-16"),
        ]
        commit(empty, None, [Write(f"{n}.bin", data) for n, data in enumerate(hostile)])
        commit(project, None, [Write(f"{n}.bin", data) for n, data in enumerate(hostile)])
        assert contents(empty) == {f"{n}.bin": data for n, data in enumerate(hostile)}
        for blob in Blob.objects.all():
            assert hashlib.sha256(bytes(blob.data)).hexdigest() == blob.digest
            assert blob.size == len(blob.data)

    def test_no_change_is_no_revision(self, empty: Project) -> None:
        add(empty, a_txt=b"a")
        assert commit(empty, None, [Write("a.txt", b"a")]) is None
        assert commit(empty, None, []) is None
        assert empty.revisions.count() == 1

    def test_numbers_have_no_gaps_even_after_a_refusal(self, empty: Project) -> None:
        add(empty, a_txt=b"1")
        with pytest.raises(FilesError):
            commit(empty, None, [Write("b.txt", b"2"), Delete("missing.txt")])
        add(empty, a_txt=b"2")
        assert list(empty.revisions.order_by("number").values_list("number", flat=True)) == [1, 2]
        assert contents(empty) == {"a.txt": b"2"}

    def test_a_name_may_change_its_case(self, empty: Project) -> None:
        add(empty, readme_md=b"x")
        commit(empty, None, [Rename("readme.md", "README.md")])
        assert contents(empty) == {"README.md": b"x"}

    def test_the_totals_of_the_project_follow(self, empty: Project) -> None:
        add(empty, a_txt=b"12345", b_txt=b"1")
        commit(empty, None, [Write("a.txt", b"123"), Rename("b.txt", "c.txt"), Write("d.txt", b"123")])
        commit(empty, None, [Delete("c.txt")])
        counted = empty.files.aggregate(files=Count("pk"), size=Sum("blob__size"))
        stored = Project.objects.get(pk=empty.pk)
        assert (stored.file_count, stored.total_bytes) == (counted["files"], counted["size"]) == (2, 6)
        assert (empty.file_count, empty.total_bytes, empty.head) == (stored.file_count, stored.total_bytes, stored.head)


class TestBase:
    def test_a_file_that_has_changed_is_stale_and_nothing_is_written(self, empty: Project) -> None:
        add(empty, a_txt=b"a", b_txt=b"b")
        seen = {"a.txt": digest_of(b"a"), "b.txt": digest_of(b"b"), "new.txt": None}
        add(empty, a_txt=b"somebody else")
        with pytest.raises(Stale) as caught:
            commit(empty, None, [Write("b.txt", b"B"), Write("a.txt", b"A"), Write("new.txt", b"n")], base=seen)
        assert (caught.value.path, caught.value.current) == ("a.txt", digest_of(b"somebody else"))
        assert contents(empty) == {"a.txt": b"somebody else", "b.txt": b"b"}

    @pytest.mark.parametrize("expected", [None, "0" * 64])
    def test_a_file_that_has_come_or_gone_is_stale_too(self, empty: Project, expected: str | None) -> None:
        name = "a.txt" if expected is None else "gone.txt"
        add(empty, a_txt=b"a")
        with pytest.raises(Stale):
            commit(empty, None, [Write(name, b"A")], base={name: expected})

    def test_what_was_seen_is_still_there(self, empty: Project) -> None:
        add(empty, a_txt=b"a")
        assert commit(empty, None, [Write("a.txt", b"A")], base={"a.txt": digest_of(b"a"), "new.txt": None}) is not None


class TestRefusals:
    @pytest.mark.parametrize("path", ["../a", "/a", "a\0b", "a\ud800", ".git/config", "con", "a\u202eb"])
    def test_a_bad_path(self, empty: Project, path: str) -> None:
        with pytest.raises(PathError):
            commit(empty, None, [Write("ok.txt", b""), Write(path, b"")])
        for change in (Delete(path), Rename(path, "b.txt")):
            with pytest.raises(FilesError, match="n'existe pas"):
                commit(empty, None, [change])
        assert Revision.objects.count() == 0

    @pytest.mark.parametrize("path", ["A.txt", "a.txt/b", "Src/b", "src"])
    def test_names_in_each_others_way(self, empty: Project, path: str) -> None:
        commit(empty, None, [Write("a.txt", b""), Write("src/a", b"")])
        with pytest.raises(PathError) as caught:
            commit(empty, None, [Write(path, b"")])
        assert caught.value.code == "path_conflict"

    def test_a_name_is_free_once_its_file_goes(self, empty: Project) -> None:
        add(empty, a=b"1")
        commit(empty, None, [Delete("a"), Write("a/b", b"2")])
        assert contents(empty) == {"a/b": b"2"}

    def test_a_file_has_its_limit_and_a_long_text_is_kept_like_any_other(
        self, empty: Project, settings: SettingsWrapper
    ) -> None:
        settings.FILES = {"MAX_TEXT_BYTES": 10, "MAX_ASSET_BYTES": 20}
        commit(empty, None, [Write("a.txt", b"x" * 10), Write("a.bin", b"\0" * 20), Write("long.txt", b"x" * 20)])
        assert [file.path for file in tree.entries(empty) if file.editable] == ["a.txt"]
        with pytest.raises(FilesError) as caught:
            commit(empty, None, [Write("b", b"\0" * 21)])
        assert (caught.value.code, caught.value.extra["kind"]) == ("too_large", "asset")

    def test_a_project_has_its_limits_and_can_always_shrink(self, empty: Project, settings: SettingsWrapper) -> None:
        add(empty, a=b"12345", b=b"12345")
        settings.FILES = {"MAX_FILES": 1, "MAX_PROJECT_BYTES": 4}
        for changes, code in (([Write("c", b"")], "too_many_files"), ([Write("a", b"123456")], "project_full")):
            with pytest.raises(FilesError) as caught:
                commit(empty, None, changes)
            assert caught.value.code == code
        assert commit(empty, None, [Write("a", b"1234")]) is not None
        assert commit(empty, None, [Delete("a")]) is not None


def test_the_queries_do_not_grow_with_the_files(empty: Project) -> None:
    def queries(changes: list[Any]) -> int:
        with CaptureQueriesContext(
            connection,
        ) as found:
            commit(empty, None, changes)
        return len(found)

    one = queries([Write("x", b"x")])
    assert queries([Write(f"{n}.txt", b"%d" % n) for n in range(60)]) == one
    few = queries([Write("x", b"y"), Rename("0.txt", "a.txt"), Delete("1.txt")])
    many = [Write(f"{n}.txt", b"new") for n in range(2, 20)]
    many += [Rename(f"{n}.txt", f"b{n}.txt") for n in range(20, 40)] + [Delete(f"{n}.txt") for n in range(40, 60)]
    assert queries(many) == few


class TestWriters:
    """Threads on a real database: every commit is there, numbered without a gap, and the history gives the files."""

    def test_sqlite(self, tmp_path: Path) -> None:
        self.write(SQLiteFiles(tmp_path).copy_to(tmp_path / "files.sqlite3"))

    @pytest.mark.postgres
    def test_postgres(self, postgres_url: str) -> None:
        databases = PostgresDatabases(postgres_url)
        try:
            self.write(databases.new())
        finally:
            databases.drop_all()

    def write(self, database_url: str) -> None:
        command = [sys.executable, "-m", "tests.integration.files_writers"]
        settings = {"DATABASE_URL": database_url, "DJANGO_SETTINGS_MODULE": "tests.settings"}
        done = subprocess.run(
            command, cwd=ROOT, env=environment(**settings), capture_output=True, text=True, check=False
        )
        assert done.returncode == 0, done.stdout + done.stderr
        assert done.stdout.strip() == "21 revisions, 24 files"
