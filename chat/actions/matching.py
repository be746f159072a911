"""Finding what an edit searches for, and replacing it.

The passes, in order: exact, then blanks at line ends, then indentation, then look-alike characters. The first one that
finds anything decides, and it has to find it exactly once. A loose match changes only the lines in which SEARCH and
REPLACE differ; every other byte of the file stays.
"""

from __future__ import annotations

import html
import re
import unicodedata
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from itertools import islice, pairwise

from chat.actions.differences import compared
from chat.actions.elision import is_elision
from chat.actions.indentation import translated
from chat.actions.nearest import SHOWN_CHARACTERS, SHOWN_LINES, nearest
from chat.actions.source import Core, Source, with_plain_ends
from chat.actions.types import ActionError, Edit

PASSES = ("exact", "trailing", "indent", "lookalike")
MOST_LINES_TOLD = 10
MOST_TOLD = 10
#: Edits of one file in a turn; each is compared with all others.
MOST_EDITS = 500
#: Places that are looked for; two are too many already.
MOST_PLACES = 100

LOOKALIKES = {
    **dict.fromkeys("\u2018\u2019\u201a\u201b\u2032\u02bc\uff07\u00b4", "'"),
    **dict.fromkeys("\u201c\u201d\u201e\u201f\u2033\u00ab\u00bb\uff02", '"'),
    **dict.fromkeys("\u2010\u2011\u2012\u2013\u2014\u2015\u2212\ufe63\uff0d", "-"),
    **dict.fromkeys("\u00a0\u2002\u2003\u2007\u2009\u200a\u202f\u205f\u3000", " "),
}
LOOKALIKE = re.compile(f"[{''.join(LOOKALIKES)}]")
NUMBERED = re.compile(r"\s*(\d{1,6})\s*(?:[|│→\t]|:(?=\s))")


@dataclass(frozen=True, slots=True)
class Applied:
    """The text with all edits made; `matched` is the loosest pass that one of them needed."""

    text: str
    matched: str = "exact"


@dataclass(frozen=True, slots=True)
class Found:
    """Where an edit applies: all that it names, and the stretches of it that change."""

    start: int
    end: int
    cores: tuple[Core, ...]
    matched: str
    number: int = 0


@dataclass(slots=True)
class _Batch:
    """Edits that are found in one and the same text."""

    source: Source
    found: list[Found] = field(default_factory=list)

    def result(self) -> str:
        return self.source.rebuilt(
            sorted((core for one in self.found for core in one.cores), key=lambda core: core[:2])
        )


def apply_edits(text: str, edits: Sequence[Edit]) -> Applied | ActionError:
    """The text with the edits made, or what is wrong with the first of them that cannot be (and with the others).

    Edits are found in the text as it is; one that is not there may be about what the edits before it have written.
    """
    if len(edits) > MOST_EDITS:
        return ActionError("too_large", {"reason": "edits", "limit": MOST_EDITS})
    batch = _Batch(Source(text))
    matched: set[str] = {"exact"}
    errors: list[ActionError] = []
    for number, edit in enumerate(edits, 1):
        found = _one(batch, edit, number)
        if isinstance(found, ActionError) and found.code == "no_match" and batch.found:
            later = _Batch(Source(batch.result()))
            again = _one(later, edit, number)
            found, batch = (again, later) if isinstance(again, Found) else (found, batch)
        if isinstance(found, ActionError):
            errors.append(_numbered(found, number, len(edits)))
        else:
            matched.add(found.matched)
    if errors:
        return _first(errors)
    return Applied(batch.result(), max(matched, key=PASSES.index))


def _one(batch: _Batch, edit: Edit, number: int) -> Found | ActionError:
    found = locate(batch.source, edit)
    if isinstance(found, ActionError):
        return found
    for other in batch.found:
        if other.cores == found.cores and other.cores:
            return found
        if _meet(other, found):
            return ActionError("overlap", {"other": other.number, "lines": [batch.source.line_at(found.start) + 1]})
    batch.found.append(replace(found, number=number))
    return found


