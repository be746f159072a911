"""The window of a model where its server names it, in the words by which it refuses a prompt.  Pure.

`This model's maximum context length is 8192 tokens. However, your messages resulted in 9000 tokens.` says how much
fits, and how much the prompt was by the server's own count: the next one need not be guessed.
"""

from __future__ import annotations

import re
from typing import NamedTuple

#: Nobody serves a window outside of these: a number beyond is some other number.
LEAST_WINDOW, LARGEST_WINDOW = 256, 100_000_000

_NUMBER = r"(\d[\d,]{2,11})"
_LIMITS = tuple(
    re.compile(words + _NUMBER, re.IGNORECASE)
    for words in (
        r"maximum (?:context|prompt) length (?:is|of) ",
        r"(?:context (?:length|size|window) of only|available context size \(|too large for model with) ?",
        r"\bn_ctx\W{1,4}",
        r"(?:must be <=|must have less than|tokens >) ?",
        r"maximum number of tokens allowed \(",
        r"model token limit\W{1,3}",
        r"tokens per minute \(TPM\): Limit ",
    )
)
_COUNTS = tuple(
    re.compile(pattern, re.IGNORECASE)
    for pattern in (
        rf"{_NUMBER} (?:in|of) (?:your prompt|the messages|text input)",
        rf"resulted in {_NUMBER} tokens",
        rf"(?:contains|request has|prompt is too long:) (?:at least )?{_NUMBER} (?:input )?tokens",
        rf"request \({_NUMBER} tokens\)",
        rf"\bn_prompt_tokens\W{{1,4}}{_NUMBER}",
        rf"(?:keep the first|n_keep:) {_NUMBER}",
        rf"Given: {_NUMBER}",
        rf"token count \({_NUMBER}\)",
        rf"requested:? {_NUMBER}",
    )
)


class NamedWindow(NamedTuple):
    """How many tokens a model takes, by its server's count; and how many the refused prompt had, where it says so."""

    tokens: int
    counted: int | None = None


def named_window(words: str) -> NamedWindow | None:
    """The window that a server names as it refuses a prompt; `None` where it names none."""
    tokens = _first(_LIMITS, words)
    if tokens is None or not LEAST_WINDOW <= tokens <= LARGEST_WINDOW:
        return None
    return NamedWindow(tokens, _first(_COUNTS, words))


def _first(patterns: tuple[re.Pattern[str], ...], words: str) -> int | None:
    found = next((match for pattern in patterns if (match := pattern.search(words))), None)
    return int(found[1].replace(",", "")) if found is not None else None
