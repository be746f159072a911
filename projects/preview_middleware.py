"""The host split, before any other middleware: a preview sees no session, no cookie and none of the site's pages."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from inspect import iscoroutinefunction
from typing import cast

from asgiref.sync import sync_to_async
from django.http import HttpRequest, HttpResponse, HttpResponseBase, HttpResponseRedirect
from django.utils.decorators import sync_and_async_middleware

from projects import preview_host, preview_serve

Sync = Callable[[HttpRequest], HttpResponseBase]
Async = Callable[[HttpRequest], Awaitable[HttpResponseBase]]


@sync_and_async_middleware
def preview_middleware(get_response: Sync | Async) -> Sync | Async:
    """Answers what belongs to the preview; everything else goes on, untouched."""
    if iscoroutinefunction(get_response):
        ask = sync_to_async(_answer, thread_sensitive=True)

        async def go_async(request: HttpRequest) -> HttpResponseBase:
            made = await ask(request) if _concerns(request) else None
            return made or await cast("Async", get_response)(request)

        return go_async

    def go(request: HttpRequest) -> HttpResponseBase:
        made = _answer(request) if _concerns(request) else None
        return made or cast("Sync", get_response)(request)

    return go


def _concerns(request: HttpRequest) -> bool:
    """Cheap: most requests are none of ours."""
    if preview_host.fixed_origin():
        return preview_host.is_preview_host(preview_host.host_of(request))
    return request.path_info.startswith(preview_host.PREFIX) or _is_visit(request)


def _answer(request: HttpRequest) -> HttpResponse | None:
    if preview_host.fixed_origin() or request.path_info.startswith(preview_host.PREFIX):
        return preview_serve.answer(request)
    # A person who opens the studio by the name that shows previews finds it under the other one.
    other = preview_host.other_address(request)
    return HttpResponseRedirect(other) if other and preview_host.shows_previews_now(request) else None


def _is_visit(request: HttpRequest) -> bool:
    """A person opens a page of this machine in a tab."""
    return request.method == "GET" and request.headers.get("Sec-Fetch-Dest") == "document"
