"""Archives and folders: in and out, and the traps in them (projects/transfer.py, projects/folders.py)."""

from __future__ import annotations

import io
import os
import shutil
import stat
import subprocess
import zipfile
from io import StringIO
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from django.core.management import CommandError, call_command
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from projects import transfer, tree
from projects.errors import FilesError
from projects.files import Delete, Write, commit
from projects.folders import read_folder
from projects.models import Blob, Project
from projects.purge import purge
from projects.search import Query, find
from projects.transfer import import_files, project_files, write_zip, zip_files, zip_pieces

if TYPE_CHECKING:
    from django.contrib.auth.models import User
    from django.test import Client

pytestmark = pytest.mark.django_db

HARMLESS = {"index.html": b"<p>", "src/\xe9t\xe9.js": b"x\r\n", "logo.png": bytes(range(256)), "empty": b""}


def zipped(files: dict[str, bytes] | list[tuple[str, bytes]], **given: object) -> io.BytesIO:
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in files.items() if isinstance(files, dict) else files:
            info = zipfile.ZipInfo(name)
            info.filename = name  # as it is: NUL and all
            for field, value in given.items():
                setattr(info, field, value)
            archive.writestr(info, data, zipfile.ZIP_DEFLATED)
    return target


def read_zip(archive: io.BytesIO) -> dict[str, bytes]:
    return dict(zip_files(archive))


def code(archive: io.BytesIO) -> str:
    with pytest.raises(FilesError) as caught:
        read_zip(archive)
    return caught.value.code


@pytest.fixture
def empty(alice: User) -> Project:
    return Project.objects.create(name="Vide", owner=alice)


def contents(project: Project) -> dict[str, bytes]:
    return tree.read(project, list(project.files.values_list("path", flat=True)))


class TestTraps:
    @pytest.mark.parametrize(
        "name",
        [
            "../evil",
            "/etc/passwd",
            "C:\\evil",
            "a\\..\\b",
            "a/../../b",
            "\\\\host\\x",
            ".git/hooks/x",
            "a\0.txt",
            "nul",
            "a//b",
        ],
    )
    def test_names(self, name: str) -> None:
        assert code(zipped({"ok.txt": b"", name: b"x"})) == "bad_path"

    def test_links_and_devices(self) -> None:
        for kind in (stat.S_IFLNK, stat.S_IFIFO, stat.S_IFCHR):
            assert code(zipped({"link": b"/etc/passwd"}, external_attr=(kind | 0o777) << 16)) == "archive_link"

    def test_duplicates_and_clashes(self) -> None:
        with pytest.warns(UserWarning, match="Duplicate"):
            twice = zipped([("a", b"1"), ("a", b"2")])
        assert code(twice) == "duplicate"
        assert code(zipped([("\xe9", b"1"), ("e\u0301", b"2")])) == "duplicate"
        assert code(zipped({"a": b"", "A": b""})) == "path_conflict"
        assert code(zipped({"a": b"", "a/b": b""})) == "path_conflict"

    def test_bombs(self, settings) -> None:
        assert code(zipped({"bomb": b"\0" * 5_000_000})) == "archive_bomb"
        settings.FILES = {"MAX_FILES": 3}
        assert code(zipped({f"{n}": b"" for n in range(4)})) == "too_many_files"
        settings.FILES = {"MAX_PROJECT_BYTES": 10}
        assert code(zipped({f"{n}": b"12345" for n in range(3)})) == "project_full"
        settings.FILES = {"MAX_ASSET_BYTES": 10}
        assert code(zipped({"a": b"\0" * 11})) == "too_large"

    def test_a_directory_that_lies_about_a_size(self) -> None:
        data = bytearray(zipped({"a": os.urandom(1000)}).getvalue())
        at = data.rindex(b"PK\x01\x02") + 24
        for lie in (10, 5000):
            data[at : at + 4] = lie.to_bytes(4, "little")
            assert code(io.BytesIO(bytes(data))) == "bad_archive"

    def test_a_password(self) -> None:
        data = bytearray(zipped({"a": b"x"}).getvalue())
        data[data.rindex(b"PK\x01\x02") + 8] |= 1
        assert code(io.BytesIO(bytes(data))) == "archive_encrypted"

    @settings(max_examples=60, suppress_health_check=list(HealthCheck), deadline=None)
    @given(st.binary(max_size=300), st.integers(0, 600), st.binary(max_size=6))
    def test_broken_archives_are_refused_or_read_never_worse(self, junk: bytes, at: int, damage: bytes) -> None:
        good = zipped(HARMLESS).getvalue()
        for data in (junk, good[:at], good[:at] + damage + good[at + len(damage) :]):
            try:
                found = read_zip(io.BytesIO(data))
            except FilesError:
                continue
            assert all(".." not in path for path in found)

    def test_one_bad_entry_leaves_nothing_behind(self, empty: Project, client: Client) -> None:
        client.force_login(empty.owner)
        for archive in (zipped({**HARMLESS, "../x": b"x"}), zipped({**HARMLESS, "Index.html": b"x"})):
            answer = client.post(
                f"/api/projects/{empty.pk}/import",
                archive.getvalue(),
                "application/zip",
                headers={"sec-fetch-site": "same-origin"},
            )
            assert answer.json()["success"] is False
        assert (contents(empty), empty.revisions.count(), Blob.objects.count()) == ({}, 0, 0)


