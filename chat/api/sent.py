"""What was sent to a model, after the fact: the exact request as a file, and two requests compared."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse

from chat.api.compare import changes
from chat.api.errors import answers
from chat.api.input import number
from chat.api.output import json_response
from chat.api.requests import visible_answer
from chat.errors import ChatError
from chat.events.writer import readers
from chat.models import AIMessage, ModelCall
from chat.packing import unpack_bytes

#: Calls of a conversation that can be chosen to compare with.
OTHERS = 50
ANSWER = "answer"


@answers("GET")
async def request_file(request: HttpRequest, message_id: int) -> HttpResponse:
    """`GET /api/chat/messages/{id}/request`: the body as it was sent, byte by byte.  Keys are never in it."""
    which = number(request, "call", 0, 10**6)

    def work() -> tuple[int, bytes]:
        place, call = _call(visible_answer(request, message_id), which)
        return place, unpack_bytes(bytes(call.request_packed))

    place, body = await readers.run(work)
    response = HttpResponse(body, content_type="application/json")
    response["Content-Disposition"] = f'attachment; filename="request-{message_id}-{place}.json"'
    response["Cache-Control"] = "no-store"
    response["X-Content-Type-Options"] = "nosniff"
    return response


@answers("GET")
async def comparison(request: HttpRequest, message_id: int) -> HttpResponse:
    """`GET /api/chat/messages/{id}/comparison`."""
    which, other_id, other = (
        number(request, name, 0, most) for name, most in (("call", 10**6), ("with", 2**63 - 1), ("with_call", 10**6))
    )

    def work() -> dict[str, Any]:
        message = visible_answer(request, message_id)
        _, after = _call(message, which)
        before = _other(message, after, other_id, other)
        found, same = ([], {}) if before is None else changes(before.request, after.request)
        told = _told(message, {call.pk for call in (before, after) if call is not None})
        return {
            "before": None if before is None else told.get(before.pk),
            "after": told[after.pk],
            "changes": found,
            "same": same,
            "others": list(told.values()),
        }

    return json_response(await readers.run(work))


def _calls(message: AIMessage) -> list[ModelCall]:
    return list(ModelCall.objects.filter(message=message).order_by("started_at", "id").defer("request_packed"))


def _call(message: AIMessage, which: int) -> tuple[int, ModelCall]:
    """The first, second, … request of an answer, and its number; 0 is the first that asked for the answer itself and
    not for a summary.  Raises `ChatError("not_found")`."""
    calls = _calls(message)
    which = which or next((number for number, call in enumerate(calls, 1) if call.purpose == ANSWER), 1)
    if not 1 <= which <= len(calls):
        raise ChatError("not_found")
    return which, calls[which - 1]


def _other(message: AIMessage, after: ModelCall, other_id: int, which: int) -> ModelCall | None:
    """What to compare with: as it is asked for, within the conversation; else the request before."""
    if other_id:
        other = AIMessage.objects.filter(pk=other_id, conversation_id=message.conversation_id).first()
        if other is None:
            raise ChatError("not_found")
        return _call(other, which)[1]
    alike = [call for call in _calls(message) if call.purpose == after.purpose]
    at = [call.pk for call in alike].index(after.pk)
    if at:
        return alike[at - 1]
    earlier = ModelCall.objects.filter(message__conversation_id=message.conversation_id, message_id__lt=message.pk)
    earlier = earlier.filter(purpose=after.purpose)
    last = earlier.order_by("-message_id").values_list("message_id", flat=True).first()
    return earlier.filter(message_id=last).order_by("started_at", "id").first() if last is not None else None


def _told(message: AIMessage, wanted: set[Any]) -> dict[Any, dict[str, Any]]:
    """Which requests the conversation has, the newest first, and those that are wanted, each in short."""
    rows = ModelCall.objects.filter(message__conversation_id=message.conversation_id)
    fields = ("id", "message_id", "purpose", "model", "started_at", "prompt_tokens")
    newest = list(rows.order_by("-message_id", "-started_at", "-id").values(*fields)[:OTHERS])
    messages = {row["message_id"] for row in newest}
    messages |= set(rows.filter(pk__in=wanted).values_list("message_id", flat=True))
    found: dict[Any, dict[str, Any]] = {}
    numbers: dict[int, int] = {}
    for row in rows.filter(message_id__in=messages).order_by("message_id", "started_at", "id").values(*fields):
        numbers[row["message_id"]] = numbers.get(row["message_id"], 0) + 1
        found[row["id"]] = {**{name: row[name] for name in fields[1:]}, "call": numbers[row["message_id"]]}
    return dict(reversed(found.items()))
