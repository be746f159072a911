"""Group commit: what waits for the writer at the same moment shares a transaction, and nobody notices."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence
from functools import partial
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.db import DatabaseError, OperationalError, connection, transaction
from django.test.utils import CaptureQueriesContext

from chat.errors import ChatError
from chat.events import together as module
from chat.events.together import NotTogetherError, Together, _in_one_transaction, _tried

pytestmark = pytest.mark.django_db(transaction=True)


class Inline:
    """Threads that are this one; holds the first call until it is told to go on."""

    def __init__(self) -> None:
        self.runs: list[int] = []
        self.gate = asyncio.Event()

    async def run(self, function: Callable[..., Any], *args: Any) -> Any:
        """Calls it."""
        self.runs.append(len(args[0]) if args and isinstance(args[0], Sequence) else 1)
        if len(self.runs) == 1:
            await self.gate.wait()
        return function(*args)


def add(name: str) -> Callable[[], User]:
    return transaction.atomic(lambda: User.objects.create(username=name))


@transaction.atomic
def refuse() -> None:
    User.objects.create(username="never")
    raise ChatError("not_found")


def names() -> set[str]:
    return set(User.objects.values_list("username", flat=True))


def test_one_transaction_for_all() -> None:
    with CaptureQueriesContext(connection) as queries:
        outcomes = _in_one_transaction([add("a"), add("b"), add("c")])
    assert [outcome.value.username for outcome in outcomes] == ["a", "b", "c"]
    assert sum(query["sql"].startswith("BEGIN") for query in queries) <= 1
    assert names() == {"a", "b", "c"}


def test_what_one_raises_undoes_that_one_alone() -> None:
    outcomes = _in_one_transaction([add("a"), refuse, add("b")])
    assert [type(outcome.error) for outcome in outcomes] == [type(None), ChatError, type(None)]
    assert names() == {"a", "b"}


def test_what_the_database_refuses_one_is_tried_alone() -> None:
    """It may have taken back what the others wrote."""
    with pytest.raises(NotTogetherError):
        _in_one_transaction([add("a"), add("a"), add("b")])
    assert names() == set()


def test_a_group_that_is_spoiled_is_rolled_back_whole(monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(sid: str) -> None:
        raise DatabaseError("the savepoint is gone")

    monkeypatch.setattr(connection, "savepoint_rollback", broken)
    with pytest.raises(NotTogetherError):
        _in_one_transaction([add("a"), refuse, add("b")])
    assert names() == set()


def test_a_group_in_which_one_waits_for_a_lock_is_tried_alone() -> None:
    """Two servers that hold the same conversations in another order: who loses is tried again, not told of it."""

    def deadlock() -> None:
        raise OperationalError("deadlock detected")

    with pytest.raises(NotTogetherError):
        _in_one_transaction([add("a"), deadlock])
    assert names() == set()


async def test_what_comes_meanwhile_goes_together(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "_in_one_transaction", lambda calls: [_tried(call) for call in calls])
    threads = Inline()
    together = Together(threads)  # type: ignore[arg-type]
    first = asyncio.create_task(together.run(lambda: 0))
    await asyncio.sleep(0)
    others = [asyncio.create_task(together.run(partial(int, n))) for n in range(1, 4)]
    await asyncio.sleep(0)
    others[1].cancel()
    threads.gate.set()
    found = await asyncio.gather(first, *others, return_exceptions=True)
    assert [found[0], found[1], found[3]] == [0, 1, 3]
    assert isinstance(found[2], asyncio.CancelledError)
    assert threads.runs == [1, 3]


async def test_what_can_not_go_together_goes_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    def never(calls: Sequence[Any]) -> None:
        raise NotTogetherError

    def fail() -> None:
        raise ChatError("not_found")

    monkeypatch.setattr(module, "_in_one_transaction", never)
    threads = Inline()
    threads.gate.set()
    together = Together(threads)  # type: ignore[arg-type]
    found = await asyncio.gather(together.run(lambda: 1), together.run(fail), return_exceptions=True)
    assert found[0] == 1
    assert isinstance(found[1], ChatError)


async def test_what_the_commit_raises_is_told_to_all_and_nothing_is_tried_again(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Nobody knows whether it was written: a second try could write it twice."""
    calls: list[int] = []

    def lost(group: Sequence[Callable[[], Any]]) -> None:
        for call in group:
            call()
        raise DatabaseError("the server closed the connection")

    monkeypatch.setattr(module, "_in_one_transaction", lost)
    threads = Inline()
    threads.gate.set()
    together = Together(threads)  # type: ignore[arg-type]
    found = await asyncio.gather(*(together.run(partial(calls.append, n)) for n in range(2)), return_exceptions=True)
    assert [type(error) for error in found] == [DatabaseError, DatabaseError]
    assert calls == [0, 1]
