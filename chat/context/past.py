"""What a project's own changes tell: for what they were asked, what changed together, and when.  Pure."""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Iterable, Sequence
from functools import lru_cache

from chat.context.words import terms
from chat.workspace import PastChange

MOST, WIDEST = 1500, 30
NEVER = 3000


@lru_cache(maxsize=20_000)
def message_terms(message: str) -> frozenset[str]:
    """The terms of a message's first lines."""
    return frozenset(terms(message[:400]))


class Past:
    """The changes of a project, newest first, as they can be searched."""

    def __init__(self, changes: Sequence[PastChange]) -> None:
        self.changes = [change for change in changes[:MOST] if len(change.paths) > 0]
        self.size = len(self.changes)
        self.words = [message_terms(change.message) for change in self.changes]
        self.ages: dict[str, list[int]] = defaultdict(list)
        """path → the ages (0: the newest) of the changes that touch it."""
        self.with_term: dict[str, list[int]] = defaultdict(list)
        for age, (change, words) in enumerate(zip(self.changes, self.words, strict=True)):
            for term in words:
                self.with_term[term].append(age)
            if len(change.paths) <= WIDEST:
                for path in change.paths:
                    self.ages[path].append(age)
        self._known: dict[str, dict[str, float]] = {}
        self.churn = {path: sum(1 / (1 + age / 300) for age in ages) for path, ages in self.ages.items()}

    def idf(self, term: str) -> float:
        """How telling a term is among the messages."""
        df = len(self.with_term.get(term, ()))
        return math.log(1 + (self.size - df + 0.5) / (df + 0.5))

    def alike(self, query: dict[str, float]) -> dict[int, float]:
        """age → how much a change's message is like the request."""
        found: dict[int, float] = defaultdict(float)
        for term, weight in query.items():
            ages = self.with_term.get(term)
            if ages:
                value = weight * self.idf(term)
                for age in ages:
                    found[age] += value
        return {age: value / math.sqrt(4 + len(self.words[age])) for age, value in found.items()}

    def narrow(self, age: int) -> tuple[str, ...]:
        """The paths of a change; none of one that is too wide to tell anything."""
        paths = self.changes[age].paths
        return paths if len(paths) <= WIDEST else ()

    def together(self, paths: Iterable[tuple[str, float]]) -> dict[str, float]:
        """path → how surely it changes when the given ones (with their weights) do."""
        found: dict[str, float] = defaultdict(float)
        for path, weight in paths:
            for other, share in self._partners(path).items():
                found[other] += weight * share
        return found

    def _partners(self, path: str) -> dict[str, float]:
        """The same for one path; found out once."""
        if path not in self._known:
            shares: dict[str, float] = defaultdict(float)
            ages = self.ages.get(path, ())[:200]
            for age in ages:
                others = self.changes[age].paths
                share = 1 / (len(ages) + 2) / math.sqrt(len(others))
                for other in others:
                    shares[other] += share
            shares.pop(path, None)
            self._known[path] = dict(shares)
        return self._known[path]


EMPTY = Past(())
