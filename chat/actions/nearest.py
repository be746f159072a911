"""The lines of a file that come closest to what was searched for, found in bounded time."""

from __future__ import annotations

import difflib
from collections import Counter
from collections.abc import Iterator, Sequence

from chat.actions.source import Source

SHOWN_LINES = 8
SHOWN_CHARACTERS = 200
#: A line, or a piece of one, that is in more places than this says nothing about where it is meant.
MOST_PLACES = 50
MOST_LOOKED_FOR = 400
#: Pieces of a line that are counted in the file, and their length.
MOST_PIECES = 60
PIECE = 5
COMPARED = 20
COMPARED_CHARACTERS = 300
LEAST_RATIO = 0.5

Numbered = tuple[tuple[int, str], ...]


def nearest(source: Source, searched: Sequence[str]) -> Numbered:
    """Up to `SHOWN_LINES` neighbouring lines with their numbers from 1; none where nothing comes close."""
    wanted = [line.strip() for line in searched[:MOST_LOOKED_FOR]]
    lines = source.lines
    if not any(wanted) or not lines:
        return ()
    start = _by_same_lines(lines, wanted)
    if start is None:
        start = _by_pieces(source, wanted)
    if start is None:
        return ()
    first = min(max(start, 0), len(lines) - 1)
    last = min(max(start + min(len(wanted), SHOWN_LINES), first + 1), len(lines))
    return tuple((number + 1, lines[number][:SHOWN_CHARACTERS]) for number in range(first, last))


def _by_same_lines(lines: Sequence[str], wanted: Sequence[str]) -> int | None:
    """Where most of the lines are there, white space aside; a rare line counts for more than a brace."""
    places: dict[str, list[int]] = {line: [] for line in wanted if line}
    for number, line in enumerate(lines):
        found = places.get(line.strip())
        if found is not None and len(found) <= MOST_PLACES:
            found.append(number)
    votes: Counter[int] = Counter()
    for offset, line in enumerate(wanted):
        found = places.get(line, [])
        if len(found) <= MOST_PLACES:
            for number in found:
                votes[number - offset] += 1 + 100 * min(len(line), 40) // len(found)
    return min(votes, key=lambda start: (-votes[start], start)) if votes else None


def _by_pieces(source: Source, wanted: Sequence[str]) -> int | None:
    """Where a line is much like the longest one: it shares pieces that few lines have."""
    offset, line = max(enumerate(wanted), key=lambda pair: len(pair[1]))
    line = line[:COMPARED_CHARACTERS]
    votes: Counter[int] = Counter()
    for weight, place in _places(source.text, line):
        votes[source.line_at(place)] += weight
    matcher = difflib.SequenceMatcher(b=line, autojunk=False)
    best, ratio = None, LEAST_RATIO
    for number, _ in votes.most_common(COMPARED):
        matcher.set_seq1(source.lines[number].strip()[:COMPARED_CHARACTERS])
        if (now := matcher.ratio()) > ratio:
            best, ratio = number, now
    return None if best is None else best - offset


def _places(text: str, line: str) -> Iterator[tuple[int, int]]:
    """Where pieces of the line stand, and how much that says: the fewer places, the more."""
    there = text.lower() if len(text.lower()) == len(text) else text
    line = line.lower()
    step = max(1, (len(line) - PIECE + 1) // MOST_PIECES)
    pieces = dict.fromkeys(line[at : at + PIECE] for at in range(0, max(1, len(line) - PIECE + 1), step))
    for piece in pieces:
        count = there.count(piece)
        place = there.find(piece)
        for _ in range(min(count, MOST_PLACES)):
            yield max(1, 1000 // count), place
            place = there.find(piece, place + len(piece))
