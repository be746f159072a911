"""Helpers: a provider on the hostile server, with waits that take no time."""

from __future__ import annotations

from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from typing import Any

from chat.llm.base import CallTrace, ModelRequest, Part, Provider, Timeouts
from chat.llm.errors import ModelError
from chat.llm.openai_compatible import OpenAICompatible
from chat.llm.retries import Retries
from tests.hostile_server import HostileServer, Reply
from tests.unit.llm.decoding import Outcome, outcome

MESSAGES = ({"role": "user", "content": "hello"},)
KEY = "sk-test-secret-1234567890"
#: What is waited for here comes at once, or never: other work on the machine must not look like never (seconds).
IN_TIME = 10


class Waits:
    """Notes how long was waited between attempts, and doesn't wait."""

    def __init__(self) -> None:
        self.seconds: list[float] = []

    async def __call__(self, seconds: float) -> None:
        self.seconds.append(seconds)


@asynccontextmanager
async def serving(
    *replies: Reply, timeouts: Timeouts | None = None, **options: Any
) -> AsyncIterator[tuple[OpenAICompatible, HostileServer]]:
    """A provider and the server that it talks to."""
    async with HostileServer() as server:
        server.say(*replies)
        options.setdefault("base_url", server.url)
        provider = OpenAICompatible(api_key=KEY, timeouts=timeouts or Timeouts(), **options)
        provider.retries = Retries(sleep=Waits(), spread=lambda: 1.0)
        try:
            yield provider, server
        finally:
            await provider.aclose()


async def asked(
    provider: Provider,
    trace: CallTrace | None = None,
    model: str = "test-model",
    tools: Sequence[dict[str, Any]] = (),
    **more: Any,
) -> Outcome:
    """One request, read to its end."""
    parts: list[Part] = []
    request = ModelRequest(model, MESSAGES, tools=tools, **more)
    try:
        async for batch in provider.stream(request, trace or CallTrace()):
            assert batch
            parts += batch
    except ModelError as error:
        return outcome(parts, error)
    return outcome(parts)
