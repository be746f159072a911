"""Open streams end soon after their reader has lost the right to read: all are asked about every few seconds."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from typing import Any, NamedTuple
from weakref import WeakKeyDictionary

from django.core.exceptions import ObjectDoesNotExist

from chat.conf import settings
from chat.events.follow import Follower
from chat.events.writer import UNAVAILABLE, readers


class Reader(NamedTuple):
    """Who reads what: the user as he was let in, and the project."""

    user: Any
    project_id: int


class Watch:
    """The streams of one event loop; no timer runs while there is none."""

    def __init__(self) -> None:
        self._readers: WeakKeyDictionary[Follower, Reader] = WeakKeyDictionary()
        self._timer: asyncio.TimerHandle | None = None
        self._task: asyncio.Task[None] | None = None

    def keep(self, follower: Follower, reader: Reader) -> None:
        """Ends a stream once its reader may not read it any more."""
        self._readers[follower] = reader
        if self._timer is None:
            self._later()

    def _later(self) -> None:
        self._timer = asyncio.get_running_loop().call_later(settings.ACCESS_SECONDS, self._begin)

    def _begin(self) -> None:
        self._timer = None
        if self._readers:
            self._later()
            if self._task is None or self._task.done():
                self._task = asyncio.ensure_future(self._look())

    async def _look(self) -> None:
        streams = list(self._readers.items())
        try:
            answers = await readers.run(may_still_read, [reader for _, reader in streams])
        except UNAVAILABLE:
            return  # nobody is put out because the database is away
        for (follower, _), may in zip(streams, answers, strict=True):
            if not may:
                follower.leave()


def may_still_read(streams: Sequence[Reader]) -> Sequence[bool]:
    """The host's answer."""
    access = settings.ACCESS()
    if hasattr(access, "still_see"):
        found: Sequence[bool] = access.still_see(streams)
        return found
    return [_is_let_in(access, reader) for reader in streams]


def _is_let_in(access: Any, reader: Reader) -> bool:
    try:
        access.project_for(reader.user, reader.project_id)
    except ObjectDoesNotExist:
        return False
    return True


_watches: WeakKeyDictionary[asyncio.AbstractEventLoop, Watch] = WeakKeyDictionary()


def watch() -> Watch:
    """The watch of the running loop."""
    return _watches.setdefault(asyncio.get_running_loop(), Watch())
