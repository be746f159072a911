"""What the person points at, on purpose or by working there.  Pure."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass

from chat.context import mentions

#: Why a file goes in whatever its rank, the strongest first; and how likely such a file is to change.
CERTAIN = ("pinned", "open", "selected", "mentioned", "error")
LIKELY = {"pinned": 0.9, "mentioned": 0.9, "selected": 0.95, "open": 0.75, "error": 0.9, "applied": 0.5, "edited": 0.4}


@dataclass(frozen=True, slots=True)
class Spot:
    """Some lines of a file, from 1."""

    path: str
    first: int = 0
    last: int = 0


@dataclass(frozen=True, slots=True)
class Signals:
    """What the studio knows beside the request: the newest first where there are several."""

    open_file: str = ""
    selection: Spot | None = None
    edited: tuple[str, ...] = ()
    applied: tuple[str, ...] = ()
    errors: tuple[Spot, ...] = ()
    mentioned: tuple[str, ...] = ()
    pinned: tuple[str, ...] = ()

    def reasons(self, request: str, paths: Collection[str]) -> dict[str, str]:
        """path → the strongest reason to take it, strongest first, for the files that there are."""
        named = [path for path in self.mentioned if path in paths] + sorted(mentions.read(request).paths(paths))
        selected = [self.selection.path] if self.selection else []
        found: dict[str, str] = {}
        groups: list[tuple[str, Iterable[str]]] = [
            ("pinned", self.pinned),
            ("selected", selected if selected == [self.open_file] else ()),
            ("open", [self.open_file]),
            ("selected", selected),
            ("mentioned", named),
            ("error", [spot.path for spot in self.errors]),
            ("applied", self.applied[:6]),
            ("edited", self.edited[:6]),
        ]
        for why, group in groups:
            for path in group:
                if path in paths:
                    found.setdefault(path, why)
        return found

    def spots(self) -> Mapping[str, list[tuple[int, int]]]:
        """path → the lines that are pointed at."""
        found: dict[str, list[tuple[int, int]]] = {}
        for spot in (*((self.selection,) if self.selection else ()), *self.errors):
            if spot.first > 0:
                found.setdefault(spot.path, []).append((spot.first, max(spot.first, spot.last)))
        return found
