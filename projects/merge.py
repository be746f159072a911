"""Joining two changes of one text, line by line, and showing the difference of two. Bytes in, bytes out.

A merge is offered only where nobody has to choose: lines that both sides have touched, or lines that touch, are a
conflict. Nothing is guessed.
"""

from __future__ import annotations

import difflib
from collections.abc import Sequence

from merge3 import Merge3

from projects import content

# Comparing takes quadratic time at worst. Beyond this many lines that are not plainly the same, nobody compares.
MAX_CHANGED_LINES = 10_000


class TooDifferent(Exception):
    """The texts have too little in common to be compared in good time."""


class Matcher:
    """`difflib`, after what both texts begin and end with is set aside."""

    def __init__(self, isjunk: object, a: Sequence[bytes], b: Sequence[bytes]) -> None:
        self._a, self._b = a, b
        self._head = _same(a, b)
        self._tail = _same(a[self._head :][::-1], b[self._head :][::-1])

    def get_matching_blocks(self) -> list[tuple[int, int, int]]:
        a = self._a[self._head : len(self._a) - self._tail]
        b = self._b[self._head : len(self._b) - self._tail]
        if max(len(a), len(b)) > MAX_CHANGED_LINES:
            raise TooDifferent
        blocks = [(0, 0, self._head)] if self._head else []
        found = difflib.SequenceMatcher(None, a, b).get_matching_blocks()[:-1] if a and b else []
        blocks += [(block.a + self._head, block.b + self._head, block.size) for block in found]
        if self._tail:
            blocks.append((len(self._a) - self._tail, len(self._b) - self._tail, self._tail))
        return [*blocks, (len(self._a), len(self._b), 0)]


def merged(base: bytes, ours: bytes, theirs: bytes) -> bytes | None:
    """Both changes of `base` in one; `None` where they meet, or where one of the three is no text."""
    if ours in (theirs, base):
        return theirs
    if theirs == base:
        return ours
    encodings = {content.encoding_of(data) for data in (base, ours, theirs)}
    if not encodings <= content.EDITABLE:
        return None
    try:
        merge = Merge3(lines(base), lines(ours), lines(theirs), sequence_matcher=Matcher)
        groups = list(merge.merge_groups())
    except TooDifferent:
        return None
    if any(group[0] == "conflict" for group in groups):
        return None
    return b"".join(line for group in groups for line in group[1])


def unified(before: bytes, after: bytes, path: str, *, context: int = 3) -> str | None:
    """A unified diff of two texts; `None` where they have too little in common to be compared."""
    old, new = (content.decode(data, content.encoding_of(data)) for data in (before, after))
    a, b = _text_lines(old), _text_lines(new)
    head = _same(a, b)
    tail = _same(a[head:][::-1], b[head:][::-1])
    if max(len(a), len(b)) - head - tail > MAX_CHANGED_LINES:
        return None
    return "".join(map(_with_end, difflib.unified_diff(a, b, f"a/{path}", f"b/{path}", n=context)))


def lines(data: bytes) -> list[bytes]:
    """Lines with their ends; only `\\n` ends one."""
    parts = data.split(b"\n")
    return [part + b"\n" for part in parts[:-1]] + ([parts[-1]] if parts[-1] else [])


def _text_lines(text: str) -> list[str]:
    parts = text.split("\n")
    return [part + "\n" for part in parts[:-1]] + ([parts[-1]] if parts[-1] else [])


def _with_end(line: str) -> str:
    return line if line.endswith("\n") else f"{line}\n\\ No newline at end of file\n"


def _same(a: Sequence[object], b: Sequence[object]) -> int:
    """How many items two sequences begin with alike."""
    count = 0
    for left, right in zip(a, b, strict=False):
        if left != right:
            break
        count += 1
    return count
