"""Many files at once: nobody waits for more than their rows, and nothing is half kept (projects/aside.py)."""

from __future__ import annotations

import io
import zipfile
from io import StringIO
from typing import TYPE_CHECKING

import pytest
from django.core.management import call_command
from django.db import DatabaseError, connection

from projects import aside, creation, files, search, transfer, tree
from projects.content import digest_of
from projects.errors import FilesError
from projects.files import Write, commit
from projects.models import Blob, Project
from projects.purge import drop_unused
from projects.search import Query

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from pathlib import Path

    from django.contrib.auth.models import User

pytestmark = pytest.mark.django_db(transaction=True)
FILES = {f"{number}.txt": f"text {number}".encode() for number in range(6)}


@pytest.fixture(autouse=True)
def small_groups(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tree, "AT_ONCE_FILES", 2)


@pytest.fixture
def watched(monkeypatch: pytest.MonkeyPatch) -> list[bool]:
    """Of each group that is kept, whether a transaction was open: on SQLite everybody else's saves wait for that."""
    found: list[bool] = []
    keep = files.keep

    def watch(contents: Iterable[bytes]) -> None:
        found.append(connection.in_atomic_block)
        keep(contents)

    monkeypatch.setattr(aside, "keep", watch)
    return found


def archive(given: dict[str, bytes] = FILES) -> io.BytesIO:
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w") as made:
        for path, data in given.items():
            made.writestr(path, data)
    return target


def read_apart(given: dict[str, bytes] = FILES) -> Iterator[tuple[str, bytes]]:
    for path, data in given.items():
        assert not connection.in_atomic_block
        yield path, data


def contents(project: Project) -> dict[str, bytes]:
    return tree.read(project, list(project.files.values_list("path", flat=True)))


class TestNobodyWaits:
    def test_for_a_new_project(self, alice: User, watched: list[bool], monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(creation, "zip_files", lambda _: read_apart())
        assert contents(creation.from_archive(alice, "Neuf", io.BytesIO())) == FILES
        assert watched == [False, False, False]

    def test_for_an_import(self, project: Project, watched: list[bool]) -> None:
        assert transfer.import_files(project, None, read_apart(), folder="new") is not None
        assert contents(project).items() >= {f"new/{path}": data for path, data in FILES.items()}.items()
        assert watched == [False, False, False]

    def test_for_the_command(self, alice: User, watched: list[bool], tmp_path: Path) -> None:
        (source := tmp_path / "a.zip").write_bytes(archive().getvalue())
        out = StringIO()
        call_command("import_project", str(source), owner="alice", stdout=out, stderr=StringIO())
        assert contents(Project.objects.get(pk=int(out.getvalue()))) == FILES
        assert watched == [False, False, False]

    def test_for_replacing_in_all_files(self, alice: User, watched: list[bool]) -> None:
        project = creation.from_archive(alice, "Neuf", archive())
        watched.clear()
        search.replace(project, alice, Query("text"), "texte")
        assert contents(project) == {path: data.replace(b"text", b"texte") for path, data in FILES.items()}
        assert watched == [False, False, False]


class TestNothingIsHalfKept:
    def left(self) -> set[str]:
        return set(Blob.objects.values_list("digest", flat=True))

    @pytest.mark.parametrize("error", [FilesError("project_full"), DatabaseError("away"), KeyboardInterrupt()])
    def test_where_the_last_step_fails(
        self, alice: User, monkeypatch: pytest.MonkeyPatch, error: BaseException
    ) -> None:
        other = Project.objects.create(name="Autre", owner=alice)
        commit(other, alice, [Write("same.txt", FILES["0.txt"])])

        def fails(*_: object, **__: object) -> None:
            raise error

        monkeypatch.setattr(transfer, "commit", fails)
        with pytest.raises(type(error)):
            creation.from_archive(alice, "Neuf", archive())
        assert not Project.objects.filter(name="Neuf").exists()
        assert self.left() == {digest_of(FILES["0.txt"])}
        assert contents(other) == {"same.txt": FILES["0.txt"]}

    def test_where_keeping_fails(self, alice: User, monkeypatch: pytest.MonkeyPatch) -> None:
        keep, calls = files.keep, 0

        def fails(given: Iterable[bytes]) -> None:
            nonlocal calls
            if (calls := calls + 1) == 3:
                raise DatabaseError("full")
            keep(given)

        monkeypatch.setattr(aside, "keep", fails)
        with pytest.raises(DatabaseError):
            creation.from_archive(alice, "Neuf", archive())
        assert (self.left(), Project.objects.count()) == (set(), 0)

    def test_a_bad_last_entry_is_found_before_anything_is_kept(self, alice: User, watched: list[bool]) -> None:
        data = bytearray(archive().getvalue())
        data[zipfile.ZipFile(io.BytesIO(data)).infolist()[-1].header_offset + 30 + 5] ^= 0xFF
        with pytest.raises(FilesError):
            creation.from_archive(alice, "Neuf", io.BytesIO(data))
        assert (watched, self.left()) == ([], set())

    def test_files_that_are_there_are_found_before_anything_is_kept(self, alice: User, watched: list[bool]) -> None:
        project = creation.from_archive(alice, "Neuf", archive())
        watched.clear()
        with pytest.raises(FilesError):
            transfer.import_files(project, alice, {**FILES, "0.txt": b"other"}.items())
        assert watched == []

    def test_what_another_gave_up_meanwhile_is_kept_anew(self, alice: User, monkeypatch: pytest.MonkeyPatch) -> None:
        """Both had kept the same bytes, and neither had named them yet."""
        begun = creation._begun

        def give_up(*given: object) -> Project:
            drop_unused([digest_of(FILES[name]) for name in ("1.txt", "4.txt")])
            return begun(*given)  # type: ignore[arg-type]

        monkeypatch.setattr(creation, "_begun", give_up)
        assert contents(creation.from_archive(alice, "Neuf", archive())) == FILES

    def test_what_a_dead_server_left_is_swept(self, alice: User) -> None:
        project = creation.from_archive(alice, "Neuf", archive())
        files.keep(f"left {number}".encode() for number in range(3))
        out = StringIO()
        call_command("drop_unused_contents", stdout=out)
        assert out.getvalue() == "3 contents, 18 bytes\n"
        assert contents(project) == FILES
        assert self.left() == {digest_of(data) for data in FILES.values()}
