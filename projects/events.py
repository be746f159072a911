"""Who follows which project on this server, and how they hear of news.

    commit, presence ── tell(project) ─┬─ this process: its hub looks at once
                                       └─ Redis, where configured: the other servers' hubs look at once
    what is in no table of ours (`say`) ── the same ways, once: who is not there does not hear it
    nobody told us ── the hub looks every POLL_SECONDS: one look for all projects and all followers together

One task per server looks (`news.look`, in a thread of its own) and hands each project's room its new events; followers
take them from there at their own speed. Every `ACCESS_SECONDS` it is asked whether everybody still may: who may not
any more hears so, and his stream ends.
"""

from __future__ import annotations

import asyncio
import contextlib
import logging
import secrets
import signal
import threading
from collections import Counter
from collections.abc import AsyncGenerator, Callable, Mapping
from concurrent.futures import ThreadPoolExecutor
from types import FrameType
from typing import Any, ParamSpec, TypeVar

from django.conf import settings
from django.db import InterfaceError, OperationalError, connection

from projects import news, presence, standing
from projects.bus import Bus
from projects.room import Room

logger = logging.getLogger(__name__)
P = ParamSpec("P")
R = TypeVar("R")

UNAVAILABLE = (OperationalError, InterfaceError)
POLL_SECONDS = 1.0
#: With Redis a poll is only the net below it.
POLL_WITH_REDIS_SECONDS = 5.0
ACCESS_SECONDS = 2.0
#: News that come close together are read together.
BREATH_SECONDS = 0.03
PING_SECONDS = 15.0
#: A stream ends now and then, and whoever is asked for it again looks at everything again.
LIFE_SECONDS = 900.0
PING = b": ping\n\n"
RETRY = b"retry: 2000\n\n"
ENDED = news.frame("access.ended", {})


class Follower:
    """One open page. Pull `frames` as fast as the reader takes them."""

    def __init__(self, project_id: int, who: standing.Credentials, client: str, path: str, after: int | None) -> None:
        self.project_id, self.who, self.client, self.path = project_id, who, client, path
        self.after = after
        self.people = b""
        self.heard = 0
        self.news = asyncio.Event()
        self.ended = False

    @property
    def page(self) -> presence.Page:
        """Tabs of one browser are the same one."""
        return self.project_id, self.who.user_id, self.client

    def end(self) -> None:
        self.ended = True
        self.news.set()

    async def frames(self) -> AsyncGenerator[bytes, None]:
        """Events as they come, pings while nothing comes, until access ends, the server ends, or the reader leaves."""
        room, caught_up = await hub.enter(self)
        deadline = asyncio.get_running_loop().time() + LIFE_SECONDS
        try:
            yield RETRY + caught_up
            while not self.ended and asyncio.get_running_loop().time() < deadline:
                self.news.clear()
                if data := self._next(room):
                    yield data
                elif not await self._wait():
                    yield PING
            if self.ended and not hub.ending:
                yield ENDED
        finally:
            hub.leave(self, room)

    def _next(self, room: Room) -> bytes:
        data = b""
        if room.head > (self.after or 0):
            data, self.after = room.after(self.after or 0), room.head
        if room.people != self.people:
            self.people = room.people
            data += room.people
        if room.said > self.heard:
            data += room.said_after(self.heard)
            self.heard = room.said
        return data

    async def _wait(self) -> bool:
        try:
            async with asyncio.timeout(PING_SECONDS):
                await self.news.wait()
        except TimeoutError:
            return False
        return True