def _numbered(error: ActionError, number: int, count: int) -> ActionError:
    return replace(error, values={**error.values, "edit": number, "edits": count})


def _first(errors: Sequence[ActionError]) -> ActionError:
    """The first error, which also tells of the others, and at length of the next ones."""
    wrong = [error.values["edit"] for error in errors]
    also = [error.as_json() for error in errors[1:MOST_TOLD]]
    return replace(errors[0], values={**errors[0].values, "wrong": wrong, **({"also": also} if also else {})})


def _meet(one: Found, other: Found) -> bool:
    """Whether one changes what the other names: then neither knew of the other."""
    return _changes_in(one, other) or _changes_in(other, one)


def _changes_in(one: Found, other: Found) -> bool:
    spots = {start for start, end, _ in other.cores if start == end}
    return any(
        (start < other.end and end > other.start) if start < end else other.start < start < other.end or start in spots
        for start, end, _ in one.cores
    )


# --- The cascade ----------------------------------------------------------------------------------------------------


def locate(source: Source, edit: Edit) -> Found | ActionError:
    """Where the edit applies; the first pass that finds anything decides."""
    search, new = with_plain_ends(edit.search), with_plain_ends(edit.replace)
    if not search.strip():
        return _empty(source, new)
    for one in _passes(source, search):
        places = list(islice(one.places, MOST_PLACES))
        if len(places) > 1:
            return _ambiguous(source, one, places)
        if places and one.by_line:
            return _lines(source, places[0], one.name, search, new)
        if places:
            return _stretch(places[0], one.name, search, new)
    return _no_match(source, search, new)


@dataclass(frozen=True, slots=True)
class _Pass:
    """Where a pass finds SEARCH: numbers of lines, or offsets."""

    name: str
    places: Iterator[int]
    by_line: bool = True


def _passes(source: Source, search: str) -> Iterator[_Pass]:
    """Each looks for the longest line first, and at every line only where that one may be there."""
    yield _Pass("exact", _exact(source, search), by_line=False)
    wanted = search.removesuffix("\n").split("\n")
    if max(wanted, key=len).strip() in source.text:
        yield _Pass("trailing", _windows(source.lines, wanted, str.rstrip))
        yield _Pass("indent", _windows(source.lines, wanted, str.strip))
    if source.text.isascii() and search.isascii():
        return
    lines, alike = _folded(source.text).split("\n"), [_folded(line) for line in wanted]
    yield _Pass("lookalike", _windows(lines[: len(source.lines)], alike, str.strip))
    if not search.endswith("\n"):
        yield _Pass("lookalike", _occurrences(_plain(source.text), _plain(search)), by_line=False)


def _exact(source: Source, search: str) -> Iterator[int]:
    """Whole lines where SEARCH ends with a line end; otherwise anywhere."""
    if not search.endswith("\n"):
        return _occurrences(source.text, search)
    # with the line end before it, so that nothing in the middle of a line is found in the first place
    return _occurrences("\n" + source.text, "\n" + search)


def _stretch(start: int, matched: str, search: str, new: str) -> Found:
    if search.endswith("\n") and new and not new.endswith("\n"):
        new += "\n"
    return Found(start, start + len(search), _changed(start, _parts(search), _parts(new)), matched)


def _occurrences(text: str, search: str) -> Iterator[int]:
    """Every one, overlapping ones too."""
    start = text.find(search)
    while start >= 0:
        yield start
        start = text.find(search, start + 1)


def _windows(lines: Sequence[str], wanted: Sequence[str], key: Callable[[str], str]) -> Iterator[int]:
    """The lines at which lines that have the same keys begin; as one text, so that it takes linear time."""
    text = "\n".join(("", *map(key, lines), ""))
    number, before = 0, 0
    for place in _occurrences(text, "\n".join(("", *map(key, wanted), ""))):
        number, before = number + text.count("\n", before, place), place
        yield number


