"""Reads one answer: bytes in, parts out, within the time limits.

The clocks count only while someone waits for data, never while the caller is busy: a slow caller is no stall.
Three limits follow each other: to the first content, between two pieces of progress, and the short grace after
the end in which a server may still send its usage.  Comments and heartbeats are no progress.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from typing import Protocol

from .base import Part, Timeouts
from .chunks import AnswerDecoder
from .errors import Broken, TimedOut

GRACE_SECONDS = 3.0


class Source(Protocol):
    """Where bytes come from.

    `pull` gives some, or none at the end, and raises `ConnectionError` where the connection breaks; `fail` ends
    its wait with an error.
    """

    def pull(self) -> Awaitable[bytes]: ...

    def fail(self, error: Exception) -> None: ...


class Expired(Exception):
    """The time limit of a wait has passed."""


class Deadline:
    """One timer for the many waits of a stream.

    Setting a limit only notes it; the timer looks at the note when it fires, and sets itself again.
    """

    __slots__ = ("_expire", "_handle", "_loop", "_when")

    def __init__(self, expire: Callable[[Exception], None]) -> None:
        self._loop = asyncio.get_running_loop()
        self._expire = expire
        self._handle: asyncio.TimerHandle | None = None
        self._when: float | None = None

    def set(self, when: float) -> None:
        """Expire at that time of the loop's clock."""
        self._when = when
        if self._handle is None or when < self._handle.when():
            self._arm(when)

    def clear(self) -> None:
        """Nobody waits."""
        self._when = None

    def close(self) -> None:
        """Stops the timer."""
        self._when = None
        if self._handle is not None:
            self._handle.cancel()
            self._handle = None

    def _arm(self, when: float) -> None:
        if self._handle is not None:
            self._handle.cancel()
        self._handle = self._loop.call_at(when, self._fire)

    def _fire(self) -> None:
        self._handle = None
        if self._when is None:
            return
        if self._when > self._loop.time():
            self._arm(self._when)
        else:
            self._expire(Expired())


class AnswerReader:
    """Gives the parts of one answer, batch by batch.

    `started` is the loop's time when the request was sent: the first limit counts from there.
    """

    def __init__(self, source: Source, decoder: AnswerDecoder, timeouts: Timeouts, started: float) -> None:
        self._source = source
        self._decoder = decoder
        self._timeouts = timeouts
        self._started = started
        self._closed = False
        self._end_by: float | None = None
        self._loop = asyncio.get_running_loop()
        self._deadline = Deadline(source.fail)

    async def next(self) -> list[Part]:
        """The next batch; an empty one after the last.  Raises `ModelError`, after all parts were given."""
        decoder = self._decoder
        since = self._loop.time()
        while not decoder.over:
            before = decoder.progress
            parts = await self._step(since)
            if parts:
                return parts
            if decoder.progress != before:
                since = self._loop.time()
        parts = self._close()
        if not parts and decoder.error is not None:
            raise decoder.error
        return parts

    def stop(self) -> None:
        """Frees the timer."""
        self._deadline.close()

    async def _step(self, since: float) -> list[Part]:
        """One read."""
        self._deadline.set(self._limit(since))
        try:
            data = await self._source.pull()
        except Expired:
            return self._expired()
        except ConnectionError:
            return self._cut()
        finally:
            self._deadline.clear()
        parts = self._decoder.feed(data) if data else self._decoder.end()
        return parts + self._close() if self._decoder.over else parts

    def _limit(self, since: float) -> float:
        """When the present wait ends."""
        if self._decoder.finished:
            if self._end_by is None:
                self._end_by = self._loop.time() + GRACE_SECONDS
            return self._end_by
        if not self._decoder.content:
            return self._started + self._timeouts.first_token
        return since + self._timeouts.idle

    def _expired(self) -> list[Part]:
        decoder = self._decoder
        if not decoder.finished:
            code = "timeout_stall" if decoder.content else "timeout_first_byte"
            decoder.error = TimedOut(code)
        decoder.over = True
        return []

    def _cut(self) -> list[Part]:
        """The connection broke.  After the end that is no loss."""
        decoder = self._decoder
        parts = decoder.end()
        if not decoder.finished and (decoder.error is None or decoder.error.code == "bad_response"):
            decoder.error = Broken("connection_cut", "The connection to the model server broke")
        return parts

    def _close(self) -> list[Part]:
        """The last parts, once."""
        if self._closed:
            return []
        self._closed = True
        return self._decoder.close()
