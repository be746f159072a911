"""Searching the text of a project's files, and replacing in all of them by one revision.

A pattern is somebody's text: `regex` stops it when its time is up, which `re` cannot.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

import regex
from pathspec import GitIgnoreSpec

from projects import content, tree
from projects.errors import FilesError
from projects.files import Write, commit
from projects.models import Project, Revision

if TYPE_CHECKING:
    from django.contrib.auth.models import User

SECONDS = 3.0
MAX_PATTERN = 1_000
MAX_GLOB, MAX_STARS = 200, 3
READ_AT_ONCE = 500
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
    pattern, deadline = compiled(query), time.monotonic() + SECONDS
    entries = {file.path: file for file in tree.entries(project) if file.editable}
    changes = []
    for path, text in _texts(project, query):
        if path not in entries:
            continue
        made = _replaced(pattern, text, replacement if query.regex else None, replacement, deadline)
        if made != text:
            changes.append(Write(path, content.encode(made, entries[path].encoding)))
    base = {change.path: entries[change.path].digest for change in changes}
    return commit(project, author, changes, message=message, base=base)


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
    """The texts in question, by path, some hundred files at a time."""
    only, but = GitIgnoreSpec.from_lines(query.include), GitIgnoreSpec.from_lines(query.exclude)
    wanted = [
        file
        for file in tree.entries(project)
        if file.encoding and (not query.include or only.match_file(file.path)) and not but.match_file(file.path)
    ]
    for start in range(0, len(wanted), READ_AT_ONCE):
        group = wanted[start : start + READ_AT_ONCE]
        data = tree.blobs(file.digest for file in group)
        for file in group:
            yield file.path, content.decode(data[file.digest], file.encoding)


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


def _replaced(pattern: regex.Pattern[str], text: str, template: str | None, plain: str, deadline: float) -> str:
    try:
        if template is None:
            return pattern.sub(lambda _found: plain, text, timeout=_left(deadline), concurrent=True)
        return pattern.sub(template, text, timeout=_left(deadline), concurrent=True)
    except TimeoutError as error:
        raise FilesError("search_too_slow") from error
    except (regex.error, IndexError) as error:
        raise FilesError("bad_pattern", detail=str(error)) from error


def _left(deadline: float) -> float:
    left = deadline - time.monotonic()
    if left <= 0:
        raise FilesError("search_too_slow")
    return left
