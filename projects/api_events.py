"""A project's events as a stream (server-sent events), and where a page says which file it shows.

    id: 12
    event: files.changed
    data: {"revision": 12, "paths": […], "gone": […], "origin": "user", "author": "alice",
           "author_id": 3, "client": "…"}

`paths` is null where they are too many to tell: read the project again. `ready` follows what was missed, `presence`
tells who is there, and `access.ended` is the last one for whom it is over. With `wait=0`, and by a server without an
event loop (WSGI), the answer is what is new and ends: a browser then asks again after some seconds.
"""

from __future__ import annotations

from collections.abc import AsyncGenerator
from typing import Any

import msgspec
from asgiref.sync import sync_to_async
from django.core.handlers.asgi import ASGIRequest
from django.http import HttpRequest, HttpResponse, HttpResponseBase, StreamingHttpResponse

from chat.origin import comes_from_here
from projects import access, caller, news, presence
from projects.events import Follower, hub
from projects.http import ApiError, Asked, Right, answer, answers, asked_by, body_of, error_answer

MAX_DIGITS = 18
POLL_AGAIN = b"retry: 3000\n\n"


class PresenceBody(msgspec.Struct, frozen=True):
    """`POST …/presence`: the page, and the file that it shows."""

    client: str
    path: str | None = None


async def events(request: HttpRequest, project_id: int) -> HttpResponseBase:
    """`GET …/events?client=&path=&after=&wait=`."""
    try:
        follower = await sync_to_async(_follower)(request, project_id)
        if isinstance(request, ASGIRequest) and request.GET.get("wait") != "0":
            made: HttpResponseBase = StreamingHttpResponse(_frames(follower), content_type="text/event-stream")
        else:
            made = await sync_to_async(_poll)(follower)
    except Exception as error:  # noqa: BLE001 - a bug is an answer too, and is logged
        return error_answer(error)
    made.headers["Cache-Control"] = "no-store"
    made.headers["X-Accel-Buffering"] = "no"
    made.headers["X-Content-Type-Options"] = "nosniff"
    return made


events.rights = {"GET": Right.READ}  # type: ignore[attr-defined]


async def _frames(follower: Follower) -> AsyncGenerator[bytes, None]:
    async for data in follower.frames():
        yield data


def _follower(request: HttpRequest, project_id: int) -> Follower:
    if request.method != "GET":
        raise ApiError("method_not_allowed", allowed=["GET"])
    if comes_from_here(request) is False:
        raise access.ForeignRequest
    asked = asked_by(request, project_id, Right.READ)
    client = caller.client_id(request.GET.get("client"))
    if not client:
        raise ApiError("invalid", fields={"client": "letters, digits, - and _, 36 at most"})
    who = access.credentials(request, asked.user)
    return Follower(asked.project.pk, who, client, request.GET.get("path", ""), _position(request))


def _position(request: HttpRequest) -> int | None:
    text = request.headers.get("Last-Event-ID") or request.GET.get("after") or ""
    if not text:
        return None
    if not text.isascii() or not text.isdigit() or len(text) > MAX_DIGITS:
        raise ApiError("invalid", fields={"after": "a number"})
    return int(text)


def _poll(follower: Follower) -> HttpResponse:
    """What is new, and who is there, at once."""
    presence.enter(follower.page, follower.path)
    head, frames = news.joined(follower.project_id, follower.after)
    people = {"people": presence.of_projects([follower.project_id]).get(follower.project_id, [])}
    data = POLL_AGAIN + b"".join(told for _, told in frames) + news.ready(head) + news.frame("presence", people)
    return HttpResponse(data, content_type="text/event-stream")


def show(request: HttpRequest, asked: Asked) -> HttpResponse:
    """Says which file a page shows."""
    body: Any = body_of(request, PresenceBody, 10_000)
    if presence.move((asked.project.pk, asked.user.pk, caller.client_id(body.client)), body.path or ""):
        hub.tell(asked.project.pk)
    return answer({"success": True})


presences = answers({"POST": (Right.READ, show)})
