"""Saves that wait for each other, answered together: a queue in front of `files.commit` for the short way of a save.

    save(request, …) ─ queue ─ thread: read each ─ one transaction, a savepoint for each commit ─ answer each

On SQLite, which has one writer, all that wait when the writer becomes free share one transaction (group commit): each
is a revision of its own with an outcome of its own, and is answered once the transaction is there to stay. Should the
group's transaction be lost, each is tried alone. Elsewhere each has a transaction and a thread of its own: commits of
different projects need not wait for each other. A project has one at a time, since the next would but wait for its lock
and keep a thread from the others.

The threads keep their connections on SQLite; elsewhere they give them back to the pool after each save.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from typing import TYPE_CHECKING, cast

from django.db import DatabaseError, InterfaceError, OperationalError, connection, transaction
from django.utils import translation

from projects import caller
from projects.api_save import Saving
from projects.checkpoints import Checkpoints, leave_to_others
from projects.files import turn
from projects.http import Right, asked_by, error_answer, private
from projects.prepared import reading_once

if TYPE_CHECKING:
    from django.http import HttpRequest, HttpResponse

logger = logging.getLogger(__name__)

#: So many share one transaction at most: others wait for the database meanwhile.
AT_ONCE = 50
#: Where a database has several writers.
THREADS = 4
#: Where a caller hears of its response.
Told = asyncio.Future["HttpResponse"]


class Waiting:
    """One save that waits for its turn. Whatever is raised on its way becomes its answer."""

    def __init__(self, request: HttpRequest, project_id: int, path: str, language: str) -> None:
        self.request, self.project_id, self.path, self.language = request, project_id, path, language
        self.response: HttpResponse | None = None
        self._saving: Saving | None = None

    def read(self) -> None:
        """Who asks, the body, what is there: no lock is held."""
        self._step(self._read)

    def commit(self) -> None:
        """One revision."""
        if self._saving is not None:
            self._step(self._saving.commit)

    def answer(self) -> None:
        """Works out the response."""
        if self._saving is not None:
            self._step(self._answer)

    def fail(self, error: Exception) -> None:
        """Answers with an error, whatever was there."""
        with translation.override(self.language):
            self.response = private(error_answer(error))

    def _step(self, work: Callable[[], None]) -> None:
        if self.response is not None:
            return
        try:
            with translation.override(self.language), caller.calling(self.request.headers.get(caller.HEADER)):
                work()
        except Exception as error:  # noqa: BLE001 - a bug is an answer too, and is logged
            self.fail(error)

    def _read(self) -> None:
        asked = asked_by(self.request, self.project_id, Right.WRITE)
        self._saving = Saving(self.request, asked, self.path)

    def _answer(self) -> None:
        if self._saving is not None:
            self.response = private(self._saving.answer())


class Saves:
    """The saves of this process. Part of the server's lifespan; used on its event loop."""

    def __init__(self) -> None:
        self._pool: ThreadPoolExecutor | None = None
        self._waiting: list[tuple[Waiting, Told]] = []
        self._running = 0
        self._checkpoints = Checkpoints()
        self._projects: set[int] = set()  # that have a save on its way

    async def startup(self) -> None:
        """Nothing is needed before the first save."""

    async def shutdown(self) -> None:
        """Ends the threads; requests have ended before."""
        pool, self._pool = self._pool, None
        if pool is not None:
            await asyncio.get_running_loop().run_in_executor(pool, _close)
            pool.shutdown(wait=False)
        await self._checkpoints.shutdown()

    async def save(self, request: HttpRequest, project_id: int, path: str, language: str) -> HttpResponse:
        """Saves one file. Raises nothing: an error is an answer."""
        told: Told = asyncio.get_running_loop().create_future()
        self._waiting.append((Waiting(request, project_id, path, language), told))
        asyncio.get_running_loop().call_soon(self._go_on)  # after those that came with this one
        return await told

    def _go_on(self) -> None:
        """The next that wait, when a thread is free for them."""
        together = connection.vendor == "sqlite"
        if self._pool is None:
            self._pool = ThreadPoolExecutor(1 if together else THREADS, thread_name_prefix="saves")
        while self._running < (1 if together else THREADS) and (group := self._next(together=together)):
            self._running += 1
            self._projects.update(waiting.project_id for waiting, _ in group)
            work = asyncio.get_running_loop().run_in_executor(self._pool, _work, [waiting for waiting, _ in group])
            work.add_done_callback(partial(self._done, group))

    def _next(self, *, together: bool) -> list[tuple[Waiting, Told]]:
        """Takes who comes next; elsewhere the first one whose project has no save on its way."""
        if together:
            group, self._waiting = self._waiting[:AT_ONCE], self._waiting[AT_ONCE:]
            return group
        for place, (waiting, _) in enumerate(self._waiting):
            if waiting.project_id not in self._projects:
                return [self._waiting.pop(place)]
        return []

    def _done(self, group: Sequence[tuple[Waiting, Told]], work: asyncio.Future[None]) -> None:
        self._running -= 1
        self._projects.difference_update(waiting.project_id for waiting, _ in group)
        for waiting, told in group:
            if not told.done():  # else its caller has left
                told.set_result(cast("HttpResponse", waiting.response))
        self._go_on()
        self._checkpoints.saved(len(group))


def _work(group: Sequence[Waiting]) -> None:
    """In a thread of ours, which owns `connection`: a broken one goes, and so does one of a pool."""
    try:
        leave_to_others()
        answer_all(group)
    except Exception as error:  # noqa: BLE001 - whatever it is, nobody waits for ever
        for one in group:
            one.fail(error)
    finally:
        if connection.vendor != "sqlite" or connection.errors_occurred:
            connection.close()


def answer_all(group: Sequence[Waiting]) -> None:
    """Every one of them gets its response."""
    with reading_once():  # a right that was withdrawn before a save was sent is withdrawn here
        for one in group:
            one.read()
    commit_all([one for one in group if one.response is None])
    for one in group:
        one.answer()


class _Lost(Exception):
    """The group's transaction cannot be committed."""


def commit_all(group: Sequence[Waiting]) -> None:
    """Commits them, several in one transaction; where that is lost, each in one of its own."""
    if len(group) > 1:
        try:
            with turn(), transaction.atomic():
                for one in group:
                    one.commit()
                if transaction.get_rollback():
                    raise _Lost
        except (OperationalError, InterfaceError) as error:
            for one in group:
                one.fail(error)
            return
        except (DatabaseError, _Lost):
            logger.warning("%d saves could not be committed together: each is tried alone", len(group))
            for one in group:
                one.response = None
        else:
            return
    for one in group:
        one.commit()


def _close() -> None:
    """`connection` is the calling thread's own."""
    connection.close()


saves = Saves()
