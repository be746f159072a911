"""Searching the text of a project's files, and replacing in all of them by one revision.

A pattern is somebody's text: `regex` stops it when its time is up, which `re` cannot.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

import regex
from django.db import transaction
from pathspec import GitIgnoreSpec

from projects import content, tree
from projects.aside import kept_apart, laid_aside
from projects.errors import FilesError
from projects.files import commit, lock
from projects.limits import limit
from projects.models import Project, Revision

if TYPE_CHECKING:
    from django.contrib.auth.models import User

SECONDS = 3.0
MAX_PATTERN = 1_000
MAX_GLOB, MAX_STARS = 200, 3
SHOWN_CHARACTERS = 300


@dataclass(frozen=True, slots=True)
class Query:
    """What to look for, and where: globs as in `.gitignore`."""

    text: str
    regex: bool = False
    case: bool = False
    include: tuple[str, ...] = ()
    exclude: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Match:
    """Line and column count from 1, in characters; `text` is the line, of a very long one the part from `start` on."""

    line: int
    column: int
    length: int
    text: str
    start: int = 0


@dataclass(frozen=True, slots=True)
class Found:
    """One file's matches."""

    path: str
    matches: tuple[Match, ...]


def find(project: Project, query: Query, *, most: int = 2_000) -> Iterator[Found]:
    """Files with their matches as they are found, `most` matches in all. Raises `FilesError`."""
    pattern, deadline, may_have = compiled(query), time.monotonic() + SECONDS, _sieve(query)
    for path, text in _texts(project, query):
        matches = tuple(_matches(pattern, text, most, deadline)) if may_have(text) else ()
        if matches:
            yield Found(path, matches)
        most -= len(matches)
        if most <= 0:
            return


def replace(
    project: Project, author: User | None, query: Query, replacement: str, *, message: str = ""
) -> Revision | None:
    """Replaces every match in every file that can be written; `None` where there is none. Raises `FilesError`."""
    entries = {file.path: file for file in tree.entries(project) if file.editable}
    # All of it is found and measured first, aside: nobody's save waits for a search, memory holds a few files of it,
    # and what is too much for the project fills neither disk nor database.
    made = _within_limits(project, _changed(project, query, replacement, entries), entries)
    with laid_aside(made) as files, kept_apart(files), transaction.atomic():
        lock(project)
        files.hold()
        changes = files.puts()
        base = {change.path: entries[change.path].digest for change in changes}
        return commit(project, author, changes, message=message, base=base)


def _within_limits(
    project: Project, changed: Iterable[tuple[str, bytes]], entries: Mapping[str, tree.Entry]
) -> Iterator[tuple[str, bytes]]:
    """The same, until it is too much. `commit` has the last word, with the project locked."""
    before, most = sum(file.size for file in tree.entries(project)), limit("MAX_PROJECT_BYTES")
    written = grown = 0
    for path, data in changed:
        written += len(data)
        grown += len(data) - entries[path].size
        if written > max(most, before):  # whatever the others become
            raise FilesError("project_full", size=written, limit=most)
        yield path, data
    if grown > 0 and before + grown > most:
        raise FilesError("project_full", size=before + grown, limit=most)


def _changed(
    project: Project, query: Query, replacement: str, entries: Mapping[str, tree.Entry]
) -> Iterator[tuple[str, bytes]]:
    pattern, deadline = compiled(query), time.monotonic() + SECONDS
    for path, text in _texts(project, query):
        if path not in entries:
            continue
        made = _replaced(pattern, text, _Replacement(path, replacement, expands=query.regex), deadline)
        if made != text:
            yield path, content.encode(made, entries[path].encoding)


