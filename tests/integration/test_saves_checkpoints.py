"""Checkpoints are made beside the saves (projects/checkpoints.py)."""

from __future__ import annotations

import asyncio
import shutil
import sqlite3
import threading
from concurrent.futures import ThreadPoolExecutor
from types import SimpleNamespace
from typing import TYPE_CHECKING, TypeVar

import pytest
from django.db import DatabaseError, connection

from projects import checkpoints
from projects.checkpoints import MOST_PAGES, SAVES, Checkpoints, checkpoint, leave_to_others
from projects.models import Project

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

Made = TypeVar("Made")
only_sqlite = pytest.mark.skipif(connection.vendor != "sqlite", reason="it is SQLite's log")


def in_a_thread(work: Callable[[], Made]) -> Made:
    """With a connection of its own."""

    def run() -> Made:
        try:
            return work()
        finally:
            connection.close()

    with ThreadPoolExecutor(1) as pool:
        return pool.submit(run).result(60)


def names_in_the_file(copy: Path) -> list[str]:
    """What the database's file holds without its log."""
    shutil.copy(connection.settings_dict["NAME"], copy)
    alone = sqlite3.connect(f"file:{copy}?immutable=1", uri=True)
    try:
        return [name for (name,) in alone.execute("SELECT name FROM projects_project")]
    finally:
        alone.close()


@only_sqlite
@pytest.mark.django_db(transaction=True)
def test_a_checkpoint_moves_what_was_committed(tmp_path: Path) -> None:
    with connection.cursor() as cursor:
        cursor.execute("PRAGMA wal_checkpoint(TRUNCATE)")  # the tables, where they are new
    Project.objects.create(name="Im Journal")
    assert "Im Journal" not in names_in_the_file(tmp_path / "before.sqlite3")
    in_a_thread(checkpoint)
    assert "Im Journal" in names_in_the_file(tmp_path / "after.sqlite3")


@only_sqlite
@pytest.mark.django_db(transaction=True)
def test_who_saves_leaves_them_to_others() -> None:
    def pages() -> int:
        leave_to_others()
        with connection.cursor() as cursor:
            return int(cursor.execute("PRAGMA wal_autocheckpoint").fetchone()[0])

    assert in_a_thread(pages) == MOST_PAGES


async def test_one_at_a_time_after_so_many_saves(monkeypatch: pytest.MonkeyPatch) -> None:
    begun, go_on = asyncio.Queue[str](), threading.Semaphore(0)
    loop = asyncio.get_running_loop()

    def work() -> None:
        loop.call_soon_threadsafe(begun.put_nowait, threading.current_thread().name)
        assert go_on.acquire(timeout=20)

    monkeypatch.setattr(checkpoints, "checkpoint", work)
    monkeypatch.setattr(checkpoints, "connection", SimpleNamespace(vendor="sqlite", close=lambda: None))
    these = Checkpoints()
    these.saved(SAVES - 1)
    assert these._pool is None
    these.saved(1)
    assert (await asyncio.wait_for(begun.get(), 20)).startswith("checkpoints")
    these.saved(2 * SAVES)  # meanwhile
    go_on.release()
    await loop.run_in_executor(these._pool, int)  # behind it
    assert begun.empty()
    these.saved(1)
    await asyncio.wait_for(begun.get(), 20)
    assert begun.empty()
    go_on.release()
    await these.shutdown()


async def test_other_databases_need_none(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(checkpoints, "connection", SimpleNamespace(vendor="postgresql"))
    these = Checkpoints()
    these.saved(SAVES)
    assert these._pool is None
    await these.shutdown()


def test_one_that_fails_is_told_and_gives_its_connection_back(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    closed: list[bool] = []

    def cursor() -> None:
        raise DatabaseError("disk full")

    monkeypatch.setattr(checkpoints, "connection", SimpleNamespace(cursor=cursor, close=lambda: closed.append(True)))
    checkpoint()
    assert closed
    assert "disk full" in caplog.text
