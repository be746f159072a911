"""From written rows to a running turn: picks the provider, binds the context, hands the runner to the supervisor."""

from __future__ import annotations

import functools
import logging
from collections.abc import AsyncGenerator, Awaitable, Callable, Sequence
from dataclasses import dataclass, replace
from typing import Any, cast

from chat.actions.formats import AUTO, format_set, known, style_of
from chat.conf import settings
from chat.context.builder import Request, build
from chat.context.compaction import Draft
from chat.context.pointers import pointed
from chat.context.prompt import Prompt
from chat.context.windows import windows
from chat.events.types import TurnStarted
from chat.events.writer import readers, writer
from chat.llm import pricing, registry, tokens
from chat.llm.base import Provider, Usage
from chat.llm.named_window import NamedWindow
from chat.texts import explain_in
from chat.turns import lease
from chat.turns.history import history_before, pointers_of
from chat.turns.kit import Limits
from chat.turns.project_kit import ProjectKit
from chat.turns.runner import Runner
from chat.turns.start import Started
from chat.turns.summaries import drafts
from chat.turns.supervisor import supervisor
from chat.turns.turn import Plan
from chat.workspace import Workspace

logger = logging.getLogger(__name__)

#: A model that is better off with fewer tokens than this is told in a few words how to propose files: the whole would
#: take a third of them, and such a model does not follow it.
LEAST_INSTRUCTED = 2_000
#: Of a turn's time, how long summaries are begun.
SUMMARY_TIME = 0.5


@dataclass(frozen=True, slots=True)
class Wishes:
    """What the person chose for a turn."""

    model: str = ""
    language: str = "fr"
    user: Any = None


async def launch(started: Started, wishes: Wishes) -> None:
    """Starts a turn whose rows are written; returns at once.  Where that fails, the answer ends as failed."""
    try:
        await _launch(started, wishes)
    except Exception:
        explain = explain_in(wishes.language)
        await writer.run(lease.end_unstarted, started.answer.pk, explain)
        raise


async def _launch(started: Started, wishes: Wishes) -> None:
    provider, model = registry.provider_for(wishes.model or await readers.run(_projects_model, started))
    await registry.introduce(provider)
    native = await takes_tools(provider, model, wishes.model)
    if native and not provider.takes_tools(model):
        known.tried_tools(model)
    kit = ProjectKit(
        started.answer,
        started.conversation,
        wishes.user,
        native=native,
        language=wishes.language,
    )
    build = functools.partial(_build, started, wishes, model, provider, kit)
    ask = functools.partial(_drafts, started, wishes.language, model, provider)
    plan = replace(plan_for(provider, model, build, kit, shrink=build), drafts=ask)
    await supervisor.startup()
    explain = explain_in(wishes.language)
    supervisor.begin(Runner(started.answer, _first_event(started, model), plan, supervisor.owner, explain, kit))


def plan_for(
    provider: Provider,
    model: str,
    build: Callable[[], Awaitable[Prompt]],
    kit: ProjectKit,
    *,
    shrink: Callable[[int], Awaitable[Prompt]] | None = None,
) -> Plan:
    """What a turn is asked to do, within the site's limits; `shrink` is `build` for fewer tokens."""
    return Plan(
        model=model,
        provider=provider,
        build=build,
        price=functools.partial(_price, provider),
        estimate=functools.partial(_estimate, model),
        max_tokens=settings.MAX_ANSWER_TOKENS,
        max_characters=settings.MAX_ANSWER_CHARACTERS,
        kit=kit,
        shrink=shrink,
        learn=functools.partial(_learn, provider, model),
        refused=functools.partial(_refused, provider, model),
        limits=Limits(
            settings.MAX_TURN_CALLS,
            settings.MAX_TURN_STEPS,
            settings.MAX_TURN_TOKENS,
            summary_seconds=settings.TURN_TIMEOUT * SUMMARY_TIME,
        ),
    )


