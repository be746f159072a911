"""The one thread that writes for this process.

SQLite has one writer: two threads of ours that both want it only make each other wait.  So everything the turns
write goes through here, in order, and what comes close together shares one transaction (group commit).
PostgreSQL is served by the same thread: a batch a few times a second is little work.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import ParamSpec, TypeVar

from asgiref.sync import AsyncToSync, sync_to_async
from django.db import InterfaceError, OperationalError, close_old_connections, connection

P = ParamSpec("P")
R = TypeVar("R")

#: What a database that is down, locked or restarting raises; anything else is a bug of ours.
UNAVAILABLE = (OperationalError, InterfaceError)
READERS = 4


def is_borrowed(loop: asyncio.AbstractEventLoop) -> bool:
    """Whether a loop lives only as long as one call of `async_to_sync`, and not as long as a server."""
    return loop in AsyncToSync.loop_thread_executors


class Threads:
    """A pool whose threads keep their database connection and drop it once it is broken.

    `only_reads`: what a kept connection fails at, because the database was restarted meanwhile, is asked again on a
    new one.  Before a write the kept connection is asked whether it still works (nothing on SQLite, one round trip on
    PostgreSQL).
    """

    def __init__(self, name: str, size: int, *, only_reads: bool = False) -> None:
        self._name, self._size, self._only_reads = name, size, only_reads
        self._pool: ThreadPoolExecutor | None = None

    async def run(self, function: Callable[P, R], /, *args: P.args, **kwargs: P.kwargs) -> R:
        """Calls a function in the pool.  Raises what it raises.

        Where the loop is only borrowed (a synchronous caller waits for it, as Django's test client does), the caller's
        own thread does the work: it has the connection, and maybe a transaction that nobody else can see into.
        """
        loop = asyncio.get_running_loop()
        if is_borrowed(loop):
            return await sync_to_async(function)(*args, **kwargs)
        return await loop.run_in_executor(self._open(), lambda: self._call(lambda: function(*args, **kwargs)))

    def _open(self) -> ThreadPoolExecutor:
        if self._pool is None:
            self._pool = ThreadPoolExecutor(self._size, thread_name_prefix=self._name)
        return self._pool

    def _call(self, function: Callable[[], R]) -> R:
        kept = connection.connection is not None
        if kept and not self._only_reads and not connection.is_usable():
            # a write can't be tried twice: what was begun may have been committed
            connection.close()
        try:
            return function()
        except UNAVAILABLE:
            close_old_connections()
            connection.close()
            if not (kept and self._only_reads):
                raise
        return self._call(function)

    async def aclose(self) -> None:
        """Closes the threads' connections and ends the threads; the pool opens again when it is next used."""
        pool, self._pool = self._pool, None
        if pool is None:
            return
        loop = asyncio.get_running_loop()
        await asyncio.gather(*(loop.run_in_executor(pool, _close_connection) for _ in range(self._size)))
        await loop.run_in_executor(None, pool.shutdown)


def _close_connection() -> None:
    """`connection` is the calling thread's own: it must be looked up there."""
    connection.close()


writer = Threads("chat-writer", 1)
readers = Threads("chat-reader", READERS, only_reads=True)
