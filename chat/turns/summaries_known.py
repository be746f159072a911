"""The summaries that a conversation has: which still stand for their messages, and up to where they reach."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

from django.db.models import Count, OuterRef, Q, QuerySet, Subquery

from chat.models import AIMessage, ConversationSummary

#: So many of the newest rows are looked at, without their texts: a chain that is not yet made one summary has its
#: beginning among them, far more turns ago than anybody waits for that.
MOST_ROWS = 4_096
#: What may stand for the older messages is chosen among so many boundaries, the newest ones, of so many parts together
#: (each boundary has a text of its own, of all parts up to it).
MOST_CHAINS, MOST_PARTS = 64, 2_048
FIELDS = ("pk", "after", "up_to_id", "messages", "unread", "error")


@dataclass(frozen=True, slots=True)
class Chain:
    """What stands for all messages up to a boundary: the texts of its parts, the oldest first, or the only one."""

    up_to: int
    messages: int
    parts: tuple[str, ...]
    #: Files that were pinned, those of last first.
    pinned: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Known:
    """What can stand for the older messages, the oldest boundary first; and the newest try, with its boundary and what
    went wrong with it."""

    chains: Sequence[Chain] = ()
    tried: tuple[str, int] | None = None


class _Row(NamedTuple):
    pk: int
    after: int
    up_to: int
    messages: int
    unread: int
    error: str


def valid_summaries(conversation_id: int) -> QuerySet[ConversationSummary]:
    """Summaries whose messages are all still there, the newest first."""
    there = (
        AIMessage.objects.filter(
            conversation=OuterRef("conversation"), current=True, pk__lte=OuterRef("up_to"), pk__gt=OuterRef("after")
        )
        .order_by()
        .values("conversation")
        .annotate(count=Count("pk"))
        .values("count")
    )
    made = ConversationSummary.objects.filter(conversation_id=conversation_id, error="").order_by("-id")
    return made.filter(messages=Subquery(there))


def known_summaries(conversation_id: int, before: int | None = None) -> Known:
    """Those whose boundary is before a message; one query where there has never been any, else at most three."""
    made = ConversationSummary.objects.filter(conversation_id=conversation_id).order_by("-id")
    # the newest of any kind, and those that stand for something: any number of failures hides none
    wanted = made.filter(Q(error="") | Q(pk=Subquery(made.values("pk")[:1])))
    rows = [_Row(*row) for row in wanted.values_list(*FIELDS)[:MOST_ROWS]]
    if not rows:
        return Known()
    usable = [row for row in rows if not row.error and (before is None or row.up_to < before)]
    return Known(_chains(_valid(conversation_id, usable)), (rows[0].error, rows[0].up_to))


def _valid(conversation_id: int, rows: Sequence[_Row]) -> list[_Row]:
    """Those whose messages are as many as when they were made."""
    if not rows:
        return []
    there = AIMessage.objects.filter(
        conversation=conversation_id, current=True, pk__lte=max(row.up_to for row in rows)
    ).order_by("pk")
    ids = list(there.values_list("pk", flat=True))
    return [row for row in rows if bisect_right(ids, row.up_to) - bisect_right(ids, row.after) == row.messages]


def _chains(rows: Sequence[_Row]) -> list[Chain]:
    """Of the newest rows first, what reaches from the beginning to each boundary, the oldest boundary first."""
    at: dict[int, _Row] = {}
    # one that stands for everything is better than the last of several parts, and a newer one than an older
    for row in sorted(rows, key=lambda row: (row.up_to, row.after > 0)):
        if row.up_to not in at and row.after < row.up_to and (not row.after or row.after in at):
            at[row.up_to] = row
    found = _newest(at)
    texts = _texts({row.pk for chain in found for row in chain})
    # one that was deleted meanwhile stands for nothing any more
    return [_chain(chain, texts) for chain in reversed(found) if all(row.pk in texts for row in chain)]


def _newest(at: Mapping[int, _Row]) -> list[list[_Row]]:
    """The rows of each chain, the newest first, and so those of the newest chain: as many chains as one looks at."""
    found: list[list[_Row]] = []
    left = MOST_PARTS
    for up_to in sorted(at, reverse=True)[:MOST_CHAINS]:
        chain = [at[up_to]]
        while chain[-1].after:
            chain.append(at[chain[-1].after])
        left -= len(chain)
        if found and left < 0:
            break
        found.append(chain)
    return found


def _texts(rows: Collection[int]) -> dict[int, tuple[str, list[Any]]]:
    """The texts of some rows, and the files that were pinned."""
    found = ConversationSummary.objects.filter(pk__in=rows).values_list("pk", "text", "pinned")
    return {pk: (text, pinned) for pk, text, pinned in found}


def _chain(rows: Sequence[_Row], texts: Mapping[int, tuple[str, list[Any]]]) -> Chain:
    pinned = dict.fromkeys(str(path) for row in rows for path in texts[row.pk][1])
    messages = sum(row.messages - row.unread for row in rows)
    return Chain(rows[0].up_to, messages, tuple(texts[row.pk][0] for row in reversed(rows)), tuple(pinned))
