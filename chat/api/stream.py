"""A turn's events as a response (server-sent events, WHATWG HTML 9.2)."""

from __future__ import annotations

from collections.abc import AsyncGenerator

from django.core.handlers.asgi import ASGIRequest
from django.http import HttpRequest, StreamingHttpResponse

from chat.errors import ChatError
from chat.events.follow import Follower

MAX_SEQ = 2**63 - 1
MAX_DIGITS = 19


class EventStream(StreamingHttpResponse):
    """Follows one turn until it ends or the reader leaves."""

    def __init__(self, follower: Follower) -> None:
        self.follower = follower
        super().__init__(_frames(follower), content_type="text/event-stream; charset=utf-8")
        self["Cache-Control"] = "no-store"
        self["X-Accel-Buffering"] = "no"
        self["X-Content-Type-Options"] = "nosniff"


async def _frames(follower: Follower) -> AsyncGenerator[bytes, None]:
    """The follower's frames; whoever stops reading makes it leave."""
    try:
        async for data in follower.frames():
            yield data
    finally:
        follower.leave()


def wants_events(request: HttpRequest) -> bool:
    """Whether the caller asked for events."""
    return "text/event-stream" in request.headers.get("Accept", "")


def waits(request: HttpRequest) -> bool:
    """Whether the reader stays for what comes later; a browser has only a few connections to give, and a server without
    an event loop none."""
    return request.GET.get("wait") != "0" and isinstance(request, ASGIRequest)


def refuse_wsgi(request: HttpRequest) -> None:
    """Raises `ChatError("needs_asgi")` where the server has no event loop: each request then has its own, which ends
    with the request, and the turn with it."""
    if not isinstance(request, ASGIRequest):
        raise ChatError("needs_asgi")


def position_of(request: HttpRequest) -> int:
    """After which number the reader wants to go on; a reconnecting browser says it in a header.

    Raises `ChatError("invalid")`.
    """
    text = request.headers.get("Last-Event-ID") or request.GET.get("after") or "0"
    if not text.isascii() or not text.isdigit() or len(text) > MAX_DIGITS or int(text) > MAX_SEQ:
        raise ChatError("invalid", fields={"after": "a number"})
    return int(text)
