"""One shared beat for all running turns.

A model sends 50 tokens a second or more; nobody reads faster than a screen refreshes.  A turn that has handed on what
it read waits for the next beat before it reads again, and gets all that has come meanwhile in one piece.  So the cost
of a turn is a matter of beats, not of tokens.  With many turns the beat slows down a little: the saving is largest
where it is needed most.
"""

from __future__ import annotations

import asyncio

from chat.conf import settings

#: Further seconds between beats for each waiting turn, and the longest beat.
PER_TURN = 0.00015
LONGEST = 0.1


class Pace:
    """Wakes everybody who waits, at once, a few dozen times a second; idle when nobody does."""

    def __init__(self) -> None:
        self._waiting: list[asyncio.Future[None]] = []
        self._crowd = 0
        self._loop: asyncio.AbstractEventLoop | None = None
        self._timer: asyncio.TimerHandle | None = None

    async def beat(self) -> None:
        """Returns at the next beat."""
        loop = asyncio.get_running_loop()
        if self._loop is not loop:
            self._loop, self._timer, self._waiting = loop, None, []
        waiter = loop.create_future()
        self._waiting.append(waiter)
        if self._timer is None:
            self._timer = loop.call_later(self._seconds(), self._strike)
        await waiter

    def _seconds(self) -> float:
        return float(min(LONGEST, settings.TICK_SECONDS + PER_TURN * self._crowd))

    def _strike(self) -> None:
        self._timer = None
        waiting, self._waiting = self._waiting, []
        self._crowd = len(waiting)
        for waiter in waiting:
            if not waiter.done():
                waiter.set_result(None)


pace = Pace()
