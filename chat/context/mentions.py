"""What a person names with an `@`: a file, a folder, a definition, an earlier message; written and read here.  Pure.

    @src/App.jsx   @"my file.jsx"   @src/components/   @src/dates.js#format   @"a b.css#.card > a"   @message:12

Between quotes stands anything on one line; a backslash stands before a quote or a backslash.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from functools import lru_cache

from chat.context import kinds

READ = 20_000
WORD = re.compile(r"[\w./@+\[\]()-]+")
#: As long as a path may be, and the name of a definition in it.
QUOTED = re.compile(r'@"((?:[^"\\\n]|\\.){1,1200})"')
NAMED = re.compile(r"@([\w./@+\[\]()-]+)#([\w$-]+)")
MESSAGE = re.compile(r"(?<!\w)@message:([0-9]{1,18})\b")
PLAIN = re.compile(r"[\w./+\[\]-][\w./@+\[\]()-]*(?:#[\w$-]+)?")
ESCAPE = re.compile(r'(["\\])')
ESCAPED = re.compile(r"\\(.)")
ENDS = ".,:;)"
#: Of file names that are known as such.
ENDINGS = frozenset({*kinds.LANGUAGE_OF, *kinds.BINARY, "env", "lock", "csv", "log", "pem", "key"})
#: So many earlier messages go with one request.
MOST_MESSAGES = 10


@dataclass(frozen=True, slots=True)
class Mentions:
    """What a text names.  Words are lower case, with and without an `@`; `named` are only those with one."""

    words: frozenset[str]
    folders: tuple[str, ...]
    symbols: tuple[tuple[str, str], ...]
    """(path in lower case, name of a definition)"""
    named: tuple[str, ...] = ()
    """What stands behind an `@` and looks like a path, as it was written."""

    def paths(self, there: Collection[str]) -> set[str]:
        """Of some paths, those that are named: by path or file name as a word, or by a folder above with an `@`."""
        words, folders = self.words, self.folders
        return {
            path
            for path in there
            if (low := path.lower()) in words
            or low.rpartition("/")[2] in words
            or (folders and low.startswith(folders))
        }

    def missing(self, there: Collection[str]) -> list[str]:
        """The paths behind an `@` that no file and no folder has."""
        if not self.named:
            return []
        low = [path.lower() for path in there]
        known = {*low, *(path.rpartition("/")[2] for path in low)}
        return [
            path
            for path in self.named
            if (word := path.lower().strip("/")) not in known and not any(one.startswith(f"{word}/") for one in low)
        ]

    def definitions(self, there: Collection[str]) -> Mapping[str, frozenset[str]]:
        """path → the names of its definitions that are meant."""
        if not self.symbols:
            return {}
        found: dict[str, set[str]] = {}
        for path in there:
            for wanted, name in self.symbols:
                if path.lower() == wanted:
                    found.setdefault(path, set()).add(name)
        return {path: frozenset(names) for path, names in found.items()}


def read(text: str) -> Mentions:
    """What a text names."""
    return _read(text[:READ])


@lru_cache(maxsize=8)
def _read(text: str) -> Mentions:
    """Kept for a moment: for one request the same is asked several times."""
    text = MESSAGE.sub(" ", text)
    quoted = [ESCAPED.sub(r"\1", match[1]) for match in QUOTED.finditer(text)]
    text = QUOTED.sub(" ", text)
    said = [word.rstrip(ENDS) for word in WORD.findall(text)]
    symbols = {(match[1].lower(), match[2]) for match in NAMED.finditer(text)}
    for whole in quoted:
        symbols |= {(whole[:at].lower(), whole[at + 1 :]) for at, sign in enumerate(whole) if sign == "#"}
    words = {word.lstrip("@(").lower() for word in said} | {word.lower() for word in quoted}
    pointed = [word[1:] for word in said if word.startswith("@") and len(word) > 1] + quoted
    folders = {f"{word.strip('/').lower()}/" for word in pointed if word.strip("/")}
    return Mentions(
        frozenset({*words, *(path for path, _ in symbols)}),
        tuple(sorted(folders)),
        tuple(sorted((path, name) for path, name in symbols if path and name)),
        _named(pointed, quoted),
    )


def _named(pointed: list[str], quoted: list[str]) -> tuple[str, ...]:
    """The words behind an `@` that are meant as paths: between quotes, with a slash at the end, or with the ending of a
    kind of file.  `@media`, `@app.route` and `@types/node` are none."""
    plain = [word for word in pointed[: len(pointed) - len(quoted)] if word.strip("/@")]
    paths = [word for word in plain if word.endswith("/") or kinds.ending(word) in ENDINGS]
    return tuple(dict.fromkeys([*paths, *(word.partition("#")[0] or word for word in quoted if word.strip("/ "))]))


def messages(text: str) -> list[int]:
    """The earlier messages that a text names, each once."""
    found = dict.fromkeys(int(match[1]) for match in MESSAGE.finditer(text[:READ]))
    return [number for number in found if number > 0][:MOST_MESSAGES]


def written(what: str) -> str:
    """The mention that `read` takes for a path, a folder (with a slash at its end) or `path#definition`."""
    if PLAIN.fullmatch(what) and what[-1] not in ENDS:
        return f"@{what}"
    return '@"{}"'.format(ESCAPE.sub(r"\\\1", what))


def written_message(number: int) -> str:
    """The same, for an earlier message."""
    return f"@message:{number}"
