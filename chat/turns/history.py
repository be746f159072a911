"""What a conversation brings into a request: its newest messages, and what stands for the older ones."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any

from django.db.models import Count, Exists, OuterRef, Q, QuerySet

from chat.actions.told import decided, notes_of
from chat.conf import settings
from chat.context.compaction import Summary
from chat.context.prompt import asked
from chat.context.sources import sources
from chat.context.withheld import withheld
from chat.models import AIAction, AIConversation, AIMessage
from chat.turns.start import Started
from chat.turns.summaries_known import Chain, known_summaries

#: Messages that are read for one request: for a large window more of them, as many as fit where each is this short.
HISTORY_MESSAGES, MOST_HISTORY_MESSAGES = 400, 3_000
SHORT_MESSAGE = 50
#: After a summary that could not be made so many further messages have to come before the next try.
RETRY_AFTER = 8

Role = AIMessage.Role
Row = tuple[int, str, str, int | None, dict[str, Any] | None]
#: Whether a question's selection is kept back, by what the question points at.
Stays = Callable[[Mapping[str, Any]], bool]
FIELDS = ("pk", "role", "content", "continues_id", "metadata")


@dataclass(frozen=True, slots=True)
class History:
    """The newest messages before a request, oldest first, in the wire form; `ids` are those of their (last) rows.

    `summaries` are what may stand for the older ones, the oldest boundary first; `omitted` are how many messages there
    are before these.
    """

    messages: Sequence[dict[str, Any]] = ()
    ids: Sequence[int] = ()
    #: The row that the first of them begins with.
    first: int = 0
    omitted: int = 0
    summaries: Sequence[Summary] = ()
    #: What became of proposals up to a message.
    facts: Callable[[int], Sequence[str]] = lambda up_to: ()
    #: The files that were pinned with each message.
    pinned: Sequence[Sequence[str]] = ()
    #: Whether a summary was tried in vain a short while ago.
    tried: bool = False

    def given(self, budget: int) -> dict[str, Any]:
        """What a prompt of so many tokens takes of it, by the names of `Request`."""
        return {
            "history": self.messages,
            "summaries": self.summaries,
            "facts": self.facts,
            "omitted": self.omitted,
            "summarises": settings.SUMMARIES and budget >= settings.SUMMARY_LEAST_BUDGET and not self.tried,
        }


def history_before(started: Started, budget: int, language: str = "fr") -> History:
    """The messages before the request, as many as may fit into so many tokens.

    For a continuation they end with the text that is to be continued: pieces of one answer are joined.
    """
    if started.new_conversation:
        return History()
    continued = started.answer.continues_id
    before = started.question.pk if continued is None else started.answer.pk
    return _history(started.conversation, budget, language, before=before, bare=continued)


def history_of(conversation: AIConversation, budget: int, language: str = "fr", before: int | None = None) -> History:
    """The messages of a conversation as the next request would have them; `before` is a question that it replaces."""
    return _history(conversation, budget, language, before=before)


@dataclass(frozen=True, slots=True)
class Said:
    """Some messages in the wire form, the ids of their (last) rows, and the files that were pinned with each."""

    messages: Sequence[dict[str, Any]]
    ids: Sequence[int]
    pinned: Sequence[Sequence[str]]


def said_between(conversation: AIConversation, after: int, up_to: int, most: int, language: str) -> Said:
    """So many messages behind one and up to another, the oldest first."""
    found = told(conversation.messages.filter(current=True, pk__gt=after, pk__lte=up_to)).order_by("id")
    return _said(list(found.values_list(*FIELDS)[:most]), language, _stays(conversation))


def told(messages: QuerySet[AIMessage]) -> QuerySet[AIMessage]:
    """Those of the messages that say something, be it by proposals alone."""
    return messages.filter(~Q(content="") | Exists(AIAction.objects.filter(message=OuterRef("pk"))))


def joined(rows: Sequence[Row], stays: Stays = lambda pointers: False) -> tuple[list[dict[str, Any]], list[int]]:
    """Messages in the wire form, and their ids: a continuation glued to what it continues, a question with what was
    selected, unless that stays here."""
    found: list[dict[str, Any]] = []
    ids: list[int] = []
    for pk, role, content, continues, metadata in rows:
        if continues is not None and found and found[-1]["role"] == role:
            found[-1]["content"] += content
            ids[-1] = pk
            continue
        pointers = pointers_of(metadata) if role == Role.USER else {}
        selection = pointers.get("selection") or {}
        if selection and stays(pointers):
            selection = {}
        # an answer was made of what is masked already, and its proposals are to be found in it again
        said = asked(content, selection) if role == Role.USER else content
        found.append({"role": role, "content": said})
        ids.append(pk)
    return found, ids


def _stays(conversation: AIConversation) -> Stays:
    """Whether what was selected with a question stays here, by the project's present rules; read where anything was."""

    @cache
    def hidden() -> frozenset[str]:
        workspace = settings.WORKSPACE(conversation.project)
        return sources(workspace, workspace.describe(), (), ()).hidden

    def stays(pointers: Mapping[str, Any]) -> bool:
        path = str(pointers["selection"].get("path") or "")
        pinned, excluded = pointers.get("pinned") or (), pointers.get("excluded") or ()
        return bool(path and withheld(path, hidden(), pinned, excluded))

    return stays


