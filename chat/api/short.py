"""The short way in: streams past the middleware.

Django's usual middleware costs a stream most of its time to the first token, and its response class a layer for each
piece.  `ShortWay(app)` takes exactly the requests whose answer is a stream, calls the same views with the same checks
(the host's `ACCESS`, ALLOWED_HOSTS, limits, the person's language), and writes the frames straight to the server.
Everything else, and everything it is not sure of, goes to `app`.  It is optional: without it the same addresses work
through Django.
"""

from __future__ import annotations

import asyncio
import contextlib
import io
import re
from collections.abc import Awaitable, Callable
from functools import lru_cache
from importlib import import_module
from typing import Any, cast

from django.conf import settings as django_settings
from django.contrib.auth import get_user
from django.core.handlers.asgi import ASGIRequest
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.middleware.locale import LocaleMiddleware
from django.urls import reverse
from django.utils import translation
from django.utils.functional import SimpleLazyObject
from django.utils.module_loading import import_string
from django.utils.translation.trans_real import get_supported_language_variant, parse_accept_lang_header

from chat.api import messages
from chat.api.stream import EventStream

Scope = dict[str, Any]
Receive = Callable[[], Awaitable[dict[str, Any]]]
Send = Callable[[dict[str, Any]], Awaitable[None]]
App = Callable[[Scope, Receive, Send], Awaitable[None]]
View = Callable[..., Awaitable[HttpResponseBase]]

#: Small bodies only: a big one is Django's to spool.
MOST_BODY = 256 * 1024


class ShortWay:
    """ASGI application in front of Django's."""

    def __init__(self, app: App) -> None:
        self.app = app
        self._routes: tuple[str, re.Pattern[str]] | None = None

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        view = self._view_of(scope) if scope["type"] == "http" else None
        if view is None:
            await self.app(scope, receive, send)
            return
        body = await body_of(receive) if scope["method"] == "POST" else b""
        if body is None:
            return
        await _answer(scope, body, view, receive, send)

    def _view_of(self, scope: Scope) -> Callable[[HttpRequest], Awaitable[HttpResponseBase]] | None:
        """The view of a request that is ours; `None` for all others."""
        message, following = self._paths()
        if is_redirected(scope):
            return None
        if scope["method"] == "POST" and scope["path"] == message:
            streams = b"text/event-stream" in dict(scope["headers"]).get(b"accept", b"")
            return cast(View, messages.send) if streams and is_small(scope) else None
        found = following.fullmatch(scope["path"]) if scope["method"] == "GET" else None
        if found is None:
            return None
        return lambda request: cast(Awaitable[HttpResponseBase], messages.events(request, message_id=int(found[1])))

    def _paths(self) -> tuple[str, re.Pattern[str]]:
        if self._routes is None:
            events = re.escape(reverse("chat:events", args=[1])).replace("/1/", "/([0-9]{1,18})/")
            self._routes = reverse("chat:message"), re.compile(events)
        return self._routes


def is_redirected(scope: Scope) -> bool:
    """Whether Django would send the caller to HTTPS instead of answering."""
    return bool(django_settings.SECURE_SSL_REDIRECT) and scope.get("scheme") != "https"


def is_small(scope: Scope) -> bool:
    """Whether a request says how long its body is, and it is short."""
    length = dict(scope["headers"]).get(b"content-length", b"")
    return length.isdigit() and int(length) <= MOST_BODY


async def body_of(receive: Receive) -> bytes | None:
    """The request's body; `None` where the caller has left, or sends more than he said."""
    pieces, size = [], 0
    while True:
        event = await receive()
        piece = event.get("body", b"")
        size += len(piece)
        if event["type"] == "http.disconnect" or size > MOST_BODY:
            return None
        pieces.append(piece)
        if not event.get("more_body"):
            return b"".join(pieces)


def _session(key: str | None) -> Any:
    """The session, to be read alone: this way in sets no cookie, so a session that got a new key here (Django gives it
    one when SECRET_KEY was rotated) or was thrown away would log its person out."""
    session = import_module(django_settings.SESSION_ENGINE).SessionStore(key)
    session.cycle_key = session.flush = session.save = _left_to_the_usual_way
    return session


def _left_to_the_usual_way(must_create: bool = False) -> None:
    """Nothing is written here."""


def request_of(scope: Scope, body: bytes) -> ASGIRequest:
    """Django's request with a session and its user, as its middleware would make it; nothing is read before it is asked
    for."""
    request = ASGIRequest(scope, io.BytesIO(body))
    request.user = SimpleLazyObject(lambda: get_user(request))  # type: ignore[assignment]
    request.session = _session(request.COOKIES.get(django_settings.SESSION_COOKIE_NAME))
    return request


def language_of(request: HttpRequest) -> str:
    """The person's language: the cookie that Django's own switch sets, else what the browser asks for; the site's own
    where no middleware looks for either, as everything else on the page is in that."""
    if not _asks_people(tuple(django_settings.MIDDLEWARE)):
        return str(django_settings.LANGUAGE_CODE)
    wanted = [
        request.COOKIES.get(django_settings.LANGUAGE_COOKIE_NAME, ""),
        *(code for code, _ in parse_accept_lang_header(request.headers.get("Accept-Language", ""))),
    ]
    for code in wanted:
        with contextlib.suppress(LookupError):
            return get_supported_language_variant(code)
    return str(django_settings.LANGUAGE_CODE)


@lru_cache(maxsize=8)
def _asks_people(middleware: tuple[str, ...]) -> bool:
    """Whether one of these looks for a person's language."""
    found = (import_string(name) for name in middleware)
    return any(isinstance(one, type) and issubclass(one, LocaleMiddleware) for one in found)


async def _answer(
    scope: Scope, body: bytes, view: Callable[[HttpRequest], Awaitable[HttpResponseBase]], receive: Receive, send: Send
) -> None:
    request = request_of(scope, body)
    with translation.override(language_of(request)):
        response = await view(request)
    await send({"type": "http.response.start", "status": response.status_code, "headers": headers_of(response)})
    if isinstance(response, EventStream):
        await _stream(response, receive, send)
    else:
        content = cast(HttpResponse, response).content
        await send({"type": "http.response.body", "body": content})


def headers_of(response: HttpResponseBase) -> list[tuple[bytes, bytes]]:
    """A response's headers, as ASGI sends them."""
    return [(name.lower().encode("ascii"), value.encode("latin-1")) for name, value in response.items()]


async def _stream(response: EventStream, receive: Receive, send: Send) -> None:
    """Frames as they come, until the turn ends or the reader leaves."""
    follower = response.follower
    gone = asyncio.ensure_future(_until_gone(receive))
    gone.add_done_callback(lambda _: follower.leave())
    try:
        async for data in follower.frames():
            await send({"type": "http.response.body", "body": data, "more_body": True})
        await send({"type": "http.response.body", "body": b""})
    finally:
        gone.cancel()


async def _until_gone(receive: Receive) -> None:
    while (await receive())["type"] != "http.disconnect":
        pass
