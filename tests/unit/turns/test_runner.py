"""What runs a turn is gone when the turn is over."""

from __future__ import annotations

import asyncio
import gc
import weakref
from collections.abc import Iterator, Mapping
from typing import Any

import pytest

from chat.actions.types import Plan as ActionPlan
from chat.events import log as log_module
from chat.events.log import TurnLog
from chat.events.types import TurnStarted
from chat.llm.scripted import Script
from chat.models import AIConversation, AIMessage
from chat.turns import runner as runner_module
from chat.turns.finish import Ending
from chat.turns.kit import Proposed
from chat.turns.runner import Runner
from tests.unit.turns.plans import plan_of


class NoDatabase:
    """Saves nothing, and says that it did."""

    def touch(self, log: TurnLog) -> None:
        """Nothing is saved."""

    async def finish(self, ending: Ending, owner: str) -> bool:
        """It was ours."""
        return True


class NoProposals:
    """Proposes nothing."""

    async def propose(self, planned: ActionPlan, repaired: Mapping[int, int], *, whole: bool) -> Proposed:
        """Nothing."""
        return Proposed([])


@pytest.fixture(autouse=True)
def without_a_database(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(log_module, "saver", NoDatabase())
    monkeypatch.setattr(runner_module, "finisher", NoDatabase())


@pytest.fixture
def no_collector() -> Iterator[None]:
    """Nothing but reference counts frees anything."""
    gc.collect()
    gc.disable()
    yield
    gc.enable()


@pytest.mark.usefixtures("no_collector")
async def test_a_turn_that_is_over_needs_no_collector_to_be_freed() -> None:
    """A server that waits for its collector grows by some KiB with every answer, for thousands of them."""
    gone = await asyncio.create_task(_played())
    await asyncio.sleep(0)
    assert [name for name, there in gone.items() if there() is not None] == []


async def _played() -> dict[str, weakref.ref[Any]]:
    answer = AIMessage(pk=2, conversation=AIConversation(pk=1), role="assistant", status="streaming")
    started = TurnStarted(2, 1, 1, "t", "scripted", "2026-01-01T00:00:00+00:00")
    runner = Runner(
        answer,
        started,
        plan_of(Script.text("Bon", "jour")),
        "me",
        lambda code, detail, received=True: code,
        NoProposals(),
    )
    await runner.start(timeout=60)
    assert answer.status == "complete"
    assert answer.content == "Bonjour"
    return {"runner": weakref.ref(runner), "log": weakref.ref(runner.log), "answer": weakref.ref(answer)}
