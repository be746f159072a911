"""The definitions of a file with their line ranges; an outline and pieces made of them.  Pure, and fit for broken code.

Definitions are found line by line and end by indentation, so half-written files have them too.  `docs/context.md` tells
how this compares with tree-sitter.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Iterator, Sequence
from typing import NamedTuple

from chat.context.languages import MARKUP, PATTERNS, REGION, SCRIPT, STYLE

MAX_LINE = 400
MAX_SYMBOLS = 2000
OUTLINE_NAMES = 70
#: Closing brackets of a definition, or of one of its parts.
CLOSING = (")", "]", "}")
ONLY_CLOSING = re.compile(r"[)\]}]+[;,)]*\s*$")


class Symbol(NamedTuple):
    """A definition.  Lines count from 1; `end` is its last one."""

    name: str
    start: int
    end: int
    indent: int


class Lines:
    """The lines of a text, and where they begin."""

    def __init__(self, text: str) -> None:
        self.all = [line[:MAX_LINE] for line in text.split("\n")]
        self.text = "\n".join(self.all)
        self.starts: list[int] = []
        at = 0
        for line in self.all:
            self.starts.append(at)
            at += len(line) + 1
        self.indents = [len(line) - len(rest) if (rest := line.lstrip()) else -1 for line in self.all]

    def number(self, offset: int) -> int:
        """The line, from 0, of a character."""
        return bisect_right(self.starts, offset) - 1


def _regions(text: str, language: str) -> Iterator[tuple[int, int, re.Pattern[str]]]:
    if language not in ("mixed", "template"):
        if language in PATTERNS:
            yield 0, len(text), PATTERNS[language]
        return
    at = 0
    for match in REGION.finditer(text):
        yield at, match.start(), MARKUP
        group = 3 if match[1] else 4
        yield match.start(), match.start(group), MARKUP
        yield match.start(group), match.end(group), STYLE if (match[1] or "").lower() == "style" else SCRIPT
        at = match.end(group)
    yield at, len(text), MARKUP


def _named(lines: Lines, language: str) -> Iterator[tuple[int, str]]:
    """(line from 0, name) of what looks like a definition; the first of each line."""
    last, found = -1, 0
    for start, end, pattern in _regions(lines.text, language):
        for match in pattern.finditer(lines.text, start, end):
            group = match.lastindex or 0
            number = lines.number(match.start(group))
            name = " ".join(match[group].split())[:80]
            if number != last and name:
                last = number
                found += 1
                yield number, name
            if found >= MAX_SYMBOLS:
                return


def _closed(lines: Lines, opened: Sequence[tuple[int, str]]) -> Iterator[Symbol]:
    """Definitions with their ends: before the next line that is indented no deeper, closing brackets apart."""
    at = dict(opened)
    stack: list[tuple[int, str, int]] = []
    last = -1
    for number, indent in enumerate(lines.indents):
        if indent < 0:
            continue
        while stack and indent <= stack[-1][2]:
            start, name, deep = stack[-1]
            line = lines.all[number]
            closing = indent == deep and line.lstrip()[:1] in CLOSING
            if closing and not ONLY_CLOSING.match(line, indent):
                break
            stack.pop()
            yield Symbol(name, start + 1, (number if closing else last) + 1, deep)
            if closing:
                break
        last = number
        if number in at:
            stack.append((number, at[number], indent))
    yield from (Symbol(name, start + 1, last + 1, deep) for start, name, deep in stack)


def symbols(text: str, language: str) -> list[Symbol]:
    """The definitions of a text, in order.  Unknown languages have none."""
    lines = Lines(text)
    return sorted(_closed(lines, list(_named(lines, language))), key=lambda symbol: (symbol.start, -symbol.end))


def outline(found: Sequence[Symbol]) -> str:
    """The names of the definitions, each once."""
    return ", ".join(list(dict.fromkeys(symbol.name for symbol in found))[:OUTLINE_NAMES])


def pieces(found: Sequence[Symbol], count: int, least: int, most: int) -> Iterator[tuple[int, int]]:
    """Runs of lines (first, last) that cover a file, cut where definitions begin and end.

    A run has at least `least` lines, but for the last one, and at most `most`: a longer definition is cut in pieces.
    """
    cuts = sorted({line for s in found if s.end - s.start >= 3 for line in (s.start, s.end + 1) if 1 < line <= count})
    start = 1
    for cut in [*cuts, count + 1]:
        if cut - start < least and cut <= count:
            continue
        while cut - start > most:
            yield start, start + most // 2 - 1
            start += most // 2
        if cut > start:
            yield start, cut - 1
        start = cut
