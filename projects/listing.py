"""The files of small projects, kept in this process from one message to the next.

A project's `head` grows with every commit, so what belongs to a head never changes: a listing is kept under it and is
right for as long as that head is the newest. What is read within a transaction is not kept: it may never be committed.
"""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.db import connection

if TYPE_CHECKING:
    from datetime import datetime

    from projects.models import Project

#: Together, and for one project (bytes).
MOST_BYTES = 16 * 1024 * 1024
MOST_OF_ONE = 1_000_000
#: What a listing takes beyond its bytes, roughly.
OVERHEAD = 2_000

Key = tuple[int, "datetime"]


@dataclass(frozen=True, slots=True)
class File:
    """One file with its bytes."""

    digest: str
    data: bytes


@dataclass(frozen=True, slots=True)
class Listing:
    """The files of a project at a head, by path."""

    head: int
    files: Mapping[str, File]
    size: int


class Listings:
    """The newest listing of each project, the least lately used going first."""

    def __init__(self) -> None:
        self._kept: OrderedDict[Key, Listing] = OrderedDict()
        self._size = 0
        self._lock = threading.Lock()

    def of(self, project: Project) -> Listing | None:
        """A project's files by path; `None` for a project that is too large to be kept."""
        if project.total_bytes > MOST_OF_ONE:
            return None
        key = (project.pk, project.created_at)
        with self._lock:
            known = self._kept.get(key)
            if known is not None and known.head == project.head and not connection.in_atomic_block:
                self._kept.move_to_end(key)
                return known
        found = _read(project)
        if not connection.in_atomic_block:
            self._keep(key, found)
        return found

    def _keep(self, key: Key, listing: Listing) -> None:
        with self._lock:
            self._drop(key)
            self._kept[key] = listing
            self._size += listing.size
            while self._size > MOST_BYTES:
                self._drop(next(iter(self._kept)))

    def _drop(self, key: Key) -> None:
        old = self._kept.pop(key, None)
        if old is not None:
            self._size -= old.size


def _read(project: Project) -> Listing:
    rows = project.files.values_list("path", "blob_id", "blob__data")
    files = {path: File(digest, bytes(data)) for path, digest, data in rows}
    size = OVERHEAD + sum(OVERHEAD // 10 + len(file.data) for file in files.values())
    return Listing(project.head, files, size)


listings = Listings()
