"""Summaries of the older messages: what the model is asked for one, and the row that keeps it."""

from __future__ import annotations

import logging

from django.db import transaction

from chat.conf import settings
from chat.context import compaction
from chat.context.compaction import Draft
from chat.context.prompt import Prompt
from chat.events.writer import UNAVAILABLE, writer
from chat.llm.tokens import count_tokens
from chat.models import CALL_FIELDS, AIMessage, ConversationSummary, ModelCall
from chat.rows import upsert
from chat.turns.history import History, history_before
from chat.turns.start import Started
from chat.turns.values import Summarised

logger = logging.getLogger(__name__)

#: Tokens that a server may write for a summary: some think before.
MOST_WRITTEN = 4_000
#: Files whose pins a summary keeps.
MOST_PINNED = 40


def draft_of(started: Started, language: str, model: str, budget: int, prompt: Prompt) -> Draft | None:
    """What the model is asked for a summary of so many of the oldest messages; `None` where there is nothing to ask.

    Synchronous, for a worker thread.  Never fails: a turn does without.
    """
    try:
        return _draft(history_before(started, language), language, model, budget, prompt)
    except UNAVAILABLE:
        return None
    except Exception:
        logger.exception("no summary can be asked for message %s", started.answer.pk)
        return None


def _draft(history: History, language: str, model: str, budget: int, prompt: Prompt) -> Draft | None:
    due = prompt.due
    if due is None or not history.messages:
        return None

    def count(text: str) -> int:
        return count_tokens(text, model)

    former = history.summary.text if history.summary is not None else ""
    messages = compaction.request(former, history.messages[: due.messages], language, due, budget - due.tokens, count)
    if not messages:
        return None
    most = min(MOST_WRITTEN, settings.MAX_ANSWER_TOKENS or MOST_WRITTEN)
    return Draft(
        messages,
        count=due.messages,
        tokens=due.tokens,
        pinned=_pinned(history, due.messages),
        unread=history.omitted,
        up_to=history.ids[due.messages - 1],
        last=history.ids[-1],
        seconds=settings.SUMMARY_TIMEOUT,
        max_tokens=max(most, due.tokens),
    )


def _pinned(history: History, messages: int) -> tuple[str, ...]:
    """The files that were pinned up to there, those of last first."""
    former = history.summary.pinned if history.summary is not None else ()
    newest_first = [path for paths in reversed(history.pinned[:messages]) for path in paths]
    return tuple(dict.fromkeys([*map(str, newest_first), *former]))[:MOST_PINNED]


async def keep(conversation_id: int, step: Summarised, call: ModelCall) -> None:
    """Writes a summary and the call that made it.  Where that fails there is none, and the turn goes on without."""
    try:
        await writer.run(_keep, conversation_id, step, call)
    except UNAVAILABLE as error:
        logger.warning("a summary of conversation %s could not be kept: %s", conversation_id, error)
    except Exception:
        logger.exception("a summary of conversation %s could not be kept", conversation_id)


def _keep(conversation_id: int, step: Summarised, call: ModelCall) -> None:
    draft = step.draft
    up_to = draft.up_to if step.error is None else draft.last
    there = AIMessage.objects.filter(conversation_id=conversation_id, current=True, pk__lte=up_to).count()
    with transaction.atomic():
        upsert([call.packed()], CALL_FIELDS)
        ConversationSummary.objects.create(
            conversation_id=conversation_id,
            up_to_id=up_to,
            messages=there,
            added=draft.count,
            unread=draft.unread,
            text=step.text,
            pinned=list(draft.pinned),
            tokens=count_tokens(step.text, call.model),
            model=call.model,
            cost=call.cost,
            call=call,
            error=step.error or "",
        )
