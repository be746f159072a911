"""What the strings of a JSON value say, while the value is still being written.

`JsonStream` takes text cut anywhere and gives the strings' pieces with their place (`("edits", 0, "search")`).  It only
shows: whether the whole is JSON at all is decided by `json_object` when it is there.
"""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from typing import Any

from chat.llm.cleaning import REPLACEMENT

MAX_DEPTH = 50
PLAIN = re.compile(r'[^"\\]*')
BLANK_OR_SCALAR = re.compile(r'[^"\\{}\[\]:,]*')
ESCAPE = re.compile(r'\\(?:u([0-9a-fA-F]{4})|(["\\/bfnrt]))')
BEGINS_ESCAPE = re.compile(r"\\(?:u[0-9a-fA-F]{0,3})?\Z")
LETTERS = {'"': '"', "\\": "\\", "/": "/", "b": REPLACEMENT, "f": "\f", "n": "\n", "r": "\r", "t": "\t"}
SHOWN_CONTROLS = frozenset("\t\n\v\f\r")

Place = tuple[str | int, ...]


@dataclass(frozen=True, slots=True)
class Piece:
    """More of the string at `place`; `closed` with its last one."""

    place: Place
    text: str
    closed: bool


class JsonStream:
    """Follows one value.  `broken`: it cannot be JSON, and nothing more is said of it."""

    def __init__(self, *, once_more: bool = True) -> None:
        self.broken = False
        self._held = ""
        self._open = False
        # what a name says so far; `None` in any other string
        self._name: list[str] | None = None
        self._frames: list[_Frame] = []
        self._over = False
        # a value that was encoded twice is a string, and what that says is read instead
        self._once_more = once_more
        self._inner: JsonStream | None = None

    def feed(self, text: str) -> list[Piece]:
        """The pieces that this text adds."""
        text = self._held + text
        self._held = ""
        pieces: list[Piece] = []
        at = 0
        while at < len(text) and not (self.broken or self._held):
            at = self._inside(text, at, pieces) if self._open else self._outside(text, at)
        return pieces

    def _outside(self, text: str, at: int) -> int:
        """Between strings."""
        skipped = BLANK_OR_SCALAR.match(text, at)
        at = skipped.end() if skipped else at
        if at == len(text):
            return at
        self._structure(text[at])
        return at + 1

    def _structure(self, mark: str) -> None:
        frames = self._frames
        if self._over or mark == "\\":
            self.broken = True
        elif mark in "{[":
            frames.append(_Frame(None if mark == "{" else 0))
            self.broken = len(frames) > MAX_DEPTH
        elif mark == '"':
            self._open = True
            self._name = [] if frames and frames[-1].wants_key else None
        elif not frames:
            self.broken = True
        elif mark in "}]":
            frames.pop()
            self._over = not frames
        elif mark == ",":
            frames[-1].next()

    def _inside(self, text: str, at: int, pieces: list[Piece]) -> int:
        """In a string, at anything."""
        plain = PLAIN.match(text, at)
        end = plain.end() if plain else at
        if end > at:
            self._say(text[at:end], pieces)
        if end == len(text):
            return end
        return self._close(end, pieces) if text[end] == '"' else self._escape(text, end, pieces)

    def _close(self, at: int, pieces: list[Piece]) -> int:
        self._open = False
        if self._name is not None:
            self._frames[-1].name("".join(self._name))
        elif self._frames:
            pieces.append(Piece(self._place(), "", True))
        else:
            self._over = True
        return at + 1

    def _escape(self, text: str, at: int, pieces: list[Piece]) -> int:
        found = ESCAPE.match(text, at)
        if found is None:
            if BEGINS_ESCAPE.match(text, at):
                self._held = text[at:]
            else:
                self.broken = True
            return len(text)
        if found[2]:
            self._say(LETTERS[found[2]], pieces)
            return found.end()
        return self._code(text, found, pieces)

    def _code(self, text: str, found: re.Match[str], pieces: list[Piece]) -> int:
        """`\\uXXXX`, which may be half of a pair whose other half is yet to come."""
        code, end = int(found[1], 16), found.end()
        if 0xD800 <= code < 0xDC00:
            if end == len(text) or BEGINS_ESCAPE.match(text, end):
                self._held = text[found.start() :]
                return len(text)
            low = ESCAPE.match(text, end)
            if low and low[1] and 0xDC00 <= int(low[1], 16) < 0xE000:
                pair = 0x10000 + ((code - 0xD800) << 10) + int(low[1], 16) - 0xDC00
                self._say(chr(pair), pieces)
                return low.end()
        character = chr(code)
        hidden = (code < 0x20 and character not in SHOWN_CONTROLS) or 0xD800 <= code < 0xE000
        self._say(REPLACEMENT if hidden else character, pieces)
        return end

    def _say(self, said: str, pieces: list[Piece]) -> None:
        if self._name is not None:
            self._name.append(said)
        elif self._frames:
            pieces.append(Piece(self._place(), said, False))
        elif self._once_more:
            self._inner = self._inner or JsonStream(once_more=False)
            pieces += self._inner.feed(said)
            self.broken = self._inner.broken

    def _place(self) -> Place:
        return tuple("" if frame.key is None else frame.key for frame in self._frames)


class _Frame:
    """An object or a list that is open; `key` is the name or the number of what is being written in it."""

    __slots__ = ("key", "wants_key")

    def __init__(self, key: int | None) -> None:
        self.key: str | int | None = key
        self.wants_key = key is None

    def name(self, name: str) -> None:
        """A name of an object was read."""
        self.key, self.wants_key = name, False

    def next(self) -> None:
        """A comma."""
        if isinstance(self.key, int):
            self.key += 1
        else:
            self.wants_key = True


def json_object(text: str) -> dict[str, Any] | None:
    """The one object that a text is, by the letter of the standard, or an object encoded once more; else `None`.

    A name that comes twice makes it none: what was shown and what would be written could differ.
    """
    value = _loads(text)
    if isinstance(value, str):
        value = _loads(value)
    return value if isinstance(value, dict) else None


def json_array(text: str) -> list[Any] | None:
    """The one array that a text is, by the letter of the standard; else `None`."""
    value = _loads(text)
    return value if isinstance(value, list) else None


def _loads(text: str) -> Any:
    try:
        return json.loads(text, parse_constant=_no_constant, object_pairs_hook=_once_each)
    except (ValueError, RecursionError):
        return None


def _once_each(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) != len(pairs):
        raise ValueError("a name comes twice")
    return found


def _no_constant(name: str) -> Any:
    raise ValueError(f"{name} is not JSON")
