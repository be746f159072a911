"""Finding names by a few of their letters, in order: the best of many thousands in a few milliseconds.  Pure.

The score is that of the editor's quick-open (`static/editor/fuzzy.js`), and more for a name that begins so.  To score
all names would take too long, so the likely ones are gathered first, each tier by one pass of plain string operations,
until there are enough.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator, Sequence
from functools import lru_cache

#: The name, or the last part of a path, begins with just what was typed; it is that, but for its ending.
BEGINS, EXACT = 30.0, 20.0
#: A letter at the start of the name or of a word, right behind the letter before, in the last part of a path, of the
#: same case; and what a gap costs.
START, RUN, NAME, SAME_CASE, GAP = 16.0, 8.0, 4.0, 1.0, -0.2
LONGEST_GAP = 20
#: A name costs so much for each of its letters: of two that match alike, the shorter one.
LENGTH = 0.05
#: So many names are scored at most.
GATHERED = 300


class Names:
    """Names to be searched, the likelier first: among those that match alike, they come in this order."""

    def __init__(self, names: Sequence[str]) -> None:
        self.names = list(names)
        self.lower = [folded(name) for name in self.names]

    def best(self, query: str, most: int) -> list[tuple[float, int]]:
        """(score, place) of the names that have the query's letters in order, best first."""
        scores = ((scored(query, self.names[place]), place) for place in self._gathered(folded(typed(query))))
        found = [(score, place) for score, place in scores if score is not None]
        found.sort(key=lambda one: (-one[0], one[1]))
        return found[:most]

    def _gathered(self, query: str) -> list[int]:
        """The places of likely names: one that begins so, has it as a piece, has its letters."""
        found: dict[int, None] = {}
        for tier in (self._beginning, self._having, self._spelling):
            for place in tier(query):
                found[place] = None
                if len(found) >= GATHERED:
                    return list(found)
        return list(found)

    def _beginning(self, query: str) -> Iterator[int]:
        inside = f"/{query}"
        return (at for at, name in enumerate(self.lower) if name.startswith(query) or inside in name)

    def _having(self, query: str) -> Iterator[int]:
        return (at for at, name in enumerate(self.lower) if query in name)

    def _spelling(self, query: str) -> Iterator[int]:
        pattern = spelled(query)
        return (at for at, name in enumerate(self.lower) if pattern.match(name))


def folded(text: str) -> str:
    """Without case and accents, each character in its place: a name is found from any keyboard."""
    return text.lower() if text.isascii() else "".join(map(_folded, text))


@lru_cache(maxsize=4096)
def _folded(letter: str) -> str:
    """One character for one; a syllable that is taken apart into letters (Korean) stays what it is."""
    parts = unicodedata.normalize("NFD", letter)
    plain = parts[0] if all(map(unicodedata.combining, parts[1:])) else letter
    low = plain.lower()
    return low if len(low) == 1 else plain


def typed(query: str) -> str:
    """What is looked for: accents that are typed as characters of their own are part of their letter, or left out."""
    return "".join(letter for letter in unicodedata.normalize("NFC", query) if not unicodedata.combining(letter))


def spelled(query: str) -> re.Pattern[str]:
    """Names that have these letters in order.  Each gap ends at the next letter, so there is nothing to try again."""
    letters = [re.escape(letter) for letter in query if letter != " "]
    return re.compile("".join(f"[^{letter}]*{letter}" for letter in letters), re.DOTALL)


def scored(query: str, name: str) -> float | None:
    """How well a name matches; `None` where it lacks a letter."""
    query = typed(query)
    wanted = [letter for letter in query if letter != " "]
    if not wanted:
        return 0.0
    inside = name.rfind("/") + 1
    found = [_aligned(wanted, name, 0)] + ([_aligned(wanted, name, inside)] if inside else [])
    last, said = folded(name[inside:]), folded(query)
    more = BEGINS * last.startswith(said) + EXACT * (said in {last, last.partition(".")[0]})
    return max((score + more for score in found if score is not None), default=None)


def _aligned(wanted: list[str], name: str, at: int) -> float | None:
    """Greedy from the left, each letter preferring the start of a word where the rest can still be found."""
    lower, inside = folded(name), name.rfind("/") + 1
    score, before = 0.0, -1
    for number, letter in enumerate(wanted):
        place = _place(lower, name, folded(letter), at, wanted[number + 1 :])
        if place < 0:
            return None
        score += 1 + START * _starts(name, place) + NAME * (place >= inside) + SAME_CASE * (name[place] == letter)
        if before >= 0:
            score += RUN if place == before + 1 else GAP * min(LONGEST_GAP, place - before)
        before, at = place, place + 1
    return score - len(name) * LENGTH


def _place(lower: str, name: str, letter: str, at: int, rest: list[str]) -> int:
    if at > 0 and lower[at : at + 1] == letter:
        return at
    first = place = lower.find(letter, at)
    while place >= 0:
        if _starts(name, place) and _has(lower, rest, place + 1):
            return place
        place = lower.find(letter, place + 1)
    return first


def _has(lower: str, letters: list[str], at: int) -> bool:
    for letter in letters:
        at = lower.find(folded(letter), at) + 1
        if not at:
            return False
    return True


def _starts(name: str, at: int) -> bool:
    if at == 0:
        return True
    before = name[at - 1]
    return before in " /._-" or (before.islower() and name[at].isupper())
