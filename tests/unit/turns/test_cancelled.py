"""A turn that is stopped while it asks what a file was: what it had read is not lost."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, Mapping
from types import SimpleNamespace
from typing import Any, cast

import pytest

from chat.actions.kinds import BUILT_IN
from chat.context.prompt import Prompt
from chat.events import log as log_module
from chat.events.types import BasesShown, Event, TextDelta, TurnStarted
from chat.llm.base import CallTrace, Finish, ModelInfo, ModelRequest, Part, Provider, Text, Usage
from chat.models import AIConversation, AIMessage
from chat.turns import runner as runner_module
from chat.turns.kit import Kit
from chat.turns.runner import Runner
from chat.turns.turn import Plan, Turn
from tests.unit.turns.test_runner import NoDatabase, NoProposals

BLOCK = "Voici.\n```text a.txt\nun\n```\n"
PROMPT = cast(
    Prompt,
    SimpleNamespace(
        messages=[],
        tokens=1,
        due=None,
        left_out=[],
        dropped_messages=0,
        summarised_messages=0,
        files=list,
        receipt=dict,
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

    async def estimate(*_: Any) -> Usage:
        return Usage()

    return Turn(Plan("m", OneBlock(), build, price, estimate, kit=cast(Kit, kit)))


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


async def test_its_text_is_in_the_answer(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(log_module, "saver", NoDatabase())
    monkeypatch.setattr(runner_module, "finisher", NoDatabase())
    kit = SlowKit()
    answer = AIMessage(pk=2, conversation=AIConversation(pk=1), role="assistant", status="streaming")
    started = TurnStarted(2, 1, 1, "t", "m", "2026-01-01T00:00:00+00:00")
    runner = Runner(answer, started, turn_with(kit).plan, "me", lambda code, detail, received=True: code, NoProposals())
    runner.start(30)
    await kit.asked.wait()
    runner.stop("stopped")
    await runner.stopped()
    assert (answer.status, answer.content) == ("stopped", BLOCK)
