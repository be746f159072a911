"""Summaries of the older messages: what the model is asked for one, and the row that keeps it."""

from __future__ import annotations

import logging
from collections.abc import AsyncGenerator, Callable, Sequence
from dataclasses import dataclass, field, replace

from django.db import transaction

from chat.conf import settings
from chat.context.compaction import ASKED_SHARE, Draft, Due, Summary
from chat.context.compaction_rounds import Rounds, Slice, put_together, rounds
from chat.context.prompt import Prompt
from chat.events.writer import UNAVAILABLE, readers, writer
from chat.llm.base import Usage
from chat.llm.tokens import count_tokens
from chat.models import CALL_FIELDS, AIConversation, AIMessage, ConversationSummary, ModelCall
from chat.rows import upsert
from chat.turns.history import History, Said, said_between
from chat.turns.summaries_known import known_summaries
from chat.turns.values import Summarised

logger = logging.getLogger(__name__)

#: Tokens that a server may write for a summary: some think before.
MOST_WRITTEN = 4_000
#: Files whose pins a summary keeps.
MOST_PINNED = 40
#: Messages that are read to be summarised in one turn.
MOST_READ = 6_000


@dataclass(frozen=True, slots=True)
class Work:
    """What is to be summarised before a request, and how."""

    conversation: AIConversation
    model: str
    language: str
    budget: int
    due: Due
    #: The summary that there is; the last message of all; and those that are to be summarised.
    former: Summary | None
    last: int
    said: Said
    rounds: Rounds = field(default_factory=lambda: Rounds([]))

    @property
    def start(self) -> int:
        """The boundary that there is."""
        return self.former.up_to if self.former is not None else 0

    @property
    def parts(self) -> Sequence[str]:
        """What stands for the messages up to there."""
        return self.former.parts if self.former is not None else ()

    @property
    def pinned(self) -> Sequence[str]:
        """The files that were pinned up to there."""
        return self.former.pinned if self.former is not None else ()

    @property
    def up_to(self) -> int:
        """The boundary that there will be."""
        return self.said.ids[-1] if self.said.ids else self.start

    @property
    def total(self) -> int:
        """How many messages it is about."""
        new = sum(each.count for each in self.rounds.slices)
        return new or (self.former.messages if self.former is not None else 0)


def work_of(
    conversation: AIConversation, history: History, prompt: Prompt, model: str, language: str, budget: int
) -> Work | None:
    """What is to be summarised before a prompt; `None` where nothing is.  For a worker thread."""
    due = prompt.due
    if due is None or not history.ids:
        return None
    start = due.former.up_to if due.former is not None else 0
    number = reached(history, due)
    up_to = history.ids[number - 1] if number else history.first - 1
    said = said_between(conversation, start, up_to, MOST_READ, language)
    work = Work(conversation, model, language, budget, due, due.former, history.ids[-1], said)
    calls = max(1, int(settings.SUMMARY_CALLS))
    found = rounds(work.parts, said.messages, language, due, budget, calls, _counter(model))
    return replace(work, rounds=found) if len(found) else None


def reached(history: History, due: Due) -> int:
    """How many of the messages at hand a summary will stand for: they were counted from the one that went in, which is
    not always the newest."""
    covers = due.former.covers if due.former is not None else 0
    return min(covers + due.messages, len(history.ids))


def slice_drafts(work: Work) -> list[Draft]:
    """The requests about the messages themselves."""
    drafts: list[Draft] = []
    at, after = 0, work.start
    for number, each in enumerate(work.rounds.slices, 1):
        end = at + each.count
        up_to = work.said.ids[end - 1]
        pinned = _pins(work.said.pinned[at:end], work.pinned if work.rounds.whole else ())
        behind = 0 if work.rounds.whole else after
        drafts.append(_draft(work, each, number, after=behind, up_to=up_to, pinned=pinned))
        at, after = end, up_to
    return drafts


async def drafts(
    conversation: AIConversation, history: Callable[[], History], prompt: Prompt, model: str, language: str, budget: int
) -> AsyncGenerator[Draft, None]:
    """What the model is asked, one request after the other; each is kept before the next is wanted.

    Never fails: a turn does without.
    """
    try:
        work = await readers.run(lambda: work_of(conversation, history(), prompt, model, language, budget))
        if work is None:
            return
        for draft in slice_drafts(work):
            yield draft
        last = await readers.run(_last_draft, work)
        if last is not None:
            yield last
    except UNAVAILABLE:
        return
    except Exception:
        logger.exception("no summary can be asked for in conversation %s", conversation.pk)


def used_by(work: Work) -> Usage:
    """About how many tokens all of its requests and their answers take."""
    sent = [str(message["content"]) for each in work.rounds.slices for message in each.messages]
    written = sum(each.tokens for each in work.rounds.slices) + work.due.tokens * work.rounds.merges
    return Usage(
        sum(map(_counter(work.model), sent)) + work.rounds.merge_tokens, int(written * ASKED_SHARE), estimated=True
    )


def _last_draft(work: Work) -> Draft | None:
    """The request that makes one summary of all, where that is wanted and all are there."""
    if not work.rounds.merges:
        return None
    chain = next((one for one in known_summaries(work.conversation.pk).chains if one.up_to == work.up_to), None)
    if chain is None or len(chain.parts) < 2:
        return None
    asked = put_together(chain.parts, work.language, work.due, work.budget, _counter(work.model))
    if asked is None:
        return None
    return _draft(work, asked, len(work.rounds), after=0, up_to=work.up_to, pinned=chain.pinned[:MOST_PINNED])


def _draft(work: Work, each: Slice, part: int, *, after: int, up_to: int, pinned: Sequence[str]) -> Draft:
    most = min(MOST_WRITTEN, settings.MAX_ANSWER_TOKENS or MOST_WRITTEN)
    return Draft(
        each.messages,
        count=each.count or work.total,
        tokens=each.tokens,
        pinned=pinned,
        after=after,
        up_to=up_to,
        last=work.last,
        seconds=settings.SUMMARY_TIMEOUT,
        max_tokens=max(most, each.tokens),
        part=part,
        parts=len(work.rounds),
        total=work.total,
    )


def _counter(model: str) -> Callable[[str], int]:
    return lambda text: count_tokens(text, model)


def _pins(pinned: Sequence[Sequence[str]], former: Sequence[str]) -> tuple[str, ...]:
    """The files that were pinned, those of last first."""
    newest_first = [path for paths in reversed(pinned) for path in paths]
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
    there = AIMessage.objects.filter(
        conversation_id=conversation_id, current=True, pk__gt=draft.after, pk__lte=up_to
    ).count()
    with transaction.atomic():
        upsert([call.packed()], CALL_FIELDS)
        ConversationSummary.objects.create(
            conversation_id=conversation_id,
            after=draft.after,
            up_to_id=up_to,
            messages=there,
            added=draft.count,
            text=step.text,
            pinned=list(draft.pinned),
            tokens=count_tokens(step.text, call.model),
            model=call.model,
            cost=call.cost,
            call=call,
            error=step.error or "",
        )
