"""The live log of a turn: numbers events, wakes followers at once, and saves in groups.

`TurnLog.append` is all a turn calls.  It never waits for the database: what is not saved yet stays in memory, however
long the database is away, and follows when it is back.  What is saved is kept for a while for followers, then dropped:
a reader who is further behind reads the database.
"""

from __future__ import annotations

import asyncio
import logging
from collections import deque
from collections.abc import Callable, Iterable, Sequence
from typing import NamedTuple

import msgspec
from django.db import IntegrityError, transaction

from chat.conf import settings
from chat.events import bus, types
from chat.events.types import Event
from chat.events.writer import UNAVAILABLE, writer
from chat.models import CALL_ACCOUNT, CALL_FIELDS, ModelCall, TurnEvent
from chat.rows import insert_missing, now, update, upsert

logger = logging.getLogger(__name__)

#: Saved entries that stay for readers who are a moment behind; hundreds of open streams each hold so many.
KEPT = 24
COLUMNS = ("message", "seq", "type", "data", "created_at")
RETRY_SECONDS = (0.1, 0.25, 0.5, 1.0)


class Entry(NamedTuple):
    """One event with its number and its bytes on the wire."""

    seq: int
    event: Event
    frame: bytes


def entry(seq: int, event: Event) -> Entry:
    """An event, framed once for all who follow."""
    return Entry(seq, event, types.frame(seq, event))


def cut(seq: int, event: Event, after: int) -> bytes:
    """The frame of an event for a reader who has everything up to `after`: a delta loses what he has."""
    if isinstance(event, types.DELTAS) and seq - len(event.text) < after:
        return types.frame(seq, type(event)(event.text[after - seq :]))
    return types.frame(seq, event)


def merged(entries: Iterable[tuple[int, Event]]) -> list[tuple[int, Event]]:
    """The same events with neighbouring deltas of one kind joined: a row for each run, not for each token."""
    runs: list[tuple[int, Event, list[str]]] = []
    for seq, event in entries:
        if isinstance(event, types.DELTAS):
            if runs and type(runs[-1][1]) is type(event):
                runs[-1][2].append(event.text)
                runs[-1] = (seq, *runs[-1][1:])
                continue
            runs.append((seq, event, [event.text]))
        else:
            runs.append((seq, event, []))
    return [(seq, type(event)("".join(texts)) if len(texts) > 1 else event) for seq, event, texts in runs]


class TurnLog:
    """The log of one running turn."""

    __slots__ = (
        "__weakref__",
        "_entries",
        "_unsaved",
        "_wakers",
        "calls",
        "ended",
        "message_id",
        "on_lost",
        "saved",
        "seq",
    )

    def __init__(self, message_id: int, seq: int = 0) -> None:
        self.message_id = message_id
        self.seq = seq
        self.saved = seq
        self.ended = False
        self._entries: deque[Entry] = deque()
        self._unsaved: list[tuple[int, Event]] = []
        self._wakers: set[Callable[[], None]] = set()
        #: Called when the message turns out to be deleted.
        self.on_lost: Callable[[], None] = lambda: None
        #: Model calls that are not in the database yet.
        self.calls: list[ModelCall] = []

    def append(self, events: Sequence[Event]) -> list[tuple[int, Event]]:
        """Numbers events, hands them to followers and, in a moment, to the database; the events with their numbers."""
        numbered = self._add(events)
        if not (numbered or self.calls):
            return []
        self._unsaved += numbered
        saver.touch(self)
        self._wake()
        return numbered

    def append_saved(self, events: Sequence[Event]) -> None:
        """Hands on events that are in the database already, under the numbers they get here."""
        self._add(events)
        self.mark_saved(self.seq)
        self._wake()

    def _add(self, events: Sequence[Event]) -> list[tuple[int, Event]]:
        numbered = []
        for event in events:
            self.seq += types.width(event)
            self._entries.append(entry(self.seq, event))
            numbered.append((self.seq, event))
        return numbered

    def since(self, after: int) -> tuple[bytes, int] | None:
        """The frames after a number, and the number reached; `None` where they are only in the database."""
        entries = self._entries
        if after >= self.seq:
            return b"", after
        if not entries or entries[0].seq - types.width(entries[0].event) > after:
            return None
        if after == entries[-1].seq - types.width(entries[-1].event):
            return entries[-1].frame, self.seq
        frames = [
            found.frame if found.seq - types.width(found.event) >= after else cut(found.seq, found.event, after)
            for found in entries
            if found.seq > after
        ]
        return b"".join(frames), self.seq

    def take_unsaved(self) -> Unsaved:
        """What the database does not have yet; the caller gives it back where saving fails."""
        taken = Unsaved(self, self._unsaved, self.calls)
        self._unsaved, self.calls = [], []
        return taken

    def give_back(self, unsaved: Unsaved) -> None:
        """Puts what could not be saved back in front."""
        self._unsaved[:0] = unsaved.entries
        self.calls[:0] = unsaved.calls

    def mark_saved(self, seq: int) -> None:
        """Everything up to `seq` is in the database; old entries may go."""
        self.saved = max(self.saved, seq)
        while len(self._entries) > KEPT and self._entries[0].seq <= self.saved:
            self._entries.popleft()

    def lose(self) -> None:
        """The message was deleted."""
        self.on_lost()

    def end(self) -> None:
        """Nothing will follow; followers finish."""
        self.ended = True
        self._wake()

    def on_change(self, waker: Callable[[], None]) -> Callable[[], None]:
        """Calls `waker` at every change until the returned function is called."""
        self._wakers.add(waker)
        return lambda: self._wakers.discard(waker)

    def _wake(self) -> None:
        for waker in tuple(self._wakers):
            waker()


