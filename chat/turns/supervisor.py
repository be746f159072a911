"""The turns of this process: starts them, stops them, keeps their leases, drains them when the server ends.

`startup` and `shutdown` belong into the server's lifespan; without one the first turn starts the supervisor itself.
"""

from __future__ import annotations

import asyncio
import contextlib
import logging
import signal
import threading
from collections.abc import Coroutine
from types import FrameType
from typing import Any, TypeVar

from chat.conf import settings
from chat.events.bus import ask_to_stop, bus
from chat.events.follow import Follower, live
from chat.events.log import saver
from chat.events.writer import UNAVAILABLE, is_borrowed, readers, writer
from chat.llm import registry
from chat.models import AIMessage
from chat.texts import explain_in, site_language
from chat.turns import lease
from chat.turns.runner import Runner

logger = logging.getLogger(__name__)
T = TypeVar("T")

#: Stops pressed on another server are looked for this often where no Redis brings them (seconds).
WATCH_SECONDS = 0.5
STOP_WAIT_SECONDS = 5.0
#: What a turn gets to write its end when the server ends; with the database away longer, its lease tells the rest.
END_SECONDS = 10.0
#: A follower from here on only waits for the end.
BEYOND = 2**62


class Supervisor:
    """Owns the tasks of all turns that run in this process."""

    def __init__(self) -> None:
        self.owner = lease.new_owner()
        self.draining = False
        self._running: dict[int, Runner] = {}
        self._tasks: set[asyncio.Task[None]] = set()
        self._sheltered: set[asyncio.Task[Any]] = set()
        self._background: list[asyncio.Task[None]] = []
        self._loop: asyncio.AbstractEventLoop | None = None

    async def startup(self) -> None:
        """Ends what a dead server left, and begins to watch."""
        loop = asyncio.get_running_loop()
        if self._loop is loop:
            return
        self._loop, self._background, self.draining = loop, [], False
        self._running.clear()
        self.owner = lease.new_owner()
        if is_borrowed(loop):
            return
        await bus.start(self._heard_stop)
        self._background = [loop.create_task(self._watch_over()), loop.create_task(registry.warm_up())]
        self._listen_for_the_end(loop)

    async def shutdown(self) -> None:
        """Lets running turns end for `DRAIN_SECONDS`, then interrupts them; returns when all is written."""
        self.draining = True
        if self._sheltered:
            await asyncio.wait(self._sheltered, timeout=END_SECONDS)
        await self._drain(settings.DRAIN_SECONDS)
        background, self._background = self._background, []
        for task in background:
            task.cancel()
        await asyncio.gather(*background, return_exceptions=True)
        await saver.flush()
        await bus.aclose()
        await registry.close_all()
        await asyncio.gather(writer.aclose(), readers.aclose())
        self._loop, self.draining = None, False

    async def release(self) -> None:
        """Closes what must not outlive a loop that is only borrowed; on a server's own loop, nothing."""
        if is_borrowed(asyncio.get_running_loop()) and not self._tasks:
            await registry.close_all()

    def begin(self, runner: Runner) -> None:
        """Takes over a turn."""
        message_id = runner.answer.pk
        self._running[message_id] = runner
        live[message_id] = runner.log
        task = runner.start(settings.TURN_TIMEOUT)
        self._tasks.add(task)
        task.add_done_callback(lambda done: self._ended(message_id, done))

    @property
    def loop(self) -> asyncio.AbstractEventLoop | None:
        """The event loop that the turns run on, once there is one."""
        return self._loop

    def runs(self, message_id: int) -> bool:
        """Whether a turn runs in this process."""
        return message_id in self._running

    async def stop(self, message_id: int, reason: str = "stopped") -> None:
        """Stops a turn wherever it runs; returns when its end is written, or after a few seconds of waiting for
        another server."""
        runner = self._running.get(message_id)
        if runner is not None:
            runner.stop(reason)
            await runner.stopped()
            return
        await writer.run(_want_stopped, message_id)
        ask_to_stop(message_id)
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(STOP_WAIT_SECONDS):
                async for _ in Follower(message_id, after=BEYOND).frames():
                    pass

    async def recover(self, conversation_id: int | None = None) -> None:
        """Ends answers whose server is gone."""
        explain, alive = explain_in(site_language()), list(self._running)
        lost = await writer.run(lease.recover, explain, conversation_id=conversation_id, alive=alive)
        if lost:
            logger.warning("%d answers of a server that is gone were ended as interrupted", len(lost))

    async def sheltered(self, work: Coroutine[Any, Any, T]) -> T:
        """Awaits work that goes on when its caller is cancelled: between the rows of a turn and its task, nobody's
        hanging up may come."""
        task = asyncio.get_running_loop().create_task(work)
        self._sheltered.add(task)
        task.add_done_callback(self._sheltered.discard)
        return await asyncio.shield(task)

    def _ended(self, message_id: int, task: asyncio.Task[None]) -> None:
        self._tasks.discard(task)
        self._running.pop(message_id, None)
        if not task.cancelled() and task.exception() is not None:
            logger.error("turn %s could not be ended", message_id, exc_info=task.exception())

    def _stop_here(self, message_id: int) -> None:
        runner = self._running.get(message_id)
        if runner is not None:
            runner.stop("stopped")

    def _heard_stop(self, message_id: int) -> None:
        """Somebody says that a stop was asked for; the database knows whether it was."""
        if message_id in self._running:
            task = asyncio.get_running_loop().create_task(self._look_for_stops_now())
            self._sheltered.add(task)
            task.add_done_callback(self._sheltered.discard)

    async def _look_for_stops_now(self) -> None:
        """Where the database is away, the watch looks again as soon as it is back."""
        with contextlib.suppress(*UNAVAILABLE):
            await self._look_for_stops()

    async def _look_for_stops(self) -> None:
        for message_id in await readers.run(lease.stops, self.owner):
            self._stop_here(message_id)

    async def _drain(self, seconds: float) -> None:
        if self._tasks:
            logger.info("waiting up to %s s for %d turns", seconds, len(self._tasks))
            await asyncio.wait(self._tasks, timeout=seconds)
        for runner in list(self._running.values()):
            runner.stop("server_restarted")
        if self._tasks:
            await asyncio.wait(self._tasks, timeout=END_SECONDS)

    async def _watch_over(self) -> None:
        """Renews leases, hears stops, ends what dead servers left.  Nothing that goes wrong here ends the watch."""
        loop = asyncio.get_running_loop()
        renew_at = 0.0
        while True:
            try:
                if self._running:
                    await self._look_for_stops()
                if loop.time() >= renew_at:
                    await self._renew()
                    await self.recover()
                    renew_at = loop.time() + settings.LEASE_SECONDS / 4
            except UNAVAILABLE as error:
                logger.warning("the leases wait for the database: %s", error)
            except Exception:
                logger.exception("the watch over the turns failed")
                renew_at = loop.time() + settings.LEASE_SECONDS / 4
            await asyncio.sleep(WATCH_SECONDS)

    async def _renew(self) -> None:
        """Turns that are no longer ours stop: what they still wrote would go beyond their recorded end."""
        lost = await writer.run(lease.renew, self.owner, list(self._running)) if self._running else set()
        for message_id in lost:
            self._stop_here(message_id)

    def _listen_for_the_end(self, loop: asyncio.AbstractEventLoop) -> None:
        """At SIGTERM the drain begins at once: the HTTP server waits for open streams before it ends the lifespan,
        and a stream ends with its turn."""
        if threading.current_thread() is not threading.main_thread():
            return
        before: Any = signal.getsignal(signal.SIGTERM)

        def on_term(number: int, frame: FrameType | None) -> None:
            loop.call_soon_threadsafe(self._begin_drain)
            if callable(before):
                before(number, frame)

        if callable(before):
            signal.signal(signal.SIGTERM, on_term)

    def _begin_drain(self) -> None:
        if not self.draining:
            self.draining = True
            self._drainer = asyncio.get_running_loop().create_task(self._drain(settings.DRAIN_SECONDS))


def _want_stopped(message_id: int) -> None:
    AIMessage.objects.filter(pk=message_id, status=AIMessage.Status.STREAMING).update(stop_requested=True)


supervisor = Supervisor()
