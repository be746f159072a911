"""A file as the model was shown it: with marks where secrets are.

The model's edits are tried on that text, so whether one applies tells nothing of what is behind the marks.  In what
comes of it each mark becomes again what it stands for, where it is plain which one that is.
"""

from __future__ import annotations

from collections import ChainMap
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import replace
from typing import cast

from chat.actions.differences import compared
from chat.actions.kinds import ActionType, Change, Refused
from chat.actions.text import TextFile, read_text
from chat.actions.types import ActionError, Proposal
from chat.context.masking import KNOWN_MARK, MARK, Masked

Mask = Callable[[str], Masked]
#: The marks of a line, each with what it stands for.
Pairs = Sequence[tuple[str, str]]


def plan_veiled(kind: ActionType, item: Proposal, files: Mapping[str, bytes], mask: Mask) -> Change:
    """What a proposal does to a file as the model was shown it.  Raises `Refused`, as the type does."""
    before = files.get(item.path)
    old = TextFile("") if before is None else read_text(before)
    if isinstance(old, ActionError):
        return kind.plan(item, files)
    masked = mask(old.text)
    shown = {item.path: old.encoded(masked.text)} if masked.spans else {}
    change = kind.plan(item, ChainMap(shown, cast(dict[str, bytes], files)) if shown else files)
    new = None if change.after is None else read_text(change.after)
    if not isinstance(new, TextFile) or not (shown or KNOWN_MARK.search(new.text)):
        return change
    lifted = _lifted(masked, old.text, new.text)
    if lifted is not None and _shows_more(masked, old.text, mask(lifted).text):
        lifted = None  # out of its surroundings nothing knows it for a secret, and the next request would send it
    if lifted is None and change.error is None:
        raise Refused("malformed", reason="masked")
    return replace(change, before=before, after=old.encoded(new.text if lifted is None else lifted))


def _lifted(masked: Masked, original: str, text: str) -> str | None:
    """The text with every mark as what it stands for; nothing where that can't be told."""
    old, new = masked.text.split("\n"), text.split("\n")
    behind = iter(_behind(masked, original))
    known: list[Pairs] = [[(mark, next(behind)) for mark in MARK.findall(line)] for line in old]
    lines: list[str] = []
    a_at = b_at = 0
    for a_from, a_to, b_from, b_to in (*compared(old, new), (len(old), len(old), len(new), len(new))):
        lines += (_with(line, pairs) for line, pairs in zip(new[b_at:b_from], known[a_at:a_from], strict=True))
        changed = new[b_from:b_to]
        pairs = _paired(known[a_from:a_to], [MARK.findall(line) for line in changed])
        if pairs is not None and not _keeps_names(old[a_from:a_to], changed):
            pairs = None
        if pairs is None:
            return None
        lines += (_with(line, found) for line, found in zip(changed, pairs, strict=True))
        a_at, b_at = a_to, b_to
    return "\n".join(lines)


def _shows_more(masked: Masked, original: str, text: str) -> bool:
    """Whether a text shows what the model was not shown."""
    hidden = {original[start:end] for start, end, _ in masked.spans}
    return any(value in text and value not in masked.text for value in hidden)


def _keeps_names(old: Sequence[str], new: Sequence[str]) -> bool:
    """Whether marks that come more than once still follow what they followed: else values may have changed places."""
    before, after = ([name for line in lines for name in _names(line)] for lines in (old, new))
    marks = [mark for mark, _ in before]
    return before == after or all(marks.count(mark) == 1 for mark in marks)


def _names(line: str) -> Iterator[tuple[str, str]]:
    """The marks of a line with what stands before each."""
    for found in MARK.finditer(line):
        yield found[0], line[: found.start()].strip()


def _behind(masked: Masked, original: str) -> Iterator[str]:
    """What each mark of the text stands for; one that the file has itself stands for itself."""
    at = 0
    for start, end, _ in masked.spans:
        yield from (found[0] for found in MARK.finditer(original, at, start))
        yield original[start:end]
        at = end
    yield from (found[0] for found in MARK.finditer(original, at))


def _paired(known: Sequence[Pairs], marks: Sequence[Sequence[str]]) -> Sequence[Pairs] | None:
    """The marks of each new line with what they stand for in the lines that these take the place of: line by line, or
    where each is the only one of its kind."""
    if [[mark for mark, _ in line] for line in known] == [list(line) for line in marks]:
        return known
    pairs = [pair for line in known for pair in line]
    before, after = [mark for mark, _ in pairs], [mark for line in marks for mark in line]
    if any(before.count(mark) != 1 or after.count(mark) != 1 for mark in after):
        return None
    return [[(mark, dict(pairs)[mark]) for mark in line] for line in marks]


def _with(text: str, pairs: Pairs) -> str:
    values = iter(pairs)
    return MARK.sub(lambda _: next(values)[1], text)
