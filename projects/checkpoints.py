"""Checkpoints of SQLite beside the saves, which would otherwise wait for them.

What is committed stands in the write-ahead log; whoever commits when that is 1,000 pages long moves it to the database
and waits for the disk, and with the one thread that saves everybody waits. So that thread leaves it to another one with
a connection of its own (`PRAGMA wal_checkpoint(PASSIVE)` holds up nobody), and does it itself only where the log has
become long all the same. Nothing depends on when it is done: what is in the log is committed.
"""

from __future__ import annotations

import asyncio
import logging
from concurrent.futures import ThreadPoolExecutor

from django.db import DatabaseError, connection

logger = logging.getLogger(__name__)

#: A small file's save is about seven pages.
SAVES = 100
#: So long the log gets before a save does it (pages; 4 KiB each).
MOST_PAGES = 10_000


class Checkpoints:
    """Used on the event loop of those who save."""

    def __init__(self) -> None:
        self._pool: ThreadPoolExecutor | None = None
        self._saves = 0
        self._running = False

    def saved(self, count: int) -> None:
        """So many saves were committed."""
        self._saves += count
        if self._saves < SAVES or self._running or connection.vendor != "sqlite":
            return
        if self._pool is None:
            self._pool = ThreadPoolExecutor(1, thread_name_prefix="checkpoints")
        self._saves, self._running = 0, True
        work = asyncio.get_running_loop().run_in_executor(self._pool, checkpoint)
        work.add_done_callback(self._done)

    async def shutdown(self) -> None:
        """Ends the thread and its connection."""
        pool, self._pool = self._pool, None
        if pool is not None:
            await asyncio.get_running_loop().run_in_executor(pool, _close)
            pool.shutdown(wait=False)

    def _done(self, _work: asyncio.Future[None]) -> None:
        self._running = False


def checkpoint() -> None:
    """As far as readers let it. In a thread of its own; what fails is done by the next one."""
    try:
        with connection.cursor() as cursor:
            cursor.execute("PRAGMA wal_checkpoint(PASSIVE)")
    except DatabaseError as error:
        logger.warning("no checkpoint: %s", error)
        connection.close()


def leave_to_others() -> None:
    """The calling thread's connection, opened where it is not, makes no checkpoints before the log is long."""
    if connection.vendor == "sqlite" and connection.connection is None:
        with connection.cursor() as cursor:
            cursor.execute(f"PRAGMA wal_autocheckpoint={MOST_PAGES}")


def _close() -> None:
    """`connection` is the calling thread's own."""
    connection.close()
