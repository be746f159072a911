"""News between servers: whatever comes over the wire, nobody falls; without Redis nothing is said."""

from __future__ import annotations

import asyncio
import uuid
from types import ModuleType
from typing import Any

import msgspec
import pytest

from chat.events import bus as bus_module
from chat.events.bus import POLL_SECONDS, POLL_WITH_REDIS_SECONDS, Bus
from projects import bus as project_bus


@pytest.mark.parametrize("data", [b"", b"{", b"[]", b"1", b'"x"', b"null", b'{"x": 1}', b"\xff", b'{"news": []}'])
def test_nonsense_is_passed_over(data: bytes) -> None:
    Bus()._heard(data)


def test_news_wake_those_who_follow_and_no_others() -> None:
    bus, woken = Bus(), []
    leave = [bus.on_news(n, lambda n=n: woken.append(n)) for n in (1, 1, 2)]
    bus._heard(b'{"news": [1, 3]}')
    assert woken == [1, 1]
    leave[0]()
    leave[0]()
    bus._heard(b'{"news": [1, 2]}')
    assert woken == [1, 1, 1, 2]
    for one in leave:
        one()
    assert not bus._wakers


def test_a_follower_may_leave_while_it_is_woken() -> None:
    bus, woken = Bus(), []

    def wake() -> None:
        woken.append(1)
        leave()

    leave = bus.on_news(1, wake)
    bus.on_news(1, lambda: woken.append(2))
    bus._heard(b'{"news": [1]}')
    assert sorted(woken) == [1, 2]


async def test_without_redis_nothing_is_said() -> None:
    bus = Bus()
    await bus.start(lambda _: None)
    bus.say({"news": [1]})
    assert (bus._sending, bus.poll_seconds) == (set(), POLL_SECONDS)
    await bus.aclose()


@pytest.mark.redis
async def test_two_servers_hear_each_other(redis_url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(bus_module.settings._cache, "REDIS_URL", redis_url)
    monkeypatch.setattr(bus_module, "CHANNEL", f"test:{uuid.uuid4().hex}")
    here, there = Bus(), Bus()
    stopped, news = asyncio.Queue[int](), asyncio.Event()
    await here.start(lambda _: None)
    await there.start(stopped.put_nowait)
    there.on_news(7, news.set)
    assert here.poll_seconds == POLL_WITH_REDIS_SECONDS
    async with asyncio.timeout(10):
        while not news.is_set():  # until the other one listens
            here.say({"news": [7]})
            await asyncio.sleep(0.02)
        here.say({"stop": [9]})
        assert await stopped.get() == 9
    await here.aclose()
    await there.aclose()


@pytest.mark.redis
async def test_what_others_say_in_the_channel_breaks_nothing(redis_url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    from redis import asyncio as redis_asyncio

    monkeypatch.setitem(bus_module.settings._cache, "REDIS_URL", redis_url)
    monkeypatch.setattr(bus_module, "CHANNEL", f"test:{uuid.uuid4().hex}")
    bus, news = Bus(), asyncio.Event()
    await bus.start(lambda _: None)
    bus.on_news(1, news.set)
    async with redis_asyncio.Redis.from_url(redis_url) as redis, asyncio.timeout(10):
        while not news.is_set():
            for data in (
                b"nonsense",
                b"[1]",
                b'{"news": 1}',
                b'{"news": {"a": 1}}',
                msgspec.json.encode({"news": [1]}),
            ):
                await redis.publish(bus_module.channel_of(redis), data)
            await asyncio.sleep(0.02)
    await bus.aclose()


@pytest.mark.redis
@pytest.mark.parametrize("module", [bus_module, project_bus])
def test_two_databases_of_one_redis_are_two_channels(module: ModuleType, redis_url: str) -> None:
    """Redis itself tells a channel to all databases, and the ids of two sites are the same."""
    import redis

    server, _, number = redis_url.rpartition("/")
    urls = [redis_url, f"{server}/{int(number) % 14 + 1}", server]
    clients = [redis.Redis.from_url(url) for url in urls]
    channels = [module.channel_of(client) for client in clients]
    assert channels[0] != channels[1]
    assert channels[2] == f"{module.CHANNEL}:0"
    with clients[0].pubsub() as here, clients[1].pubsub() as there:
        for pubsub, channel in zip((here, there), channels, strict=False):
            pubsub.subscribe(channel)
            assert (pubsub.get_message(timeout=10) or {})["type"] == "subscribe"
        clients[1].publish(channels[1], b"there")
        clients[0].publish(channels[0], b"here")
        assert (here.get_message(timeout=10) or {})["data"] == b"here"
    for client in clients:
        client.close()


@pytest.mark.parametrize("bus", [Bus(), project_bus.Bus(lambda _number, _frame: None)], ids=["chat", "projects"])
async def test_a_redis_that_is_away_is_told_once(bus: Any, caplog: pytest.LogCaptureFixture) -> None:
    class Redis:
        is_away = True

        async def publish(self, *_: object) -> None:
            if self.is_away:
                raise ConnectionRefusedError("away")

    bus._redis = redis = Redis()
    for _ in range(3):
        await bus._send(b"1")
    assert len(caplog.records) == 1
    redis.is_away = False
    await bus._send(b"1")
    redis.is_away = True
    await bus._send(b"1")
    assert len(caplog.records) == 2
