"""A follower reads memory while it can, the database where it must, and ends when the turn does."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator

import pytest
from django.db import OperationalError

from chat.events import follow
from chat.events import log as log_module
from chat.events import types as t
from chat.events.follow import PING, Follower
from chat.events.log import KEPT, TurnLog, cut, merged
from tests.unit.events.atoms import Numbered, atoms, numbered, parsed

END = t.TurnCompleted({})


class Store:
    """Stands for the database: rows that a test puts there, and times at which it is away."""

    def __init__(self) -> None:
        self.rows: Numbered = []
        self.away = 0
        self.reads = 0

    def after(self, message_id: int, after: int) -> tuple[bytes, int, bool]:
        """As `follow.stored_after`."""
        self.reads += 1
        if self.away:
            self.away -= 1
            raise OperationalError
        rows = [(seq, event) for seq, event in self.rows if seq > after][:10]
        frames = b"".join(cut(seq, event, after) for seq, event in rows)
        return frames, rows[-1][0] if rows else after, bool(rows) and rows[-1][1].terminal


@pytest.fixture
def store(monkeypatch: pytest.MonkeyPatch) -> Store:
    store = Store()
    monkeypatch.setattr(follow, "stored_after", store.after)
    monkeypatch.setattr(follow.bus, "_redis", None)
    monkeypatch.setattr("chat.events.bus.POLL_SECONDS", 0.005)
    return store


@pytest.fixture
def log(monkeypatch: pytest.MonkeyPatch) -> Iterator[TurnLog]:
    class NoSaver:
        def touch(self, log: TurnLog) -> None:
            """Nothing is saved by itself."""

    monkeypatch.setattr(log_module, "saver", NoSaver())
    log = TurnLog(7)
    follow.live[7] = log
    yield log
    follow.live.pop(7, None)


async def everything(follower: Follower) -> Numbered:
    """What a reader gets, to the end."""
    async with asyncio.timeout(10):
        return parsed(b"".join([data async for data in follower.frames()]))


def write(log: TurnLog, store: Store, events: list[t.Event], *, saved: bool = True) -> None:
    """Events happen, and are saved."""
    store.rows += merged(log.append(events))
    if saved:
        log.mark_saved(log.seq)


async def test_memory_alone(log: TurnLog, store: Store) -> None:
    events: list[t.Event] = [t.TextDelta("ab"), t.TextDelta("cd"), END]
    write(log, store, events)
    log.end()
    assert await everything(Follower(7)) == numbered(events)
    assert await everything(Follower(7, 3)) == [(4, t.TextDelta("d")), (5, END)]
    assert store.reads == 0


async def test_memory_that_was_trimmed(log: TurnLog, store: Store) -> None:
    events: list[t.Event] = [t.TextDelta(f"{n:04}") for n in range(KEPT * 4)]
    for event in events:
        write(log, store, [event])
    write(log, store, [END])
    log.end()
    for after in (0, 1, 4 * KEPT, log.seq - 2):
        assert atoms(await everything(Follower(7, after))) == atoms(numbered([*events, END]), after)
    assert store.reads > 0


async def test_a_reader_who_falls_behind_while_he_reads(log: TurnLog, store: Store) -> None:
    events: list[t.Event] = [t.TextDelta(f"{n:04}") for n in range(KEPT * 5)]
    frames = Follower(7).frames()
    write(log, store, events[:1])
    found = [await anext(frames)]
    for event in events[1:]:
        write(log, store, [event])
    write(log, store, [END])
    log.end()
    found += [data async for data in frames]
    assert atoms(parsed(b"".join(found))) == atoms(numbered([*events, END]))


async def test_a_trimmed_log_while_the_database_is_away(log: TurnLog, store: Store) -> None:
    for _ in range(KEPT * 2):
        write(log, store, [t.TextDelta("x")])
    write(log, store, [END])
    log.end()
    store.away = 3
    assert len(atoms(await everything(Follower(7)))) == KEPT * 2 + 1


async def test_a_turn_of_another_server(store: Store) -> None:
    follower = Follower(8)
    store.rows = numbered([t.TextDelta("ab")])
    frames = follower.frames()
    assert parsed(await anext(frames)) == store.rows
    store.away = 2
    store.rows = numbered([t.TextDelta("ab"), t.TextDelta("cd"), END])
    rest = [data async for data in frames]
    assert parsed(b"".join(rest)) == store.rows[1:]


async def test_a_reader_who_leaves(log: TurnLog, store: Store) -> None:
    follower = Follower(7)
    reading = asyncio.ensure_future(everything(follower))
    await asyncio.sleep(0)
    follower.leave()
    assert await reading == []
    assert not log._wakers
    assert not follow.bus._wakers


async def test_pings_while_nothing_comes(log: TurnLog, store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(follow.settings._cache, "PING_SECONDS", 0.01)
    for follower in (Follower(7), Follower(8)):
        frames = follower.frames()
        async with asyncio.timeout(5):
            assert [await anext(frames), await anext(frames)] == [PING, PING]
        await frames.aclose()


async def test_many_readers_at_any_pace(log: TurnLog, store: Store) -> None:
    async def at_pace(every: int) -> Numbered:
        found = []
        async for data in Follower(7).frames():
            found.append(data)
            for _ in range(every):
                await asyncio.sleep(0)
        return parsed(b"".join(found))

    readers = [asyncio.ensure_future(at_pace(every)) for every in (0, 1, 7, 50, 400)]
    events: list[t.Event] = []
    for n in range(300):
        events.append(t.TextDelta(f"{n},") if n % 9 else t.ReasoningDelta("hm"))
        write(log, store, events[-1:])
        await asyncio.sleep(0)
    write(log, store, [END])
    log.end()
    async with asyncio.timeout(20):
        for reader in readers:
            assert atoms(await reader) == atoms(numbered([*events, END]))
