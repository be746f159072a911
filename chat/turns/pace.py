"""A shared clock for all running turns.

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
LONGEST = 0.08
#: Turns that are due within so many seconds of each other share a timer.
SLOT = 0.005


class Pace:
    """Lets each turn wait for its beat.  Those that are due about now are woken by one timer; turns that came at
    different times stay apart, so that a beat is never a crowd at a door."""

    def __init__(self) -> None:
        self._slots: dict[int, list[asyncio.Future[None]]] = {}
        self._loop: asyncio.AbstractEventLoop | None = None
        self._waiting = 0

    async def beat(self) -> None:
        """Returns at the next beat."""
        loop = asyncio.get_running_loop()
        if self._loop is not loop:
            self._loop, self._slots, self._waiting = loop, {}, 0
        waiter = loop.create_future()
        slot = int((loop.time() + self._seconds()) / SLOT) + 1
        if slot not in self._slots:
            self._slots[slot] = []
            loop.call_at(slot * SLOT, self._strike, slot)
        self._slots[slot].append(waiter)
        self._waiting += 1
        await waiter

    def _seconds(self) -> float:
        return float(min(LONGEST, settings.TICK_SECONDS + PER_TURN * self._waiting))

    def _strike(self, slot: int) -> None:
        waiting = self._slots.pop(slot, [])
        self._waiting -= len(waiting)
        for waiter in waiting:
            if not waiter.done():
                waiter.set_result(None)


pace = Pace()
