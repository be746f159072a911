"""Which files go in, in which order.  Pure: paths and the person's pointers in, an order out."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence

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
MAX_FILE_BYTES = 200_000
WORD = re.compile(r"[\w./-]+")


def mentioned(request: str, paths: Iterable[str]) -> set[str]:
    """The paths whose path or file name stands in the request as a word, with or without a leading @."""
    words = {word.strip(".,:;/").lower() for word in WORD.findall(request)}
    return {path for path in paths if path.lower() in words or path.rsplit("/", 1)[-1].lower() in words}


def ordered(files: Sequence[FileEntry], request: str, open_file: str = "") -> list[tuple[FileEntry, str]]:
    """Every file that may go in, the most telling first, each with why: `open`, `mentioned` or `project`."""
    pointed = mentioned(request, (file.path for file in files))

    def key(file: FileEntry) -> tuple[int, int, int, str]:
        name = file.path.rsplit("/", 1)[-1].lower()
        entry = ENTRY_NAMES.index(name) if name in ENTRY_NAMES else len(ENTRY_NAMES)
        pointer = 0 if file.path == open_file else 1 if file.path in pointed else 2
        return pointer, entry, file.path.count("/"), file.path

    def why(file: FileEntry) -> str:
        return "open" if file.path == open_file else "mentioned" if file.path in pointed else "project"

    return [(file, why(file)) for file in sorted(files, key=key) if file.size <= MAX_FILE_BYTES]
