"""Sending, following, stopping, asking again.  Async views: a request only waits, the turn belongs to the server."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

from django.http import HttpRequest, HttpResponse, HttpResponseBase

from chat.api.errors import answers, error_body, status_of
from chat.api.input import AgainBody, MessageBody, body_of, content_of, context_of
from chat.api.output import call_json, json_response, messages_json
from chat.api.requests import answer_of, user_of, visible_answer, visible_message
from chat.api.stream import EventStream, position_of, refuse_wsgi, waits, wants_events
from chat.api.watch import Reader, watch
from chat.errors import ChatError
from chat.events.follow import Follower
from chat.events.together import together
from chat.events.writer import readers
from chat.models import AIMessage, ModelCall
from chat.texts import active_language
from chat.turns import start
from chat.turns.launch import Wishes, launch
from chat.turns.start import Send, Started
from chat.turns.supervisor import supervisor
from chat.workspace import ConversationNews, tell_host


@answers("POST")
async def send(request: HttpRequest) -> HttpResponseBase:
    """`POST /api/chat/message`."""
    body = body_of(request, MessageBody)
    wanted = Send(
        body.project_id,
        content_of(body),
        body.conversation_id,
        body.client_id,
        body.model or "",
        context_of(body),
        body.replaces,
        body.mode,
    )
    wishes = Wishes(body.model or "", active_language())
    return await _turn(request, wishes, lambda user: start.send(user, wanted, supervisor.owner), body.conversation_id)


@answers("POST")
async def retry(request: HttpRequest, message_id: int) -> HttpResponseBase:
    """`POST /api/chat/messages/{id}/retry`."""
    body = body_of(request, AgainBody)
    return await _turn(
        request,
        Wishes(body.model or "", active_language()),
        lambda user: start.retry(user, message_id, body.client_id, supervisor.owner),
    )


@answers("POST")
async def go_on(request: HttpRequest, message_id: int) -> HttpResponseBase:
    """`POST /api/chat/messages/{id}/continue`."""
    body = body_of(request, AgainBody)
    return await _turn(
        request,
        Wishes(body.model or "", active_language()),
        lambda user: start.go_on(user, message_id, body.client_id, supervisor.owner),
    )


@answers("GET")
async def events(request: HttpRequest, message_id: int) -> HttpResponseBase:
    """`GET /api/chat/messages/{id}/events`."""
    after = position_of(request)
    reader = await readers.run(reader_of, request, message_id)
    return _watched(Follower(message_id, after, waits=waits(request)), reader)


@answers("POST")
async def stop(request: HttpRequest, message_id: int) -> HttpResponse:
    """`POST /api/chat/messages/{id}/stop`."""
    message = await readers.run(visible_answer, request, message_id)
    if message.status == AIMessage.Status.STREAMING:
        await supervisor.stop(message.pk)
    return json_response({"success": True, "message": await readers.run(_shown, message.pk)})


@answers("GET")
async def calls(request: HttpRequest, message_id: int) -> HttpResponse:
    """`GET /api/chat/messages/{id}/calls`."""

    def work() -> list[dict[str, Any]]:
        message = visible_message(request, message_id)
        return [call_json(call) for call in ModelCall.objects.filter(message=message).order_by("started_at")]

    return json_response({"calls": await readers.run(work)})


@answers("GET")
async def receipt(request: HttpRequest, message_id: int) -> HttpResponse:
    """`GET /api/chat/messages/{id}/receipt`."""
    message = await readers.run(visible_answer, request, message_id)
    if message.receipt is None:
        raise ChatError("not_found")
    return json_response(message.receipt)


async def _turn(
    request: HttpRequest, wishes: Wishes, begin: Callable[[Any], Started], conversation_id: int | None = None
) -> HttpResponseBase:
    """Starts a turn and answers with its events, or with the answer when it is whole."""
    if supervisor.draining:
        raise ChatError("draining")
    if wants_events(request):
        refuse_wsgi(request)
    user, started = await supervisor.sheltered(_started(request, wishes, begin, conversation_id))
    if wants_events(request):
        return _watched(Follower(started.answer.pk), Reader(user, started.conversation.project_id))
    return await _whole(started)


def reader_of(request: HttpRequest, message_id: int) -> Reader:
    """Who follows an answer.  Raises `ChatError`."""
    user = user_of(request)
    message = answer_of(user, message_id)
    return Reader(user, message.conversation.project_id)


def _watched(follower: Follower, reader: Reader) -> EventStream:
    watch().keep(follower, reader)
    return EventStream(follower)


async def _started(
    request: HttpRequest, wishes: Wishes, begin: Callable[[Any], Started], conversation_id: int | None
) -> tuple[Any, Started]:
    """Writes a turn's rows and starts it, in one go; who asked for it, too."""

    def begun() -> tuple[Any, Started]:
        user = user_of(request)
        return user, begin(user)

    try:
        user, started = await together.run(begun)
    except ChatError as error:
        if error.code != "turn_in_progress":
            raise
        # it may be the turn of a server that is gone
        await supervisor.recover(error.extra.get("conversation_id", conversation_id))
        user, started = await together.run(begun)
    if not started.existing:
        await launch(started, replace(wishes, user=user))
        conversation = started.conversation
        tell_host(ConversationNews(conversation.project_id, conversation.pk, "message", started.answer.pk))
    return user, started


async def _whole(started: Started) -> HttpResponse:
    """The answer, once it has ended."""
    async for _ in Follower(started.answer.pk).frames():
        pass
    await supervisor.release()
    message = await readers.run(_shown, started.answer.pk)
    known = {"conversation_id": started.conversation.pk, "message": message}
    if message["status"] in {"complete", "stopped"}:
        return json_response({"success": True, **known})
    error = (message["metadata"] or {}).get("error") or {"code": "server_error"}
    body = error_body(error["code"], error.get("detail", ""), text=error.get("message", ""))
    return json_response({**body, **known}, status=status_of(error["code"]))


def _shown(message_id: int) -> dict[str, Any]:
    """A message as it is now; one that was deleted meanwhile is not found."""
    message = AIMessage.objects.filter(pk=message_id).first()
    if message is None:
        raise ChatError("not_found")
    return messages_json([message])[0]
