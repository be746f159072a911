"""The whole history as a git repository, read by git itself (projects/git_export.py)."""

from __future__ import annotations

import shutil
import subprocess
from io import StringIO
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from django.core.management import CommandError, call_command

from projects import git_export, history, tree
from projects.files import Delete, Rename, Write, commit
from projects.models import Project, Revision
from projects.purge import purge

if TYPE_CHECKING:
    from django.contrib.auth.models import User

pytestmark = [pytest.mark.django_db, pytest.mark.skipif(shutil.which("git") is None, reason="no git")]


def git(folder: Path, *words: str) -> str:
    done = subprocess.run(["git", *words], cwd=folder, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


def files_of(folder: Path) -> dict[str, bytes]:
    return {
        path.relative_to(folder).as_posix(): path.read_bytes()
        for path in folder.rglob("*")
        if path.is_file() and ".git" not in path.relative_to(folder).parts
    }


@pytest.fixture
def told(django_user_model: type[User]) -> Project:
    author = django_user_model.objects.create_user("Zoë <x>\n@y")
    project = Project.objects.create(name="Histoire", owner=author)
    commit(project, author, [Write("a.txt", b"1\r\n"), Write("src/b.bin", bytes(range(256)))], message="Début\n\nété")
    commit(project, None, [Rename("a.txt", "src/é.txt"), Write("a", b"x")], origin="assistant")
    commit(project, author, [Delete("a"), Write("a/b/c", b""), Write("a.b", b"")], message="From: x\0")
    commit(project, author, [Delete(path) for path in ("src/b.bin", "src/é.txt", "a/b/c", "a.b")])
    commit(project, author, [Write("last.txt", b"end")])
    history.restore(project, author, 3)
    return project


def test_git_accepts_it_and_has_every_state(told: Project, tmp_path: Path) -> None:
    bare, copy = tmp_path / "site.git", tmp_path / "copy"
    call_command("export_project", told.pk, str(bare), git=True, stderr=StringIO())
    assert git(bare, "fsck", "--strict", "--full").strip() == ""
    git(tmp_path, "clone", "-q", str(bare), str(copy))
    commits = git(copy, "log", "--reverse", "--format=%H").split()
    assert len(commits) == 6
    for number, name in enumerate(commits, 1):
        git(copy, "checkout", "-q", name)
        wanted = history.state(told, number)
        contents = tree.blobs(wanted.values())
        assert files_of(copy) == {path: contents[digest] for path, digest in wanted.items()}


def test_who_when_and_why_are_in_it(told: Project, tmp_path: Path) -> None:
    call_command("export_project", told.pk, str(tmp_path / "r"), git=True, stderr=StringIO())
    lines = git(tmp_path / "r", "log", "--reverse", "--format=%an|%at|%s|%(trailers:key=WeBox-Origin,valueonly)").split(
        "\n"
    )
    first = told.revisions.get(number=1)
    assert lines[0] == f"Zoë x @y|{int(first.created_at.timestamp())}|Début|user"
    assert any(line.startswith("assistant|") and line.endswith("|assistant") for line in lines)


def test_an_empty_project_and_a_folder_that_is_there(told: Project, tmp_path: Path) -> None:
    empty = Project.objects.create(name="Vide")
    call_command("export_project", empty.pk, str(tmp_path / "e"), git=True, stderr=StringIO())
    git(tmp_path / "e", "fsck")
    with pytest.raises(CommandError):
        call_command("export_project", told.pk, str(tmp_path), git=True, stderr=StringIO())


@pytest.mark.parametrize("at", [1, 2, 4, 6])
@pytest.mark.parametrize("before", [3, 6])
def test_a_purge_meanwhile_gives_the_history_that_is_left(
    told: Project, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, at: int, before: int
) -> None:
    """Neither an error, nor a history that is half of each, nor the bytes that were to go."""
    add, seen = git_export._Writer.add, 0

    def add_and_purge(writer: git_export._Writer, revision: Revision) -> None:
        nonlocal seen
        seen += 1
        if seen == at:
            purge(told, None, before=before)
        add(writer, revision)

    monkeypatch.setattr(git_export._Writer, "add", add_and_purge)
    bare, copy = tmp_path / "site.git", tmp_path / "copy"
    assert git_export.write_repository(told, bare) == told.revisions.count() == 8 - before
    assert git(bare, "fsck", "--strict", "--full", "--unreachable").strip() == ""
    git(tmp_path, "clone", "-q", str(bare), str(copy))
    for number, name in enumerate(git(copy, "log", "--reverse", "--format=%H").split(), before - 1):
        git(copy, "checkout", "-q", name)
        wanted = history.state(told, number)
        contents = tree.blobs(wanted.values())
        assert files_of(copy) == {path: contents[digest] for path, digest in wanted.items()}
