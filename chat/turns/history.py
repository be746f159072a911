"""What a conversation brings into a request: its newest messages, and what stands for the older ones."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.db.models import Count, Exists, OuterRef, Q, QuerySet, Subquery

from chat.actions.told import decided, notes_of
from chat.conf import settings
from chat.context.compaction import Summary
from chat.context.prompt import asked
from chat.models import AIAction, AIConversation, AIMessage, ConversationSummary
from chat.turns.start import Started

#: Messages that are read for one request.
HISTORY_MESSAGES = 400
#: After a summary that could not be made so many further messages have to come before the next try.
RETRY_AFTER = 8

Role = AIMessage.Role
Row = tuple[int, str, str, int | None, dict[str, Any] | None]


@dataclass(frozen=True, slots=True)
class History:
    """The messages before a request, oldest first, in the wire form; `ids` are those of their (last) rows.

    `summary` stands for those before its boundary; `omitted` are how many more there are, which nothing stands for.
    """

    messages: Sequence[dict[str, Any]] = ()
    ids: Sequence[int] = ()
    omitted: int = 0
    summary: Summary | None = None
    #: The boundary: the last message that the summary stands for; 0 without one.
    up_to: int = 0
    #: The files that were pinned with each message.
    pinned: Sequence[Sequence[str]] = ()
    #: Whether a summary was tried in vain a short while ago.
    tried: bool = False

    def given(self, budget: int) -> dict[str, Any]:
        """What a prompt of so many tokens takes of it, by the names of `Request`."""
        return {
            "history": self.messages,
            "summary": self.summary,
            "omitted": self.omitted,
            "summarises": settings.SUMMARIES and budget >= settings.SUMMARY_LEAST_BUDGET and not self.tried,
        }


def history_before(started: Started, language: str = "fr") -> History:
    """The messages before the request.

    For a continuation they end with the text that is to be continued: pieces of one answer are joined.
    """
    if started.new_conversation:
        return History()
    continued = started.answer.continues_id
    before = started.question.pk if continued is None else started.answer.pk
    return _history(started.conversation, language, before=before, bare=continued)


def history_of(conversation: AIConversation, language: str = "fr") -> History:
    """The messages of a conversation as the next request would have them."""
    return _history(conversation, language)


def told(messages: QuerySet[AIMessage]) -> QuerySet[AIMessage]:
    """Those of the messages that say something, be it by proposals alone."""
    return messages.filter(~Q(content="") | Exists(AIAction.objects.filter(message=OuterRef("pk"))))


def valid_summaries(conversation_id: int) -> QuerySet[ConversationSummary]:
    """Summaries whose messages are all still there, the newest first."""
    there = (
        AIMessage.objects.filter(conversation=OuterRef("conversation"), current=True, pk__lte=OuterRef("up_to"))
        .order_by()
        .values("conversation")
        .annotate(count=Count("pk"))
        .values("count")
    )
    made = ConversationSummary.objects.filter(conversation_id=conversation_id, error="").order_by("-id")
    return made.filter(messages=Subquery(there))


def joined(rows: Sequence[Row]) -> tuple[list[dict[str, Any]], list[int]]:
    """Messages in the wire form, and their ids: a continuation glued to what it continues, a question with what was
    selected."""
    found: list[dict[str, Any]] = []
    ids: list[int] = []
    for pk, role, content, continues, metadata in rows:
        if continues is not None and found and found[-1]["role"] == role:
            found[-1]["content"] += content
            ids[-1] = pk
            continue
        selection = (pointers_of(metadata).get("selection") or {}) if role == Role.USER else {}
        found.append({"role": role, "content": asked(content, selection)})
        ids.append(pk)
    return found, ids


def with_note(content: str, note: str | None) -> str:
    """An answer, and behind it what became of its proposals."""
    return "\n\n".join(filter(None, (content, note)))


def pointers_of(metadata: dict[str, Any] | None) -> dict[str, Any]:
    """What the person was looking at when he asked; a question keeps it."""
    return dict((metadata or {}).get("context") or {})


def _history(
    conversation: AIConversation, language: str, *, before: int | None = None, bare: int | None = None
) -> History:
    """`bare` is a message that is to be continued: nothing is added to it."""
    # most conversations have never needed one, and pay a single query
    newest_try = _newest_try(conversation.pk)
    summary = _summary_before(conversation.pk, bare or before) if newest_try is not None else None
    up_to = summary.up_to_id if summary is not None else 0
    messages = told(conversation.messages.filter(current=True, pk__gt=up_to))
    if before is not None:
        messages = messages.filter(pk__lt=before)
    newest = messages.order_by("-id").values_list("pk", "role", "content", "continues_id", "metadata")
    found = list(newest[:HISTORY_MESSAGES])[::-1]
    notes = notes_of((pk for pk, role, *_ in found if role == Role.ASSISTANT and pk != bare), language)
    rows = [(pk, role, with_note(text, notes.get(pk)), continues, data) for pk, role, text, continues, data in found]
    wire, ids = joined(rows)
    pinned = {pk: pointers_of(data).get("pinned") or [] for pk, role, _, _, data in found}
    summed, unread = None, 0
    if summary is not None:
        unread = summary.unread
        facts = decided(conversation.pk, up_to, language)
        summed = Summary(summary.text, summary.messages - unread, facts, summary.pinned)
    if len(found) == HISTORY_MESSAGES:
        unread += messages.filter(pk__lt=found[0][0]).count()
    return History(
        wire,
        ids,
        omitted=unread,
        summary=summed,
        up_to=up_to,
        pinned=[pinned[pk] for pk in ids],
        tried=newest_try is not None and _failed_lately(*newest_try, ids),
    )


def _summary_before(conversation_id: int, before: int | None) -> ConversationSummary | None:
    made = valid_summaries(conversation_id)
    if before is not None:
        made = made.filter(up_to__lt=before)
    return made.first()


def _newest_try(conversation_id: int) -> tuple[str, int] | None:
    """The error of the newest summary, empty where it was made, and its boundary."""
    newest = ConversationSummary.objects.filter(conversation_id=conversation_id).order_by("-id")
    return newest.values_list("error", "up_to_id").first()


def _failed_lately(error: str, up_to: int, ids: Sequence[int]) -> bool:
    """Whether the model has failed at a summary, and too little was said since."""
    return bool(error) and sum(pk > up_to for pk in ids) < RETRY_AFTER
