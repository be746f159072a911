"""What speaks for each file, as numbers.  Pure.

A feature is a sparse mapping slot → value, zero elsewhere, mostly within [0, 1].  `rank.py` weighs them;
`docs/context.md` says what each is and what it brought.
"""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence

from chat.context.corpus import Corpus, File
from chat.context.lexical import Lexical, Scores, has_words, scaled, stems
from chat.context.past import NEVER, Past

ASKED = {
    "style": stems(
        "css style styles styling color colour layout margin padding font dark theme align spacing responsive mobile "
        "width height hover scroll overflow sass scss design border background icon"
    ),
    "test": stems("test tests testing coverage pytest jest unit e2e spec fixture flaky assert"),
    "doc": stems("doc docs documentation readme guide tutorial changelog"),
    "wiring": stems("add new create page route menu link setting option field model endpoint register type command"),
    "config": stems(
        "config configuration eslint lint docker ci workflow deploy package build webpack vite env version"
    ),
}
KIND_FEATURES = ("data", "i18n", "migration", "test", "doc", "style", "entry", "wiring", "config")
STEPS, PASSED_ON = 3, 0.5
Column = tuple[str, Scores]


def size(file: File) -> float:
    """How many words a file has, as a logarithm."""
    return math.log1p(file.facts.length if file.facts else 0) / 8


def static(file: File) -> dict[str, float]:
    """What a file's path and size tell, whatever the request."""
    found = {kind: 1.0 for kind in KIND_FEATURES if kind in file.kinds}
    return {**found, "size": size(file), "depth": min(file.path.count("/"), 10) / 5}


def spread(base: Scores, around: dict[int, list[int]], degree: Scores) -> Scores:
    """The base scores after some steps over the links, both ends' degrees made even."""
    now = dict(base)
    for _ in range(STEPS):
        passed: Scores = defaultdict(float)
        for slot, value in now.items():
            others = around.get(slot)
            if others:
                share = PASSED_ON * value * degree[slot]
                for other in others:
                    passed[other] += share
        now = {slot: value * degree[slot] + base.get(slot, 0.0) for slot, value in passed.items()}
        for slot, value in base.items():
            if slot not in now:
                now[slot] = value
    return scaled(now)


def lexical(words: Lexical, around: dict[int, list[int]]) -> Iterator[Column]:
    """What the request's words tell."""
    yield "chunk", words.chunk
    yield "chunk_cover", words.chunk_cover
    yield "file", words.file
    yield "coverage", words.coverage
    yield "path", words.path
    yield "name", words.name()
    yield "symbol", words.symbol()
    defined, used = words.named()
    yield "defined", defined
    yield "used", used
    yield "graph", spread(words.base(), around, words.corpus.evened())


def products(columns: Mapping[str, Scores], names: Iterable[str]) -> Iterator[Column]:
    """Two features at once, `a*b`: what one tells can count for more or less where the other is there."""
    for name in names:
        one, _, other = name.partition("*")
        there = columns.get(other, {})
        yield name, {slot: value * there[slot] for slot, value in columns.get(one, {}).items() if slot in there}


def asked(words: Lexical, files: Sequence[File]) -> Iterator[Column]:
    """Kinds of files that the request speaks of."""
    for kind, wanted in ASKED.items():
        if has_words(words.query, wanted):
            yield f"asked_{kind}", {file.slot: 1.0 for file in files if kind in file.kinds}


def past(corpus: Corpus, words: Lexical, history: Past, base: Scores) -> Iterator[Column]:
    """What past changes tell of a request: similar ones, and what changes with the files that have its words."""
    slot_of = corpus.slots()
    yield from _similar(slot_of, words, history)
    top = sorted(base, key=lambda slot: -base[slot])[:5]
    named = [(file.path, 1.0) for slot in top if (file := corpus.files[slot]) is not None]
    yield "together", _slots(slot_of, history.together(named))


def standing(corpus: Corpus, history: Past) -> Iterator[Column]:
    """What past changes tell whatever the request: recency, churn, and what goes with the last ones."""
    slot_of = corpus.slots()
    last = {slot_of[path]: ages[0] for path, ages in history.ages.items() if path in slot_of}
    yield "recent", {slot: 1 / (1 + age / 10) for slot, age in last.items()}
    yield "newest", {slot: 1 / (1 + age) for slot, age in last.items()}
    yield "age", {slot: math.log1p(last.get(slot, NEVER)) / 8 for slot in slot_of.values()}
    yield "churn", scaled({slot_of[path]: value for path, value in history.churn.items() if path in slot_of})
    session = [(path, 1 / (1 + age)) for age in range(min(4, history.size)) for path in history.narrow(age)[:10]]
    yield "session", _slots(slot_of, history.together(session))


def _slots(slot_of: dict[str, int], values: dict[str, float]) -> Scores:
    return scaled({slot_of[path]: value for path, value in values.items() if path in slot_of})


def _similar(slot_of: dict[str, int], words: Lexical, history: Past) -> Iterator[Column]:
    best: Scores = defaultdict(float)
    total: Scores = defaultdict(float)
    fresh: Scores = defaultdict(float)
    for age, value in history.alike(words.query).items():
        paths = history.narrow(age)
        few = 1 / math.sqrt(len(paths) or 1)
        for path in paths:
            slot = slot_of.get(path)
            if slot is not None:
                best[slot] = max(best[slot], value) + 0.1 * value * few
                total[slot] += value * value * few
                fresh[slot] = max(fresh[slot], value / (1 + age / 50))
    usual = {slot: value / math.sqrt(len(history.ages[path]) + 3)
             for path, slot in slot_of.items() if (value := total.get(slot, 0.0))}  # fmt: skip
    yield "past", scaled(best)
    yield "past_sum", scaled({slot: math.sqrt(value) for slot, value in total.items()})
    yield "past_usual", scaled(usual)
    yield "past_fresh", scaled(fresh)


def partners(
    corpus: Corpus, around: dict[int, list[int]], history: Past, chances: Sequence[tuple[int, float]]
) -> Iterator[Column]:
    """What goes with the files that came first: the chance to change with them, of which each is sure by itself."""
    slot_of = corpus.slots()
    chosen = [(file, chance) for slot, chance in chances if (file := corpus.files[slot]) is not None]
    yield "with_past", _slots(slot_of, history.together([(file.path, chance) for file, chance in chosen]))
    linked: Scores = defaultdict(float)
    for file, chance in chosen:
        others = around.get(file.slot, ())
        for other in others:
            linked[other] += chance / math.sqrt(1 + len(others))
    yield "with_link", scaled(linked)
    folders: dict[str, float] = defaultdict(float)
    for file, chance in chosen:
        folders[file.path.rpartition("/")[0]] += chance
    there = corpus.folders()
    yield "with_folder", scaled({slot: value for folder, value in folders.items() for slot in there[folder]})
    stem: Scores = defaultdict(float)
    for file, chance in chosen:
        own = set(file.name)
        for term in own:
            for other in corpus.paths.get(term, ()):
                partner = corpus.files[other]
                if partner is not None and partner is not file:
                    stem[other] += (
                        chance * len(own.intersection(partner.name)) / len(own.union(partner.name)) / len(own)
                    )
    yield "with_name", scaled(stem)
