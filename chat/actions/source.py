"""A file's text as edits are made on it: lines ended by `\\n`, and its own line ends kept for what stays.

`Source.text` has every `\\r\\n` as `\\n`, and a last `\\n` even where the file has none, so that a line is a line.
`rebuilt` puts the file's own ends back: untouched stretches byte for byte, new lines ended as their neighbours are.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable
from functools import cached_property
from itertools import accumulate

#: A stretch of `Source.text` and what takes its place.
Core = tuple[int, int, str]


def with_plain_ends(text: str) -> str:
    """The text with `\\n` alone."""
    return text.replace("\r\n", "\n")


class Source:
    """One version of a file's text."""

    def __init__(self, original: str) -> None:
        self.original = original
        plain = with_plain_ends(original)
        #: Whether the last line has no end of its own.
        self.open_ended = bool(plain) and not plain.endswith("\n")
        self.text = plain + "\n" if self.open_ended else plain

    @cached_property
    def lines(self) -> list[str]:
        """The lines without their ends."""
        return self.text.split("\n")[:-1]

    @cached_property
    def starts(self) -> list[int]:
        """Where each line begins in `text`, and where the last one ends."""
        return [0, *accumulate(len(line) + 1 for line in self.lines)]

    def line_at(self, offset: int) -> int:
        """The number of the line (from 0) that an offset is in."""
        return bisect_right(self.starts, offset) - 1

    @cached_property
    def _returns(self) -> list[int] | None:
        """How many `\\r` stand before each line; `None` where the file has none at all."""
        if "\r\n" not in self.original:
            return None
        ends = (line.endswith("\r") for line in self.original.split("\n")[:-1])
        return [0, *accumulate(map(int, ends))]

    def _place(self, offset: int) -> int:
        """The offset in `original`."""
        if self._returns is None:
            return offset
        line = min(self.line_at(offset), len(self._returns) - 1)
        return offset + self._returns[line]

    def _end_near(self, offset: int) -> str:
        """How lines end where something new is written: as the line there does, or the one before."""
        if self._returns is None:
            return "\n"
        line = self.line_at(offset)
        if line + 1 >= len(self._returns):
            line = len(self._returns) - 2
        return "\r\n" if self._returns[line + 1] > self._returns[line] else "\n"

    def rebuilt(self, cores: Iterable[Core]) -> str:
        """The file's text with these stretches replaced; they are in order and do not overlap."""
        pieces: list[str] = []
        at, whole = 0, len(self.text)
        for start, end, new in cores:
            self._keep(at, start, pieces)
            style = self._end_near(start)
            pieces.append(new if style == "\n" else new.replace("\n", style))
            at = end
        self._keep(at, whole, pieces)
        if self.open_ended and pieces:
            # the last line goes on without an end; where it went itself, the one before keeps its own
            windows = self._returns is not None and pieces[-1].endswith("\r\n")
            pieces[-1] = pieces[-1].removesuffix("\r\n" if windows else "\n")
        return "".join(pieces)

    def _keep(self, start: int, end: int, pieces: list[str]) -> None:
        """A stretch of the file as it is; a last line that gets a successor gets an end."""
        if start == end:
            return
        kept = self.original[self._place(start) : self._place(end)]
        if self.open_ended and end == len(self.text):
            kept += self._end_near(max(start, end - 1))
        pieces.append(kept)
