"""However much a project holds, only some of it is in memory at a time: the peak of what Python allocates.

Every bound is far above what the work takes and far below what all of it would: 64 MiB of files, 32 MiB of memory.
"""

from __future__ import annotations

import gc
import io
import shutil
import tracemalloc
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from django.core.management import call_command
from django.utils import timezone

from projects import creation, preview_sources, tree
from projects.errors import Conflict
from projects.files import Delete, Write, commit
from projects.git_export import write_repository
from projects.models import Preview, Project
from projects.revert import revert
from projects.search import Query, find, replace
from projects.transfer import write_zip

if TYPE_CHECKING:
    from django.contrib.auth.models import User
    from django.test import Client

pytestmark = pytest.mark.django_db

MEBIBYTE = 1024 * 1024
COUNT, SIZE, BOUND = 64, MEBIBYTE, 32 * MEBIBYTE
LINE = "a line of text that says little, as most lines do: " * 6


def text(name: str, number: int) -> bytes:
    """About `SIZE` bytes, of no other file."""
    line = f"{LINE}{name} {number}\n"
    return (line * (SIZE // len(line))).encode()


def big(project: Project, name: str, *, changed: Callable[[bytes], bytes] = bytes) -> None:
    """One revision of all files, made in pieces: what is measured is not the making."""
    commit(project, None, [Write(f"{number}.txt", changed(text(name, number))) for number in range(COUNT)])
    gc.collect()


def peak(work: Callable[[], Any]) -> int:
    gc.collect()
    tracemalloc.start()
    try:
        work()
        return tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()


@pytest.fixture
def empty(alice: User) -> Project:
    return Project.objects.create(name="Grand", owner=alice)


@pytest.fixture
def full(empty: Project) -> Project:
    big(empty, "one")
    return empty


def test_the_measure_measures(full: Project) -> None:
    """All of it at once is more than the bound: else no test here could fail."""
    assert peak(lambda: tree.blobs(full.files.values_list("blob_id", flat=True))) > COUNT * SIZE * 0.9 > BOUND


def test_a_zip_becomes_a_project(alice: User, tmp_path: Path) -> None:
    target = tmp_path / "site.zip"
    with zipfile.ZipFile(target, "w", zipfile.ZIP_STORED) as made:
        for number in range(COUNT):
            made.writestr(f"{number}.txt", text("zip", number))
    with target.open("rb") as archive:
        assert peak(lambda: creation.from_archive(alice, "Importé", archive)) < BOUND
    assert Project.objects.get().file_count == COUNT


def test_a_folder_becomes_a_project(alice: User, tmp_path: Path) -> None:
    for number in range(COUNT):
        (tmp_path / f"{number}.txt").write_bytes(text("folder", number))
    assert peak(lambda: call_command("import_project", str(tmp_path), "--owner", "alice")) < BOUND
    assert Project.objects.get().file_count == COUNT


def test_a_zip_of_all(full: Project) -> None:
    assert peak(lambda: write_zip(full, io.BytesIO())) < BOUND


def test_a_search(full: Project, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("projects.search.SECONDS", 600)  # this is about memory alone
    found = find(full, Query(" 1"), most=COUNT * 100_000)
    assert peak(lambda: sum(len(one.matches) for one in found)) < BOUND
    assert peak(lambda: list(find(full, Query("nowhere")))) < BOUND


def test_replacing_in_all(full: Project, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("projects.search.SECONDS", 600)
    assert peak(lambda: replace(full, None, Query(LINE), "x: ")) < BOUND
    assert tree.read(full, ["3.txt"])["3.txt"].startswith(b"x: one 3\n")
    assert full.head == 2


def test_what_a_preview_compiles(full: Project, alice: User) -> None:
    preview = Preview.objects.create(key="k", project=full, user=alice, expires_at=timezone.now())
    assert peak(lambda: preview_sources.read(preview, full, None)) < 1.5 * BOUND
    read = preview_sources.read(preview, full, None)["files"]
    texts = [one for one in read.values() if one is not None]
    assert len(read) == COUNT
    assert 0 < sum(map(len, texts)) <= preview_sources.MOST_TOGETHER


def test_a_difference_of_everything(client: Client, full: Project, alice: User) -> None:
    client.force_login(alice)
    commit(full, None, [Write("a.txt", b"short\n")])
    answers: list[Any] = []
    address = f"/api/projects/{full.pk}/diff?from=0"
    assert peak(lambda: answers.append(client.get(address, headers={"sec-fetch-site": "same-origin"}))) < 1.5 * BOUND
    changes = {one["path"]: one["unified"] for one in answers[0].json()["changes"]}
    assert len(changes) == COUNT + 1
    assert "+short" in changes["a.txt"]
    assert 1 < sum(one is not None for one in changes.values()) < 6


class TestReverting:
    def test_what_nobody_touched(self, full: Project) -> None:
        big(full, "two")
        assert peak(lambda: revert(full, None, 2)) < BOUND
        assert tree.read(full, ["3.txt"])["3.txt"] == text("one", 3)

    def test_what_is_merged(self, full: Project) -> None:
        big(full, "one", changed=lambda data: b"first\n" + data)
        big(full, "one", changed=lambda data: b"first\n" + data + b"last\n")
        assert peak(lambda: revert(full, None, 2)) < BOUND
        assert tree.read(full, ["3.txt"])["3.txt"] == text("one", 3) + b"last\n"

    def test_what_conflicts(self, empty: Project) -> None:
        """200 files of a tenth of a mebibyte: three texts of each would be 60."""
        for name in "abc":
            changes = [Write(f"{number}.txt", f"{LINE}{name} {number}\n".encode() * 280) for number in range(200)]
            commit(empty, None, changes)
        caught: list[Conflict] = []

        def work() -> None:
            with pytest.raises(Conflict) as found:
                revert(empty, None, 2)
            caught.append(found.value)

        assert peak(work) < BOUND
        sides = [one[side] for one in caught[0].extra["conflicts"] for side in ("base", "mine", "theirs")]
        assert len(sides) == 600
        assert all(one["size"] > 0 for one in sides)
        assert 0 < sum(len(one["text"]) for one in sides if one["text"] is not None) <= 4 * MEBIBYTE


@pytest.mark.skipif(shutil.which("git") is None, reason="no git")
def test_a_git_repository(full: Project, tmp_path: Path) -> None:
    commit(full, None, [Delete("1.txt")])
    assert peak(lambda: write_repository(full, tmp_path / "made.git")) < BOUND
