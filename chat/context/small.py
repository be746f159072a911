"""A small project goes in whole: nothing has to be chosen, only put in order.  Pure."""

from __future__ import annotations

from collections.abc import Sequence

from chat.context import kinds
from chat.context.signals import Signals
from chat.workspace import FileEntry

#: What says most of a web project when nobody pointed at anything.
ENTRY_NAMES = (
    "readme.md",
    "package.json",
    "index.html",
    "app.jsx",
    "app.tsx",
    "app.vue",
    "main.js",
    "app.js",
    "urls.py",
    "models.py",
    "views.py",
)
#: A token has at least about so many bytes, in code.
TOKEN_BYTES = 3
LAST = 99


def most(files: Sequence[FileEntry]) -> int:
    """How many tokens all files that can be read likely take at most."""
    return sum(file.size // TOKEN_BYTES + 20 for file in files if not kinds.skipped_path(file.path, file.size))


def fits(files: Sequence[FileEntry], tokens: int) -> bool:
    """Whether all files that can be read will likely fit into so many tokens."""
    return most(files) <= tokens


def ordered(files: Sequence[FileEntry], request: str, signals: Signals) -> list[tuple[FileEntry, str]]:
    """Every file that may go in, the most telling first, each with why: a signal's name, or `project`."""
    pointed = signals.reasons(request, {file.path for file in files})
    order = {path: place for place, path in enumerate(pointed)}

    def key(file: FileEntry) -> tuple[int, int, int, str]:
        name = file.path.rsplit("/", 1)[-1].lower()
        entry = ENTRY_NAMES.index(name) if name in ENTRY_NAMES else LAST
        return order.get(file.path, len(order)), entry, file.path.count("/"), file.path

    there = [file for file in files if not kinds.skipped_path(file.path, file.size)]
    return [(file, pointed.get(file.path, "project")) for file in sorted(there, key=key)]
