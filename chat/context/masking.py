"""Secrets in a text that is about to leave: found by the patterns of `detect-secrets`, and replaced.

The library costs 18 MiB and a second to load, so a look for what all its tokens have in common comes first; it is
loaded for the first text that has such a thing.  Its guesses by entropy are left out: they take any digest for a
secret.  Instead a value counts that is assigned to a name like `api_key` (`assigned.py`).
"""

from __future__ import annotations

import importlib
import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import cache, lru_cache
from typing import cast

from chat.context.assigned import PLACEHOLDER, assigned, is_made_up

#: Modules of `detect_secrets.plugins` whose patterns are used, with the name that the mask and the receipt tell.
PLUGINS = {
    "aws": "aws",
    "azure_storage_key": "azure",
    "basic_auth": "password",
    "discord": "discord",
    "github_token": "github",
    "gitlab_token": "gitlab",
    "jwt": "jwt",
    "mailchimp": "mailchimp",
    "npm": "npm",
    "openai": "openai",
    "pypi_token": "pypi",
    "sendgrid": "sendgrid",
    "slack": "slack",
    "square_oauth": "square",
    "stripe": "stripe",
    "telegram_token": "telegram",
    "twilio": "twilio",
}
#: A text without any of this has none of those tokens.  An expression is tried where one of the words before it is
#: there, which is found out much faster.
HINTS = tuple(
    (words, re.compile(pattern))
    for words, pattern in (
        (("A3T", "IA", "ACCA", "AccountKey="), r"A3T|A[BKS]IA|ACCA|AccountKey="),
        (("://",), r"://[^/\s:]+:[^/\s]*@"),
        (("gh", "gl", "GR1348941", "eyJ"), r"gh[pousr]_|gl[a-z]{1,12}-|GR1348941|eyJ"),
        (("-us",), r"[0-9a-z]-us\d"),
        (("_authToken", "sk-", "pypi-Ag", "SG."), r"_authToken|sk-|pypi-Ag|SG\."),
        (("xox", "sq0csp", "k_live"), r"xox[abposr]-|sq0csp|[rs]k_live"),
        ((":",), r"\d{8}:[\w-]{35}"),
        (("AC", "SK"), r"\b(?:AC|SK)[a-z0-9]{32}"),
        (("M", "N", "O"), r"[MNO][\w-]{23,25}\.[\w-]{6}\."),
    )
)
#: Keys of model servers and clouds by how they begin, which the library does not know (yet).
PREFIXED = re.compile(
    r"(?<![\w-])(?:sk-(?:proj|svcacct|admin|ant|or)-[\w-]{20,200}|AIza[\w-]{35}|hf_[A-Za-z0-9]{30,60}"
    r"|gsk_[A-Za-z0-9]{40,80}|xai-[A-Za-z0-9]{60,100}|r8_[A-Za-z0-9]{37}|dop_v1_[a-f0-9]{64})(?![\w-])"
)
PREFIXES = ("sk-", "AIza", "hf_", "gsk_", "xai-", "r8_", "dop_v1_")
PRIVATE_KEY = re.compile(
    r"(-----BEGIN [A-Z0-9 ]*PRIVATE KEY[A-Z ]*-----)(.*?)(-----END [A-Z0-9 ]*PRIVATE KEY[A-Z ]*-----|\Z)", re.DOTALL
)
KEY_LINE = re.compile(r"[^\s\"'\\]+")
MARK = re.compile(r"\[masked:(\w+)\]")
#: A mark that this module makes.
KINDS = sorted({*PLUGINS.values(), "private_key", "api_key", "assigned"})
KNOWN_MARK = re.compile(rf"\[masked:(?:{'|'.join(KINDS)})\]")

#: Where a secret is, and its kind.
Span = tuple[int, int, str]


@dataclass(frozen=True, slots=True)
class Masked:
    """A text that may be sent, and the kinds of secrets that were taken out of it, one entry each; where they were."""

    text: str
    kinds: tuple[str, ...] = ()
    spans: tuple[Span, ...] = ()


