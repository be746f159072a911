"""Several changes of files, worked out in memory: what each path had, and what it shall have. No database.

Write   new bytes                      Delete   the file goes
Put     bytes that are kept already    Rename   the bytes go to another path
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from projects.content import digest_of
from projects.errors import CONFLICT_EXISTS, FilesError, PathError
from projects.paths import normal


@dataclass(frozen=True, slots=True)
class Write:
    path: str
    data: bytes
    #: Worked out once, by whoever makes it: nobody else waits for it.
    digest: str = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "digest", digest_of(self.data))


@dataclass(frozen=True, slots=True)
class Put:
    path: str
    digest: str


@dataclass(frozen=True, slots=True)
class Delete:
    path: str


@dataclass(frozen=True, slots=True)
class Rename:
    path: str
    to: str


Change = Write | Put | Delete | Rename


@dataclass(frozen=True, slots=True)
class Step:
    """The difference that all changes together make to one path."""

    path: str
    before: str | None
    after: str | None
    renamed_from: str = ""


def touched(changes: Iterable[Change]) -> set[str]:
    """Every path that the changes name."""
    found = set()
    for change in changes:
        found.add(normal(change.path))
        if isinstance(change, Rename):
            found.add(normal(change.to))
    return found


def steps(before: Mapping[str, str], changes: Iterable[Change]) -> list[Step]:
    """What the changes make of the files that are there, by path. Raises `FilesError`."""
    draft = Draft(dict(before))
    for change in changes:
        draft.apply(change)
    return [
        Step(path, before.get(path), draft.files.get(path), draft.source_of(path))
        for path in sorted(before.keys() | draft.files.keys())
        if before.get(path) != draft.files.get(path)
    ]


@dataclass(slots=True)
class Draft:
    """Files as they would be."""

    files: dict[str, str]
    _written: set[str] = field(default_factory=set)
    _moved: dict[str, str] = field(default_factory=dict)

    def apply(self, change: Change) -> None:
        path = normal(change.path)
        match change:
            case Write(digest=digest):
                self._write(path, digest)
            case Put(digest=digest):
                self._write(path, digest)
            case Delete():
                self._take(path)
            case Rename(to=to):
                self._rename(path, normal(to))

    def source_of(self, path: str) -> str:
        """Where the file was before it was renamed."""
        source = self._moved.get(path, "")
        return source if source not in self.files else ""

    def _write(self, path: str, digest: str) -> None:
        if path in self._written:
            raise FilesError("duplicate", path=path)
        self._written.add(path)
        self.files[path] = digest

    def _take(self, path: str) -> str:
        if path not in self.files:
            raise FilesError("missing_file", path=path)
        self._moved.pop(path, None)
        return self.files.pop(path)

    def _rename(self, path: str, to: str) -> None:
        if path == to and path in self.files:
            return
        source = self._moved.get(path, path)
        digest = self._take(path)
        if to in self.files:
            message = str(CONFLICT_EXISTS).format(path=to)
            raise PathError("path_conflict", message, path=to, reason="exists", other=to)
        self.files[to] = digest
        self._moved[to] = source
