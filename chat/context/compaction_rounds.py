"""How messages that are too many for one request are summarised in several: in slices, and then one summary of all.

Pure.  Every slice is read once and by itself, so what was said first comes through no more hands than what was said
last.  Each message is cut as little as it takes for the requests to be few; where even that makes too many, the oldest
slices come first, and the next turn goes on from there.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from chat.context.compaction import ASKED_SHARE, LEAST_TOKENS, Count, Due, Message, ask_of, merging, request, said_by
from chat.context.history import cost_of

#: The most characters of each message, the best first; and of those that are read in a single request.
CUTS = (800, 300, 120)
IN_ONE = 300
#: Between two messages.
BETWEEN = 2


@dataclass(frozen=True, slots=True)
class Slice:
    """A request about so many messages, for a summary of so many tokens."""

    messages: Sequence[Message]
    count: int
    tokens: int


@dataclass(frozen=True, slots=True)
class Rounds:
    """Requests for a summary, in their order.

    `whole`: the only one takes the summary before into account and stands for everything.  `merges`: they are to be
    followed by one that makes a single summary of theirs and those before; `merge_tokens` is about what that one is
    sent.
    """

    slices: Sequence[Slice]
    whole: bool = False
    merges: bool = False
    merge_tokens: int = 0

    def __len__(self) -> int:
        return len(self.slices) + self.merges


def rounds(
    parts: Sequence[str], messages: Sequence[Message], language: str, due: Due, budget: int, calls: int, count: Count
) -> Rounds:
    """How so many messages are summarised by a model that takes `budget` tokens, in at most so many calls.

    `parts` are what stands for the messages before them.
    """
    room = budget - due.tokens
    former = "\n\n".join(parts)
    if messages and _in_one(former, messages, language, due, room, count):
        asked = request(former, messages, language, due, room, count)
        return Rounds([Slice(asked, len(messages), due.tokens)], whole=True)
    numbers, done = _numbers(messages, language, due, room, calls, count)
    tokens = _tokens_each(len(numbers) + len(parts), due, room)
    slices: list[Slice] = []
    at = 0
    for number in numbers:
        asked = request("", messages[at : at + number], language, Due(number, tokens), budget - tokens, count)
        at += number
        if not asked:
            return Rounds(slices)
        slices.append(Slice(asked, number, tokens))
    merges = done and len(slices) + len(parts) > 1
    told = sum(map(count, parts)) + int(len(slices) * tokens * ASKED_SHARE) + count(ask_of(language, due.tokens))
    return Rounds(slices, merges=merges, merge_tokens=min(told, room) if merges else 0)


def put_together(parts: Sequence[str], language: str, due: Due, budget: int, count: Count) -> Slice | None:
    """The request that makes one summary of several."""
    asked = merging(parts, language, due, budget - due.tokens, count)
    return Slice(asked, 0, due.tokens) if asked else None


def _in_one(former: str, messages: Sequence[Message], language: str, due: Due, room: int, count: Count) -> bool:
    """Whether all can be read in one request, and more than the beginning of each."""
    left = room - count(former) - _asked(language, due, count)
    return sum(_filled(messages, language, IN_ONE, left, 1, count)) == len(messages)


def _numbers(
    messages: Sequence[Message], language: str, due: Due, room: int, calls: int, count: Count
) -> tuple[list[int], bool]:
    """How many messages go into each slice; and whether those are all that there are, with a call to spare."""
    left = room - _asked(language, due, count)
    numbers: list[int] = []
    for most in CUTS:
        numbers = _filled(messages, language, most, left, calls, count)
        if sum(numbers) == len(messages) and len(numbers) < calls:
            return numbers, True
    return numbers, False


def _filled(messages: Sequence[Message], language: str, most: int, room: int, calls: int, count: Count) -> list[int]:
    """How many messages go into each request of so much room, the oldest first; as many as go into so many requests."""
    numbers: list[int] = []
    left = 0
    for message in messages:
        size = count(said_by(message, language, most)) + BETWEEN
        if size > left:
            if len(numbers) == calls or size > room:
                break
            numbers.append(0)
            left = room
        numbers[-1] += 1
        left -= size
    return numbers


def _asked(language: str, due: Due, count: Count) -> int:
    return count(ask_of(language, due.tokens)) + 2 * cost_of("", count) + BETWEEN


def _tokens_each(parts: int, due: Due, room: int) -> int:
    """Tokens for the summary of a slice: all of them go into one request later."""
    return max(LEAST_TOKENS, min(due.tokens, int(room / max(1, parts))))
