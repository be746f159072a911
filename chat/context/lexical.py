"""How the words of a request meet the files and their pieces: BM25 over an inverted index.  Pure."""

from __future__ import annotations

import math
import re
from collections import defaultdict
from collections.abc import Mapping

from chat.context.corpus import TIMES, TIMES_BITS, Corpus
from chat.context.words import folded, query_terms, split, stem

K1 = 1.2
FILE_B, CHUNK_B = 0.75, 0.6
FILE_PATH_TIMES, CHUNK_PATH_TIMES = 3, 2
#: A term that more than so many entries have says nothing: it is looked up in paths and names alone.
MOST_ENTRIES = 60_000
Scores = dict[int, float]
MENTION = re.compile(
    r"`([^`\n]{2,60})`|\b([a-z]+[A-Z]\w+|[A-Z][a-z]+[A-Z]\w+|\w+_\w+|[a-z]+-[a-z]+(?:-[a-z]+)*)\b|(?<=[\s(])[.#]([\w-]{3,})"
)
QUOTED = re.compile(r"[\"'`“«]\s?([^\"'`“”«»\n]{4,80}?)\s?[\"'`”»]")


def idf(df: int, n: int) -> float:
    """Inverse document frequency of a term in `df` of `n` documents."""
    return math.log(1 + (n - df + 0.5) / (df + 0.5))


def scaled(values: Mapping[int, float]) -> Scores:
    """The values divided by the greatest."""
    top = max(values.values(), default=0.0) or 1.0
    return {slot: value / top for slot, value in values.items()}


def mentioned_terms(request: str) -> set[str]:
    """Identifiers that the request names as such, joined as the index has them."""
    found = set()
    for match in MENTION.finditer(folded(request[:8000])):
        for word in re.findall(r"[A-Za-z_$][\w$-]{2,60}", match[match.lastindex or 0]):
            parts = split(word)
            if parts:
                found.add(parts[-1])
    return found


