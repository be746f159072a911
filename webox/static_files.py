"""Serves `/static/` in front of Django, so that no sync middleware stands in the way of the async views."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Any, cast

from django.conf import settings
from django.contrib.staticfiles.handlers import ASGIStaticFilesHandler
from whitenoise import WhiteNoise

if TYPE_CHECKING:
    from asgiref.typing import ASGI3Application, ASGIReceiveCallable, ASGISendCallable, HTTPScope, Scope

#: Named after what they hold: by `collectstatic`, and the parts of the bundles by esbuild (`esbuild.config.mjs`).
HASHED_NAME = r"^.+\.[0-9a-f]{12}\..+$|/dist/parts/[^/]+-[0-9A-Z]{8}\.js$"


def with_static_files(app: Any) -> ASGI3Application:
    """In development, files straight from the apps' folders; else the ones that `collectstatic` gathered."""
    if settings.DEBUG:
        return cast("ASGI3Application", ASGIStaticFilesHandler(app))
    return CollectedFiles(app)


class CollectedFiles:
    """WhiteNoise finds the file and decides on the headers; sending is ours, as it only speaks WSGI."""

    def __init__(self, app: ASGI3Application) -> None:
        self.app = app
        self.prefix = str(settings.STATIC_URL)
        whitenoise = WhiteNoise(None, immutable_file_test=HASHED_NAME, max_age=60)
        whitenoise.add_files(str(settings.STATIC_ROOT), prefix=self.prefix)
        self.files: dict[str, Any] = whitenoise.files

    async def __call__(self, scope: Scope, receive: ASGIReceiveCallable, send: ASGISendCallable) -> None:
        if scope["type"] == "http" and scope["path"].startswith(self.prefix):
            await self._serve(scope, send)
        else:
            await self.app(scope, receive, send)

    async def _serve(self, scope: HTTPScope, send: ASGISendCallable) -> None:
        file = self.files.get(scope["path"])
        if file is None:
            await _send(send, 404, [("Content-Type", "text/plain")], b"Not found\n")
            return
        answer = file.get_response(scope["method"], _as_wsgi(scope))
        body = await asyncio.to_thread(_read_and_close, answer.file) if answer.file else b""
        await _send(send, answer.status, answer.headers, body)


async def _send(send: ASGISendCallable, status: int, headers: list[tuple[str, str]], body: bytes) -> None:
    raw = [(name.lower().encode("latin-1"), value.encode("latin-1")) for name, value in headers]
    await send({"type": "http.response.start", "status": int(status), "headers": raw, "trailers": False})
    await send({"type": "http.response.body", "body": body, "more_body": False})


def _as_wsgi(scope: HTTPScope) -> dict[str, str]:
    """The request's headers under the names by which WSGI calls them."""
    return {f"HTTP_{name.decode('latin-1').upper().replace('-', '_')}": value.decode("latin-1")
            for name, value in scope["headers"]}  # fmt: skip


def _read_and_close(file: Any) -> bytes:
    with file:
        return bytes(file.read())
