"""What of the conversation goes into a request.  Pure."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import Any

#: A message costs about this many tokens beyond its text, in every chat format.
PER_MESSAGE = 4
#: The newest messages stay whole; of the older ones, a fenced piece longer than this keeps its first lines.
KEPT_WHOLE, FENCE_LINES, SHOWN_LINES = 6, 12, 4
#: A question and its answer.
LAST_EXCHANGE = 2
#: Fewer tokens of a message say nothing; a token has so many characters at most, but for what nobody reads.
LEAST_CUT, MOST_PER_TOKEN = 40, 40
FENCE = re.compile(r"^(`{3,}|~{3,})[^`]*$")


def fitting(messages: Sequence[dict[str, Any]], budget: int, count: Callable[[str], int]) -> list[dict[str, Any]]:
    """The newest messages that fit into so many tokens, oldest first; it begins with a user's message.

    Where not all fit, older ones lose their long pieces of code first: what was said and decided is worth more, and a
    file's present text goes in by itself.
    """
    whole = _newest(reversed(messages), budget, count)
    return whole if len(whole) == len(messages) else _newest(_backwards(messages), budget, count)


def last_exchange(messages: Sequence[dict[str, Any]], budget: int, count: Callable[[str], int]) -> list[dict[str, Any]]:
    """The last question and its answer, whatever it takes to fit them in: without their long code, else without their
    middle.  Nothing where there is room for no more than a few words of them.

    For a long answer, or a pasted log, that is too long for the room: what is asked next is about it.
    """
    asked = next((n for n in (1, LAST_EXCHANGE) if len(messages) >= n and messages[-n]["role"] == "user"), 0)
    last = messages[len(messages) - asked :]
    kept: list[dict[str, Any]] = []
    # the shorter one first: what it leaves is the other's
    for left, message in zip(range(len(last), 0, -1), sorted(last, key=_length), strict=True):
        text = _cut(str(message["content"]), budget // left - PER_MESSAGE, count)
        if text is None:
            return []
        budget -= cost_of(text, count)
        kept.append(message if text == message["content"] else {**message, "content": text})
    return sorted(kept, key=lambda message: message["role"] != "user")


def _length(message: dict[str, Any]) -> int:
    return len(str(message["content"]))


def _cut(text: str, room: int, count: Callable[[str], int]) -> str | None:
    """As much of a text as fits: its beginning and its end."""
    for whole in (text, shortened(text)) if len(text) <= room * MOST_PER_TOKEN else ():
        if count(whole) <= room:
            return whole
    if room < LEAST_CUT:
        return None
    characters = min(len(text) - 1, room * 8)
    while characters > LEAST_CUT:
        half = characters // 2
        cut = f"{text[:half].rstrip()}\n[… {len(text) - 2 * half} …]\n{text[-half:].lstrip()}"
        taken = count(cut)
        if taken <= room:
            return cut
        characters = min(characters * room // taken, characters - 1) * 19 // 20
    return None


def fits(messages: Sequence[dict[str, Any]], budget: int, count: Callable[[str], int]) -> bool:
    """Whether all messages fit, be it without the long code of the older ones."""
    return len(messages) <= len(room_taken(messages, budget, count))


def room_taken(messages: Sequence[dict[str, Any]], budget: int, count: Callable[[str], int]) -> list[int]:
    """The tokens that the newest message takes, the two newest, the three … for as long as they fit; the older ones
    without their long code."""
    found: list[int] = []
    taken = 0
    for message in _backwards(messages):
        taken += cost_of(str(message["content"]), count)
        if taken > budget:
            break
        found.append(taken)
    return found


def cost_of(text: str, count: Callable[[str], int]) -> int:
    """What a message of this text takes."""
    return count(text) + PER_MESSAGE


def shortened(text: str) -> str:
    """A text whose long fenced pieces are cut to their first lines, and say how many more there were.  Linear."""
    lines = text.split("\n")
    found: list[str] = []
    at = 0
    while at < len(lines):
        found.append(lines[at])
        fence = FENCE.match(lines[at])
        at += 1
        if fence is None:
            continue
        end = _closing(lines, at, fence[1])
        more = end - at - SHOWN_LINES
        found += [*lines[at : at + SHOWN_LINES], f"[… +{more}]"] if end - at > FENCE_LINES else lines[at:end]
        found += lines[end : end + 1]
        at = end + 1
    return "\n".join(found)


def _closing(lines: Sequence[str], start: int, fence: str) -> int:
    """The line that closes a fence; the end of the text where none does, as Markdown has it."""
    return next((at for at in range(start, len(lines)) if lines[at].rstrip() == fence), len(lines))


def _shortened(message: dict[str, Any]) -> dict[str, Any]:
    content = message["content"]
    short = shortened(content) if isinstance(content, str) else content
    return message if short == content else {**message, "content": short}


def _backwards(messages: Sequence[dict[str, Any]]) -> Iterator[dict[str, Any]]:
    """The newest message first; the older ones without their long code, which is looked for as far as one reads."""
    yield from reversed(messages[-KEPT_WHOLE:])
    yield from map(_shortened, reversed(messages[:-KEPT_WHOLE]))


def _newest(backwards: Iterable[dict[str, Any]], budget: int, count: Callable[[str], int]) -> list[dict[str, Any]]:
    kept: list[dict[str, Any]] = []
    for message in backwards:
        budget -= cost_of(str(message["content"]), count)
        if budget < 0:
            break
        kept.append(message)
    kept.reverse()
    while kept and kept[0]["role"] != "user":
        kept.pop(0)
    return kept
