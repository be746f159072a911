"""The fake model that the package ships."""

from __future__ import annotations

import asyncio
from contextlib import aclosing

import pytest

from chat.llm.base import CallTrace, Finish, ModelRequest, Text, ToolCallDelta
from chat.llm.errors import Busy
from chat.llm.scripted import Script, ScriptedProvider
from tests.unit.llm.providers import asked


async def test_scripts_in_turn_and_the_last_for_ever() -> None:
    provider = ScriptedProvider([Script.text("a"), Script.text("b", "c")])
    assert [(await asked(provider)).text for _ in range(3)] == ["a", "bc", "bc"]
    assert len(provider.requests) == 3


async def test_an_event_decides_when_the_model_goes_on() -> None:
    go = asyncio.Event()
    provider = ScriptedProvider([Script.of(Text("a"), go, [Text("b"), Finish("stop", "stop")])])
    async with aclosing(provider.stream(ModelRequest("m", []), CallTrace())) as batches:
        assert await anext(batches) == [Text("a")]
        waiting = asyncio.ensure_future(anext(batches))
        await asyncio.sleep(0)
        assert not waiting.done()
        go.set()
        assert (await waiting)[0] == Text("b")


async def test_errors_and_scripts_that_break_off() -> None:
    provider = ScriptedProvider([Script.of(Text("a"), 0.0, Busy("overloaded")), Script.of(Text("b"))])
    assert (await asked(provider)).code == "overloaded"
    found = await asked(provider)
    assert (found.text, found.code) == ("b", "connection_cut")


async def test_tool_calls() -> None:
    provider = ScriptedProvider([Script.calls(("read", '{"path": "a"}'), ("list", "{}"), text="Let me see")])
    found = await asked(provider)
    assert [(call.name, call.arguments) for call in found.tools] == [("read", '{"path": "a"}'), ("list", "{}")]
    assert isinstance(Script.calls(("a", "{}")).steps[0], ToolCallDelta)


async def test_an_answer_made_from_the_request() -> None:
    provider = ScriptedProvider(answer=lambda request: Script.text(str(request.messages[0]["content"]).upper()))
    assert (await asked(provider)).text == "HELLO"


async def test_it_counts_streams_that_were_closed() -> None:
    provider = ScriptedProvider([Script.of(Text("a"), asyncio.Event())])
    async with aclosing(provider.stream(ModelRequest("m", []), CallTrace())) as batches:
        await anext(batches)
        assert (provider.open, provider.closed) == (1, 0)
    assert (provider.open, provider.closed) == (0, 1)
    asking = asyncio.ensure_future(asked(provider))
    await asyncio.sleep(0)
    asking.cancel()
    with pytest.raises(asyncio.CancelledError):
        await asking
    assert (provider.open, provider.closed) == (0, 2)
