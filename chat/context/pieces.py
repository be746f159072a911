"""How likely each piece of a file is to be edited, if the file is: learned from where real changes fell.  Pure."""

from __future__ import annotations

import math
from bisect import bisect_left, bisect_right
from collections.abc import Iterable
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
    chunks, symbols = file.chunks, file.facts.symbols if file.facts else []
    numbers = range(file.first_chunk, file.first_chunk + len(chunks))
    found = [request.chunk_scores.get(number, 0.0) for number in numbers]
    covered = [request.chunk_covered.get(number, 0.0) for number in numbers]
    starts = [start for _, start, _, _ in symbols]
    named = _named(file, request)
    places = list(named)
    by_score = PIECES["score"] / 10 + PIECES["rel"] / (max(found, default=0.0) or 1.0)
    total = request.total or 1.0
    by_cover, by_name = PIECES["cover"] / total, PIECES["symbol"] / total
    scores = []
    for number, chunk in enumerate(chunks):
        first, last = bisect_left(starts, chunk.start), bisect_right(starts, chunk.end)
        score = by_score * found[number] + by_cover * covered[number] + PIECES["names"] * math.log1p(last - first)
        here = places[bisect_left(places, first) : bisect_left(places, last)]
        if here:
            score += by_name * _share([named[place] for place in here], request)
        scores.append(score + PIECES["lines"] * math.log(chunk.end - chunk.start + 2))
    if scores:
        scores[0] += PIECES["first"]
        scores[-1] += PIECES["last"]
    best = max(scores, default=0.0)
    odds = [math.exp(score - best) for score in scores]
    all_odds = sum(odds)
    return [one / all_odds for one in odds]


def _named(file: File, request: Lexical) -> dict[int, frozenset[str]]:
    """In order: place of a definition → the request's terms that its name has, where it has any."""
    names, query = request.corpus.names, request.query.keys()
    if file.facts is None or not any(file.slot in names.get(term, ()) for term in query):
        return {}
    found = ((place, _terms(symbol[0])) for place, symbol in enumerate(file.facts.symbols))
    return {place: terms & query for place, terms in found if not terms.isdisjoint(query)}


def _share(named: Iterable[frozenset[str]], request: Lexical) -> float:
    """What the request's terms are worth that the names of some definitions have; in whatever order."""
    there = frozenset[str]().union(*named)
    return math.fsum(request.query[term] * request.idf[term] for term in there)