def _folded(text: str) -> str:
    """The text with the characters that look like others written as those; its lines stay."""
    return _plain(unicodedata.normalize("NFC", text))


def _plain(text: str) -> str:
    """One character for one: offsets stay."""
    return LOOKALIKE.sub(lambda found: LOOKALIKES[found[0]], text)


def _lines(source: Source, first: int, matched: str, search: str, new: str) -> Found | ActionError:
    """Whole lines from `first` on, matched loosely."""
    wanted = search.removesuffix("\n").split("\n")
    written = new.removesuffix("\n").split("\n") if new else []
    there = source.lines[first : first + len(wanted)]
    if matched != "trailing":
        moved = translated(list(zip(wanted, there, strict=True)), written)
        if moved is None:
            return _not_consistent(source, first, len(wanted))
    else:
        moved = written
    cores = []
    starts = source.starts
    for a_from, a_to, b_from, b_to in compared(wanted, written):
        text = "".join(line + "\n" for line in moved[b_from:b_to])
        cores.append((starts[first + a_from], starts[first + a_to], text))
    return Found(starts[first], starts[first + len(wanted)], tuple(cores), matched)


def _parts(text: str) -> list[str]:
    """Lines with their ends."""
    lines = text.split("\n")
    return [line + "\n" for line in lines[:-1]] + ([lines[-1]] if lines[-1] else [])


def _changed(start: int, old: list[str], new: list[str]) -> tuple[Core, ...]:
    """The stretches of a match that REPLACE changes."""
    ends = [start]
    for part in old:
        ends.append(ends[-1] + len(part))
    return tuple((ends[a], ends[b], "".join(new[c:d])) for a, b, c, d in compared(old, new))


# --- What is wrong --------------------------------------------------------------------------------------------------


def _empty(source: Source, new: str) -> Found | ActionError:
    """Nothing to search for: the place is known in an empty file alone."""
    if source.text.strip():
        return ActionError("malformed", {"reason": "empty_search"})
    return Found(0, len(source.text), ((0, len(source.text), new),), "exact")


def _ambiguous(source: Source, found: _Pass, places: Sequence[int]) -> ActionError:
    numbers = [place if found.by_line else source.line_at(place) for place in places]
    shown = numbers[:MOST_LINES_TOLD]
    around = tuple((number + 1, source.lines[number][:SHOWN_CHARACTERS]) for number in dict.fromkeys(shown))
    values = {"count": len(numbers), "lines": [number + 1 for number in shown], "matched": found.name}
    return ActionError("ambiguous_match", values, around)


def _not_consistent(source: Source, first: int, count: int) -> ActionError:
    lines = source.lines[first : first + min(count, SHOWN_LINES)]
    shown = tuple((first + number, line[:SHOWN_CHARACTERS]) for number, line in enumerate(lines, 1))
    return ActionError("no_match", {"reason": "indentation", "lines": [first + 1]}, shown)


def _no_match(source: Source, search: str, new: str) -> ActionError:
    lines = search.removesuffix("\n").split("\n")
    values: dict[str, object] = {}
    if any(map(is_elision, lines)):
        values["reason"] = "elided"
    elif has_line_numbers(lines):
        values["reason"] = "line_numbers"
    elif (plain := html.unescape(search)) != search and plain in source.text:
        values["reason"] = "html_entities"
    elif new.strip() and len(places := list(islice(_occurrences(source.text, new), 2))) == 1:
        values |= {"reason": "already", "lines": [source.line_at(places[0]) + 1]}
    return ActionError("no_match", values, nearest(source, lines))


def has_line_numbers(lines: Sequence[str]) -> bool:
    """Whether the lines carry numbers that count up, copied from a view of the file."""
    found = [NUMBERED.match(line) for line in lines if line.strip()]
    numbers = [int(match[1]) for match in found if match]
    counting = all(later > before for before, later in pairwise(numbers))
    return bool(found) and len(numbers) == len(found) and counting
