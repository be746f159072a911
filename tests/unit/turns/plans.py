"""Turns over a scripted model, without a database."""

from __future__ import annotations

import itertools
from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from chat.context.prompt import Prompt
from chat.llm.base import Usage
from chat.llm.scripted import Script, ScriptedProvider
from chat.turns.turn import Plan, Turn
from chat.turns.values import Outcome, Step

PROMPT = Prompt([{"role": "user", "content": "Salut"}], tokens=7)


async def no_price(model: str, usage: Usage) -> str | None:
    """Unknown."""
    return None


async def count(messages: Sequence[Any], text: str) -> Usage:
    """One token for each message and for each character."""
    return Usage(len(messages), len(text), estimated=True)


async def prompt() -> Prompt:
    """Always the same."""
    return PROMPT


def plan_of(*scripts: Script, **changes: Any) -> Plan:
    """A plan whose clock ticks a second at each look."""
    clock = itertools.count()
    plan = Plan("scripted", ScriptedProvider(scripts), prompt, no_price, count, now=lambda: float(next(clock)))
    return replace(plan, **changes)


async def played(plan: Plan) -> tuple[Turn, list[Step]]:
    """A turn, run to its end, and all its steps."""
    turn = Turn(plan)
    return turn, [step async for steps in turn.run() for step in steps]


async def outcome_of(*script: Any, **changes: Any) -> Outcome:
    """How a turn with such a script ends."""
    _, steps = await played(plan_of(Script.of(*script), **changes))
    assert isinstance(steps[-1], Outcome)
    assert not any(isinstance(step, Outcome) for step in steps[:-1])
    return steps[-1]
