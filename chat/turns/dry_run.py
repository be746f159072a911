"""What a request would be, by the same builder as a turn's: nothing is sent and nothing is kept."""

from __future__ import annotations

import contextlib
import logging
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from chat.actions.formats import style_of
from chat.actions.registry import action_types
from chat.actions.tools import schemas
from chat.conf import settings
from chat.context.builder import Request, build
from chat.context.compaction import Due
from chat.context.pointers import pointed
from chat.context.prompt import Prompt
from chat.context.selected import without_secrets
from chat.events.writer import UNAVAILABLE, readers
from chat.llm import pricing
from chat.llm.base import Provider, Usage
from chat.models import AIConversation
from chat.turns.history import History, history_of
from chat.turns.launch import LEAST_INSTRUCTED
from chat.turns.summaries import reached, used_by, work_of
from chat.turns.words import instructions

logger = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Ahead:
    """What is to be summarised before a request: so many messages, in so many calls, of about so many tokens."""

    messages: int
    calls: int
    usage: Usage


#: What was found out of it, by everything that it depends on.
MOST_AHEAD = 256
_aheads: dict[tuple[Any, ...], Ahead | None] = {}


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
    #: The question whose place it takes: that and its answer go with it.
    replaces: int | None = None


def tools_of(wanted: Wanted) -> list[dict[str, Any]]:
    """The tools that go beside the messages."""
    types = action_types() if wanted.writes else {}
    return list(schemas(types, reads=True)) if wanted.native else []


def prompt_of(wanted: Wanted) -> tuple[Prompt, History]:
    """The prompt, and the messages that it was made of; for a worker thread."""
    conversation, language = wanted.conversation, wanted.language
    history = History()
    if conversation is not None:
        history = history_of(conversation, wanted.budget, language, wanted.replaces)
    writes, compact = wanted.writes and bool(action_types()), wanted.budget < LEAST_INSTRUCTED
    workspace = settings.WORKSPACE(wanted.project)
    request = Request(
        content=wanted.content,
        model=wanted.model,
        language=language,
        budget=wanted.budget,
        **history.given(wanted.budget),
        **pointed(without_secrets(workspace, wanted.context)),
        style=style_of(wanted.asked, wanted.model, writes=writes),
        instructions=instructions(language, native=wanted.native, writes=writes, compact=compact),
        tools=tools_of(wanted),
    )
    return build(lambda: workspace, request), history


async def ahead_of(provider: Provider, wanted: Wanted, prompt: Prompt, history: History) -> dict[str, Any]:
    """The summary that the model would be asked for before a prompt: `due_messages`, `due_calls`, `due_tokens` in and
    out, and `due_cost` in dollars.

    Never fails of it: the turn would do without a summary as well, and the prompt is told all the same.
    """
    ahead: Ahead | None = None
    try:
        if prompt.due is not None:
            ahead = await readers.run(_ahead, wanted, prompt, prompt.due, history)
    except UNAVAILABLE:
        pass
    except Exception:
        logger.exception("it is not known what is to be summarised for project %s", wanted.project.pk)
    if ahead is None:
        return {"due_messages": 0, "due_calls": 0, "due_tokens": 0, "due_cost": None}
    return {
        "due_messages": ahead.messages,
        "due_calls": ahead.calls,
        "due_tokens": (ahead.usage.prompt_tokens or 0) + (ahead.usage.completion_tokens or 0),
        "due_cost": await cost_of(provider, wanted.model, ahead.usage),
    }


def _ahead(wanted: Wanted, prompt: Prompt, due: Due, history: History) -> Ahead | None:
    """Found out once for all previews of a request that is being written: it may be about thousands of messages."""
    conversation, model, budget, language = wanted.conversation, wanted.model, wanted.budget, wanted.language
    if conversation is None:
        return None
    number = reached(history, due)
    said = sum(len(str(message["content"])) for message in history.messages[:number])
    former = (due.former.up_to, due.former.text) if due.former is not None else None
    before = (history.omitted, history.first, *history.ids[max(0, number - 1) : number])
    key = (conversation.pk, model, budget, language, due.tokens, settings.SUMMARY_CALLS, former, before, number, said)
    with contextlib.suppress(KeyError):  # another thread may forget it
        return _aheads[key]
    work = work_of(conversation, history, prompt, model, language, budget)
    found = Ahead(work.total, len(work.rounds), used_by(work)) if work is not None else None
    if len(_aheads) >= MOST_AHEAD:
        _aheads.clear()
    _aheads[key] = found
    return found


async def cost_of(provider: Provider, model: str, usage: Usage) -> str | None:
    """What so many tokens cost, in dollars."""
    address = getattr(provider, "base_url", "")
    cost = await pricing.cost_of(usage, model, base_url=address, is_local=provider.is_local)
    return None if cost is None else format(cost, "f")
