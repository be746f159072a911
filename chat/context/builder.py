"""The prompt of a turn: what the project, the conversation and the person give, within a budget of tokens.

Synchronous: it reads files, so it is called in a worker thread.
"""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from chat.context import prompt as p
from chat.context.history import PER_MESSAGE, fitting
from chat.context.prompt import Prompt, PromptPart
from chat.context.select import ordered
from chat.llm.tokens import count_tokens
from chat.workspace import FileEntry, Workspace

MAP_PATHS = 200
HISTORY_SHARE = 0.5
MAX_FILES_READ = 40


@dataclass(frozen=True, slots=True)
class Request:
    """What a prompt is made for.  `history` is in the wire form, oldest first, without the request itself."""

    content: str
    model: str
    language: str = "fr"
    budget: int = 24_000
    history: Sequence[dict[str, Any]] = ()
    continues: bool = False
    open_file: str = ""
    selection: dict[str, Any] = field(default_factory=dict)


class TokenCounts:
    """Tokens of files by digest: an unchanged file is counted once by a process."""

    LIMIT = 20_000

    def __init__(self) -> None:
        self._known: dict[tuple[str, str], int] = {}

    def of(self, file: FileEntry, text: str, model: str) -> int:
        """Tokens of a file's part in a prompt."""
        key = (f"{file.digest}:{file.path}", model)
        if key not in self._known:
            if len(self._known) >= self.LIMIT:
                self._known.clear()
            self._known[key] = count_tokens(p.file_text(file.path, text), model)
        return self._known[key]


token_counts = TokenCounts()


class Builder:
    """Builds one prompt."""

    def __init__(self, workspace: Workspace, request: Request) -> None:
        self.workspace = workspace
        self.request = request
        self.left = request.budget
        self.parts: list[PromptPart] = []
        self.left_out: list[PromptPart] = []

    def build(self) -> Prompt:
        """The prompt; the parts that always go in come first, then history, then files."""
        request = self.request
        files = list(self.workspace.list_files())
        system = self._fixed("system", p.system_text(self.workspace.describe(), request.language), "always")
        listing = self._fixed("map", p.map_text([file.path for file in files], request.language, MAP_PATHS), "map")
        ask = self._ask()
        self._fixed("request", ask, "request")
        history = self._history()
        contents = self._files(files)
        title = p.FILES_TITLES[request.language] if contents else ""
        messages = [p.system_message([system, listing, title, *contents]), *history, {"role": "user", "content": ask}]
        return Prompt(
            messages,
            tokens=request.budget - self.left,
            parts=self.parts,
            left_out=self.left_out,
            dropped_messages=len(request.history) - len(history),
        )

    def _ask(self) -> str:
        request = self.request
        if request.continues:
            return p.CONTINUE[request.language]
        return p.asked(request.content, request.selection)

    def _fixed(self, kind: str, text: str, why: str) -> str:
        if text:
            tokens = self._count(text) + PER_MESSAGE
            self.left -= tokens
            self.parts.append(PromptPart(kind, tokens, why))
        return text

    def _history(self) -> list[dict[str, Any]]:
        """The newest messages within their share.  Text that is to be continued goes in whatever it costs."""
        budget = int(max(0, self.left) * (1.0 if self.request.continues else HISTORY_SHARE))
        kept = fitting(self.request.history, budget, self._count)
        if self.request.continues and not kept:
            kept = list(self.request.history[-2:])
        if kept:
            tokens = sum(self._count(str(message["content"])) + PER_MESSAGE for message in kept)
            self.left -= tokens
            self.parts.append(PromptPart("history", tokens, "newest"))
        return kept

    def _files(self, files: Sequence[FileEntry]) -> list[str]:
        contents = []
        chosen = ordered(files, self.request.content, self.request.open_file)[:MAX_FILES_READ]
        texts = decoded(self.workspace.read_files([file.path for file, _ in chosen]))
        for file, why in chosen:
            if file.path not in texts:
                continue
            text = texts[file.path]
            part = PromptPart("file", token_counts.of(file, text, self.request.model), why, file.path)
            if part.tokens > self.left:
                self.left_out.append(part)
                continue
            self.left -= part.tokens
            self.parts.append(part)
            contents.append(p.file_text(file.path, text))
        return contents

    def _count(self, text: str) -> int:
        return count_tokens(text, self.request.model)


def decoded(files: Mapping[str, bytes]) -> dict[str, str]:
    """The files that are UTF-8 text."""
    texts = {}
    for path, data in files.items():
        with contextlib.suppress(UnicodeDecodeError):
            if b"\0" not in data:
                texts[path] = data.decode("utf-8")
    return texts


def build(make_workspace: Callable[[], Workspace], request: Request) -> Prompt:
    """The prompt of a request; for a worker thread."""
    return Builder(make_workspace(), request).build()
