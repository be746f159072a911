"""A turn's request sent to another model, for comparison: nothing of it is stored, no file is changed."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from chat.actions.registry import action_types
from chat.actions.types import Plan as ActionPlan
from chat.context.prompt import Prompt
from chat.events.types import TextDelta
from chat.events.writer import readers
from chat.llm import registry
from chat.models import AIMessage
from chat.texts import site_language
from chat.turns.launch import plan_for
from chat.turns.project_kit import ProjectKit
from chat.turns.turn import Turn
from chat.turns.values import Outcome


@dataclass(frozen=True, slots=True)
class Rerun:
    """What the other model made of it; `model` is what was asked for, and in parentheses what its server calls it."""

    model: str
    status: str
    text: str
    plan: ActionPlan
    cost: str | None


async def rerun(answer: AIMessage, request: Mapping[str, Any], model: str) -> Rerun:
    """Sends the first request of a turn to another model, and plays its tools on the project as it is now."""
    provider, name = registry.provider_for(model)
    conversation = answer.conversation
    native = bool(request.get("tools"))
    kit = ProjectKit(answer, conversation, conversation.user, native=native, language=site_language())
    await readers.run(kit.look)
    kit.types = action_types()

    async def build() -> Prompt:
        return Prompt(list(request["messages"]), tokens=0)

    turn = Turn(plan_for(provider, name, build, kit))
    text: list[str] = []
    outcome = Outcome("failed")
    try:
        async for steps in turn.run():
            for step in steps:
                if isinstance(step, TextDelta):
                    text.append(step.text)
                elif isinstance(step, Outcome):
                    outcome = step
        account = await turn.account(outcome)
        plan = await turn.proposals()
    finally:
        await registry.close_all()
    status = outcome.status if outcome.error is None else f"{outcome.status} ({outcome.error.code})"
    reported = account["model"]
    shown = name if reported in {name, ""} else f"{name} ({reported})"
    return Rerun(shown, status, "".join(text), plan, account["cost"])
