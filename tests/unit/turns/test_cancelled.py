"""A turn that is stopped while it asks what a file was: what it had read is not lost."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, Mapping
from types import SimpleNamespace
from typing import Any, cast

from chat.actions.kinds import BUILT_IN
from chat.context.prompt import Prompt
from chat.events.types import BasesShown, Event, TextDelta
from chat.llm.base import CallTrace, Finish, ModelInfo, ModelRequest, Part, Provider, Text
from chat.turns.kit import Kit
from chat.turns.turn import Plan, Turn

BLOCK = "Voici.\n```text a.txt\nun\n```\n"
PROMPT = cast(
    Prompt,
    SimpleNamespace(
        messages=[], tokens=1, due=None, left_out=[], dropped_messages=0, summarised_messages=0, files=list
    ),
)


class OneBlock(Provider):
    """A model that writes one file."""

    name = "one"

    async def stream(self, request: ModelRequest, trace: CallTrace) -> AsyncGenerator[list[Part], None]:
        yield [Text(BLOCK)]
        yield [Finish("stop", "stop")]

    async def models(self) -> list[ModelInfo]:
        return []

    async def aclose(self) -> None:
        pass


class SlowKit:
    """What knows the project, and takes its time."""

    native, types = False, BUILT_IN

    def __init__(self) -> None:
        self.asked = asyncio.Event()
        self.answers = asyncio.Event()

    def tools(self, *, reads: bool) -> list[Mapping[str, Any]]:
        return []

    async def bases(self, paths: Any) -> Mapping[str, str | None]:
        self.asked.set()
        await self.answers.wait()
        return dict.fromkeys(paths, "00")


def turn_with(kit: SlowKit) -> Turn:
    async def build() -> Prompt:
        return PROMPT

    async def price(*_: Any) -> None:
        return None

    return Turn(Plan("m", OneBlock(), build, price, cast(Any, price), kit=cast(Kit, kit)))


def test_what_was_read_when_it_was_stopped_is_there() -> None:
    async def scene() -> None:
        kit = SlowKit()
        turn = turn_with(kit)
        seen: list[Event] = []

        async def follow() -> None:
            async for steps in turn.run():
                seen.extend(step for step in steps if isinstance(step, Event))

        task = asyncio.create_task(follow())
        await kit.asked.wait()
        task.cancel()
        await asyncio.wait([task])
        assert not any(isinstance(event, TextDelta) for event in seen)
        assert [event.text for event in turn.left if isinstance(event, TextDelta)] == [BLOCK]

    asyncio.run(scene())


def test_the_digest_is_told_before_the_proposal() -> None:
    async def scene() -> None:
        kit = SlowKit()
        kit.answers.set()
        turn = turn_with(kit)
        async for steps in turn.run():
            types = [step.type for step in steps if isinstance(step, Event)]
            if "bases.shown" in types:
                assert types.index("bases.shown") < types.index("action.started")
                assert BasesShown({"a.txt": "00"}) in steps
                assert turn.left == []
                return
        raise AssertionError("no digest was told")

    asyncio.run(scene())
