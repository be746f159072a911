"""What browser tests and benchmarks stand on: which Chromium, and the stand-in chat server."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from urllib.request import Request, urlopen

ROOT = Path(__file__).resolve().parents[2]
BROWSER_ARGUMENTS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]


def chromium_path() -> str | None:
    """The system's Chromium; None lets Playwright look for its own."""
    return shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")


def node_path() -> str | None:
    """The Node of the system, or the one that came with the virtual environment."""
    return os.environ.get("NODE") or shutil.which("node")


class FakeBackend:
    """The stand-in server (`fake_backend.mjs`): the panel's page, its API and the ways to break it."""

    def __init__(self, address: str) -> None:
        self.address = address

    def reset(self) -> None:
        """Forgets everything."""
        self._post("/_/reset", {})

    def set(self, **settings: Any) -> None:
        """`drop` events per connection, `down`, `refuse` sends with {status, code}, `latency`, `delay`, `models`."""
        self._post("/_/settings", settings)

    def seed(self, turns: list[list[Any]] | None = None, *, title: str = "Conversation", count: int = 1) -> int:
        """Conversations with these questions and answers; returns the id of the last one."""
        answer = self._post("/_/seed", {"turns": turns or [], "title": title, "count": count})
        return int(answer["conversation_id"])

    def messages(self, conversation_id: int) -> list[dict[str, Any]]:
        """All messages of a conversation, hidden ones too."""
        return list(self._post("/_/messages", {"conversation_id": conversation_id}))

    def _post(self, path: str, body: dict[str, Any]) -> Any:
        url = self.address.rstrip("/") + path
        request = Request(url, json.dumps(body).encode(), {"Content-Type": "application/json"})
        with urlopen(request, timeout=10) as response:
            return json.load(response)


@contextmanager
def fake_backend() -> Iterator[FakeBackend]:
    """A stand-in server for as long as the block runs."""
    node = node_path()
    if node is None:
        raise RuntimeError("no Node found")
    command = [node, str(ROOT / "tests/browser/fake_backend.mjs")]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True, env={**os.environ, "PORT": "0"}) as process:
        try:
            assert process.stdout is not None
            yield FakeBackend(process.stdout.readline().strip())
        finally:
            process.terminate()
