"""The text of a file's part in a prompt: all of it, or some runs of lines with what lies between named.  Pure.

Lines stand there as they are in the file, without numbers in front, so that a model copies nothing into its edits that
is not in the file; a line above each run says which lines it has.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from chat.context.facts import Facts
from chat.context.symbols import OUTLINE_NAMES

Runs = list[tuple[int, int]]
RUN, GAP = "@@ {}-{} @@", "... {}-{}: {}"


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


def outlined(path: str, facts: Facts) -> str:
    """The outline of a file: one line."""
    return f"{path}: {facts.outline}"


def _gap(facts: Facts, first: int, last: int, shown: set[str]) -> Iterator[str]:
    names = dict.fromkeys(name for name, start, _, _ in facts.symbols if first <= start <= last and name not in shown)
    if names:
        shown.update(names)
        yield GAP.format(first, last, ", ".join(names))


def focused(text: str, facts: Facts, runs: Sequence[tuple[int, int]]) -> str:
    """Runs of lines, and the names of the definitions between them."""
    lines = lines_of(text)
    parts: list[str] = []
    at, shown = 1, set(_after(facts, OUTLINE_NAMES))
    for first, last in joined(runs):
        parts += _gap(facts, at, first - 1, shown)
        parts.append(RUN.format(first, last))
        parts += lines[first - 1 : last]
        at = last + 1
    parts += _gap(facts, at, len(lines), shown)
    return "\n".join(parts)


def _after(facts: Facts, most: int) -> list[str]:
    """The names beyond the first so many: of a very long file they are not told."""
    return list(dict.fromkeys(name for name, *_ in facts.symbols))[most:]
