"""The read-only tools on a project, limited in what they give.  Synchronous, for a worker thread."""

from __future__ import annotations

import posixpath
from collections.abc import Iterator, Mapping, Sequence
from functools import cached_property
from typing import Any, cast

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from chat.actions.text import text_of
from chat.context.kinds import SECRET
from chat.context.masking import mask
from chat.context.prompt import longest_run
from chat.context.sources import sources
from chat.turns.kit import Reading
from chat.turns.snapshot import Snapshot
from chat.turns.words import said
from chat.workspace import SearchHit, Workspace, WorkspaceError

MOST_LISTED = 400
MOST_CHARACTERS = 24_000
MOST_HITS = 60
HIT_CHARACTERS = 240


class Library:
    """What the model may look at, by the name of the tool."""

    def __init__(
        self, snapshot: Snapshot, language: str, pinned: Sequence[str] = (), excluded: Sequence[str] = ()
    ) -> None:
        self._snapshot = snapshot
        self._language = language
        self._pointers = pinned, excluded

    @cached_property
    def _hidden(self) -> frozenset[str]:
        """What is kept from the model: ignored, or excluded by the project or for this request."""
        workspace = cast(Workspace, self._snapshot)
        return sources(workspace, self._snapshot.workspace.describe(), *self._pointers).hidden

    def is_kept(self, path: str) -> bool:
        """Whether a file is kept from the model."""
        return is_secret(path) or path in self._hidden

    def read(self, tool: str, arguments: Mapping[str, Any]) -> Reading:
        """Runs a tool; its arguments are checked already."""
        try:
            if tool == "list_files":
                return self.list_files(str(arguments.get("under", "")))
            if tool == "read_file":
                return self.read_file(
                    str(arguments["path"]),
                    int(arguments.get("from_line", 1)),
                    arguments.get("to_line"),
                    int(arguments.get("from_column", 1)),
                )
            return self.search(str(arguments["query"]), str(arguments.get("include", "")))
        except WorkspaceError as error:
            return Reading(self._say("refused", why=str(error)), "", error.code)

    def list_files(self, under: str) -> Reading:
        """Paths with their sizes."""
        folder = _folder(under)
        inside = f"{folder}/" if folder else ""
        there = sorted(self._snapshot.entries.items())
        files = [file for path, file in there if path.startswith(inside) and path not in self._hidden]
        lines = [f"{file.path} ({file.size})" for file in files[:MOST_LISTED]]
        if len(files) > MOST_LISTED:
            lines.append(self._say("more_files", count=len(files) - MOST_LISTED))
        summary = ngettext("%d fichier", "%d fichiers", len(files)) % len(files)
        return Reading("\n".join(lines) or self._say("no_files"), summary)

    def read_file(self, path: str, first: int, last: int | None, column: int = 1) -> Reading:
        """A file's text, or some lines of it, the first from a character on."""
        if path not in self._snapshot.entries:
            return Reading(self._say("no_file", path=path), "", "missing_file")
        if is_secret(path):
            return Reading(self._say("secret", path=path), "", "secret")
        if path in self._hidden:
            return Reading(self._say("hidden", path=path), "", "hidden")
        text = text_of(self._snapshot.read([path]).get(path))
        if text is None:
            return Reading(self._say("no_text", path=path), "", "binary")
        return self._shown(path, mask(text).text.split("\n"), max(1, first), last, max(1, column))

    def _shown(self, path: str, lines: Sequence[str], first: int, last: int | None, column: int) -> Reading:
        """As many of the lines as may be shown, and where to read on."""
        if first > len(lines):
            return Reading(self._say("no_lines", path=path, count=len(lines)), "")
        chosen = list(lines[first - 1 : last])
        chosen[:1] = [line[column - 1 :] for line in chosen[:1]]
        body, whole = _fitting(chosen)
        end = first + body.count("\n")
        title = self._say("file", path=path, first=first, last=end, count=len(lines))
        fence = "`" * max(3, longest_run(body, "`") + 1)
        parts = [title, f"{fence}\n{body}\n{fence}"]
        if not whole and len(body) < len(chosen[0]):
            parts.append(self._say("cut_in_line", line=first, column=column + len(body)))
        elif not whole:
            parts.append(self._say("cut", line=end + 1))
        return Reading("\n".join(parts), _("lignes %(first)d à %(last)d") % {"first": first, "last": end})

    def search(self, query: str, include: str) -> Reading:
        """Lines that have a text."""
        found = self._snapshot.search(query, include, MOST_HITS)
        hits = [hit for hit in found if not self.is_kept(hit.path)]
        lines = [f"{hit.path}:{hit.line}: {text[:HIT_CHARACTERS]}" for hit, text in self._masked(hits)]
        summary = ngettext("%d ligne", "%d lignes", len(hits)) % len(hits)
        return Reading("\n".join(lines) or self._say("no_hits"), summary)

    def _masked(self, hits: Sequence[SearchHit]) -> Iterator[tuple[SearchHit, str]]:
        """Each line as it stands in its file once that is masked: a line of a key alone does not look like one."""
        files: dict[str, list[str]] = {}
        for hit in hits:
            if hit.path not in files:
                text = text_of(self._snapshot.read([hit.path]).get(hit.path)) or ""
                files[hit.path] = mask(text).text.split("\n")
            lines = files[hit.path]
            yield hit, lines[hit.line - 1] if hit.line <= len(lines) else mask(hit.text).text

    def _say(self, name: str, **values: object) -> str:
        return said(name, self._language, **values)


def _folder(under: str) -> str:
    """A folder's path as files have it; a name may begin with a dot, `./src/` and `/src` mean `src`."""
    path = posixpath.normpath(under.strip().strip("/") or ".")
    return "" if path == "." else path


def is_secret(path: str) -> bool:
    """Whether a file is likely to hold keys and passwords."""
    return bool(SECRET.search(path.rpartition("/")[2].lower()))


def _fitting(lines: list[str]) -> tuple[str, bool]:
    """As many lines as may be shown, a part of the first at least; and whether that is all."""
    size = 0
    for number, line in enumerate(lines):
        size += len(line) + (number > 0)
        if size > MOST_CHARACTERS:
            return "\n".join(lines[: max(1, number)])[:MOST_CHARACTERS], False
    return "\n".join(lines), True
