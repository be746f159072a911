"""The text of a file's part in a prompt: all of it, or some runs of lines with what lies between named.  Pure.

Lines stand there as they are in the file, without numbers in front, so that a model copies nothing into its edits that
is not in the file; a line above each run says which lines it has.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from chat.context.facts import Facts
from chat.context.symbols import OUTLINE_WIDTH

Runs = list[tuple[int, int]]
RUN, GAP = "@@ {}-{} @@", "... {}-{}"


def joined(runs: Iterable[tuple[int, int]]) -> Runs:
    """Runs of lines in order, those that touch made one."""
    found: Runs = []
    for first, last in sorted(runs):
        if found and first <= found[-1][1] + 1:
            found[-1] = (found[-1][0], max(last, found[-1][1]))
        else:
            found.append((first, last))
    return found


def lines_of(text: str) -> list[str]:
    """The lines of a text as the index counts them."""
    return text.split("\n")


def _named(facts: Facts) -> list[tuple[int, int]]:
    """(line, indent) of the definitions that an outline shows."""
    seen: set[str] = set()
    found = []
    for name, start, _, indent in facts.symbols:
        if name not in seen:
            seen.add(name)
            found.append((start, indent))
    return found


def _gap(lines: Sequence[str], first: int, last: int, named: Sequence[tuple[int, int]]) -> Iterator[str]:
    inside = [(line, indent) for line, indent in named if first <= line <= last]
    if inside:
        yield GAP.format(first, last)
    for line, indent in inside:
        yield " " * min(indent // 2, 4) + lines[line - 1].strip()[:OUTLINE_WIDTH].rstrip(" {")


def focused(text: str, facts: Facts, runs: Sequence[tuple[int, int]], most_named: int) -> str:
    """Runs of lines, and the definitions between them by their first lines, at most so many."""
    lines = lines_of(text)
    named = _named(facts)[:most_named]
    parts: list[str] = []
    at = 1
    for first, last in joined(runs):
        parts += _gap(lines, at, first - 1, named)
        parts.append(RUN.format(first, last))
        parts += lines[first - 1 : last]
        at = last + 1
    parts += _gap(lines, at, len(lines), named)
    return "\n".join(parts)