class TestInAndOut:
    def test_what_goes_out_comes_in_again(self, empty: Project, client: Client) -> None:
        commit(empty, None, [Write(path, data) for path, data in HARMLESS.items()])
        client.force_login(empty.owner)
        answer = client.get(f"/api/projects/{empty.pk}/export")
        assert answer["Content-Disposition"] == 'attachment; filename="vide.zip"'
        archive = b"".join(answer.streaming_content)
        other = Project.objects.create(name="Autre", owner=empty.owner)
        made = client.post(
            f"/api/projects/{other.pk}/import", archive, "application/zip", headers={"sec-fetch-site": "same-origin"}
        )
        assert made.json() == {"success": True, "revision": 1, "files": 4}
        assert contents(other) == HARMLESS
        assert other.revisions.get().origin == "import"

    def test_nothing_is_replaced_without_a_word(self, empty: Project) -> None:
        commit(empty, None, [Write("a", b"mine")])
        with pytest.raises(FilesError, match="existe déjà"):
            import_files(empty, None, {"a": b"theirs", "b": b"x"}.items())
        assert contents(empty) == {"a": b"mine"}
        import_files(empty, None, {"a": b"theirs"}.items(), folder="sub")
        import_files(empty, None, {"a": b"theirs"}.items(), replace=True)
        assert contents(empty) == {"a": b"theirs", "sub/a": b"theirs"}

    def test_folders_and_shadows_of_an_archive_are_no_files(self) -> None:
        assert read_zip(zipped({"src/": b"", "src/a": b"a", "__MACOSX/src/._a": b"junk"})) == {"src/a": b"a"}

    def test_an_export_is_the_same_each_time(self, empty: Project) -> None:
        commit(empty, None, [Write(path, data) for path, data in HARMLESS.items()])
        first, second = io.BytesIO(), io.BytesIO()
        write_zip(empty, first)
        write_zip(empty, second)
        assert first.getvalue() == second.getvalue()

    def test_what_is_purged_meanwhile_is_left_out_and_named(
        self, empty: Project, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(tree, "AT_ONCE_FILES", 1)
        commit(empty, None, [Write(f"{name}.txt", f"old {name}".encode()) for name in "abcd"])
        commit(empty, None, [Write("EXPORT-INCOMPLET.txt", b"mine")])
        files = project_files(empty)
        found = [next(files)]
        commit(empty, None, [Write("b.txt", b"new b"), Delete("c.txt")])
        purge(empty, None, before=empty.head + 1)
        found += files
        target = io.BytesIO()
        for piece in zip_pieces(found):
            target.write(piece)
        there = read_zip(target)
        told = there.pop("EXPORT-INCOMPLET1.txt").decode()
        assert there == {"EXPORT-INCOMPLET.txt": b"mine", "a.txt": b"old a", "d.txt": b"old d"}
        assert told.split("\n\n")[1].split() == ["b.txt", "c.txt"]

    def test_a_search_goes_on_without_what_is_purged(self, empty: Project, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(tree, "AT_ONCE_FILES", 1)
        commit(empty, None, [Write(f"{name}.txt", b"x " + name.encode()) for name in "abc"])
        found = find(empty, Query("x"))
        first = next(found)
        commit(empty, None, [Write("b.txt", b"y")])
        purge(empty, None, before=empty.head + 1)
        assert [one.path for one in (first, *found)] == ["a.txt", "c.txt"]


class TestOverHttp:
    """Archives come and go piece by piece."""

    def test_an_export_comes_in_pieces_and_goes_in_again(self, empty: Project, client: Client) -> None:
        client.force_login(empty.owner)
        files = {f"{n}.bin": os.urandom(100_000) for n in range(12)}
        commit(empty, None, [Write(path, data) for path, data in files.items()])
        answer = client.get(f"/api/projects/{empty.pk}/export")
        pieces = list(answer.streaming_content)
        assert len(pieces) > 3
        assert read_zip(io.BytesIO(b"".join(pieces))) == files
        assert client.get(f"/api/projects/{empty.pk}/export?format=rar").json()["error"]["code"] == "invalid"

    def test_an_import_that_fails_late_keeps_nothing(self, empty: Project, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(tree, "AT_ONCE_FILES", 2)
        data = zipped({f"{n}.txt": f"only here {n}".encode() for n in range(7)}).getvalue()
        last = zipfile.ZipFile(io.BytesIO(data)).infolist()[-1]
        broken = bytearray(data)
        broken[last.header_offset + 30 + len(last.filename) + 3] ^= 0xFF
        before = Blob.objects.count()
        with pytest.raises(FilesError, match="lue"):
            import_files(empty, None, transfer.zip_files(io.BytesIO(broken)))
        assert (contents(empty), Blob.objects.count()) == ({}, before)
        import_files(empty, None, transfer.zip_files(io.BytesIO(data)))
        assert len(contents(empty)) == 7
        assert empty.revisions.count() == 1

    @pytest.mark.skipif(shutil.which("git") is None, reason="no git")
    def test_the_history_is_a_download_that_git_clones(self, empty: Project, client: Client, tmp_path: Path) -> None:
        client.force_login(empty.owner)
        commit(empty, None, [Write("a.txt", b"1")], message="Un")
        commit(empty, None, [Write("a.txt", b"2")], message="Deux")
        answer = client.get(f"/api/projects/{empty.pk}/export?format=git")
        assert answer["Content-Disposition"].endswith('.git.zip"')
        with zipfile.ZipFile(io.BytesIO(b"".join(answer.streaming_content))) as archive:
            archive.extractall(tmp_path)
            name = archive.namelist()[0].partition("/")[0]
        subprocess.run(["git", "clone", "-q", name, "copy"], cwd=tmp_path, check=True)
        told = subprocess.run(
            ["git", "log", "--format=%s"], cwd=tmp_path / "copy", check=True, capture_output=True, text=True
        )
        assert told.stdout.split() == ["Deux", "Un"]


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A working copy with what does not belong into a project."""
    root = tmp_path / "My site"
    files = {
        ".gitignore": "*.log\nnode_modules/\n/build\n!keep.log\n", "index.html": "x", "a.log": "x", "keep.log": "x",
        "node_modules/x/y.js": "x", "build/out.js": "x", "src/build/in.js": "x", "src/.gitignore": "secret*\n!a.log\n",
        "src/secret.txt": "x", "src/a.log": "x", ".git/config": "x", ".env": "x",
    }  # fmt: skip
    for name, text in files.items():
        (root / name).parent.mkdir(parents=True, exist_ok=True)
        (root / name).write_text(text)
    (root / "link").symlink_to("/etc")
    (root / "passwd").symlink_to("/etc/passwd")
    return root


TAKEN = [".env", ".gitignore", "index.html", "keep.log", "src/.gitignore", "src/a.log", "src/build/in.js"]


class TestFolders:
    def test_it_takes_what_git_would_take(self, folder: Path) -> None:
        assert sorted(dict(read_folder(folder))) == TAKEN

    def test_the_commands_bring_it_in_and_out(self, folder: Path, tmp_path: Path) -> None:
        out = StringIO()
        call_command("import_project", str(folder), stdout=out, stderr=StringIO())
        project = Project.objects.get(pk=int(out.getvalue()))
        assert (project.name, sorted(contents(project))) == ("My site", TAKEN)
        call_command("export_project", project.pk, str(tmp_path / "out.zip"), stderr=StringIO())
        call_command("import_project", str(tmp_path / "out.zip"), name="Again", stdout=StringIO(), stderr=StringIO())
        assert contents(Project.objects.get(name="Again")) == contents(project)

    def test_the_commands_say_what_is_wrong(self, tmp_path: Path) -> None:
        (tmp_path / "not.zip").write_bytes(b"no archive")
        (tmp_path / "con").mkdir()
        (tmp_path / "con" / "x").write_text("x")
        for words in (
            ["import_project", str(tmp_path / "not.zip")],
            ["import_project", str(tmp_path / "missing")],
            ["import_project", str(tmp_path)],
            ["import_project", str(tmp_path / "con"), "--owner", "nobody"],
            ["import_project", str(tmp_path / "con"), "--project", "99"],
            ["export_project", "99", str(tmp_path / "x.zip")],
        ):
            with pytest.raises(CommandError):
                call_command(*words, stdout=StringIO(), stderr=StringIO())
        assert Project.objects.count() == 0
