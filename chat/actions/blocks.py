"""The text protocol: files, edits, deletions and renames in an answer's own text (`docs/actions.md` has the grammar).

`BlockDecoder` takes text cut anywhere and reads it line by line, once. What it finds is shown as it grows; what is
proposed is said by `finish`, when nothing can come any more that changes what a fence was. The text itself stays as it
is: it is the answer that the person reads.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import TypeVar

from chat.actions.block_parts import MOST_MARK, Edits, Fence, Line, Part, fence_of, mark_of
from chat.actions.collect import Proposals
from chat.actions.languages import fits
from chat.actions.naming import path_alone, path_in_info
from chat.actions.types import Decoded, joined_deltas

PartT = TypeVar("PartT", bound=Part)

DELETE = re.compile(r"^DELETE: +(\S.*)$")
RENAME = re.compile(r"^RENAME: +(\S.*?) +(?:->|→) +(\S.*)$")


class BlockDecoder:
    """Decodes the text of one answer."""

    def __init__(self, proposals: Proposals) -> None:
        self._proposals = proposals
        self._partial: list[str] = []
        self._found: list[Part] = []
        self._fence: Fence | None = None
        self._loose: Edits | None = None
        self._fences = 0
        # the last line that was not blank, and how many blank ones came since
        self._before = ""
        self._blank = 0
        self._last_file: Fence | None = None

    def feed(self, text: str) -> list[Decoded]:
        """What this text adds."""
        *whole, rest = text.split("\n")
        decoded: list[Decoded] = []
        for line in whole:
            self._partial.append(line)
            decoded += self._line("".join(self._partial).removesuffix("\r"))
            self._partial = []
        if rest:
            self._partial.append(rest)
        return joined_deltas(decoded)

    def finish(self, *, cut: bool = False) -> list[Decoded]:
        """The proposals, in order.  `cut`: the answer broke off, so its last line may be half a line."""
        decoded: list[Decoded] = []
        rest = "".join(self._partial).removesuffix("\r")
        self._partial = []
        if rest and not (cut and self._means_something(rest)):
            decoded += self._line(rest)
        if self._fence is not None:
            decoded += self._fence.end(closed=False)
        self._fence = self._loose = None
        for part in self._found:
            decoded += (self._proposals.put(event) for event in part.verdict())
        return joined_deltas(decoded)

    def _means_something(self, line: str) -> bool:
        """Whether it matters what the rest of a line that was cut would have been."""
        inside = self._fence is not None or self._loose is not None
        return not inside or fence_of(line) is not None or bool(mark_of(line))

    # One line

    def _line(self, line: str) -> Iterator[Decoded]:
        if self._fence is not None:
            yield from self._in_fence(self._fence, line)
        elif self._loose is not None:
            yield from self._loose.line(line)
            if not self._loose.in_block:
                self._before, self._blank, self._loose = self._loose.path or "", 0, None
        else:
            yield from self._outside(line)

    def _outside(self, line: str) -> Iterator[Decoded]:
        opening = fence_of(line)
        if opening is not None and not (opening[2][0] == "`" and "`" in opening[3]):
            self._open(opening)
            return
        if mark_of(line) == "search":
            self._loose = self._add(Edits(self._proposals, self._path_before()))
            yield from self._loose.line(line)
            return
        if len(line) > MOST_MARK:
            self._before, self._blank = "", 0
            return
        if (found := DELETE.match(line)) and (path := path_alone(found[1])):
            yield from self._add(Line(self._proposals, path)).read()
        elif (found := RENAME.match(line)) and (path := path_alone(found[1])) and (to := path_alone(found[2])):
            yield from self._add(Line(self._proposals, path, to)).read()
        self._before, self._blank = (line, 0) if line.strip() else (self._before, self._blank + 1)

    def _add(self, part: PartT) -> PartT:
        self._found.append(part)
        return part

    def _path_before(self) -> str | None:
        """The path that the line before consists of; one blank line may stand between."""
        return path_alone(self._before) if self._before and self._blank <= 1 else None

    def _open(self, opening: re.Match[str]) -> None:
        language, path = path_in_info(opening[3])
        before = self._path_before()
        if path is None and before is not None and fits(language, before):
            path = before
        if self._last_file is not None and not opening[3]:
            self._last_file.doubt()
        self._last_file = None
        self._fence = self._add(Fence(self._proposals, opening, language, path, self._fences))
        self._fences += 1

    def _in_fence(self, fence: Fence, line: str) -> Iterator[Decoded]:
        opening = fence_of(line)
        if opening is not None and fence.gives_way_to(path_in_info(opening[3])[1]):
            yield from fence.end(closed=False)
            self._open(opening)
        elif fence.closes(line):
            yield from fence.end(closed=True)
            self._fence, self._before = None, ""
            self._last_file = fence if fence.is_file else None
        else:
            yield from fence.line(line)
