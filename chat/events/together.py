"""Group commit for what requests write: calls that wait for the writer at the same moment share one transaction.

Two hundred people who ask within a second cost two hundred commits, and as many hand-overs between threads, when each
write has a transaction of its own.  Here they share one: each is atomic by itself, so what one of them raises undoes
that one alone.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence
from typing import Any, TypeVar, cast

from django.db import Error, connection

from chat.events.writer import Threads, is_borrowed, writer
from chat.locks import briefly

R = TypeVar("R")
#: A group holds the rows that it has locked until its last call is done, and waits so long for those of others.
MOST, MOST_HELD_MS = 32, 100

Call = Callable[[], Any]


class NotTogetherError(Exception):
    """A group was rolled back before its end, and with it what was whole."""


class Together:
    """Gathers calls while a group is being written."""

    def __init__(self, threads: Threads) -> None:
        self._threads = threads
        self._waiting: list[tuple[Call, asyncio.Future[Any]]] = []
        self._task: asyncio.Task[None] | None = None

    async def run(self, call: Callable[[], R]) -> R:
        """Calls a function in the writer's thread, among others in a transaction.  Raises what it raises, and what the
        commit raises.  Whatever it writes it writes in a `transaction.atomic` of its own."""
        loop = asyncio.get_running_loop()
        if is_borrowed(loop):
            return await self._threads.run(call)
        future: asyncio.Future[Any] = loop.create_future()
        self._waiting.append((call, future))
        if self._task is None or self._task.done():
            self._task = loop.create_task(self._run())
        return cast(R, await future)

    async def _run(self) -> None:
        while self._waiting:
            group, self._waiting = self._waiting[:MOST], self._waiting[MOST:]
            try:
                outcomes = await self._written([call for call, _ in group])
            except BaseException as error:
                _tell(group, [_Outcome(error=error)] * len(group))
                if not isinstance(error, Exception):
                    raise
            else:
                _tell(group, outcomes)

    async def _written(self, calls: Sequence[Call]) -> list[_Outcome]:
        if len(calls) > 1:
            try:
                return await self._threads.run(_in_one_transaction, calls)
            except NotTogetherError:
                pass
        return [await self._threads.run(_tried, call) for call in calls]


class _Outcome:
    __slots__ = ("error", "value")

    def __init__(self, value: Any = None, error: BaseException | None = None) -> None:
        self.value, self.error = value, error


def _tried(call: Call) -> _Outcome:
    try:
        return _Outcome(call())
    except Exception as error:  # noqa: BLE001 - raised where it is awaited
        return _Outcome(error=error)


def _in_one_transaction(calls: Sequence[Call]) -> list[_Outcome]:
    """Raises `NotTogetherError` where nothing was written and each may be tried alone; what the commit raises is not of
    that kind, for then nobody knows."""
    whole = False
    try:
        with briefly(MOST_HELD_MS):
            outcomes = [_tried(call) for call in calls]
            # what one waits for, or is in a deadlock about, must not cost the others (alone it may wait); nor must what
            # failed outside of its own transaction: PostgreSQL then takes back what all have written
            if connection.needs_rollback or any(isinstance(one.error, Error) for one in outcomes):
                raise NotTogetherError
            whole = True
    except Exception as error:
        if whole:
            raise
        raise NotTogetherError from error
    return outcomes


def _tell(group: Sequence[tuple[Call, asyncio.Future[Any]]], outcomes: Sequence[_Outcome]) -> None:
    for (_, future), outcome in zip(group, outcomes, strict=True):
        if future.done():
            continue  # who asked has gone
        if outcome.error is not None:
            future.set_exception(outcome.error)
        else:
            future.set_result(outcome.value)


together = Together(writer)
