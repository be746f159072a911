"""The short way of a save: `PUT /api/projects/{id}/files/{path}` past the middleware, as streams have one.

Django's middleware, and the thread and database connection that it makes for each request, cost a save several times
what saving costs (docs/adr/0005). `ShortSaves(app)` takes small bodies alone; everything else, and everything it is not
sure of, goes to `app`, where the same view answers. What is checked: ALLOWED_HOSTS, who asks, where the request comes
from and what they may (`projects.http.asked_by`), and the limits of the body.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from django.urls import reverse

from chat.api.short import body_of, headers_of, is_redirected, is_small, language_of, request_of
from projects.saves import saves

if TYPE_CHECKING:
    from chat.api.short import App, Receive, Scope, Send


class ShortSaves:
    """ASGI application in front of the site's."""

    def __init__(self, app: App) -> None:
        self.app = app
        self._pattern: re.Pattern[str] | None = None

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        found = self._file_of(scope) if scope["type"] == "http" and scope["method"] == "PUT" else None
        if found is None:
            await self.app(scope, receive, send)
            return
        body = await body_of(receive)
        if body is not None:
            await _answer(scope, body, int(found[1]), found[2], send)

    def _file_of(self, scope: Scope) -> re.Match[str] | None:
        """The file that a save is about; `None` for every other request."""
        if self._pattern is None:
            address = re.escape(reverse("files:file", args=[1, "x"]))
            self._pattern = re.compile(address.replace("/1/", "/([0-9]{1,18})/").removesuffix("x") + "(.+)")
        found = self._pattern.fullmatch(scope["path"])
        return found if found and is_small(scope) and not is_redirected(scope) else None


async def _answer(scope: Scope, body: bytes, project_id: int, path: str, send: Send) -> None:
    request = request_of(scope, body)
    response = await saves.save(request, project_id, path, language_of(request))
    headers = [*headers_of(response), (b"content-length", b"%d" % len(response.content))]
    await send({"type": "http.response.start", "status": response.status_code, "headers": headers})
    await send({"type": "http.response.body", "body": response.content})
