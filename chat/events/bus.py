"""Who must hear that a turn has news.

Followers in this process listen to the turn's log itself (`log.TurnLog.on_change`).  This module is for the other
servers: after each group commit the ids of the turns in it are announced, in one message, over Redis; without
Redis the others look again `POLL_SECONDS` later.  A stop pressed on another server comes the same way.
"""

from __future__ import annotations

import asyncio
import contextlib
import logging
from collections.abc import Callable, Iterable
from typing import Any

import msgspec

from chat.conf import settings

logger = logging.getLogger(__name__)

#: Followed by the number of the database: Redis tells a channel to all of its databases, and two sites may share it.
CHANNEL = "webox:chat"
POLL_SECONDS = 0.3
#: With Redis a poll is only the net below it.
POLL_WITH_REDIS_SECONDS = 2.0
RECONNECT_SECONDS = 1.0


def channel_of(redis: Any) -> str:
    """The channel of a client's own database."""
    return f"{CHANNEL}:{redis.get_connection_kwargs().get('db') or 0}"


class Bus:
    """This process's ear and voice."""

    def __init__(self) -> None:
        self._wakers: dict[int, set[Callable[[], None]]] = {}
        self._stop: Callable[[int], None] = lambda _: None
        self._is_away = False
        self._redis: Any = None
        self._channel = CHANNEL
        self._task: asyncio.Task[None] | None = None
        self._sending: set[asyncio.Task[None]] = set()

    @property
    def poll_seconds(self) -> float:
        """How long a follower of another server's turn waits before it looks by itself."""
        return POLL_WITH_REDIS_SECONDS if self._redis is not None else POLL_SECONDS

    async def start(self, on_stop: Callable[[int], None]) -> None:
        """Begins to listen, where there is a Redis."""
        self._stop = on_stop
        if not settings.REDIS_URL or self._task is not None:
            return
        from redis import asyncio as redis_asyncio

        self._redis = redis_asyncio.Redis.from_url(settings.REDIS_URL)
        self._channel = channel_of(self._redis)
        self._task = asyncio.create_task(self._listen())

    async def aclose(self) -> None:
        """Stops listening."""
        task, self._task = self._task, None
        redis, self._redis = self._redis, None
        if task is not None:
            task.cancel()
            await asyncio.gather(task, *self._sending, return_exceptions=True)
        if redis is not None:
            await redis.aclose()

    def on_news(self, message_id: int, waker: Callable[[], None]) -> Callable[[], None]:
        """Calls `waker` when another server announces news of a turn, until the returned function is called."""
        self._wakers.setdefault(message_id, set()).add(waker)

        def leave() -> None:
            wakers = self._wakers.get(message_id, set())
            wakers.discard(waker)
            if not wakers:
                self._wakers.pop(message_id, None)

        return leave

    def say(self, message: dict[str, Any]) -> None:
        """Tells the other servers, in the background: nothing waits for Redis, and nothing is lost without it."""
        if self._redis is None:
            return
        task = asyncio.get_running_loop().create_task(self._send(msgspec.json.encode(message)))
        self._sending.add(task)
        task.add_done_callback(self._sending.discard)

    async def _send(self, data: bytes) -> None:
        from redis.exceptions import RedisError

        redis = self._redis
        try:
            if redis is not None:
                await redis.publish(self._channel, data)
        except (RedisError, OSError) as error:
            if not self._is_away:  # once: answers that run say something many times a second
                logger.warning("redis is away, the other servers will poll: %s", error)
            self._is_away = True
        else:
            self._is_away = False

    async def _listen(self) -> None:
        from redis.exceptions import RedisError

        while True:
            try:
                async with self._redis.pubsub() as pubsub:
                    await pubsub.subscribe(self._channel)
                    async for message in pubsub.listen():
                        if message["type"] == "message":
                            self._heard(message["data"])
            except (RedisError, OSError) as error:
                logger.warning("redis is away, listening again soon: %s", error)
                await asyncio.sleep(RECONNECT_SECONDS)

    def _heard(self, data: bytes) -> None:
        # the channel is shared: what is not ours is passed over
        with contextlib.suppress(msgspec.DecodeError, AttributeError, TypeError):
            message = msgspec.json.decode(data)
            for message_id in message.get("news", ()):
                for waker in tuple(self._wakers.get(message_id, ())):
                    waker()
            for message_id in message.get("stop", ()):
                self._stop(message_id)


bus = Bus()


def announce(message_ids: Iterable[int]) -> None:
    """Tells the other servers that turns have news in the database."""
    bus.say({"news": list(message_ids)})


def ask_to_stop(message_id: int) -> None:
    """Tells whichever server runs a turn to stop it."""
    bus.say({"stop": [message_id]})
