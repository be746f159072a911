"""The summaries that a conversation has: which still stand for their messages, and up to where they reach."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

from django.db.models import Count, OuterRef, QuerySet, Subquery

from chat.models import AIMessage, ConversationSummary

#: So many of the newest are looked at: more than one turn may make.
MOST_ROWS = 64
FIELDS = ("after", "up_to_id", "messages", "unread", "text", "pinned", "error")


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
    after: int
    up_to: int
    messages: int
    unread: int
    text: str
    pinned: list[Any]
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
    """Those whose boundary is before a message; one query where there has never been any, else two."""
    made = ConversationSummary.objects.filter(conversation_id=conversation_id).order_by("-id")
    rows = [_Row(*row) for row in made.values_list(*FIELDS)[:MOST_ROWS]]
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
    """Of the newest rows first, what reaches from the beginning to each boundary."""
    at: dict[int, _Row] = {}
    for row in rows:
        # one that stands for everything is better than the last of several parts, and a newer one than an older
        if row.up_to not in at or (at[row.up_to].after and not row.after):
            at[row.up_to] = row
    found = (_chain(at, up_to) for up_to in sorted(at))
    return [chain for chain in found if chain is not None]


def _chain(at: dict[int, _Row], up_to: int) -> Chain | None:
    rows: list[_Row] = []
    end = up_to
    while end:
        row = at.get(end)
        if row is None or row.after >= end:
            return None
        rows.append(row)
        end = row.after
    pinned = dict.fromkeys(str(path) for row in rows for path in row.pinned)
    messages = sum(row.messages - row.unread for row in rows)
    return Chain(up_to, messages, tuple(row.text for row in reversed(rows)), tuple(pinned))
