"""Answers over a hostile wire (hostile inputs 1.5)."""

from __future__ import annotations

import asyncio
import gzip
import zlib

import httpx2
import pytest
from aiohttp.client_proto import ResponseHandler

from chat.llm import transport
from chat.llm.base import CallTrace, Usage
from tests.hostile_server import (
    DONE,
    HostileServer,
    Reply,
    chunk,
    finish,
    pieces,
    stream,
    usage,
    whole,
)
from tests.unit.llm.providers import KEY, MESSAGES, asked, serving

BODY = chunk("Hel") + chunk("lo é") + finish() + usage() + DONE


async def test_an_answer() -> None:
    async with serving(whole("Hel", "lo")) as (provider, server):
        trace = CallTrace()
        found = await asked(provider, trace, max_tokens=5, temperature=0.5)
    assert (found.text, found.usage, found.code) == ("Hello", Usage(7, 3), None)
    sent = server.requests[0]
    assert (sent.method, sent.path) == ("POST", "/v1/chat/completions")
    assert sent.headers["authorization"] == f"Bearer {KEY}"
    assert (
        sent.body
        == trace.body
        == {
            "model": "test-model",
            "messages": list(MESSAGES),
            "stream": True,
            "stream_options": {"include_usage": True},
            "max_tokens": 5,
            "temperature": 0.5,
        }
    )
    assert (trace.provider, trace.base_url, trace.attempts, trace.status) == ("openai", server.url, 1, 200)
    assert (trace.model, trace.response_id, trace.usage) == ("test-model", "chatcmpl-1", Usage(7, 3))


WIRES = {
    "single bytes": stream(*pieces(BODY)),
    "one piece": stream(BODY),
    "until the connection closes": stream(BODY, framing="close"),
    "with a length": stream(BODY, framing="length"),
    "gzip": stream(gzip.compress(BODY), headers={"Content-Encoding": "gzip"}),
    "gzip in single bytes": stream(*pieces(gzip.compress(BODY)), headers={"Content-Encoding": "gzip"}),
    "deflate": stream(zlib.compress(BODY), headers={"Content-Encoding": "deflate"}),
    "wrong content type": stream(BODY, headers={"Content-Type": "text/html"}),
    "no content type": stream(BODY, headers={}),
    "CRLF, 3 bytes at a time": stream(*pieces(BODY.replace(b"\n", b"\r\n"), 3)),
    "no final blank line": stream(BODY.rstrip()),
    "reset after the finish": stream(BODY, end="reset"),
    "connection ends after the finish, without the last chunk": stream(BODY, end="cut"),
    "a comment first": stream(b": OPENROUTER PROCESSING\n\n", BODY),
}


@pytest.mark.parametrize("name", WIRES)
async def test_wires_that_carry_a_whole_answer(name: str) -> None:
    async with serving(WIRES[name]) as (provider, _):
        found = await asked(provider)
    assert (found.text, found.code, found.finish is not None) == ("Hello é", None, True)


CUTS = {
    "reset in the middle": stream(chunk("Hello"), chunk("cut")[:30], end="reset"),
    "end without the last chunk": stream(chunk("Hello"), end="cut"),
    "end in the middle of an event": stream(chunk("Hello"), chunk("cut")[:30]),
    "shorter than its length": stream(chunk("Hello"), framing="length", headers={"Content-Length": "9999"}, end="cut"),
    "gzip cut": stream(gzip.compress(chunk("Hello") + chunk("cut") * 500)[:-40], headers={"Content-Encoding": "gzip"}),
    "gzip that is none": stream(chunk("x"), headers={"Content-Encoding": "gzip"}),
}


@pytest.mark.parametrize("name", CUTS)
async def test_a_cut_answer_is_never_whole_and_never_sent_again(name: str) -> None:
    async with serving(CUTS[name]) as (provider, server):
        trace = CallTrace()
        found = await asked(provider, trace)
        assert found.code == "connection_cut"
        if found.text:
            assert found.text.startswith("Hello")
            assert (len(server.requests), trace.retries) == (1, [])


async def test_broken_chunk_framing() -> None:
    broken = Reply((b"zz\r\nnot hex",), headers={"Transfer-Encoding": "chunked"}, framing="close")
    async with serving(broken) as (provider, _):
        assert (await asked(provider)).code in ("connection_cut", "connection")


async def test_between_two_pulls_nothing_is_read() -> None:
    """Bytes gather in the kernel meanwhile; at the end the connection is aiohttp's again, and must not stay paused."""
    async with (
        HostileServer() as server,
        httpx2.AsyncClient(transport=transport.AiohttpTransport(secure=False)) as client,
    ):
        for _ in range(2):
            go = asyncio.Event()
            server.say(stream(chunk("a"), go, chunk("b")))
            async with client.stream("POST", server.url, json={}) as response:
                body = response.extensions[transport.BODY]
                assert await body.pull() == chunk("a")
                assert not body._transport.is_reading()
                go.set()
                assert b"".join([data async for data in body]) == chunk("b")
                assert body._transport.is_reading()
        assert server.connections == 1


async def test_what_came_as_many_small_chunks_is_read_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """A server sends each token as an HTTP chunk of its own: the connection is asked to go on for each read, and not
    for each of them."""
    asked_on: list[None] = []
    usual = ResponseHandler.resume_reading

    def counted(self: ResponseHandler, resume_parser: bool = True) -> None:
        asked_on.append(None)
        usual(self, resume_parser)

    monkeypatch.setattr(ResponseHandler, "resume_reading", counted)
    several = [chunk(f"word {number} ") for number in range(300)]
    async with (
        HostileServer() as server,
        httpx2.AsyncClient(transport=transport.AiohttpTransport(secure=False)) as client,
    ):
        for _ in range(2):
            go = asyncio.Event()
            server.say(stream(chunk("a"), go, *several))
            async with client.stream("POST", server.url, json={}) as response:
                body = response.extensions[transport.BODY]
                assert await body.pull() == chunk("a")
                go.set()
                pulls = [data async for data in body]
                assert b"".join(pulls) == b"".join(several)
                assert len(asked_on) <= len(pulls) + 2 < 100
                asked_on.clear()
                assert await body.pull() == b""
        assert server.connections == 1


async def test_an_answer_whose_status_has_no_body() -> None:
    async with (
        HostileServer() as server,
        httpx2.AsyncClient(transport=transport.AiohttpTransport(secure=False)) as client,
    ):
        server.say(Reply((), status=204, framing="length"))
        async with client.stream("POST", server.url, json={}) as response:
            assert await response.extensions[transport.BODY].pull() == b""