#: Longer texts are not kept in memory.
MOST_KEPT = 64_000
#: A line is looked at in windows of so many characters, each reaching so far into the next: the library's patterns
#: take quadratic time on what looks like a token and never ends.
WINDOW, OVERLAP = 2_000, 300


def mask(text: str) -> Masked:
    """The text without its secrets.  Lines stay where they are."""
    return _kept(text) if len(text) <= MOST_KEPT else _masked(text)


@lru_cache(maxsize=256)
def _kept(text: str) -> Masked:
    return _masked(text)


def _masked(text: str) -> Masked:
    spans = merged([*_keys(text), *_tokens(text), *_prefixed(text), *((*at, "assigned") for at in assigned(text))])
    if not spans:
        return Masked(text)
    return Masked(veiled(text, spans), tuple(kind for *_, kind in spans), tuple(spans))


def veiled(text: str, spans: Sequence[Span]) -> str:
    """The text with marks in these places; they are in order and do not overlap."""
    pieces, at = [], 0
    for start, end, kind in spans:
        pieces += [text[at:start], f"[masked:{kind}]"]
        at = end
    return "".join([*pieces, text[at:]])


def masks_in(text: str) -> tuple[str, ...]:
    """The kinds of secrets that were taken out of a text before."""
    return tuple(MARK.findall(text))


def _keys(text: str) -> Iterator[Span]:
    """The lines between the marks of a private key."""
    if "PRIVATE KEY" not in text:
        return
    for block in PRIVATE_KEY.finditer(text):
        for line in KEY_LINE.finditer(text, block.start(2), block.end(2)):
            yield line.start(), line.end(), "private_key"


def _tokens(text: str) -> Iterator[Span]:
    if not _is_hinted(text):
        return
    for offset, piece in _windows(text):
        if not _is_hinted(piece):
            continue
        for kind, pattern in _patterns():
            for found in pattern.finditer(piece):
                # a group is the secret itself where the pattern needs its surroundings (an address with a password)
                start, end = found.span(1) if kind in {"password", "npm"} and found.lastindex else found.span()
                if start < end:
                    yield offset + start, offset + end, kind


def _is_hinted(text: str) -> bool:
    return any(any(word in text for word in words) and pattern.search(text) for words, pattern in HINTS)


def _windows(text: str) -> Iterator[tuple[int, str]]:
    """Lines, long ones in parts, each with where it begins."""
    offset = 0
    for line in text.split("\n"):
        for start in range(0, max(1, len(line)), WINDOW - OVERLAP):
            yield offset + start, line[start : start + WINDOW]
            if start + WINDOW >= len(line):
                break
        offset += len(line) + 1


@cache
def _patterns() -> tuple[tuple[str, re.Pattern[str]], ...]:
    return tuple(
        (kind, re.compile(pattern.pattern, pattern.flags | re.MULTILINE))
        for module, kind in PLUGINS.items()
        for pattern in _plugin_patterns(module)
    )


def _plugin_patterns(module: str) -> Iterator[re.Pattern[str]]:
    from detect_secrets.plugins.base import RegexBasedDetector

    for plugin in vars(importlib.import_module(f"detect_secrets.plugins.{module}")).values():
        if isinstance(plugin, type) and issubclass(plugin, RegexBasedDetector) and plugin.__module__.endswith(module):
            yield from cast("Iterable[re.Pattern[str]]", plugin.denylist)


def _prefixed(text: str) -> Iterator[Span]:
    if any(prefix in text for prefix in PREFIXES):
        for found in PREFIXED.finditer(text):
            if not PLACEHOLDER.search(found[0]) and is_made_up(found[0]):
                yield *found.span(), "api_key"


def merged(spans: Sequence[Span]) -> list[Span]:
    """In order, each place once: what overlaps is one place, of the first one's kind."""
    kept: list[Span] = []
    for span in sorted(spans, key=lambda one: (one[0], -one[1])):
        if not kept or span[0] >= kept[-1][1]:
            kept.append(span)
        elif span[1] > kept[-1][1]:
            kept[-1] = (kept[-1][0], span[1], kept[-1][2])
    return kept
