"""Stopping a turn from synchronous code."""

from __future__ import annotations

import asyncio
import contextlib

from chat.turns.supervisor import supervisor

WAIT_SECONDS = 10.0


def stop_from_thread(message_id: int) -> None:
    """Stops a turn and waits until its end is written, but not for ever; the event loop is another thread's."""
    loop = supervisor.loop
    if loop is None:
        asyncio.run(supervisor.stop(message_id))
        return
    stopping = asyncio.run_coroutine_threadsafe(supervisor.stop(message_id), loop)
    with contextlib.suppress(TimeoutError):
        stopping.result(WAIT_SECONDS)
