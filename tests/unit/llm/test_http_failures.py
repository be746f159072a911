"""Requests that fail as a whole (hostile inputs 1.6), and keys that must not show."""

from __future__ import annotations

import asyncio
import gzip
import logging

import pytest

from chat.llm.base import CallTrace, ModelRequest, Usage
from chat.llm.openai_compatible import OpenAICompatible
from tests.hostile_server import (
    HostileServer,
    Reply,
    chunk,
    event,
    failure,
    stream,
    whole,
)
from tests.unit.llm.providers import IN_TIME, KEY, asked, serving


@pytest.mark.parametrize(
    ("reply", "code", "status"),
    [
        (failure("401 Unauthorized", {"error": {"message": f"Incorrect API key provided: {KEY}"}}), "auth", 401),
        (
            failure("404 Not Found", {"error": {"code": "model_not_found", "message": "no model"}}),
            "model_not_found",
            404,
        ),
        (failure("404 Not Found", b"<html>nginx</html>"), "bad_endpoint", 404),
        (failure("307 Temporary Redirect", b"", {"Location": "http://127.0.0.1:1/v1"}), "bad_endpoint", 307),
        (failure("308 Permanent Redirect", b"", {"Location": "http://127.0.0.1:1/v1"}), "bad_endpoint", 308),
        (failure("400 Bad Request", {"error": {"code": "context_length_exceeded"}}), "context_length", 400),
        (failure("200 OK", b"<html><title>Login</title></html>"), "bad_endpoint", 200),
        (failure("200 OK", {"error": {"message": "boom", "code": 400}}), "bad_request", 200),
        (failure("200 OK", b""), "bad_response", 200),
        (failure("204 No Content", b""), "bad_response", 204),
        (failure("400 Bad Request", b"x" * 5_000_000), "bad_request", 400),
        (
            failure(
                "400 Bad Request",
                gzip.compress(b'{"error":{"code":"context_length_exceeded"}}'),
                {"Content-Encoding": "gzip"},
            ),
            "context_length",
            400,
        ),
        (failure("400 Bad Request", b"not gzip", {"Content-Encoding": "gzip"}), "bad_request", 400),
    ],
)
async def test_failures(reply: Reply, code: str, status: int) -> None:
    async with serving(reply) as (provider, server):
        trace = CallTrace()
        found = await asked(provider, trace)
        assert (found.code, trace.status, len(server.requests)) == (code, status, 1)
        assert found.error is not None
        assert KEY not in repr(found.error)


async def test_a_plain_completion_in_place_of_a_stream() -> None:
    body = {
        "model": "m",
        "choices": [{"message": {"content": "Hi"}, "finish_reason": "stop"}],
        "usage": {"prompt_tokens": 7, "completion_tokens": 3},
    }
    async with serving(failure("200 OK", body)) as (provider, _):
        found = await asked(provider)
    assert (found.text, found.usage, found.code) == ("Hi", Usage(7, 3), None)


async def test_an_error_body_that_never_ends(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("chat.llm.transport.ERROR_BODY_SECONDS", 0.05)
    reply = Reply((b'{"error":', asyncio.Event()), "400 Bad Request")
    async with serving(reply) as (provider, _):
        assert (await asyncio.wait_for(asked(provider), IN_TIME)).code == "bad_request"


async def test_of_an_error_body_only_the_beginning_is_read() -> None:
    reply = Reply((b"x" * 70_000, asyncio.Event()), "400 Bad Request")
    async with serving(reply) as (provider, server):
        assert (await asyncio.wait_for(asked(provider), IN_TIME)).code == "bad_request"
        await asyncio.wait_for(server.hung_up.wait(), IN_TIME)


async def test_text_before_an_error_is_kept() -> None:
    async with serving(stream(chunk("Hello") + event({"error": {"message": "boom", "code": 503}}))) as (
        provider,
        server,
    ):
        found = await asked(provider)
    assert (found.text, found.code, len(server.requests)) == ("Hello", "unavailable", 1)


@pytest.mark.parametrize(
    ("address", "code"),
    [
        ("http://127.0.0.1:1/v1", "connection"),
        ("localhost:11434/v1", "bad_endpoint"),
        ("ftp://127.0.0.1/v1", "bad_endpoint"),
        ("http://", "bad_endpoint"),
        ("http://[::1", "bad_endpoint"),
        ("http://127.0.0.1:99999/v1", "bad_endpoint"),
    ],
)
async def test_addresses_that_lead_nowhere(address: str, code: str) -> None:
    async with serving(base_url=address) as (provider, _):
        assert (await asked(provider)).code == code


async def test_a_server_that_does_not_speak_http() -> None:
    async def babble(_: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(b"SSH-2.0-OpenSSH\r\n")
        writer.close()

    server = await asyncio.start_server(babble, "127.0.0.1", 0)
    port = server.sockets[0].getsockname()[1]
    async with serving(base_url=f"http://127.0.0.1:{port}/v1") as (provider, _):
        assert (await asked(provider)).code in ("connection", "bad_response")
    server.close()


@pytest.mark.parametrize("key", ["clé-secrète", "sk-a\nb", "sk-\x00", "ключ"])
async def test_keys_that_can_not_be_sent(key: str) -> None:
    async with HostileServer() as server:
        server.say(whole("Hi"))
        provider = OpenAICompatible(api_key=key, base_url=server.url)
        found = await asked(provider)
        await provider.aclose()
    assert found.code == "auth"
    assert key not in repr(found.error)


async def test_the_key_is_nowhere(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    echo = failure("400 Bad Request", {"error": f"you sent {KEY}"}, {"X-Echo": KEY})
    async with serving(echo, base_url=None) as (provider, server):
        provider.base_url = server.url
        trace = CallTrace()
        found = await asked(provider, trace)
    assert KEY not in repr(trace) + repr(found.error) + caplog.text


async def test_secrets_in_the_address_are_not_traced() -> None:
    provider = OpenAICompatible(base_url="http://user:secret@127.0.0.1:1/v1?token=secret")
    trace = CallTrace()
    await asked(provider, trace)
    await provider.aclose()
    assert "secret" not in repr(trace)
    assert trace.base_url.startswith("http://127.0.0.1:1/v1")


async def test_text_that_is_no_unicode_is_sent_all_the_same() -> None:
    async with serving(whole("Hi")) as (provider, server):
        request = ModelRequest("m", [{"role": "user", "content": "half \ud83d"}])
        async for _ in provider.stream(request, CallTrace()):
            pass
        assert server.requests[0].body["messages"][0]["content"] == "half \ud83d"