class Lexical:
    """The hits of one request."""

    def __init__(self, corpus: Corpus, request: str) -> None:
        self.corpus = corpus
        self.request = request
        self.query = query_terms(request)
        self.count = max(1, len(corpus))
        self.idf: dict[str, float] = {}
        self.path_idf: dict[str, float] = {}
        self.total = 0.0
        self._file: Scores = defaultdict(float)
        self._covered: Scores = defaultdict(float)
        self._path: Scores = defaultdict(float)
        self._bonus: Scores = defaultdict(float)
        self.chunk_scores: Scores = defaultdict(float)
        self.chunk_covered: Scores = defaultdict(float)
        self._file_scale = (corpus.total_length + 3.0 * 6 * self.count) / self.count
        self._chunk_scale = corpus.total_length / max(1, corpus.live_chunks) + 10.0
        for term, weight in self.query.items():
            self._look_up(term, weight)
        self.file = scaled(self._file)
        self.path = scaled(self._path)
        self.coverage = {slot: value / (self.total or 1.0) for slot, value in self._covered.items()}
        self.chunk, self.chunk_cover = self._best_chunks()

    def _look_up(self, term: str, weight: float) -> None:
        in_path = self.corpus.paths.get(term, set())
        in_file = self._entries(term)
        df = len(in_file.keys() | in_path)
        rarity = self.idf[term] = idf(df, self.count)
        self.path_idf[term] = idf(len(in_path), self.count)
        self.total += weight * rarity
        self._score_files(term, weight * rarity, in_file, in_path)
        for slot in in_path:
            file = self.corpus.files[slot]
            if file is not None:
                share = weight * self.path_idf[term] * (1 + (term in file.stem))
                self._path[slot] += share / (1 + 0.12 * len(file.path_terms))

    def _entries(self, term: str) -> dict[int, list[int]]:
        """slot → [times in the file, chunk, times there, chunk, …]"""
        entries = self.corpus.postings.get(term, ())
        found: dict[int, list[int]] = {}
        if len(entries) > MOST_ENTRIES:
            return found
        slots = self.corpus.chunk_slot
        for entry in entries:
            chunk = entry >> TIMES_BITS
            slot = slots[chunk]
            if slot >= 0:
                times = entry & TIMES
                if slot in found:
                    hits = found[slot]
                    hits[0] += times
                    hits += (chunk, times)
                else:
                    found[slot] = [times, chunk, times]
        return found

    def _score_files(self, term: str, value: float, in_file: dict[int, list[int]], in_path: set[int]) -> None:
        files, lengths = self.corpus.files, self.corpus.chunk_length
        factor = value * (K1 + 1)
        for slot in in_path:
            if slot not in in_file:
                in_file[slot] = [0]
        for slot, hits in in_file.items():
            file = files[slot]
            if file is None:
                continue
            more = file.path_terms.get(term, 0) if slot in in_path else 0
            times = hits[0] + FILE_PATH_TIMES * more
            length = (file.facts.length if file.facts else 0) + 18.0
            self._file[slot] += factor * times / (times + K1 * (1 - FILE_B + FILE_B * length / self._file_scale))
            self._covered[slot] += value
            if more:
                self._bonus[slot] += factor * 2 * more / (2 * more + K1)
            for at in range(1, len(hits), 2):
                chunk, here = hits[at], hits[at + 1] + CHUNK_PATH_TIMES * more
                norm = 1 - CHUNK_B + CHUNK_B * (lengths[chunk] + 10.0) / self._chunk_scale
                gained = factor * here / (here + K1 * norm)
                if more:  # it counts for every chunk of the file: here only what is beyond
                    gained -= factor * 2 * more / (2 * more + K1)
                self.chunk_scores[chunk] += gained
                self.chunk_covered[chunk] += value

    def _best_chunks(self) -> tuple[Scores, Scores]:
        """Each file's best chunk and a fifth of its second; and the most that one chunk has of the request."""
        best: dict[int, list[float]] = {slot: [value, value] for slot, value in self._bonus.items()}
        cover: Scores = {}
        slots = self.corpus.chunk_slot
        for chunk, score in self.chunk_scores.items():
            slot = slots[chunk]
            pair = best.get(slot)
            if pair is None:
                best[slot] = [score, 0.0]
            else:
                whole = score + self._bonus.get(slot, 0.0)
                if whole > pair[0]:
                    pair[0], pair[1] = whole, pair[0]
                elif whole > pair[1]:
                    pair[1] = whole
            covered = self.chunk_covered[chunk]
            if covered > cover.get(slot, 0.0):
                cover[slot] = covered
        total = self.total or 1.0
        return scaled({slot: a + 0.2 * b for slot, (a, b) in best.items()}), {s: v / total for s, v in cover.items()}

    def name(self) -> Scores:
        """Share of the words of the file name that are in the request."""
        found: Scores = {}
        for term in self.query:
            for slot in self.corpus.paths.get(term, ()):
                file = self.corpus.files[slot]
                if file is not None and slot not in found and not file.stem.isdisjoint(self.query):
                    found[slot] = sum(part in self.query for part in file.name) / max(1, len(file.name))
        return found

    def symbol(self) -> Scores:
        """Share of the request that the names of a file's definitions have."""
        found: Scores = defaultdict(float)
        for term, weight in self.query.items():
            value = weight * self.idf[term] / (self.total or 1.0)
            for slot in self.corpus.names.get(term, ()):
                found[slot] += value
        return found

    def named(self) -> tuple[Scores, Scores]:
        """Where identifiers that the request names are defined, and where they are used: Σ 1/√df, at most 2."""
        defined: Scores = defaultdict(float)
        used: Scores = defaultdict(float)
        for term in sorted(mentioned_terms(self.request)):
            at = self._entries(term).keys()
            there = self.corpus.names.get(term, set())
            rarity = 1 / math.sqrt(max(1, len(at | there)))
            for slot in there:
                defined[slot] = min(2.0, defined[slot] + rarity)
            for slot in at:
                used[slot] = min(2.0, used[slot] + rarity)
        return defined, used

    def base(self) -> Scores:
        """The mixture that spreads over the links and chooses the files for what changes together."""
        found: Scores = defaultdict(float)
        for share, values in ((0.35, self.file), (0.35, self.chunk), (0.3, self.path)):
            for slot, value in values.items():
                found[slot] += share * value
        return found


def has_words(query: Mapping[str, float], wanted: frozenset[str]) -> bool:
    """Whether a request has one of some words, given as stems."""
    return not wanted.isdisjoint(query)


def stems(text: str) -> frozenset[str]:
    """The stems of some words."""
    return frozenset(map(stem, text.split()))
