"""Python's cyclic garbage collector, set for a server with many open streams.

A full collection looks at every object of the process while nothing else can run: with some hundred streams that is a
tenth of a second in which no stream gets its words.  What is there once the server has started stays until it ends, so
the collector need not look at it again (`gc.freeze`); and it comes less often, for nearly everything that a request
makes is freed by its reference count anyway.
"""

from __future__ import annotations

import asyncio
import gc

#: Allocations before a young collection, young ones before a middle one, middle ones before a full one.
THRESHOLDS = (2_000, 10, 100)
#: What is loaded in the background after the start (the model's client) is there by then (seconds).
SETTLED = 5.0


class Garbage:
    """Part of the server's lifespan."""

    def __init__(self) -> None:
        self._before: tuple[int, int, int] | None = None
        self._timer: asyncio.TimerHandle | None = None

    async def startup(self) -> None:
        """Takes what is there out of the collector's sight."""
        self._before = gc.get_threshold()
        gc.set_threshold(*THRESHOLDS)
        gc.collect()
        gc.freeze()
        self._timer = asyncio.get_running_loop().call_later(SETTLED, gc.freeze)

    async def shutdown(self) -> None:
        """Leaves the collector as it was."""
        if self._timer is not None:
            self._timer.cancel()
        if self._before is not None:
            gc.set_threshold(*self._before)
        gc.unfreeze()
