"""The context engine as `shared/bench/context` drives it: the real one, its index in a database and all.

bin/bench context --repos DIR calls `evaluate.py` there with `tests.bench.context:Focus` or `:Dense` as its adapter.
"""

from __future__ import annotations

import hashlib
import os
import sys
import tempfile
from collections.abc import Mapping, Sequence
from pathlib import Path
from types import SimpleNamespace
from typing import Any

ROOT = Path(__file__).resolve().parents[2]
MODEL = "gpt-4o"  # the vocabulary that the benchmark counts by
FOREVER = 1e9


def _start_django() -> tempfile.TemporaryDirectory[str]:
    """An empty SQLite database of this process alone; it goes when the process ends."""
    sys.path.insert(0, str(ROOT))
    folder = tempfile.TemporaryDirectory(prefix="webox-bench-context-")
    os.environ["DATABASE_URL"] = f"sqlite:///{folder.name}/index.sqlite3"
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "webox.settings")
    import django
    from django.core.management import call_command

    django.setup()
    call_command("migrate", verbosity=0)
    return folder


_FOLDER = _start_django()

from chat.context.engine import Engine  # noqa: E402
from chat.context.prompt import file_text  # noqa: E402
from chat.context.select import Budget  # noqa: E402
from chat.context.signals import Signals  # noqa: E402
from chat.llm.tokens import count_tokens  # noqa: E402
from chat.workspace import FileEntry, PastChange  # noqa: E402


class Files:
    """A commit's files as a workspace."""

    key = "bench"

    def __init__(self) -> None:
        self.files: Mapping[str, str] = {}
        self.past: Sequence[PastChange] = ()
        self._listed: dict[str, tuple[str, FileEntry]] = {}

    def _entry(self, path: str, text: str) -> FileEntry:
        """A file as listed; a text that is the very same object as before is not looked at again."""
        known = self._listed.get(path)
        if known is None or known[0] is not text:
            data = text.encode()
            known = self._listed[path] = text, FileEntry(path, len(data), hashlib.sha256(data).hexdigest())
        return known[1]

    def list_files(self) -> list[FileEntry]:
        """Every file."""
        return [self._entry(path, text) for path, text in self.files.items()]

    def read_files(self, paths: Sequence[str]) -> dict[str, bytes]:
        """Their bytes."""
        return {path: self.files[path].encode() for path in paths}

    def changes(self, limit: int) -> Sequence[PastChange]:
        """What the benchmark tells of the past."""
        return self.past[:limit] if len(self.past) > limit else self.past


class Adapter:
    """`index` and `select`, as the benchmark calls them."""

    style = "focus"

    def __init__(self) -> None:
        self.engine = Engine()
        self.workspace: Any = Files()
        self.entries: list[FileEntry] = []
        self._history: Any = None

    def index(self, files: Mapping[str, str]) -> None:
        """Takes in the project as it is now."""
        self.workspace.files = files
        self.entries = self.workspace.list_files()
        self.engine.refresh(self.workspace, self.entries, patience=FOREVER)

    def select(self, files: Mapping[str, str], request: str, budget_tokens: int, history: Sequence[Any]) -> list[Any]:
        """The choice for a request."""
        if history is not self._history:
            self._history = history
            self.workspace.past = [PastChange(change.message, change.paths) for change in history]
        budget = Budget(budget_tokens, _cost, self.style)
        found = self.engine.select(self.workspace, self.entries, request, budget, Signals())
        return [
            SimpleNamespace(path=part.path, text=_shown(part.path, part.text, part.kind), tokens=part.tokens)
            for part in found.parts
        ]


class Focus(Adapter):
    """To edit by search and replace: whole small files, parts of larger ones."""


class Dense(Adapter):
    """To find out which files matter: whole files and outlines."""

    style = "dense"


def _shown(path: str, text: str, kind: str) -> str:
    """As the prompt has it: an outline is a line that begins with the path, all else stands between marks."""
    return text if kind == "outline" else file_text(path, text)


def _cost(path: str, text: str, kind: str) -> int:
    """Its tokens; the path is in the first line, so the benchmark adds no heading."""
    return count_tokens(_shown(path, text, kind) + "\n\n", MODEL)
