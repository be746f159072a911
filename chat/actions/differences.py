"""Which lines of one text become which of another, in bounded time whatever the texts.

Lines that both have exactly once hold the two together (their longest common order, as in a patience diff); what is
between two of them is compared by `difflib` where it is short, and taken for one change where it is not.
"""

from __future__ import annotations

import difflib
from bisect import bisect_left
from collections import Counter
from collections.abc import Hashable, Iterator, Sequence
from typing import TypeVar

from chat.actions.types import Hunk

T = TypeVar("T", bound=Hashable)

#: `difflib` takes cubic time at worst.
MOST_COMPARED = 100
#: Lines may be unique in a part that are not in the whole; looking for them ends somewhere.
MOST_DEPTH = 12


def compared(old: Sequence[T], new: Sequence[T]) -> tuple[Hunk, ...]:
    """The ranges that differ, in order: replacing each of `old` by its part of `new` gives `new`."""
    return tuple(_joined(_parts(old, new, (0, len(old), 0, len(new)), 0)))


def _parts(old: Sequence[T], new: Sequence[T], area: Hunk, depth: int) -> Iterator[Hunk]:
    a, a_end, b, b_end = _trimmed(old, new, area)
    if a == a_end and b == b_end:
        return
    if a == a_end or b == b_end:
        yield a, a_end, b, b_end
        return
    anchors = _anchors(old[a:a_end], new[b:b_end]) if depth < MOST_DEPTH else []
    if not anchors:
        yield from _small(old[a:a_end], new[b:b_end], a, b)
        return
    for i, j in [(a + i, b + j) for i, j in anchors]:
        yield from _parts(old, new, (a, i, b, j), depth + 1)
        a, b = i + 1, j + 1
    yield from _parts(old, new, (a, a_end, b, b_end), depth + 1)


def _trimmed(old: Sequence[T], new: Sequence[T], area: Hunk) -> Hunk:
    """The area without what both begin and end with."""
    a, a_end, b, b_end = area
    while a < a_end and b < b_end and old[a] == new[b]:
        a, b = a + 1, b + 1
    while a < a_end and b < b_end and old[a_end - 1] == new[b_end - 1]:
        a_end, b_end = a_end - 1, b_end - 1
    return a, a_end, b, b_end


def _anchors(old: Sequence[T], new: Sequence[T]) -> list[tuple[int, int]]:
    """Lines that both have once, as many as stand in the same order."""
    places = _once(new)
    pairs = [(i, places[line]) for line, i in _once(old).items() if line in places]
    # longest increasing run of the second, by the smallest end of each length
    ends: list[int] = []
    last: list[int] = []
    before: list[int] = []
    for number, (_, j) in enumerate(pairs):
        at = bisect_left(ends, j)
        ends[at : at + 1] = [j]
        last[at : at + 1] = [number]
        before.append(last[at - 1] if at else -1)
    chain = []
    number = last[-1] if last else -1
    while number >= 0:
        chain.append(pairs[number])
        number = before[number]
    return chain[::-1]


def _once(lines: Sequence[T]) -> dict[T, int]:
    counts = Counter(lines)
    return {line: number for number, line in enumerate(lines) if counts[line] == 1}


def _small(old: Sequence[T], new: Sequence[T], a: int, b: int) -> Iterator[Hunk]:
    """A part without anything to hold on to."""
    if max(len(old), len(new)) > MOST_COMPARED:
        yield a, a + len(old), b, b + len(new)
        return
    for kind, i1, i2, j1, j2 in difflib.SequenceMatcher(None, old, new, autojunk=False).get_opcodes():
        if kind != "equal":
            yield a + i1, a + i2, b + j1, b + j2


def _joined(hunks: Iterator[Hunk]) -> Iterator[Hunk]:
    """Hunks that touch are one."""
    last: Hunk | None = None
    for hunk in hunks:
        if last is not None and last[1] == hunk[0] and last[3] == hunk[2]:
            last = (last[0], hunk[1], last[2], hunk[3])
            continue
        if last is not None:
            yield last
        last = hunk
    if last is not None:
        yield last
