"""Serves `/static/` in front of Django, so that no sync middleware stands in the way of the async views."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from asgiref.wsgi import WsgiToAsgi
from django.conf import settings
from django.contrib.staticfiles.handlers import ASGIStaticFilesHandler
from whitenoise import WhiteNoise

if TYPE_CHECKING:
    from collections.abc import Iterable
    from wsgiref.types import StartResponse, WSGIEnvironment

    from asgiref.typing import ASGI3Application, ASGIReceiveCallable, ASGISendCallable, Scope

HASHED_NAME = r"^.+\.[0-9a-f]{12}\..+$"


def with_static_files(app: Any) -> ASGI3Application:
    """In development, files straight from the apps' folders; else the ones that `collectstatic` gathered."""
    if settings.DEBUG:
        handler: ASGI3Application = ASGIStaticFilesHandler(app)
        return handler
    return CollectedFiles(app)


class CollectedFiles:
    def __init__(self, app: ASGI3Application) -> None:
        self.app = app
        self.prefix = str(settings.STATIC_URL)
        files = WhiteNoise(_not_found, immutable_file_test=HASHED_NAME, max_age=60)
        files.add_files(str(settings.STATIC_ROOT), prefix=self.prefix)
        self.files: ASGI3Application = WsgiToAsgi(files)

    async def __call__(self, scope: Scope, receive: ASGIReceiveCallable, send: ASGISendCallable) -> None:
        is_file = scope["type"] == "http" and scope["path"].startswith(self.prefix)
        await (self.files if is_file else self.app)(scope, receive, send)


def _not_found(environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
    start_response("404 Not Found", [("Content-Type", "text/plain")])
    return [b"Not found\n"]
