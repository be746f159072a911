"""The versions of a conversation's last exchange: what an edit or another try took the place of, and the way back.

An edit and a retry hide what they replace. Nothing is lost by that: every version stays one step away for as long as
the conversation has not gone on from another one. A version is named by the answer that it ends with.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any, TypedDict, cast

from django.db import transaction
from django.db.models import Count, F

from chat.errors import ChatError
from chat.models import AIAction, AIConversation, AIMessage
from chat.turns.start import conversation_of, message_of, refuse_running

#: Of an exchange that was asked again more often than this, the oldest versions are in the admin alone.
MOST_HIDDEN = 200


class Row(TypedDict):
    """What is read of a message."""

    id: int
    role: str
    status: str
    current: bool
    reply_to: int | None
    replaces: int | None
    continues: int | None


@dataclass(frozen=True, slots=True)
class Version:
    """A question with its answer, which may be in several parts.  `messages` are their ids, the question's first."""

    answer: int
    messages: tuple[int, ...]
    status: str
    current: bool


def versions_of(conversation_id: int) -> list[Version]:
    """The versions of the last exchange, the oldest first; none where nothing was replaced.  Three queries at most."""
    messages = AIMessage.objects.filter(conversation_id=conversation_id).order_by("-id")
    hidden = list(messages.filter(current=False).values(*Row.__annotations__)[:MOST_HIDDEN])
    last = messages.filter(current=True).values_list("reply_to", flat=True).first() if hidden else None
    if last is None:
        return []
    shown = messages.filter(current=True, pk__gte=last).values(*Row.__annotations__)
    return _versions(last, {row["id"]: row for row in (*shown, *hidden)})


def choose(user: Any, answer_id: int) -> AIConversation:
    """Makes a version of the last exchange the one that counts.  The same twice is done once.

    Raises `ChatError`: `not_found`, `not_last`, `turn_in_progress`.
    """
    conversation_id = message_of(user, answer_id).conversation_id
    with transaction.atomic():
        conversation = conversation_of(user, conversation_id, lock=True)
        refuse_running(conversation)
        versions = {version.answer: version for version in versions_of(conversation_id)}
        if answer_id in versions:
            _show(conversation, versions[answer_id], versions.values())
        elif answer_id != conversation.messages.filter(current=True).values_list("pk", flat=True).last():
            raise ChatError("not_last")
    return conversation


def applied_in(versions: Iterable[Version]) -> dict[int, int]:
    """How many changes of each version are in the project's files, by the version's answer.  One query."""
    owner = {message: version.answer for version in versions for message in version.messages}
    done = AIAction.objects.filter(message__in=owner, status=AIAction.Status.COMPLETED)
    found = dict.fromkeys(owner.values(), 0)
    for message, count in done.values_list("message").annotate(Count("id")).order_by():
        found[owner[message]] += count
    return found


def _show(conversation: AIConversation, wanted: Version, versions: Iterable[Version]) -> None:
    every = {message for version in versions for message in version.messages}
    hidden = conversation.messages.filter(pk__in=every - set(wanted.messages), current=True).update(current=False)
    shown = conversation.messages.filter(pk__in=wanted.messages, current=False).update(current=True)
    AIConversation.objects.filter(pk=conversation.pk).update(message_count=F("message_count") + shown - hidden)


def _versions(question: int, rows: Mapping[int, Row]) -> list[Version]:
    questions = _same_place(question, rows)
    answers = [row for row in rows.values() if row["reply_to"] in questions]
    continued = {row["continues"] for row in answers}
    return [_version(row, rows) for row in sorted(answers, key=lambda row: row["id"]) if row["id"] not in continued]


def _same_place(question: int, rows: Mapping[int, Row]) -> set[int]:
    """The questions that were edited into this one or out of the same one, with it."""
    found, left = {question}, [question]
    near: dict[int, list[int]] = {}
    for row in rows.values():
        before = row["replaces"]
        if row["role"] == AIMessage.Role.USER and before is not None:
            near.setdefault(row["id"], []).append(before)
            near.setdefault(before, []).append(row["id"])
    while left:
        fresh = set(near.get(left.pop(), ())) - found
        found |= fresh
        left.extend(fresh)
    return found


def _version(answer: Row, rows: Mapping[int, Row]) -> Version:
    parts = [answer["id"]]
    while (before := rows[parts[-1]]["continues"]) is not None and before in rows:
        parts.append(before)
    question = cast("int", answer["reply_to"])  # it is what it was found by
    return Version(answer["id"], (question, *reversed(parts)), answer["status"], answer["current"])