class Hub:
    """Everything that is followed on this server. One per process, on its event loop."""

    def __init__(self) -> None:
        self.ending, self._name = False, ""
        self._rooms: dict[int, Room] = {}
        self._streams: Counter[presence.Page] = Counter()
        self._bus = Bus(self._heard)
        self._loop: asyncio.AbstractEventLoop | None = None
        self._task: asyncio.Task[None] | None = None
        self._told: asyncio.Event = asyncio.Event()
        self._tasks: set[asyncio.Task[None]] = set()
        self._pool: ThreadPoolExecutor | None = None
        self._check_at = self._renew_at = 0.0

    async def startup(self) -> None:
        """Begins to listen to the other servers."""
        self._loop, self.ending = asyncio.get_running_loop(), False
        self._name = secrets.token_hex(8)  # here, not when the process was made: its copies (fork) are other servers
        await self._bus.start(settings.REDIS_URL)
        self._listen_for_the_end(self._loop)

    async def shutdown(self) -> None:
        """Ends what is followed, and all that runs for it."""
        self.end_all()
        if self._task is not None:
            self._task.cancel()
        await asyncio.gather(*filter(None, [self._task]), *self._tasks, return_exceptions=True)
        await self._bus.aclose()
        if (pool := self._pool) is not None:
            self._pool = None
            await asyncio.get_running_loop().run_in_executor(pool, _close)
            pool.shutdown(wait=False)
        self._loop = self._task = None

    def end_all(self) -> None:
        """Every stream ends; their pages come back to whichever server is there."""
        self.ending = True
        for room in self._rooms.values():
            for follower in room.followers:
                follower.end()

    def tell(self, project_id: int) -> None:
        """A project has news. From any thread; nothing waits, and nothing is lost where nobody hears it."""
        loop = self._loop
        if loop is not None and not loop.is_closed():
            loop.call_soon_threadsafe(self._tell, project_id)

    def say(self, project_id: int, event: str, data: Mapping[str, Any]) -> None:
        """Tells all who follow a project now, here and where Redis reaches. From any thread; nothing waits."""
        loop = self._loop
        if loop is not None and not loop.is_closed():
            loop.call_soon_threadsafe(self._say, project_id, news.frame(event, data))

    async def enter(self, follower: Follower) -> tuple[Room, bytes]:
        """A page is there; its room, and what it has missed, with the number it is at."""
        if self._loop is None:
            await self.startup()
        # Counted before it is written: a stream of the same page that ends now must not take the page's row away.
        self._streams[follower.page] += 1
        try:
            head, frames = await self.run(_enter, follower, self._name)
        except BaseException:  # above all a reader who left meanwhile: the row is written, or will be
            self._gone(follower)
            raise
        follower.after = head
        room = self._rooms.setdefault(follower.project_id, Room(head))
        follower.heard = room.said
        room.followers.add(follower)
        if self._task is None or self._task.done():
            self._told, self._task = asyncio.Event(), asyncio.get_running_loop().create_task(self._watch())
        self._tell(follower.project_id)
        return room, b"".join(data for _, data in frames) + news.ready(head)

    def leave(self, follower: Follower, room: Room) -> None:
        """A page has gone, or comes again soon."""
        room.followers.discard(follower)
        if not room.followers:
            self._rooms.pop(follower.project_id, None)
        self._gone(follower)

    def _gone(self, follower: Follower) -> None:
        """The page has one stream less. With its last one its row goes, in the thread that wrote it, so after that."""
        self._streams[follower.page] -= 1
        if self._streams[follower.page]:
            return
        del self._streams[follower.page]
        if self._loop is not None:
            task = self._loop.create_task(self._forget(follower))
            self._tasks.add(task)
            task.add_done_callback(self._tasks.discard)

    async def run(self, function: Callable[P, R], /, *args: P.args, **kwargs: P.kwargs) -> R:
        """Calls a function that queries the database, in the hub's thread, which keeps its connection."""
        if self._pool is None:
            self._pool = ThreadPoolExecutor(1, thread_name_prefix="project-events")
        loop = asyncio.get_running_loop()
        return await loop.run_in_executor(self._pool, lambda: _call(lambda: function(*args, **kwargs)))

    async def _forget(self, follower: Follower) -> None:
        with contextlib.suppress(*UNAVAILABLE):
            await self.run(presence.leave, follower.page, holder=self._name)
            self._tell(follower.project_id)

    def _tell(self, project_id: int) -> None:
        self._heard(project_id)
        self._bus.say(project_id)

    def _say(self, project_id: int, frame: bytes) -> None:
        self._heard(project_id, frame)
        self._bus.say(project_id, frame)

    def _heard(self, project_id: int, frame: bytes = b"") -> None:
        room = self._rooms.get(project_id)
        if room is None:
            return
        if frame:
            room.say(frame)
        else:
            self._told.set()

    async def _watch(self) -> None:
        """Looks as long as somebody follows. A database that is away is asked again."""
        while self._rooms:
            self._told.clear()
            try:
                await self._look()
            except UNAVAILABLE as error:
                logger.warning("the followers wait for the database: %s", error)
                await asyncio.sleep(POLL_SECONDS)
            except Exception:
                logger.exception("a look at the followed projects failed")
                await asyncio.sleep(POLL_SECONDS)
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(POLL_WITH_REDIS_SECONDS if self._bus.is_on else POLL_SECONDS):
                    await self._told.wait()
            await asyncio.sleep(BREATH_SECONDS)

    async def _look(self) -> None:
        now = asyncio.get_running_loop().time()
        followers = [follower for room in self._rooms.values() for follower in room.followers]
        if now >= self._check_at:
            self._check_at = now + ACCESS_SECONDS
            may = await self.run(standing.still_may, {(one.project_id, one.who) for one in followers})
            for follower in followers:
                if (follower.project_id, follower.who) not in may:
                    follower.end()
        if now >= self._renew_at:
            self._renew_at = now + presence.RENEW_SECONDS
            pages = {one.page: one.path for one in followers if not one.ended}
            await self.run(presence.renew, pages, holder=self._name)
        seen = await self.run(news.look, {project: room.head for project, room in self._rooms.items()})
        for project, head in seen.heads.items():
            self._update(project, head, seen)

    def _update(self, project: int, head: int, seen: news.Seen) -> None:
        room = self._rooms.get(project)
        if room is None or (head == room.head and seen.people[project] == room.people):
            return
        room.add(seen.frames.get(project, []), head)
        room.people = seen.people[project]
        room.wake()

    def _listen_for_the_end(self, loop: asyncio.AbstractEventLoop) -> None:
        """At SIGTERM streams end at once: the HTTP server waits for them before it ends the lifespan."""
        if threading.current_thread() is not threading.main_thread():
            return
        before: Any = signal.getsignal(signal.SIGTERM)

        def on_term(number: int, frame: FrameType | None) -> None:
            loop.call_soon_threadsafe(self.end_all)
            if callable(before):
                before(number, frame)

        if callable(before):
            signal.signal(signal.SIGTERM, on_term)


def _enter(follower: Follower, holder: str) -> tuple[int, news.Frames]:
    presence.enter(follower.page, follower.path, holder=holder)
    return news.joined(follower.project_id, follower.after)


def _call(function: Callable[[], R]) -> R:
    """A connection that was kept and has died meanwhile is opened again, once."""
    kept = connection.connection is not None
    try:
        return function()
    except UNAVAILABLE:
        connection.close()
        if not kept:
            raise
    return function()


def _close() -> None:
    """`connection` is the calling thread's own."""
    connection.close()


hub = Hub()
