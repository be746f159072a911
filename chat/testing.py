"""For the tests and demos of a site that embeds chat: a model that says what it is told, a project in memory.

    from chat.testing import Script, scripted

    def test_my_page(client, settings, project):
        with scripted(Script.text("Bonjour")) as model:
            reply = client.post("/api/chat/message", {"project_id": project.pk, "content": "Salut"},
                                content_type="application/json")
        assert reply.json()["message"]["content"] == "Bonjour"
        assert model.requests[0].messages[-1]["content"] == "Salut"

It works in `TestCase` and with Django's synchronous test client: a turn then runs inside the request, on the
test's own database connection.  For streams use `AsyncClient`, or a live server.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Any

from django.conf import settings as django_settings
from django.test.utils import override_settings

from chat.llm.scripted import Script, ScriptedProvider
from chat.workspace import FileEntry, ProjectDescription

__all__ = ["MemoryWorkspace", "Script", "ScriptedProvider", "scripted"]


@contextmanager
def scripted(*scripts: Script, **settings: Any) -> Iterator[ScriptedProvider]:
    """Puts a scripted model in the place of all others; `settings` are further keys of `CHAT`."""
    provider = ScriptedProvider(scripts)
    providers = {"scripted": {"BACKEND": lambda: provider}}
    chat = {**django_settings.CHAT, **settings, "PROVIDERS": providers, "DEFAULT_MODEL": "scripted"}
    with override_settings(CHAT=chat):
        yield provider


class MemoryWorkspace:
    """A project that is a dictionary of paths and texts: subclass it with your own `files`, or pass them."""

    files: Mapping[str, str] = {}

    def __init__(self, project: Any, files: Mapping[str, str] | None = None) -> None:
        self._name = str(getattr(project, "name", project))
        self._files = {path: text.encode() for path, text in (self.files if files is None else files).items()}

    def describe(self) -> ProjectDescription:
        """The project's name; nothing else is known."""
        return ProjectDescription(self._name)

    def list_files(self) -> Sequence[FileEntry]:
        """Every file, by path."""
        return [
            FileEntry(path, len(data), hashlib.sha256(data).hexdigest()) for path, data in sorted(self._files.items())
        ]

    def read_files(self, paths: Sequence[str]) -> Mapping[str, bytes]:
        """The bytes of files; one that is not there is left out."""
        return {path: self._files[path] for path in paths if path in self._files}
