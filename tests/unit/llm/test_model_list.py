"""The models that a server lists."""

from __future__ import annotations

import asyncio

import pytest

from tests.hostile_server import (
    Reply,
    failure,
    stream,
)
from tests.unit.llm.providers import serving


@pytest.mark.parametrize(
    ("body", "names"),
    [
        ({"object": "list", "data": [{"id": "b"}, {"id": "a"}]}, ["b", "a"]),
        ([{"id": "a"}], ["a"]),
        ({"models": [{"name": "a"}, {"model": "b"}]}, ["a", "b"]),
        (
            {"data": ["a", "b", 1, None, {}, {"id": ""}, {"id": 5}, {"id": "x" * 500}, {"id": "a\x00"}, {"id": "a"}]},
            ["a", "b"],
        ),
        ({"data": []}, []),
        ({"data": [{"id": str(i)} for i in range(5000)]}, [str(i) for i in range(2000)]),
    ],
)
async def test_models(body: object, names: list[str]) -> None:
    async with serving(failure("200 OK", body)) as (provider, server):
        assert [info.id for info in await provider.models()] == names
        assert server.requests[0].path == "/v1/models"


async def test_context_windows() -> None:
    rows = [
        {"id": "a", "context_length": 10},
        {"id": "b", "max_model_len": 20},
        {"id": "c", "meta": {"n_ctx": 30}},
        {"id": "d", "context_window": "40"},
        {"id": "e", "context_window": -1},
        {"id": "f", "max_context_length": 99, "loaded_context_length": 60},
        {"id": "g", "meta": {"n_ctx_train": 99, "n_ctx": 70}},
        {"id": "h", "context_length": 99, "meta": {"n_ctx": 80}},
    ]
    async with serving(failure("200 OK", {"data": rows})) as (provider, _):
        assert provider.window_of("a") is None
        assert [info.context_window for info in await provider.models()] == [10, 20, 30, None, None, 60, 70, 80]
        assert [provider.window_of(name) for name in "adfz"] == [10, None, 60, None]


@pytest.mark.parametrize(
    ("reply", "code"),
    [
        (failure("404 Not Found", b""), "bad_endpoint"),
        (failure("401 Unauthorized", b""), "auth"),
        (failure("200 OK", b"<html></html>"), "bad_endpoint"),
        (failure("200 OK", b"[" * 100_000), "bad_response"),
        (failure("200 OK", {"error": {"message": "no", "code": 403}}), "permission"),
        (failure("200 OK", {"hello": 1}), "bad_response"),
        (failure("200 OK", b" " * 9_000_000), "bad_response"),
        (stream(b'{"data":', end="cut"), "connection"),
    ],
)
async def test_models_that_can_not_be_listed(reply: Reply, code: str) -> None:
    async with serving(reply) as (provider, _):
        with pytest.raises(Exception, match=code):
            await provider.models()


async def test_listing_models_takes_no_longer_than_its_limit(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("chat.llm.openai_compatible.LIST_SECONDS", 0.05)
    async with serving(stream(asyncio.Event())) as (provider, _):
        with pytest.raises(Exception, match="timeout_first_byte"):
            await provider.models()