async def takes_tools(provider: Provider, model: str, asked: str) -> bool:
    """Whether a model is asked by native tool calls: as the settings say for it, else as its provider knows, unless its
    proposals of late were much better by text.  Tools that its server has refused are tried again now and then where
    they are known to have worked, and text does badly."""
    fixed = format_set(asked, model)
    if fixed != AUTO:
        return fixed == "tools"
    formats = await known.of(model)
    if provider.takes_tools(model):
        return not formats.by_text
    return provider.supports_tools and formats.tools_are_better and known.may_try_tools(model)


def _projects_model(started: Started) -> str:
    """The model that the project's people have chosen for it; empty: the site's."""
    return str(settings.WORKSPACE(started.conversation.project).describe().default_model)


def _first_event(started: Started, model: str) -> TurnStarted:
    return TurnStarted(
        message_id=started.answer.pk,
        conversation_id=started.conversation.pk,
        user_message_id=started.question.pk,
        title=started.conversation.title,
        model=model,
        created_at=started.answer.created_at.isoformat(),
    )


async def _build(
    started: Started, wishes: Wishes, model: str, provider: Provider, kit: ProjectKit, most: int | None = None
) -> Prompt:
    budget = budget_of(provider, model)
    return await readers.run(_build_now, started, wishes, model, budget if most is None else min(most, budget), kit)


def _build_now(started: Started, wishes: Wishes, model: str, budget: int, kit: ProjectKit) -> Prompt:
    given = pointed(pointers_of(started.question.metadata))
    kit.prepare(given["pinned"], given["excluded"])
    kit.compact = budget < LEAST_INSTRUCTED
    request = Request(
        content=started.question.content,
        model=model,
        language=wishes.language,
        budget=budget,
        **history_before(started, budget, wishes.language).given(budget),
        continues=started.answer.continues_id is not None,
        **given,
        style=style_of(wishes.model, model, writes=bool(kit.types)),
        instructions=kit.instructions(native=kit.native),
        tools=kit.tools(reads=True) if kit.native else (),
    )
    return build(lambda: cast(Workspace, kit.workspace), request)


def _drafts(
    started: Started, language: str, model: str, provider: Provider, prompt: Prompt
) -> AsyncGenerator[Draft, None]:
    budget = budget_of(provider, model)
    history = functools.partial(history_before, started, budget, language)
    return drafts(started.conversation, history, prompt, model, language, budget)


def budget_of(provider: Provider, model: str) -> int:
    """Tokens that a prompt may take: what the site allows, or less where the model is better off with less, or has
    said so."""
    allowed = min(int(settings.CONTEXT_TOKENS), provider.prompt_tokens or int(settings.CONTEXT_TOKENS))
    declared, answer = provider.window_of(model), settings.MAX_ANSWER_TOKENS
    return windows.budget(getattr(provider, "base_url", ""), model, allowed, declared, answer)


def _learn(provider: Provider, model: str, ours: int, theirs: int) -> bool:
    """Remembers how a server counted a prompt; false where it has read only a part of it, and not said so."""
    return windows.reported(getattr(provider, "base_url", ""), model, ours, theirs)


def _refused(provider: Provider, model: str, ours: int, named: NamedWindow | None) -> int | None:
    """Remembers that a prompt was too long; what the next one may have, where the server has said so."""
    address = getattr(provider, "base_url", "")
    known = windows.refused(address, model, ours, named, settings.MAX_ANSWER_TOKENS)
    return budget_of(provider, model) if known else None


async def _price(provider: Provider, model: str, usage: Usage) -> str | None:
    """The cost in dollars; unknown where the price list can't say, whatever its reason."""
    try:
        address = getattr(provider, "base_url", "")
        cost = await pricing.cost_of(usage, model, base_url=address, is_local=provider.is_local)
    except Exception:
        logger.exception("no price for %s", model)
        return None
    return None if cost is None else format(cost, "f")


async def _estimate(model: str, messages: Sequence[Any], text: str) -> Usage:
    """Tokens by our own count, off the event loop: it takes its time with a long answer."""
    try:
        return await readers.run(tokens.estimate_usage, messages, text, model)
    except Exception:
        logger.exception("tokens of an answer of %s could not be counted", model)
        return Usage()
