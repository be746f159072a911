"""What to buy with the tokens, given each file's chance to be among those that change.  Pure.

A knapsack by gain per token over steps: a file's outline, its pieces, or all of it.  Prices are estimates from the
index; `select.py` counts what it renders and gives back what does not fit.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import NamedTuple

from chat.context.corpus import File

OUTLINE, WHOLE = -1, -2
#: Tokens of the marks around a file, and of the line that says which lines follow.
HEADING, MARK = 6, 8
#: Chance that an outline names what changes; what an outline is worth beside the whole file when edits are blocks.
NAMES, OUTLINE_WORTH = 0.95, 0.1
#: An outline that costs more than this share of the file is not worth having.
DEAR = 0.6
#: A file of fewer tokens is not cut in pieces.
SMALL = 800
DENSE_FILES, FOCUS_FILES = 120, 40


class Step(NamedTuple):
    """Something to buy: `gain` is per token, `piece` the number of a chunk, `OUTLINE` or `WHOLE`; `least` tokens."""

    gain: float
    rank: int
    piece: int
    least: int = 0


@dataclass(slots=True)
class Candidate:
    """A file that may go in.  `path` is what its path costs; `shares` says how likely each chunk is to be edited."""

    file: File
    chance: float
    path: int
    shares: Sequence[float] = ()
    bought: set[int] = field(default_factory=set)
    spent: int = 0
    whole: int = field(init=False)
    """Tokens of all of it."""
    outline: int = field(init=False)
    """Tokens of its outline; 0 where it has none worth the price."""

    def __post_init__(self) -> None:
        facts = self.file.facts
        self.whole = self.path + HEADING + (facts.tokens if facts else self.file.size // 3)
        price = self.path + 2 + facts.outline_tokens if facts and facts.outline else 0
        self.outline = price if price <= DEAR * self.whole else 0

    def price(self, piece: int) -> int:
        """Tokens of a step, now."""
        if piece == WHOLE:
            return self.whole - self.spent
        if piece == OUTLINE:
            return self.outline
        first = self.outline + HEADING if not self.bought else 0
        return first + self.file.chunks[piece].tokens + MARK

    def settled(self, piece: int) -> bool:
        """Whether a step brings nothing any more."""
        return WHOLE in self.bought or (piece == OUTLINE and bool(self.bought))


def dense_steps(candidates: Sequence[Candidate]) -> Iterator[Step]:
    """Whole files and outlines: to find out which files matter."""
    for rank, one in enumerate(candidates[:DENSE_FILES]):
        named, outline, whole = 0.5 * NAMES * one.chance, one.outline, one.whole
        if outline:
            yield Step(named / outline, rank, OUTLINE)
            yield Step((one.chance - named) / max(1, whole - outline), rank, WHOLE)
        else:
            yield Step(one.chance / max(1, whole), rank, WHOLE)


def focus_steps(candidates: Sequence[Candidate]) -> Iterator[Step]:
    """Small files whole, outlines and pieces of larger ones: to edit by search and replace."""
    for rank, one in enumerate(candidates[:FOCUS_FILES]):
        outline = one.outline
        if not outline or len(one.shares) < 2:
            yield Step(one.chance / max(1, one.whole), rank, WHOLE)
            continue
        yield Step(OUTLINE_WORTH * NAMES * one.chance / outline, rank, OUTLINE)
        for number, share in enumerate(one.shares):
            tokens = one.file.chunks[number].tokens + MARK
            yield Step((1 - OUTLINE_WORTH * NAMES) * one.chance * share / tokens, rank, number, tokens)


#: How sure each style takes the best files to be: names in many files cost the room of the few that are shown whole.
SHARP: Mapping[str, float] = {"focus": 1.0, "dense": 1.1}
STYLES: Mapping[str, Callable[[Sequence[Candidate]], Iterator[Step]]] = {"focus": focus_steps, "dense": dense_steps}


def buy(candidates: Sequence[Candidate], steps: Sequence[Step], budget: int) -> list[Step]:
    """Buys the best steps; gives them in the order bought.  What was too dear may fit once its outline is there."""
    waiting = sorted(steps, key=lambda step: (-step.gain, step.rank, step.piece))
    done: list[Step] = []
    for _ in range(2):
        dear = []
        for step in waiting:
            if step.least > budget:
                dear.append(step)
                continue
            one = candidates[step.rank]
            if one.bought and one.settled(step.piece):
                continue
            price = one.price(step.piece)
            if price > budget:
                dear.append(step)
                continue
            budget -= price
            one.spent += price
            one.bought.add(step.piece)
            done.append(step)
        waiting = dear
    return done