def write_events(logs: Iterable[tuple[int, Iterable[tuple[int, Event]]]]) -> None:
    """Writes events (message id, numbered events) that may be there already: a commit whose answer was lost.

    Values and no rows of Django's: most of what a turn writes goes through here.
    """
    moment = now()
    values = [
        (message_id, seq, event.type, msgspec.json.encode(event).decode(), moment)
        for message_id, entries in logs
        for seq, event in merged(entries)
    ]
    insert_missing(TurnEvent, COLUMNS, values)


def write_calls(calls: Iterable[ModelCall]) -> None:
    """Writes model calls: the whole of a new one, of one that is there its account alone."""
    rows = list(dict.fromkeys(calls))
    upsert([call.packed() for call in rows if call.is_sent_again], CALL_FIELDS)
    update([call for call in rows if not call.is_sent_again], CALL_ACCOUNT)


class Unsaved(NamedTuple):
    """What one turn has for the next group commit."""

    log: TurnLog
    entries: list[tuple[int, Event]]
    calls: list[ModelCall]


def save(batch: list[Unsaved]) -> None:
    """Writes the rows of many turns in one transaction."""
    with transaction.atomic():
        write_events((log.message_id, entries) for log, entries, _ in batch)
        write_calls(call for *_, calls in batch for call in calls)


class Saver:
    """Saves all logs of this process together, `FLUSH_SECONDS` after the first change."""

    def __init__(self) -> None:
        self._dirty: dict[TurnLog, None] = {}
        self._task: asyncio.Task[None] | None = None
        self._lock: asyncio.Lock | None = None
        self._loop: asyncio.AbstractEventLoop | None = None

    @property
    def lock(self) -> asyncio.Lock:
        """Held while anything of a log is being written, so that rows come in the order of their numbers."""
        loop = asyncio.get_running_loop()
        if self._lock is None or self._loop is not loop:
            self._lock, self._loop = asyncio.Lock(), loop
        return self._lock

    def touch(self, log: TurnLog) -> None:
        """Notes that a log has something to save."""
        self._dirty[log] = None
        if self._task is None or self._task.done():
            self._task = asyncio.get_running_loop().create_task(self._run())

    def forget(self, log: TurnLog) -> None:
        """Leaves a log to its turn's last transaction."""
        self._dirty.pop(log, None)

    async def _run(self) -> None:
        failures = 0
        while self._dirty:
            await asyncio.sleep(
                settings.FLUSH_SECONDS if not failures else RETRY_SECONDS[min(failures, len(RETRY_SECONDS)) - 1]
            )
            failures = 0 if await self.flush() else failures + 1

    async def flush(self) -> bool:
        """Saves what there is; false where the database was away (it is kept, and tried again)."""
        async with self.lock:
            return await self._flush()

    async def _flush(self) -> bool:
        dirty, self._dirty = self._dirty, {}
        batch = [unsaved for log in dirty if any((unsaved := log.take_unsaved())[1:])]
        if not batch:
            return True
        try:
            await writer.run(save, batch)
        except UNAVAILABLE as error:
            logger.warning("events of %d turns are waiting for the database: %s", len(batch), error)
            self._keep(batch)
            return False
        except Exception as error:  # noqa: BLE001 - logged where it is known whose it is
            if len(batch) > 1:
                return all([await self._save_alone(unsaved) for unsaved in batch])
            self._refused(batch[0], error)
            return True
        except BaseException:
            self._keep(batch)
            raise
        self._saved(batch)
        return True

    async def _save_alone(self, unsaved: Unsaved) -> bool:
        """One turn of a group that could not be saved: the others must not wait for what is wrong with it."""
        try:
            await writer.run(save, [unsaved])
        except UNAVAILABLE:
            self._keep([unsaved])
            return False
        except Exception as error:  # noqa: BLE001 - logged by `_refused`
            self._refused(unsaved, error)
            return True
        self._saved([unsaved])
        return True

    @staticmethod
    def _saved(batch: list[Unsaved]) -> None:
        for log, entries, calls in batch:
            log.mark_saved(entries[-1][0] if entries else 0)
            for call in calls:
                call.saved()
        bus.announce([unsaved.log.message_id for unsaved in batch])

    @staticmethod
    def _refused(unsaved: Unsaved, error: Exception) -> None:
        """What the database will never take.  A message that is gone was deleted: its turn has nobody to write for."""
        logger.error("events of message %s can't be saved", unsaved.log.message_id, exc_info=error)
        if isinstance(error, IntegrityError):
            unsaved.log.lose()

    def _keep(self, batch: list[Unsaved]) -> None:
        for unsaved in batch:
            unsaved.log.give_back(unsaved)
            self._dirty[unsaved.log] = None


saver = Saver()
