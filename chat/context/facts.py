"""What is known of some bytes: read once, kept in the database, loaded by every server.  Pure.

Nothing here depends on the path but the language; `corpus.py` joins what is known of all files of a project.
"""

from __future__ import annotations

import threading
from array import array
from collections.abc import Callable, Iterator
from typing import Any

import msgspec
import zstandard

from chat.context import kinds, references
from chat.context.symbols import Symbol, outline, pieces, symbols
from chat.context.words import counted, split, words

#: Of the format and of what is found: what was kept under another one is made anew.
VERSION = 3
LEAST_LINES, MOST_LINES = 12, 60
MAX_TERMS, MAX_CHUNKS = 4000, 400
Count = Callable[[str], int]


class Chunk(msgspec.Struct, array_like=True, frozen=True):
    """A run of lines, from 1.  `length` is in terms; `terms` has places in the vocabulary, `times` how often each."""

    start: int
    end: int
    tokens: int
    length: int
    terms: bytes = b""
    times: bytes = b""


class Facts(msgspec.Struct, array_like=True):
    """What is known of a text.  `skipped` says why it was not read; then there is nothing else."""

    lines: int = 0
    tokens: int = 0
    skipped: str = ""
    length: int = 0
    outline: str = ""
    outline_tokens: int = 0
    symbols: list[tuple[str, int, int, int]] = msgspec.field(default_factory=list)
    references: list[str] = msgspec.field(default_factory=list)
    chunks: list[Chunk] = msgspec.field(default_factory=list)
    vocabulary: list[str] = msgspec.field(default_factory=list)
    names: list[str] = msgspec.field(default_factory=list)
    """Terms of the definitions' names."""


class _Defined(msgspec.Struct, array_like=True):
    """The first fields of `Facts`: what is behind them is passed over."""

    lines: int
    tokens: int
    skipped: str
    length: int
    outline: str
    outline_tokens: int
    symbols: list[tuple[str, int, int, int]]


class _Reader:
    """Reads one text."""

    def __init__(self, text: str, count: Count) -> None:
        self.lines = text.split("\n")
        self.count = count
        self.vocabulary: dict[str, int] = {}

    def chunks(self, found: list[Symbol]) -> Iterator[Chunk]:
        for number, (start, end) in enumerate(pieces(found, len(self.lines), LEAST_LINES, MOST_LINES)):
            if number >= MAX_CHUNKS:
                return
            yield self._chunk(start, end)

    def _chunk(self, start: int, end: int) -> Chunk:
        text = "\n".join(self.lines[start - 1 : end]) + "\n"
        counts = counted(words(text))
        vocabulary = self.vocabulary
        found = [(vocabulary.setdefault(term, len(vocabulary)), times) for term, times in counts.items()]
        known = [(place, times) for place, times in found if place < MAX_TERMS]
        places = array("H", [place for place, _ in known]).tobytes()
        times = bytes([min(times, 63) for _, times in known])
        return Chunk(start, end, self.count(text), sum(counts.values()), places, times)


def read(text: str, language: str, count: Count) -> Facts:
    """What is known of a text.  `count` counts tokens.  Bounded: only the first characters of a long text are read."""
    skipped = kinds.skipped_text(text, language)
    if skipped:
        return Facts(lines=text.count("\n") + 1, tokens=len(text) // 3, skipped=skipped)
    head = text[: kinds.MAX_READ]
    found = symbols(head, language)
    reader = _Reader(head, count)
    chunks = list(reader.chunks(found))
    shape = outline(found)
    return Facts(
        lines=text.count("\n") + 1,
        tokens=sum(chunk.tokens for chunk in chunks) + _rest(text, count),
        length=sum(chunk.length for chunk in chunks),
        outline=shape,
        outline_tokens=count(shape) if shape else 0,
        symbols=[(s.name, s.start, s.end, s.indent) for s in found],
        references=references.found(head, language),
        chunks=chunks,
        vocabulary=list(reader.vocabulary)[:MAX_TERMS],
        names=sorted({term for symbol in found for word in words(symbol.name) for term in split(word)}),
    )


def _rest(text: str, count: Count) -> int:
    return count(text[kinds.MAX_READ :]) if len(text) > kinds.MAX_READ else 0


_local = threading.local()


def _tools() -> Any:
    if not hasattr(_local, "tools"):
        _local.tools = (zstandard.ZstdCompressor(level=3), zstandard.ZstdDecompressor())
    return _local.tools


def packed(facts: Facts) -> bytes:
    """As bytes, compressed."""
    data: bytes = _tools()[0].compress(msgspec.msgpack.encode(facts))
    return data


def unpacked(data: bytes) -> Facts:
    """What `packed` was given.  Raises `ValueError` for anything else."""
    try:
        return msgspec.msgpack.decode(_tools()[1].decompress(data), type=Facts)
    except (zstandard.ZstdError, msgspec.MsgspecError) as error:
        raise ValueError("no facts") from error


def defined(data: bytes) -> list[tuple[str, int]]:
    """Name and first line of the definitions in what `packed` made.  Raises `ValueError` for anything else."""
    try:
        found = msgspec.msgpack.decode(_tools()[1].decompress(data), type=_Defined)
    except (zstandard.ZstdError, msgspec.MsgspecError) as error:
        raise ValueError("no facts") from error
    return [(name, line) for name, line, _, _ in found.symbols]
