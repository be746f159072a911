"""The stand-in chat server (`fake_backend.mjs`) for browser tests and benchmarks."""

from __future__ import annotations

import json
import os
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from urllib.request import Request, urlopen

SCRIPT = Path(__file__).with_name("fake_backend.mjs")


class FakeBackend:
    """The panel's page, its API and the ways to break it."""

    def __init__(self, address: str) -> None:
        self.address = address

    def reset(self) -> None:
        """Forgets everything."""
        self._post("/_/reset", {})

    def set(self, **settings: Any) -> None:
        """`drop` connections after so many events, be `down`, `refuse` sends, `delay` words, `latency`, `models`."""
        self._post("/_/settings", settings)

    def seed(self, turns: list[list[Any]] | None = None, *, title: str = "Conversation", count: int = 1) -> int:
        """Conversations with these questions and answers; the id of the last one."""
        answer = self._post("/_/seed", {"turns": turns or [], "title": title, "count": count})
        return int(answer["conversation_id"])

    def messages(self, conversation_id: int) -> list[dict[str, Any]]:
        """All messages of a conversation, hidden ones too."""
        return list(self._post("/_/messages", {"conversation_id": conversation_id}))

    def write(self, path: str, text: str | None) -> None:
        """Somebody else changes a file of the project, or deletes it."""
        self._post("/_/write", {"path": path, "text": text})

    def stale(self, message_id: str) -> None:
        """The proposals of a message become others than were shown."""
        self._post("/_/stale", {"message_id": int(message_id)})

    def project(self) -> dict[str, Any]:
        """`files` by path, `revision`, and how often something was `applied`."""
        return dict(self._post("/_/project", {}))

    def titles(self) -> list[str]:
        """Of the newest conversations."""
        with urlopen(f"{self.address}api/chat/conversations/1", timeout=10) as response:
            return [row["title"] for row in json.load(response)["conversations"]]

    def _post(self, path: str, body: dict[str, Any]) -> Any:
        url = self.address.rstrip("/") + path
        request = Request(url, json.dumps(body).encode(), {"Content-Type": "application/json"})
        with urlopen(request, timeout=10) as response:
            return json.load(response)


@contextmanager
def fake_backend() -> Iterator[FakeBackend]:
    """A stand-in server for as long as the block runs."""
    command = ["node", str(SCRIPT)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True, env={**os.environ, "PORT": "0"}) as process:
        try:
            assert process.stdout is not None
            yield FakeBackend(process.stdout.readline().strip())
        finally:
            process.terminate()
