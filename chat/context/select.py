"""Which files go in, and how much of each: ranking, what the person points at, the budget.  Pure but for `read`."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field

from chat.context import mentions, pack, pieces, render
from chat.context.corpus import Corpus, File
from chat.context.pack import OUTLINE, WHOLE, Candidate, Step
from chat.context.past import EMPTY, Past
from chat.context.rank import Ranker, Ranking
from chat.context.signals import CERTAIN, LIKELY, Signals

#: So many files are looked at for packing, and so many are named that were left out.
CANDIDATES, LEFT_OUT = 120, 12
#: A file that was pointed at goes in whole up to this share of the budget.
POINTED_SHARE = 0.5
#: Steps of files that were pointed at come before all others.
FIRST = 1000.0
ROUNDS = 3
Read = Callable[[Sequence[str]], Mapping[str, str]]


@dataclass(frozen=True, slots=True)
class Budget:
    """Room for files.  `cost` counts the tokens of a part as it will stand there: of its path, text and kind."""

    tokens: int
    cost: Callable[[str, str, str], int]
    style: str = "focus"


@dataclass(frozen=True, slots=True)
class Part:
    """What goes in of one file.  `kind` is `whole`, `focus` or `outline`; `lines` are the runs that are shown."""

    path: str
    digest: str
    kind: str
    text: str
    tokens: int
    why: str
    lines: tuple[tuple[int, int], ...] = ()


@dataclass(frozen=True, slots=True)
class LeftOut:
    """A file that would have been of use, or was asked for.  `reason`: `room`, or why it is not read."""

    path: str
    tokens: int
    why: str
    reason: str


@dataclass(frozen=True, slots=True)
class Selection:
    """The choice for a request, best file first.  `indexed` of `total` files were known when it was made."""

    parts: tuple[Part, ...] = ()
    left_out: tuple[LeftOut, ...] = ()
    indexed: int = 0
    total: int = 0


@dataclass(slots=True)
class _Basket:
    """What was bought, and what it really costs."""

    budget: Budget
    candidates: list[Candidate]
    texts: Mapping[str, str]
    parts: dict[int, Part] = field(default_factory=dict)

    def used(self) -> int:
        return sum(part.tokens for part in self.parts.values())

    def render(self, rank: int, why: str) -> None:
        """Makes the part of a candidate anew, out of what is bought of it."""
        one = self.candidates[rank]
        self.parts.pop(rank, None)
        text = self.texts.get(one.file.path)
        if not one.bought or text is None:
            return
        kind, runs, shown = _shown(one, text)
        tokens = self.budget.cost(one.file.path, shown, kind)
        self.parts[rank] = Part(one.file.path, one.file.digest, kind, shown, tokens, why, tuple(runs))
        one.spent = tokens


def _shown(one: Candidate, text: str) -> tuple[str, render.Runs, str]:
    """Kind, runs and text of what is bought of a file."""
    facts = one.file.facts
    pieces = sorted(one.bought - {OUTLINE, WHOLE})
    lines = render.lines_of(text)
    complete = facts is not None and len(pieces) == len(facts.chunks) and facts.chunks[-1].end >= len(lines)
    if WHOLE in one.bought or facts is None or complete:
        return "whole", [(1, len(lines))], text
    runs = render.joined((facts.chunks[number].start, facts.chunks[number].end) for number in pieces)
    if not runs:
        return "outline", [], render.outlined(one.file.path, facts)
    return "focus", runs, render.focused(text, facts, runs)


class Selector:
    """Chooses for one request."""

    def __init__(self, corpus: Corpus, request: str, budget: Budget, signals: Signals, history: Past = EMPTY) -> None:
        self.corpus, self.budget, self.signals = corpus, budget, signals
        self.pointed = signals.reasons(request, corpus.by_path.keys())
        self.definitions = mentions.read(request).definitions(self.pointed.keys())
        self.ranking: Ranking = Ranker(corpus, request, history).rank(
            tuple(self.pointed.items()), pack.SHARP[budget.style]
        )
        self.candidates = self._candidates()

    def _candidates(self) -> list[Candidate]:
        """Pointed files first, the strongest reason first; then the others by chance."""
        chance = {file.path: value for file, value in self.ranking.order}
        first = [self.corpus.by_path[path] for path in self.pointed if path in chance]
        there = {file.path for file in first}
        rest = [file for file, _ in self.ranking.order[: CANDIDATES + len(first)] if file.path not in there]
        found: list[Candidate] = []
        for file in [*first, *rest][: CANDIDATES + len(first)]:
            certain = LIKELY.get(self.pointed.get(file.path, ""), 0.0)
            likely = 1 - (1 - certain) * (1 - chance[file.path])
            shares = self._shares(file) if len(found) < pack.FOCUS_FILES else []
            found.append(Candidate(file, likely, len(file.path) // 4 + 2, shares))
        return found

    def _shares(self, file: File) -> list[float]:
        tokens = file.facts.tokens if file.facts else 0
        if self.budget.style != "focus" or tokens + pack.HEADING <= pack.SMALL:
            return []
        found = pieces.shares(file, self.ranking.words)
        meant = self.definitions.get(file.path, ())
        named = [(first, last) for name, first, last, _ in file.facts.symbols if name in meant] if file.facts else []
        for first, last in [*self.signals.spots().get(file.path, ()), *named]:
            for number, chunk in enumerate(file.chunks):
                if chunk.start <= last and first <= chunk.end:
                    found[number] += 1.0
        return found

    def _steps(self) -> list[Step]:
        steps = list(pack.STYLES[self.budget.style](self.candidates))
        for rank, one in enumerate(self.candidates):
            why = self.pointed.get(one.file.path, "")
            if why in CERTAIN:
                before = FIRST * (len(CERTAIN) - CERTAIN.index(why))
                mine = [step for step in steps if step.rank == rank]
                steps = [step for step in steps if step.rank != rank]
                if one.whole <= POINTED_SHARE * self.budget.tokens or not mine:
                    mine = [Step(0.0, rank, WHOLE)]
                steps += [step._replace(gain=step.gain + before) for step in mine]
        return steps

    def select(self, read: Read) -> Selection:
        """Buys, renders, counts exactly; what does not fit goes back, and what is left over is spent."""
        steps = self._steps()
        bought = pack.buy(self.candidates, steps, self.budget.tokens)
        texts = dict(read([self.candidates[rank].file.path for rank in sorted({step.rank for step in bought})]))
        basket = _Basket(self.budget, self.candidates, texts)
        for attempt in range(ROUNDS):
            for rank in sorted({step.rank for step in bought}):
                basket.render(rank, self._why(rank))
            self._give_back(basket, bought)
            left = self.budget.tokens - basket.used()
            if attempt == ROUNDS - 1 or left < 40:
                break
            waiting = [s for s in steps if s.piece not in self.candidates[s.rank].bought]
            more = pack.buy(self.candidates, waiting, left)
            if not more:
                break
            lacking = {self.candidates[step.rank].file.path for step in more} - texts.keys()
            texts.update(read(sorted(lacking)) if lacking else {})
            bought = more
        self._give_back(basket, bought)
        return self._selection(basket)

    def _give_back(self, basket: _Basket, bought: list[Step]) -> None:
        """Takes the last steps back until all fits."""
        while basket.used() > self.budget.tokens and bought:
            step = bought.pop()
            self.candidates[step.rank].bought.discard(step.piece)
            basket.render(step.rank, self._why(step.rank))

    def _why(self, rank: int) -> str:
        file = self.candidates[rank].file
        return self.pointed.get(file.path) or self.ranking.reason(file.slot)

    def _selection(self, basket: _Basket) -> Selection:
        parts = tuple(part for _, part in sorted(basket.parts.items()))
        there = {part.path for part in parts}
        left_out = [
            LeftOut(path, file.size // 4, why, file.skipped or (file.facts.skipped if file.facts else "") or "room")
            for path, why in self.pointed.items()
            if path not in there
            for file in (self.corpus.by_path[path],)
        ]
        for rank, one in enumerate(self.candidates[:LEFT_OUT]):
            if one.file.path not in there and one.file.path not in self.pointed:
                left_out.append(LeftOut(one.file.path, one.whole, self._why(rank), "room"))
        return Selection(parts, tuple(left_out), self.corpus.known(), len(self.corpus))


def select(corpus: Corpus, request: str, budget: Budget, signals: Signals, history: Past, read: Read) -> Selection:
    """The files for a request, within the budget to the token."""
    return Selector(corpus, request, budget, signals, history).select(read)
