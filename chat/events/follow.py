"""Following a turn from any number: the live log where the turn runs here, the database everywhere."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator
from weakref import WeakValueDictionary

from chat.conf import settings
from chat.events import types
from chat.events.bus import bus
from chat.events.log import TurnLog, cut
from chat.events.writer import UNAVAILABLE, readers
from chat.models import AIMessage, TurnEvent

PING = b": ping\n\n"
PAGE = 500

#: The logs of the turns that run in this process.
live: WeakValueDictionary[int, TurnLog] = WeakValueDictionary()


Rows = list[tuple[int, str, types.JSON]]


def stored_after(message_id: int, after: int) -> tuple[bytes, int, bool]:
    """Frames from the database after a number, the number reached, and whether the log ends there."""
    rows = rows_after(message_id, after)
    ended = False
    if not rows and not AIMessage.objects.filter(pk=message_id, status=AIMessage.Status.STREAMING).exists():
        # it may have ended between the two questions
        rows = rows_after(message_id, after)
        ended = not rows
    frames = [cut(seq, event, after) for seq, event in types.readable(rows)]
    ended = ended or (bool(rows) and rows[-1][1] in types.TERMINAL_STATUS)
    return b"".join(frames), rows[-1][0] if rows else after, ended


def rows_after(message_id: int, after: int) -> Rows:
    """The next rows of a turn's log."""
    rows = TurnEvent.objects.filter(message_id=message_id, seq__gt=after).order_by("seq")
    return list(rows.values_list("seq", "type", "data")[:PAGE])


class Follower:
    """One reader of one turn.  Pull it as fast as the reader takes: it holds nothing back and keeps nothing.

    One that does not wait gets what there is, and the end.
    """

    def __init__(self, message_id: int, after: int = 0, *, waits: bool = True) -> None:
        self.message_id = message_id
        self.after = after
        self.waits = waits
        self._news = asyncio.Event()
        self._gone = self._late = False

    def leave(self) -> None:
        """The reader is gone; `frames` ends."""
        self._gone = True
        self._news.set()

    async def frames(self) -> AsyncGenerator[bytes, None]:
        """Joined frames as they come; pings while nothing comes.  Ends after the turn's last event."""
        if not self.waits:
            async for data in self._at_once(live.get(self.message_id)):
                yield data
            return
        forget_news = bus.on_news(self.message_id, self._news.set)
        log = live.get(self.message_id)
        forget_log = log.on_change(self._news.set) if log is not None else None
        try:
            async for data in self._from_log(log) if log is not None else self._from_database():
                yield data
        finally:
            forget_news()
            if forget_log is not None:
                forget_log()

    async def _at_once(self, log: TurnLog | None) -> AsyncGenerator[bytes, None]:
        while not self._gone:
            found = log.since(self.after) if log is not None else None
            if found is not None:
                yield found[0]
                return
            before = self.after
            data, _ = await self._catch_up()
            if data:
                yield data
            elif self.after == before:  # else there were events that are for no reader, and more may follow them
                return

    async def _from_log(self, log: TurnLog) -> AsyncGenerator[bytes, None]:
        while not self._gone:
            self._news.clear()
            ended = log.ended
            found = log.since(self.after)
            if found is None:
                data, over = await self._catch_up()
                if data:
                    yield data
                elif over:
                    return  # what is neither here nor there was deleted
                else:
                    await self._wait(bus.poll_seconds)
                continue
            data, self.after = found
            if data:
                yield data
            if ended and self.after >= log.seq:
                return
            if not await self._wait(settings.PING_SECONDS):
                yield PING

    async def _catch_up(self) -> tuple[bytes, bool]:
        """The part that is only in the database any more, and whether it ends there; while that is away, nothing."""
        try:
            data, self.after, over = await readers.run(stored_after, self.message_id, self.after)
        except UNAVAILABLE:
            return b"", False
        return data, over and not data

    async def _from_database(self) -> AsyncGenerator[bytes, None]:
        quiet = 0.0
        while not self._gone:
            self._news.clear()
            try:
                data, self.after, ended = await readers.run(stored_after, self.message_id, self.after)
            except UNAVAILABLE:
                data, ended = b"", False
            if data:
                quiet = 0.0
                yield data
            if ended:
                return
            if not data and not await self._wait(bus.poll_seconds):
                quiet += bus.poll_seconds
            if quiet >= settings.PING_SECONDS:
                quiet = 0.0
                yield PING

    async def _wait(self, seconds: float) -> bool:
        """Whether there was news within so many seconds.

        A bare timer: `asyncio.timeout` costs more than all else between two frames.
        """
        if self._news.is_set():
            return True
        self._late = False
        timer = asyncio.get_running_loop().call_later(seconds, self._ring)
        try:
            await self._news.wait()
        finally:
            timer.cancel()
        return not self._late

    def _ring(self) -> None:
        """The time is up."""
        self._late = True
        self._news.set()
