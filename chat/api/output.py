"""Rows → JSON as `docs/api.md` says."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from decimal import Decimal
from typing import Any

import msgspec
from django.db.models import Count, Q, Sum
from django.http import HttpResponse

from chat.actions.rows import shown as action_shown
from chat.events import types
from chat.events.state import Fold, fold
from chat.models import AIAction, AIConversation, AIMessage, ModelCall, TurnEvent
from chat.turns.summaries_known import valid_summaries
from chat.turns.versions import applied_in, versions_of

CONVERSATION_FIELDS = ("id", "title", "created_at", "updated_at", "message_count")
TRACE = ("reasoning", "context", "steps", "usage", "model")
NO_TRACE: dict[str, Any] = {"reasoning": "", "context": None, "steps": [], "usage": None, "model": None}


def json_response(value: Any, status: int = 200) -> HttpResponse:
    """A JSON answer that no cache keeps."""
    response = HttpResponse(
        msgspec.json.encode(value, enc_hook=_encode), content_type="application/json", status=status
    )
    response["Cache-Control"] = "no-store"
    response["X-Content-Type-Options"] = "nosniff"
    return response


def _encode(value: Any) -> Any:
    """Lazy translations and the like."""
    return str(value)


def conversation_json(conversation: AIConversation) -> dict[str, Any]:
    """A conversation's own fields."""
    return {name: getattr(conversation, name) for name in (*CONVERSATION_FIELDS, "mode", "project_id")}


def message_json(message: AIMessage, running: Fold | None = None, actions: Iterable[AIAction] = ()) -> dict[str, Any]:
    """One message.  A running answer is what its log says so far; an ended one is its row."""
    shown = {
        "id": message.pk,
        "role": message.role,
        "content": message.content,
        "status": message.status,
        "actions": [action_shown(action) for action in actions],
        "tool_calls": message.actions,
        "metadata": message.metadata,
        "created_at": message.created_at,
        "updated_at": message.updated_at,
        "client_id": message.client_id,
        "reply_to": message.reply_to_id,
        "replaces": message.replaces_id,
        "continues": message.continues_id,
        **NO_TRACE,
        **(message.trace or {}),
        "last_seq": message.last_seq,
    }
    if running is not None and message.status == AIMessage.Status.STREAMING:
        shown |= running.state()
    return shown


def messages_json(messages: Sequence[AIMessage]) -> list[dict[str, Any]]:
    """Messages with their actions, in three queries at most."""
    ids = [message.pk for message in messages]
    actions: dict[int, list[AIAction]] = {}
    for action in AIAction.objects.filter(message_id__in=ids).order_by("position", "id"):
        actions.setdefault(action.message_id, []).append(action)
    running = running_folds(message.pk for message in messages if message.status == AIMessage.Status.STREAMING)
    return [message_json(message, running.get(message.pk), actions.get(message.pk, ())) for message in messages]


def running_folds(message_ids: Iterable[int]) -> dict[int, Fold]:
    """What the logs of running answers say."""
    ids = list(message_ids)
    if not ids:
        return {}
    events: dict[int, list[tuple[int, str, types.JSON]]] = {pk: [] for pk in ids}
    rows = TurnEvent.objects.filter(message_id__in=ids).order_by("message_id", "seq")
    for message_id, seq, type_, data in rows.values_list("message_id", "seq", "type", "data"):
        events[message_id].append((seq, type_, data))
    return {pk: fold(types.readable(found)) for pk, found in events.items()}


def totals_json(conversation_id: int) -> dict[str, Any]:
    """What a conversation has used and cost, replaced answers included.  Null is unknown; what is unknown of some
    calls is not counted, and `unpriced_calls` says of how many that used something the price is."""
    sums = ModelCall.objects.filter(message__conversation_id=conversation_id).aggregate(
        # before `cost`, which from there on is the sum; all of it is in one index (`chat_call_totals`)
        unpriced_calls=Count("message", filter=Q(cost=None) & ~Q(prompt_tokens=None, completion_tokens=None)),
        cost=Sum("cost"),
        prompt_tokens=Sum("prompt_tokens"),
        completion_tokens=Sum("completion_tokens"),
    )
    return {**sums, "cost": _decimal(sums["cost"])}


def summaries_json(conversation_id: int, message_ids: Iterable[int]) -> list[dict[str, Any]]:
    """The summaries whose boundary is behind one of the messages, the oldest first, and the one that counts now."""
    valid = valid_summaries(conversation_id)
    newest = valid.first()
    made = list(valid.filter(up_to__in=list(message_ids)).order_by("id")) if newest is not None else []
    if newest is not None and newest not in made:
        made.append(newest)
    # the slices that one summary was made of have had their time
    reached = max((row.up_to_id for row in made if not row.after), default=0)
    made = [row for row in made if not row.after or row.up_to_id > reached]
    return [
        {
            "id": row.pk,
            "up_to": row.up_to_id,
            "messages": row.messages - row.unread,
            "text": row.text,
            "pinned": row.pinned,
            "tokens": row.tokens,
            "model": row.model,
            "cost": _decimal(row.cost),
            "call": row.call_id,
            "created_at": row.created_at,
        }
        for row in made
    ]


def versions_json(conversation_id: int) -> list[dict[str, Any]]:
    """The versions of a conversation's last exchange, the oldest first; none where there is one alone."""
    versions = versions_of(conversation_id)
    if len(versions) < 2:
        return []
    applied = applied_in(versions)
    return [
        {
            "answer": version.answer,
            "messages": version.messages,
            "status": version.status,
            "current": version.current,
            "applied": applied[version.answer],
        }
        for version in versions
    ]


def call_json(call: ModelCall) -> dict[str, Any]:
    """One model call, whole."""
    fields = (
        "id",
        "purpose",
        "provider",
        "base_url",
        "model",
        "request",
        "parameters",
        "usage",
        "attempts",
        "retries",
        "started_at",
        "first_token_ms",
        "duration_ms",
        "finish_reason",
        "error",
    )
    return {**{name: getattr(call, name) for name in fields}, "cost": _decimal(call.cost), "status": call.http_status}


def _decimal(value: Decimal | None) -> str | None:
    return None if value is None else format(value, "f")