def with_note(content: str, note: str | None) -> str:
    """An answer, and behind it what became of its proposals."""
    return "\n\n".join(filter(None, (content, note)))


def pointers_of(metadata: dict[str, Any] | None) -> dict[str, Any]:
    """What the person was looking at when he asked; a question keeps it."""
    return dict((metadata or {}).get("context") or {})


def _history(
    conversation: AIConversation, budget: int, language: str, *, before: int | None = None, bare: int | None = None
) -> History:
    """`bare` is a message that is to be continued: nothing is added to it."""
    known = known_summaries(conversation.pk, bare or before)
    messages = told(conversation.messages.filter(current=True))
    if before is not None:
        messages = messages.filter(pk__lt=before)
    most = max(HISTORY_MESSAGES, min(MOST_HISTORY_MESSAGES, budget // SHORT_MESSAGE))
    found = list(messages.order_by("-id").values_list(*FIELDS)[:most])[::-1]
    said = _said(found, language, _stays(conversation), bare)
    newest = known.chains[-1].up_to if known.chains else 0
    omitted, since = _earlier(messages, found[0][0], newest) if len(found) == most else (0, 0)
    return History(
        said.messages,
        said.ids,
        first=found[0][0] if found else 0,
        omitted=omitted,
        summaries=[_summary(chain, said.ids, since if chain.up_to == newest else omitted) for chain in known.chains],
        facts=cache(lambda up_to: decided(conversation.pk, up_to, language)),
        pinned=said.pinned,
        tried=known.tried is not None and _failed_lately(*known.tried, said.ids),
    )


def _said(found: Sequence[Row], language: str, stays: Stays, bare: int | None = None) -> Said:
    notes = notes_of((pk for pk, role, *_ in found if role == Role.ASSISTANT and pk != bare), language)
    wire, ids = joined(
        [(pk, role, with_note(text, notes.get(pk)), joins, data) for pk, role, text, joins, data in found], stays
    )
    pinned = {pk: pointers_of(data).get("pinned") or [] for pk, role, _, _, data in found}
    return Said(wire, ids, [pinned[pk] for pk in ids])


def _earlier(messages: QuerySet[AIMessage], first: int, boundary: int) -> tuple[int, int]:
    """How many messages there are before one, and how many of them behind a boundary.  Where that one is not before the
    boundary they are not counted: it is enough that there are some."""
    if boundary >= first:
        return 1, 0
    counts = messages.filter(pk__lt=first).aggregate(all=Count("pk"), since=Count("pk", filter=Q(pk__gt=boundary)))
    return counts["all"], counts["since"]


def _summary(chain: Chain, ids: Sequence[int], omitted: int) -> Summary:
    """`omitted` messages between its boundary and the first at hand, where that is behind it."""
    covers = bisect_right(ids, chain.up_to)
    return Summary(
        "\n\n".join(chain.parts),
        chain.messages,
        pinned=chain.pinned,
        up_to=chain.up_to,
        covers=covers,
        omitted=0 if covers else omitted,
        parts=chain.parts,
    )


def _failed_lately(error: str, up_to: int, ids: Sequence[int]) -> bool:
    """Whether the model has failed at a summary, and too little was said since."""
    return bool(error) and sum(pk > up_to for pk in ids) < RETRY_AFTER
