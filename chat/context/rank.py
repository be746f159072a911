"""From features to chances: how likely each file is to be among those that change.  Pure.

The weights were fitted on the histories of public web projects (`docs/context.md`); none of those is known here.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from chat.context import features, weights
from chat.context.corpus import Corpus, File
from chat.context.features import Column
from chat.context.lexical import Lexical, Scores
from chat.context.past import EMPTY, Past
from chat.context.signals import LIKELY

#: A change has more than one file: the chances add up to about this many.
FILES_CHANGED, SUREST = 2.0, 0.95
PARTNERS = 8
Reasons = dict[int, tuple[float, str]]
"""slot → (what it brought, which reason)"""
#: What brings less is no reason.
LEAST_REASON, NO_REASON = 0.3, (0.0, "")


@dataclass(frozen=True, slots=True)
class Standing:
    """What speaks for each readable file whatever the request."""

    history: Past
    files: list[File]
    score: Scores
    best: Reasons


@dataclass(slots=True)
class Ranking:
    """Files with their chances, best first; the request's hits; and what spoke most for each file."""

    words: Lexical
    order: list[tuple[File, float]] = field(default_factory=list)
    reasons: dict[int, str] = field(default_factory=dict)


#: Features that a person would give as a reason.
REASONS = {
    "name": "name",
    "path": "name",
    "defined": "symbols",
    "used": "symbols",
    "symbol": "symbols",
    "graph": "links",
    "with_link": "links",
    "past": "past",
    "past_sum": "past",
    "past_usual": "past",
    "past_fresh": "past",
    "together": "together",
    "with_past": "together",
    "session": "recent",
    "recent": "recent",
    "newest": "recent",
}


class Ranker:
    """Ranks the files of a project for one request."""

    def __init__(self, corpus: Corpus, request: str, history: Past = EMPTY) -> None:
        self.corpus, self.history = corpus, history
        self.words = Lexical(corpus, request)
        self.around = corpus.neighbours()
        self.weights = weights.WITH_HISTORY if history.size else weights.WITHOUT
        self.standing = standing_of(corpus, history, self.weights)
        self.files = self.standing.files
        self.best = dict(self.standing.best)

    def rank(self, pointed: Sequence[tuple[str, str]] = (), sharp: float = 1.0) -> Ranking:
        """All readable files, best first.  What goes with the files that were pointed at (path, why) comes up too.

        `sharp` beyond 1 takes the best files for surer than they are, and the others for less sure.
        """
        score = dict(self.standing.score)
        self._add(score, self._columns())
        first = self._first(score, pointed)
        self._add(score, list(features.partners(self.corpus, self.around, self.history, first)))
        order = [
            (file, chance) for slot, chance in chances(score, sharp) if (file := self.corpus.files[slot]) is not None
        ]
        return Ranking(self.words, order, {slot: why for slot, (_, why) in self.best.items()})

    def _first(self, score: Scores, pointed: Sequence[tuple[str, str]]) -> list[tuple[int, float]]:
        """The files whose partners are looked for."""
        found = [(self.corpus.by_path[path].slot, LIKELY[why]) for path, why in pointed[:PARTNERS]]
        taken = {slot for slot, _ in found}
        return found + [(slot, chance) for slot, chance in chances(score)[:PARTNERS] if slot not in taken]

    def _columns(self) -> list[Column]:
        words = self.words
        columns = [*features.lexical(words, self.around), *features.asked(words, self.files)]
        if self.history.size:
            columns += features.past(self.corpus, words, self.history, words.base())
        return columns

    def _add(self, score: Scores, columns: Iterable[Column]) -> None:
        _add(score, self.best, columns, self.weights)


def _add(score: Scores, best: Reasons, columns: Iterable[Column], weighed: Mapping[str, float]) -> None:
    """Adds weighed features to the scores; `best` keeps what has brought each file most."""
    for name, values in columns:
        weight = weighed.get(name, 0.0)
        if not weight:
            continue
        reason = REASONS.get(name, "words")
        for slot, value in values.items():
            if slot in score:
                gained = weight * value
                score[slot] += gained
                if gained > LEAST_REASON and gained > best.get(slot, NO_REASON)[0]:
                    best[slot] = (gained, reason)


def standing_of(corpus: Corpus, history: Past, weighed: Mapping[str, float]) -> Standing:
    """What speaks for each file whatever the request; found out once for a state of the project and its history."""
    known = corpus.memo.get("standing")
    if isinstance(known, Standing) and known.history is history:
        return known
    files = [file for file in corpus.live() if file.readable]
    score = {file.slot: _static(file, weighed) for file in files}
    best: Reasons = {}
    if history.size:
        _add(score, best, features.standing(corpus, history), weighed)
    made = corpus.memo["standing"] = Standing(history, files, score, best)
    return made


def _static(file: File, weighed: Mapping[str, float]) -> float:
    return sum(weighed.get(name, 0.0) * value for name, value in features.static(file).items())


def chances(score: Scores, sharp: float = 1.0) -> list[tuple[int, float]]:
    """(slot, chance) best first; ties in the order of the slots, so that the same request gives the same order."""
    top = max(score.values(), default=0.0)
    weight = {slot: math.exp(sharp * (value - top)) for slot, value in score.items()}
    total = sum(weight.values()) or 1.0
    order = sorted(score, key=lambda slot: (-score[slot], slot))
    return [(slot, min(SUREST, FILES_CHANGED * weight[slot] / total)) for slot in order]