def compiled(query: Query) -> regex.Pattern[str]:
    """The pattern. Raises `FilesError("bad_pattern")`."""
    if not query.text or len(query.text) > MAX_PATTERN:
        raise FilesError("bad_pattern", detail="empty" if not query.text else "too long")
    if any(len(glob) > MAX_GLOB or _stars(glob) > MAX_STARS for glob in (*query.include, *query.exclude)):
        raise FilesError("bad_pattern", detail="too many stars in one name")
    flags = regex.MULTILINE | (0 if query.case else regex.IGNORECASE)
    try:
        return regex.compile(query.text if query.regex else regex.escape(query.text), flags, cache_pattern=False)
    except (regex.error, RecursionError, OverflowError) as error:
        raise FilesError("bad_pattern", detail=str(error)) from error


def _stars(glob: str) -> int:
    """The most stars in one name: a glob becomes an expression, and with many of them it may take for ever."""
    return max(part.count("*") for part in glob.split("/"))


def _sieve(query: Query) -> Callable[[str], bool]:
    """Whether a text can hold a plain text at all: most have none, and this is far quicker than a pattern."""
    if query.regex:
        return lambda _text: True
    if query.case:
        return lambda text: query.text in text
    low = query.text.lower()
    # Beyond ASCII, what is alike but for its case is the pattern's to say.
    return lambda text: not (query.text.isascii() and text.isascii()) or low in text.lower()


def _texts(project: Project, query: Query) -> Iterator[tuple[str, str]]:
    """The texts in question, by path, some megabytes at a time."""
    only, but = GitIgnoreSpec.from_lines(query.include), GitIgnoreSpec.from_lines(query.exclude)
    wanted = [
        file
        for file in tree.entries(project)
        if file.encoding and (not query.include or only.match_file(file.path)) and not but.match_file(file.path)
    ]
    for file, data in tree.contents(wanted):
        yield file.path, content.decode(data, file.encoding)


def _matches(pattern: regex.Pattern[str], text: str, most: int, deadline: float) -> Iterator[Match]:
    line, start = 1, 0
    try:
        for found in pattern.finditer(text, timeout=_left(deadline), concurrent=True):
            if most <= 0:
                return
            most -= 1
            breaks = text.count("\n", start, found.start())
            if breaks:
                line, start = line + breaks, text.rindex("\n", start, found.start()) + 1
            yield _match(text, line, start, found.start(), found.end())
    except TimeoutError as error:
        raise FilesError("search_too_slow") from error


def _match(text: str, line: int, start: int, begin: int, stop: int) -> Match:
    end = text.find("\n", begin)
    whole = text[start : end if end >= 0 else len(text)].rstrip("\r")
    cut = max(0, begin - start - SHOWN_CHARACTERS // 3) if len(whole) > SHOWN_CHARACTERS else 0
    return Match(line, begin - start + 1, stop - begin, whole[cut : cut + SHOWN_CHARACTERS], cut)


class _Replacement:
    """What stands in a match's place; it ends a file that becomes too large before all of it is in memory."""

    def __init__(self, path: str, text: str, *, expands: bool) -> None:
        self._path, self._text = path, text
        self._parts = text.count("\\") if expands else None
        self._size, self._most = 0, limit("MAX_ASSET_BYTES")

    def __call__(self, found: regex.Match[str]) -> str:
        if self._parts is None:
            return self._counted(self._text)
        # A thousand times a group of a megabyte is too much to be made and then measured.
        self._check(self._parts * max(len(part or "") for part in (found[0], *found.groups())))
        return self._counted(found.expand(self._text))

    def _counted(self, made: str) -> str:
        self._size += len(made)
        self._check()
        return made

    def _check(self, more: int = 0) -> None:
        if (size := self._size + more) > self._most:  # in characters: none is less than a byte
            raise FilesError("too_large", path=self._path, size=size, limit=self._most, kind="asset")


def _replaced(pattern: regex.Pattern[str], text: str, replacement: _Replacement, deadline: float) -> str:
    try:
        return pattern.sub(replacement, text, timeout=_left(deadline), concurrent=True)
    except TimeoutError as error:
        raise FilesError("search_too_slow") from error
    except (regex.error, IndexError) as error:
        raise FilesError("bad_pattern", detail=str(error)) from error


def _left(deadline: float) -> float:
    left = deadline - time.monotonic()
    if left <= 0:
        raise FilesError("search_too_slow")
    return left
