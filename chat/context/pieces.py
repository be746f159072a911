"""How likely each piece of a file is to be edited, if the file is: learned from where real changes fell.  Pure."""

from __future__ import annotations

import math
from bisect import bisect_left, bisect_right
from functools import lru_cache

from chat.context.corpus import File
from chat.context.lexical import Lexical
from chat.context.weights import PIECES
from chat.context.words import split, words


@lru_cache(maxsize=50_000)
def _terms(name: str) -> frozenset[str]:
    return frozenset(term for word in words(name) for term in split(word))


def shares(file: File, request: Lexical) -> list[float]:
    """The chances of a file's chunks; they add up to 1."""
    chunks = file.chunks
    found = [request.chunk_scores.get(file.first_chunk + n, 0.0) for n in range(len(chunks))]
    top = max(found, default=0.0) or 1.0
    starts = [start for _, start, _, _ in file.facts.symbols] if file.facts else []
    scores = []
    for number, chunk in enumerate(chunks):
        here = range(bisect_left(starts, chunk.start), bisect_right(starts, chunk.end))
        names = [file.facts.symbols[at][0] for at in here] if file.facts else []
        score = PIECES["score"] * found[number] / 10 + PIECES["rel"] * found[number] / top
        score += PIECES["cover"] * request.chunk_covered.get(file.first_chunk + number, 0.0) / (request.total or 1.0)
        score += PIECES["symbol"] * _named(names, request) + PIECES["names"] * math.log1p(len(names))
        score += PIECES["lines"] * math.log(chunk.end - chunk.start + 2)
        score += PIECES["first"] * (number == 0) + PIECES["last"] * (number == len(chunks) - 1)
        scores.append(score)
    best = max(scores, default=0.0)
    odds = [math.exp(score - best) for score in scores]
    total = sum(odds)
    return [one / total for one in odds]


def _named(names: list[str], request: Lexical) -> float:
    """Share of the request that the names of definitions have."""
    there = frozenset().union(*map(_terms, names)) if names else frozenset()
    hits = (term for term in request.query if term in there)
    return sum(request.query[term] * request.idf[term] for term in hits) / (request.total or 1.0)
