"""Time limits, hanging up and slow callers (hostile inputs 1.5)."""

from __future__ import annotations

import asyncio
import zlib
from contextlib import aclosing

import pytest

from chat.llm.base import CallTrace, Finish, ModelRequest, Text, Timeouts, Usage
from tests.hostile_server import (
    DONE,
    Reply,
    chunk,
    event,
    finish,
    stream,
    usage,
    whole,
)
from tests.unit.llm.providers import IN_TIME, MESSAGES, asked, serving

BODY = chunk("Hel") + chunk("lo é") + finish() + usage() + DONE
SOON = Timeouts(first_token=0.5, idle=0.5)
STALLS_SOON = Timeouts(first_token=60, idle=0.2)
PING = b": keep-alive\n\n"


async def test_no_headers_in_time() -> None:
    async with serving(Reply(delay=asyncio.Event()), timeouts=SOON) as (provider, server):
        assert (await asked(provider)).code == "timeout_first_byte"
        await asyncio.wait_for(server.hung_up.wait(), IN_TIME)


async def test_headers_and_then_nothing() -> None:
    async with serving(stream(asyncio.Event()), timeouts=SOON) as (provider, server):
        assert (await asked(provider)).code == "timeout_first_byte"
        await asyncio.wait_for(server.hung_up.wait(), IN_TIME)


@pytest.mark.parametrize("noise", [PING, event({"choices": []}), event({"type": "ping"})])
async def test_noise_is_no_first_token(noise: bytes) -> None:
    async with serving(stream(*[noise, 0.02] * 500), timeouts=SOON) as (provider, server):
        assert (await asked(provider)).code == "timeout_first_byte"
        await asyncio.wait_for(server.hung_up.wait(), IN_TIME)


@pytest.mark.parametrize("noise", [PING, event({"choices": []}), b""])
async def test_a_stall_in_the_middle(noise: bytes) -> None:
    async with serving(stream(chunk("Hello"), *[noise, 0.02] * 500), timeouts=STALLS_SOON) as (provider, server):
        found = await asked(provider)
        assert (found.text, found.code) == ("Hello", "timeout_stall")
        await asyncio.wait_for(server.hung_up.wait(), IN_TIME)


async def test_a_stall_of_a_compressed_answer() -> None:
    squeeze = zlib.compressobj(wbits=31)
    start = squeeze.compress(chunk("Hello")) + squeeze.flush(zlib.Z_SYNC_FLUSH)
    reply = stream(start, asyncio.Event(), headers={"Content-Encoding": "gzip"})
    async with serving(reply, timeouts=STALLS_SOON) as (provider, _):
        found = await asked(provider)
    assert (found.text, found.code) == ("Hello", "timeout_stall")


async def test_the_first_token_has_a_limit_of_its_own() -> None:
    late = stream(1.2, chunk("Hello"), finish(), DONE)
    async with serving(late, timeouts=Timeouts(first_token=60, idle=1)) as (provider, _):
        assert (await asked(provider)).text == "Hello"
    async with serving(stream(asyncio.Event()), timeouts=Timeouts(first_token=0.1, idle=30)) as (provider, _):
        assert (await asyncio.wait_for(asked(provider), IN_TIME)).code == "timeout_first_byte"


async def test_slow_but_steady_is_no_stall() -> None:
    async with serving(stream(*[chunk("a"), 0.2] * 10, finish(), DONE), timeouts=Timeouts(idle=1.5)) as (provider, _):
        assert (await asked(provider)).text == "a" * 10


async def test_a_slow_caller_is_no_stall() -> None:
    async with serving(whole("Hello"), timeouts=Timeouts(idle=1)) as (provider, _):
        parts = []
        async for batch in provider.stream(ModelRequest("m", MESSAGES), CallTrace()):
            parts += batch
            await asyncio.sleep(1.2)
    assert isinstance(parts[-1], Finish)


async def test_done_ends_it_though_the_socket_stays_open() -> None:
    async with serving(stream(BODY, end="open")) as (provider, server):
        found = await asyncio.wait_for(asked(provider), IN_TIME)
        assert found.text == "Hello é"
        await asyncio.wait_for(server.hung_up.wait(), IN_TIME)


async def test_finish_without_done_waits_a_moment_for_usage(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("chat.llm.reader.GRACE_SECONDS", 1)
    more = asyncio.Event()
    async with serving(stream(chunk("Hi"), finish(), more, usage(), end="open")) as (provider, server):
        asking = asyncio.ensure_future(asked(provider))
        await server.arrived.wait()
        more.set()
        found = await asyncio.wait_for(asking, IN_TIME)
        assert (found.text, found.usage) == ("Hi", Usage(7, 3))
        await asyncio.wait_for(server.hung_up.wait(), IN_TIME)


async def test_after_the_finish_noise_does_not_keep_it_open(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("chat.llm.reader.GRACE_SECONDS", 0.1)
    endless = stream(chunk("Hi"), finish(), *[event({"choices": [{"index": 0, "delta": {}}]}), 0.02] * 2000)
    async with serving(endless) as (provider, _):
        assert (await asyncio.wait_for(asked(provider), IN_TIME)).code is None


async def test_closing_hangs_up_at_once() -> None:
    async with serving(stream(chunk("Hi"), asyncio.Event())) as (provider, server):
        async with aclosing(provider.stream(ModelRequest("m", MESSAGES), CallTrace())) as batches:
            assert await anext(batches) == [Text("Hi")]
        await asyncio.wait_for(server.hung_up.wait(), IN_TIME)


@pytest.mark.parametrize(
    "reply",
    [stream(chunk("Hi"), asyncio.Event()), stream(asyncio.Event()), Reply(delay=asyncio.Event())],
    ids=["streaming", "after the headers", "before them"],
)
async def test_cancelling_hangs_up_at_once(reply: Reply) -> None:
    async with serving(reply) as (provider, server):
        asking = asyncio.ensure_future(asked(provider))
        await server.arrived.wait()
        await asyncio.sleep(0.02)
        asking.cancel()
        with pytest.raises(asyncio.CancelledError):
            await asking
        await asyncio.wait_for(server.hung_up.wait(), IN_TIME)


async def test_a_slow_caller_gets_larger_batches() -> None:
    async with serving(stream(*[chunk("a"), 0.005] * 30, finish(), DONE)) as (provider, _):
        batches = []
        async for batch in provider.stream(ModelRequest("m", MESSAGES), CallTrace()):
            batches.append(batch)
            await asyncio.sleep(0.2)
    assert sum(len(part.text) for batch in batches for part in batch if isinstance(part, Text)) == 30
    assert len(batches) < 15


async def test_connections_are_used_again() -> None:
    async with serving(whole("Hi")) as (provider, server):
        for _ in range(5):
            assert (await asked(provider)).text == "Hi"
        assert (len(server.requests), server.connections) == (5, 1)


async def test_many_at_once() -> None:
    async with serving(whole("Hi")) as (provider, _):
        found = await asyncio.gather(*(asked(provider) for _ in range(150)))
    assert {(each.text, each.code) for each in found} == {("Hi", None)}
