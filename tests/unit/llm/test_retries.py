"""Sending again: what passes, and what a server refuses to take."""

from __future__ import annotations

import pytest

from chat.llm.base import CallTrace
from tests.hostile_server import (
    DONE,
    Reply,
    event,
    failure,
    finish,
    stream,
    whole,
)
from tests.unit.llm.providers import asked, serving

PING = b": keep-alive\n\n"

BUSY = failure("503 Service Unavailable", {"error": {"message": "Loading model"}})


async def test_it_tries_again_while_nothing_came() -> None:
    async with serving(BUSY, stream(end="cut"), whole("Hi")) as (provider, _):
        trace = CallTrace()
        found = await asked(provider, trace)
    assert (found.text, trace.attempts, trace.status) == ("Hi", 3, 200)
    assert [(row["code"], row["status"], row["wait"]) for row in trace.retries] == [
        ("unavailable", 503, 0.5),
        ("connection_cut", None, 1.0),
    ]


async def test_it_tries_twice_and_no_more() -> None:
    async with serving(BUSY) as (provider, server):
        assert (await asked(provider)).code == "unavailable"
        assert len(server.requests) == 3


@pytest.mark.parametrize(("wait", "requests"), [("2", 2), ("0", 2), ("nonsense", 2), ("3600", 1)])
async def test_retry_after_is_obeyed_up_to_a_limit(wait: str, requests: int) -> None:
    limited = failure("429 Too Many Requests", {"error": {"message": "Rate limit"}}, {"Retry-After": wait})
    async with serving(limited, whole("Hi")) as (provider, server):
        found = await asked(provider)
        assert len(server.requests) == requests
        waited = getattr(provider.retries.sleep, "seconds", [])
    assert found.code == (None if requests == 2 else "rate_limit")
    assert waited == ([] if requests == 1 else [0.5 if wait == "nonsense" else float(wait)])


async def test_an_error_in_the_stream_before_any_text_is_tried_again() -> None:
    overloaded = stream(PING, event({"error": {"code": 529, "message": "overloaded"}}))
    async with serving(overloaded, whole("Hi")) as (provider, _):
        assert (await asked(provider)).text == "Hi"


@pytest.mark.parametrize(
    "reply",
    [
        failure("429 Too Many Requests", {"error": {"code": "insufficient_quota"}}),
        failure("401 Unauthorized", {}),
        failure("400 Bad Request", {"error": {"message": "no"}}),
        stream(finish(), DONE),
        stream(event({"error": {"code": 400, "message": "no"}})),
    ],
)
async def test_what_will_not_pass_is_not_tried_again(reply: Reply) -> None:
    async with serving(reply) as (provider, server):
        assert (await asked(provider)).code
        assert len(server.requests) == 1


def refusing(message: str, status: str = "400 Bad Request") -> Reply:
    return failure(status, {"error": {"message": message}})


@pytest.mark.parametrize(
    "refusal",
    [
        refusing("Unrecognized request argument supplied: stream_options"),
        failure(
            "422 Unprocessable Entity",
            {"detail": [{"loc": ["body", "stream_options"], "msg": "Extra inputs are not permitted"}]},
        ),
    ],
)
async def test_stream_options_refused(refusal: Reply) -> None:
    async with serving(refusal, whole("Hi")) as (provider, server):
        trace = CallTrace()
        assert (await asked(provider, trace)).text == "Hi"
        assert "stream_options" not in trace.body
        assert (trace.attempts, trace.retries) == (2, [])
        await asked(provider)
        assert ["stream_options" in request.body for request in server.requests] == [True, False, False]


async def test_max_tokens_refused() -> None:
    refusal = refusing(
        "Unsupported parameter: 'max_tokens' is not supported with this model. Use 'max_completion_tokens' instead."
    )
    async with serving(refusal, whole("Hi")) as (provider, server):
        assert (await asked(provider, max_tokens=9)).text == "Hi"
        assert server.requests[1].body["max_completion_tokens"] == 9
        assert "max_tokens" not in server.requests[1].body


async def test_temperature_refused() -> None:
    refusal = refusing("Unsupported value: 'temperature' does not support 0.2 with this model.")
    async with serving(refusal, whole("Hi")) as (provider, server):
        assert (await asked(provider, temperature=0.2)).text == "Hi"
        assert "temperature" not in server.requests[1].body


async def test_all_three_refused_one_after_the_other() -> None:
    async with serving(
        refusing("stream_options not supported"),
        refusing("use max_completion_tokens, max_tokens not supported"),
        refusing("temperature not supported"),
        whole("Hi"),
    ) as (provider, _):
        assert (await asked(provider, max_tokens=9, temperature=0.2)).text == "Hi"


async def test_a_server_that_refuses_for_ever() -> None:
    async with serving(refusing("stream_options not supported")) as (provider, server):
        assert (await asked(provider)).code == "bad_request"
        assert len(server.requests) == 2


async def test_tools_refused_is_told_and_remembered() -> None:
    tool = {"type": "function", "function": {"name": "read", "parameters": {}}}
    async with serving(refusing("gemma does not support tools"), whole("Hi")) as (provider, _):
        assert provider.takes_tools("test-model")
        found = await asked(provider, tools=[tool])
        assert type(found.error).__name__ == "ToolsRefused"
        assert not provider.takes_tools("test-model")
        assert provider.takes_tools("other-model")
