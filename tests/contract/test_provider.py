"""What any provider must do, as `chat.llm.base` promises it.

A new provider joins by one more entry in `PROVIDERS`: an async context manager that gives it, ready to answer.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager, aclosing, asynccontextmanager

import pytest

from chat.llm.base import CallTrace, Finish, ModelInfo, ModelRequest, Part, Provider, Text
from chat.llm.errors import ModelError
from chat.llm.scripted import Script, ScriptedProvider
from tests.hostile_server import DONE, HostileServer, chunk, failure, finish, stream, usage

MESSAGES = ({"role": "user", "content": "Count from one to five."},)
TEXTS = ("One ", "two ", "three ", "four ", "five")


@asynccontextmanager
async def scripted() -> AsyncIterator[Provider]:
    yield ScriptedProvider([Script.text(*TEXTS)])


@asynccontextmanager
async def compatible() -> AsyncIterator[Provider]:
    from chat.llm.openai_compatible import OpenAICompatible

    async with HostileServer() as server:
        steps = [step for text in TEXTS for step in (chunk(text), 0.01)]
        server.say(stream(*steps, finish(), usage(), DONE))
        provider = OpenAICompatible(base_url=server.url)
        yield provider
        server.say(failure("200 OK", {"data": [{"id": "test-model"}]}))
        await provider.aclose()


@asynccontextmanager
async def embedded() -> AsyncIterator[Provider]:
    from chat.llm.embedded import EmbeddedModel

    provider = EmbeddedModel()
    yield provider
    await provider.aclose()


PROVIDERS = [scripted, compatible, pytest.param(embedded, marks=pytest.mark.embedded)]
Make = Callable[[], AbstractAsyncContextManager[Provider]]


@pytest.fixture(params=PROVIDERS)
async def provider(request: pytest.FixtureRequest) -> AsyncIterator[Provider]:
    make: Make = request.param
    async with make() as made:
        yield made


def a_request(tokens: int = 24) -> ModelRequest:
    return ModelRequest("test-model", MESSAGES, max_tokens=tokens)


async def test_an_answer_is_batches_of_parts_and_one_finish(provider: Provider) -> None:
    trace = CallTrace()
    batches = [batch async for batch in provider.stream(a_request(), trace)]
    parts: list[Part] = [part for batch in batches for part in batch]
    assert all(batches), "no empty batches"
    assert isinstance(parts[-1], Finish)
    assert sum(isinstance(part, Finish) for part in parts) == 1
    assert all(part.text for part in parts if isinstance(part, Text))
    assert "".join(part.text for part in parts if isinstance(part, Text)).strip()


async def test_the_trace_tells_what_went_over_the_wire(provider: Provider) -> None:
    trace = CallTrace()
    async for _ in provider.stream(a_request(), trace):
        pass
    assert trace.provider == provider.name
    assert trace.body["messages"] == list(MESSAGES)
    assert (trace.attempts, trace.status) == (1, 200)
    assert trace.usage is not None
    assert trace.usage.completion_tokens


async def test_closing_early_is_clean_and_the_next_request_works(provider: Provider) -> None:
    async with aclosing(provider.stream(a_request(200), CallTrace())) as batches:
        await anext(batches)
    assert [batch async for batch in provider.stream(a_request(), CallTrace())]


async def test_cancelling_is_clean_and_the_next_request_works(provider: Provider) -> None:
    begun = asyncio.Event()

    async def ask() -> None:
        async for _ in provider.stream(a_request(200), CallTrace()):
            begun.set()
            await asyncio.sleep(60)

    asking = asyncio.ensure_future(ask())
    await asyncio.wait_for(begun.wait(), 60)
    asking.cancel()
    with pytest.raises(asyncio.CancelledError):
        await asking
    assert [batch async for batch in provider.stream(a_request(), CallTrace())]


async def test_answers_at_the_same_time_are_apart(provider: Provider) -> None:
    async def ask() -> Part:
        parts = [part async for batch in provider.stream(a_request(8), CallTrace()) for part in batch]
        return parts[-1]

    assert all(isinstance(part, Finish) for part in await asyncio.gather(*(ask() for _ in range(3))))


async def test_models_are_a_list_or_a_model_error(provider: Provider) -> None:
    try:
        models = await provider.models()
    except ModelError:
        return
    assert all(isinstance(info, ModelInfo) and info.id for info in models)


async def test_closing_twice_is_safe(provider: Provider) -> None:
    await provider.aclose()
    await provider.aclose()


def test_flags_are_there(provider: Provider) -> None:
    assert isinstance(provider.supports_tools, bool)
    assert isinstance(provider.supports_usage, bool)
    assert isinstance(provider.is_local, bool)
    assert isinstance(provider.takes_tools("test-model"), bool)
    assert provider.name
