"""Telling the other servers that a project has news: Redis, where one is configured.

A message is the project's number, which only wakes; or the number, who says it, and an event's frame.
"""

from __future__ import annotations

import asyncio
import logging
import secrets
from collections.abc import Callable
from typing import Any

logger = logging.getLogger(__name__)

#: Followed by the number of the database: Redis tells a channel to all of its databases, and two sites may share it.
CHANNEL = "webox:projects"
RECONNECT_SECONDS = 1.0
MOST_DIGITS = 18


def channel_of(redis: Any) -> str:
    """The channel of a client's own database."""
    return f"{CHANNEL}:{redis.get_connection_kwargs().get('db') or 0}"


class Bus:
    """This process's ear and voice."""

    def __init__(self, on_news: Callable[[int, bytes], None]) -> None:
        self._on_news = on_news
        self._name = secrets.token_hex(8).encode()
        self._is_away = False
        self._redis: Any = None
        self._channel = CHANNEL
        self._task: asyncio.Task[None] | None = None
        self._sending: set[asyncio.Task[None]] = set()

    @property
    def is_on(self) -> bool:
        return self._redis is not None

    async def start(self, url: str) -> None:
        """Begins to listen, where there is a Redis."""
        if not url or self._task is not None:
            return
        from redis import asyncio as redis_asyncio

        self._redis = redis_asyncio.Redis.from_url(url)
        self._channel = channel_of(self._redis)
        self._task = asyncio.create_task(self._listen())

    async def aclose(self) -> None:
        task, self._task = self._task, None
        redis, self._redis = self._redis, None
        if task is not None:
            task.cancel()
            await asyncio.gather(task, *self._sending, return_exceptions=True)
        if redis is not None:
            await redis.aclose()

    def say(self, project_id: int, frame: bytes = b"") -> None:
        """In the background: nothing waits for Redis, and without it the others look by themselves."""
        if self._redis is None:
            return
        said = b" %b %b" % (self._name, frame) if frame else b""
        task = asyncio.get_running_loop().create_task(self._send(b"%d%b" % (project_id, said)))
        self._sending.add(task)
        task.add_done_callback(self._sending.discard)

    async def _send(self, message: bytes) -> None:
        from redis.exceptions import RedisError

        redis = self._redis
        try:
            if redis is not None:
                await redis.publish(self._channel, message)
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
                            self._heard(bytes(message["data"]))
            except (RedisError, OSError) as error:
                logger.warning("redis is away, listening again soon: %s", error)
            await asyncio.sleep(RECONNECT_SECONDS)

    def _heard(self, data: bytes) -> None:
        """The channel is shared: what begins with no number is passed over. A frame is not told where it comes from."""
        number, _, said = data.partition(b" ")
        name, _, frame = said.partition(b" ")
        if number.isdigit() and len(number) <= MOST_DIGITS and name != self._name:
            self._on_news(int(number), frame)
