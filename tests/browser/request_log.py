"""The site with a log of every request that reaches it, before anything of the site sees it.

WEBOX_TEST_REQUESTS names the file: one JSON object a line. WEBOX_TEST_WITHOUT names headers, separated by commas, that
answers of the preview lose on their way out: the proof of the hostile page has to notice.
"""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import Any

from webox.asgi import application as site

LOG = Path(os.environ["WEBOX_TEST_REQUESTS"])
WITHOUT = {name.strip().lower().encode() for name in os.environ.get("WEBOX_TEST_WITHOUT", "").split(",") if name}


async def application(scope: Any, receive: Any, send: Any) -> None:
    if scope["type"] != "http":
        await site(scope, receive, send)
        return
    _write(_row(scope))

    async def weaker(event: Any) -> None:
        if event["type"] == "http.response.start" and scope["path"].startswith("/preview/"):
            headers = [(name, value) for name, value in event["headers"] if name.lower() not in WITHOUT]
            event = {**event, "headers": headers}
        await send(event)

    await site(scope, receive, weaker if WITHOUT else send)


def _write(row: dict[str, Any]) -> None:
    with LOG.open("a") as log:
        log.write(json.dumps(row) + "\n")


def _row(scope: Any) -> dict[str, Any]:
    headers = {name.decode("latin-1").lower(): value.decode("latin-1") for name, value in scope["headers"]}
    return {
        "method": scope["method"],
        "path": scope["path"],
        "query": scope["query_string"].decode("latin-1"),
        "host": headers.get("host", ""),
        "cookie": headers.get("cookie", ""),
        "origin": headers.get("origin", ""),
        "referer": headers.get("referer", ""),
        "dest": headers.get("sec-fetch-dest", ""),
    }
