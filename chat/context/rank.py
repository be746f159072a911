"""From features to chances: how likely each file is to be among those that change.  Pure.

The weights were fitted on the histories of public web projects (`docs/context.md`); none of those is known here.
"""

from __future__ import annotations

import heapq
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
#: What brings less is no reason.
LEAST_REASON = 0.3
Weighed = tuple[str, float, Scores]
"""A feature with its weight: name, weight, values."""


@dataclass(frozen=True, slots=True)
class Standing:
    """What speaks for each readable file whatever the request."""

    history: Past
    files: list[File]
    columns: dict[str, Scores]
    told: list[Weighed]
    score: Scores


@dataclass(slots=True)
class Ranking:
    """Files with their chances, best first; the request's hits; and what spoke for each file."""

    words: Lexical
    order: list[tuple[File, float]] = field(default_factory=list)
    told: list[Weighed] = field(default_factory=list)

    def reason(self, slot: int) -> str:
        """What spoke most for a file: of the reasons beside its words each is taken as a whole."""
        found = {"words": LEAST_REASON}
        for name, weight, values in self.told:
            gained = weight * values.get(slot, 0.0)
            reason = REASONS.get(name, "words")
            if reason == "words":
                found[reason] = max(found[reason], gained)
            else:
                found[reason] = found.get(reason, 0.0) + gained
        return max(found, key=lambda reason: found[reason])


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
    "past_sum*age": "past",
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
        self.told = list(self.standing.told)

    def rank(self, pointed: Sequence[tuple[str, str]] = (), sharp: float = 1.0) -> Ranking:
        """All readable files, best first.  What goes with the files that were pointed at (path, why) comes up too.

        `sharp` beyond 1 takes the best files for surer than they are, and the others for less sure.
        """
        score = dict(self.standing.score)
        columns = self._columns()
        self._add(score, columns)
        self._add(score, features.products({**self.standing.columns, **dict(columns)}, self._products()))
        first = self._first(score, pointed)
        self._add(score, list(features.partners(self.corpus, self.around, self.history, first)))
        order = [
            (file, chance) for slot, chance in chances(score, sharp) if (file := self.corpus.files[slot]) is not None
        ]
        return Ranking(self.words, order, self.told)

    def _first(self, score: Scores, pointed: Sequence[tuple[str, str]]) -> list[tuple[int, float]]:
        """The files whose partners are looked for."""
        found = [(self.corpus.by_path[path].slot, LIKELY[why]) for path, why in pointed[:PARTNERS]]
        taken = {slot for slot, _ in found}
        return found + [(slot, chance) for slot, chance in chances(score, most=PARTNERS) if slot not in taken]

    def _columns(self) -> list[Column]:
        words = self.words
        columns = [*features.lexical(words, self.around), *features.asked(words, self.files)]
        if self.history.size:
            columns += features.past(self.corpus, words, self.history, words.base())
        return columns

    def _products(self) -> list[str]:
        return [name for name in self.weights if "*" in name]

    def _add(self, score: Scores, columns: Iterable[Column]) -> None:
        self.told += _added(score, columns, self.weights)


def _added(score: Scores, columns: Iterable[Column], weighed: Mapping[str, float]) -> list[Weighed]:
    """Adds the features that have a weight to the scores, and says which."""
    told = [(name, weighed[name], values) for name, values in columns if weighed.get(name)]
    for _, weight, values in told:
        for slot, value in values.items():
            if slot in score:
                score[slot] += weight * value
    return told


def standing_of(corpus: Corpus, history: Past, weighed: Mapping[str, float]) -> Standing:
    """What speaks for each file whatever the request; found out once for a state of the project and its history."""
    known = corpus.memo.get("standing")
    if isinstance(known, Standing) and known.history is history:
        return known
    files = [file for file in corpus.live() if file.readable]
    score = {file.slot: _static(file, weighed) for file in files}
    columns = dict(features.standing(corpus, history)) if history.size else {}
    told = _added(score, columns.items(), weighed)
    columns["size"] = {file.slot: features.size(file) for file in files}
    made = corpus.memo["standing"] = Standing(history, files, columns, told, score)
    return made


def _static(file: File, weighed: Mapping[str, float]) -> float:
    return sum(weighed.get(name, 0.0) * value for name, value in features.static(file).items())


def chances(score: Scores, sharp: float = 1.0, most: int | None = None) -> list[tuple[int, float]]:
    """(slot, chance) of all or the `most` likely, best first; ties in the order of the slots: always the same order."""
    top = max(score.values(), default=0.0)
    weight = {slot: math.exp(sharp * (value - top)) for slot, value in score.items()}
    total = sum(weight.values()) or 1.0
    order = [(-value, slot) for slot, value in score.items()]
    best = sorted(order) if most is None else heapq.nsmallest(most, order)
    return [(slot, min(SUREST, FILES_CHANGED * weight[slot] / total)) for _, slot in best]
