"""One action carried out on files that may have moved on, and taken back.  No Django, no database.

What an action does to a file is a `Change`: from `base` (what the model, or the last step, left there) to `mine`.  On a
file that is still as in `base` it gives `mine`; on one that has moved on, a 3-way merge; where that does not go, a
`Clash`.  Its inverse takes it back the same way, so that later edits stay.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from chat.actions.types import digest_of
from chat.workspace import FileChange, MoveFile, RemoveFile, WriteFile

#: base, mine, theirs → both, or nothing where they meet.
Merge = Callable[[bytes, bytes, bytes], bytes | None]


@dataclass(frozen=True, slots=True)
class Change:
    """From `base` to `mine`, `None` being no file; with `to` the file moves, and its bytes go with it."""

    path: str
    base: bytes | None
    mine: bytes | None
    to: str | None = None

    def inverted(self) -> Change:
        """The way back."""
        if self.to is not None:
            return Change(self.to, self.mine, self.base, self.path)
        return Change(self.path, self.mine, self.base)


@dataclass(frozen=True, slots=True)
class Step:
    """What a change found and what it left."""

    was: bytes | None
    became: bytes | None


@dataclass(frozen=True, slots=True)
class Clash:
    """A change that meets another: the three sides.  `other` is a path that is in the way."""

    path: str
    base: bytes | None
    mine: bytes | None
    theirs: bytes | None
    other: str = ""


@dataclass(frozen=True, slots=True)
class Settled:
    """A clash that a person has settled: on the file that has this digest, this result."""

    digest: str | None
    result: bytes | None


@dataclass(slots=True)
class Draft:
    """Files as they would be, and what it takes to make them so."""

    there: Mapping[str, bytes]
    merge: Merge
    files: dict[str, bytes] = field(default_factory=dict)
    _origin: dict[str, str] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.files = dict(self.there)

    def take(self, change: Change, settled: Settled | None = None) -> Step | Clash:
        """Carries a change out, or says what is in its way."""
        if change.to is not None:
            return self._move(change, change.to)
        theirs = self.files.get(change.path)
        if settled is not None and settled.digest == named(theirs):
            return self._set(change.path, theirs, settled.result)
        if change.mine in {change.base, theirs}:
            return Step(theirs, theirs)
        return self._joined(change, theirs)

    def _joined(self, change: Change, theirs: bytes | None) -> Step | Clash:
        """Mine where the file is as it was, both where it has moved on."""
        if theirs == change.base:
            return self._set(change.path, theirs, change.mine)
        merged = None
        if theirs is not None and change.base is not None and change.mine is not None:
            merged = self.merge(change.base, change.mine, theirs)
        if merged is None:
            return Clash(change.path, change.base, change.mine, theirs)
        return self._set(change.path, theirs, merged)

    def changes(self) -> list[FileChange]:
        """What makes the files so: away first, for a path that was freed may be taken again."""
        moved = {to: source for to, source in self._origin.items() if self._is_move(source, to)}
        sources = set(moved.values())
        gone = [path for path in self.there if path not in self.files and path not in sources]
        changes: list[FileChange] = [RemoveFile(path) for path in sorted(gone)]
        changes += [MoveFile(source, to) for to, source in sorted(moved.items())]
        for path in sorted(self.files):
            if self.files[path] != self.there.get(moved.get(path, path)):
                changes.append(WriteFile(path, self.files[path]))
        return changes

    def base(self) -> dict[str, str | None]:
        """The digests of what the changes were worked out on."""
        touched = {path for change in self.changes() for path in _paths(change)}
        return {path: named(self.there.get(path)) for path in touched}

    def _set(self, path: str, was: bytes | None, became: bytes | None) -> Step:
        if became is None:
            self.files.pop(path, None)
            self._origin.pop(path, None)
        else:
            self.files[path] = became
        return Step(was, became)

    def _move(self, change: Change, to: str) -> Step | Clash:
        theirs = self.files.get(change.path)
        if theirs is None and self.files.get(to) is not None and self.files.get(to) == change.mine:
            return Step(change.mine, change.mine)
        if theirs is None:
            return Clash(change.path, change.base, change.mine, None)
        if to in self.files:
            return Clash(change.path, change.base, change.mine, self.files[to], other=to)
        self.files[to] = self.files.pop(change.path)
        self._origin[to] = self._origin.pop(change.path, change.path)
        return Step(theirs, theirs)

    def _is_move(self, source: str, to: str) -> bool:
        there = source in self.there and source not in self.files
        return there and to in self.files and to not in self.there


def _paths(change: FileChange) -> tuple[str, ...]:
    return (change.path, change.to) if isinstance(change, MoveFile) else (change.path,)


def named(data: bytes | None) -> str | None:
    """The digest of a file's bytes, `None` for no file."""
    return None if data is None else digest_of(data)
