"""Words of a text as terms to search by: identifiers split, endings taken off, accents folded.  Pure.

`StatusPage`, `status_page` and `status-page` are all found as `status`, `page` and `statuspage`.
"""

from __future__ import annotations

import re
import unicodedata
from collections import Counter
from collections.abc import Iterable, Iterator
from functools import lru_cache

from chat.context.glossary import ENGLISH, FRENCH_SIGNS, STOP, WEAK

WORD = re.compile(r"[A-Za-z_$][A-Za-z0-9_$]*(?:-[A-Za-z0-9_]+)*|\d{2,}")
#: Words longer than this are data.
MAX_WORD = 80
PART = re.compile(r"[A-Z]+(?=[A-Z][a-z])|[A-Z]?[a-z]+|[A-Z]+|\d+")
#: Ending → the least length of a word that loses it.
ENDINGS = (
    ("ations", 9),
    ("ation", 8),
    ("ating", 8),
    ("ated", 7),
    ("ate", 6),
    ("ing", 6),
    ("ed", 5),
    ("er", 6),
    ("ly", 5),
    ("ment", 8),
)
LATER_LINES, WEAK_WORD, JOINED, TRANSLATED = 0.45, 0.25, 0.7, 0.8


def folded(text: str) -> str:
    """The text without its accents."""
    if text.isascii():
        return text
    return "".join(c for c in unicodedata.normalize("NFKD", text) if not unicodedata.combining(c))


def _singular(word: str) -> str:
    if word.endswith("ies") and len(word) > 4:
        return word[:-3] + "y"
    if word.endswith("sses"):
        return word[:-2]
    return word[:-1] if word.endswith("s") and not word.endswith(("ss", "us", "is")) else word


def _without_ending(word: str) -> str:
    for ending, least in ENDINGS:
        if len(word) >= least and word.endswith(ending):
            root = word[: -len(ending)]
            doubled = len(root) > 3 and root[-1] == root[-2] and root[-1] not in "lsz"
            return root[:-1] if doubled else root
    return word


@lru_cache(maxsize=100_000)
def stem(word: str) -> str:
    """A lower-case word without its usual endings."""
    if len(word) <= 3:
        return word
    root = _without_ending(_singular(word))
    if root.endswith("e") and len(root) > 4:
        root = root[:-1]
    return root[:-1] + "i" if root.endswith("y") and len(root) > 4 else root


@lru_cache(maxsize=100_000)
def split(word: str) -> tuple[str, ...]:
    """The terms of one word: those of its parts, and the parts joined."""
    parts = [part.lower() for part in PART.findall(word)]
    found = [stem(part) for part in parts if len(part) > 1]
    if len(parts) > 1:
        found.append("".join(parts[:-1]) + stem(parts[-1]))
    return tuple(found)


def words(text: str) -> list[str]:
    """The words of a text, in order."""
    return WORD.findall(folded(text))


def terms(text: str) -> list[str]:
    """The terms of a text, in order."""
    return [term for word in words(text) if len(word) <= MAX_WORD for term in split(word)]


def counted(found: Iterable[str]) -> dict[str, int]:
    """How often each term occurs in some words."""
    counts: dict[str, int] = {}
    for word, times in Counter(found).items():
        if len(word) <= MAX_WORD:
            for term in split(word):
                counts[term] = counts.get(term, 0) + times
    return counts


def path_terms(path: str) -> Counter[str]:
    """The terms of a path's folders, name and extension."""
    return Counter(terms(re.sub(r"[/.\[]", " ", path)))


def _translated(low: str) -> tuple[str, ...]:
    return ENGLISH.get(low) or ENGLISH.get(low.removesuffix("s")) or ENGLISH.get(low.removesuffix("x")) or ()


def _of_line(line: str, weight: float, french: bool) -> Iterator[tuple[str, float]]:
    before = ""
    for word in WORD.findall(folded(line)):
        low = word.lower()
        if low in STOP or len(word) > MAX_WORD:
            before = ""
            continue
        for term in split(word):
            if term not in STOP:
                yield term, weight * (WEAK_WORD if term in WEAK else 1.0)
        for english in _translated(low) if french else ():
            yield stem(english), weight * TRANSLATED * (WEAK_WORD if stem(english) in WEAK else 1.0)
        if before and low.isalpha():
            yield before + stem(low), weight * JOINED
        before = low if low.isalpha() else ""


def query_terms(request: str, most: int = 48) -> dict[str, float]:
    """term → weight: the first line counts more than the rest, verbs of every change less; adjacent words are joined.

    At most so many terms, the heaviest: a request that holds a whole page costs no more than a long one.
    """
    found: dict[str, float] = {}
    text = request[:8000]
    french = not FRENCH_SIGNS.isdisjoint(re.split(r"[\W_]+", text.lower()))
    for number, line in enumerate(text.split("\n")):
        for term, weight in _of_line(line, LATER_LINES if number else 1.0, french):
            if weight > found.get(term, 0.0):
                found[term] = weight
    if len(found) <= most:
        return found
    return dict(sorted(found.items(), key=lambda item: -item[1])[:most])
