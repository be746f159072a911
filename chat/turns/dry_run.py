"""What a request would be, by the same builder as a turn's: nothing is sent and nothing is kept."""

from __future__ import annotations

import logging
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from chat.actions.formats import style_of
from chat.actions.registry import action_types
from chat.actions.tools import schemas
from chat.conf import settings
from chat.context.builder import Request, build
from chat.context.pointers import pointed
from chat.context.prompt import Prompt
from chat.events.writer import UNAVAILABLE, readers
from chat.llm import pricing
from chat.llm.base import Provider, Usage
from chat.models import AIConversation
from chat.turns.history import History, history_of
from chat.turns.launch import LEAST_INSTRUCTED
from chat.turns.summaries import Work, used_by, work_of
from chat.turns.words import instructions

logger = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Wanted:
    """What a prompt is made for.  `native` says whether the model takes tools, `writes` whether the person may change
    the project's files."""

    project: Any
    content: str
    model: str
    budget: int
    language: str
    native: bool
    writes: bool
    #: The name that the model was asked for by.
    asked: str = ""
    conversation: AIConversation | None = None
    context: Mapping[str, Any] = field(default_factory=dict)


def tools_of(wanted: Wanted) -> list[dict[str, Any]]:
    """The tools that go beside the messages."""
    types = action_types() if wanted.writes else {}
    return list(schemas(types, reads=True)) if wanted.native else []


def prompt_of(wanted: Wanted) -> Prompt:
    """The prompt; for a worker thread."""
    conversation, language = wanted.conversation, wanted.language
    history = history_of(conversation, wanted.budget, language) if conversation is not None else History()
    writes, compact = wanted.writes and bool(action_types()), wanted.budget < LEAST_INSTRUCTED
    request = Request(
        content=wanted.content,
        model=wanted.model,
        language=language,
        budget=wanted.budget,
        **history.given(wanted.budget),
        **pointed(wanted.context),
        style=style_of(wanted.asked, wanted.model, writes=writes),
        instructions=instructions(language, native=wanted.native, writes=writes, compact=compact),
        tools=tools_of(wanted),
    )
    return build(lambda: settings.WORKSPACE(wanted.project), request)


async def ahead_of(provider: Provider, wanted: Wanted, prompt: Prompt) -> dict[str, Any]:
    """The summary that the model would be asked for before a prompt: `due_messages`, `due_calls`, `due_tokens` in and
    out, and `due_cost` in dollars.

    Never fails of it: the turn would do without a summary as well, and the prompt is told all the same.
    """
    nothing = {"due_messages": 0, "due_calls": 0, "due_tokens": 0, "due_cost": None}
    try:
        work = await readers.run(_work, wanted, prompt)
        usage = await readers.run(used_by, work) if work is not None else Usage()
    except UNAVAILABLE:
        return nothing
    except Exception:
        logger.exception("it is not known what is to be summarised for project %s", wanted.project.pk)
        return nothing
    if work is None:
        return nothing
    return {
        "due_messages": work.total,
        "due_calls": len(work.rounds),
        "due_tokens": (usage.prompt_tokens or 0) + (usage.completion_tokens or 0),
        "due_cost": await cost_of(provider, wanted.model, usage),
    }


def _work(wanted: Wanted, prompt: Prompt) -> Work | None:
    conversation, model, budget = wanted.conversation, wanted.model, wanted.budget
    if conversation is None or prompt.due is None:
        return None
    history = history_of(conversation, budget, wanted.language)
    return work_of(conversation, history, prompt, model, wanted.language, budget)


async def cost_of(provider: Provider, model: str, usage: Usage) -> str | None:
    """What so many tokens cost, in dollars."""
    address = getattr(provider, "base_url", "")
    cost = await pricing.cost_of(usage, model, base_url=address, is_local=provider.is_local)
    return None if cost is None else format(cost, "f")
