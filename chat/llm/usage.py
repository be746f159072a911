"""Tokens as servers report them: believed only where they are sensible; unknown is never 0."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from .base import Usage

MAX_TOKENS = 10**9


def usage_of(value: Any) -> Usage | None:
    """The usage in a `usage` object, or `None` where it says nothing that can be believed.

    A prompt of 0 tokens does not exist: servers that count nothing send zeros.
    """
    if not isinstance(value, dict):
        return None
    prompt, completion = _count(value.get("prompt_tokens")), _count(value.get("completion_tokens"))
    if not prompt and not completion:
        return None
    return Usage(
        prompt_tokens=prompt or None,
        completion_tokens=completion,
        cached_tokens=_cached(value, prompt),
        reasoning_tokens=_within(_detail(value, "completion_tokens_details", "reasoning_tokens"), completion),
    )


def _cached(value: Mapping[str, Any], prompt: int | None) -> int | None:
    """Cached prompt tokens; DeepSeek names them in its own way."""
    cached = _detail(value, "prompt_tokens_details", "cached_tokens")
    if cached is None:
        cached = _count(value.get("prompt_cache_hit_tokens"))
    return _within(cached, prompt)


def _detail(value: Mapping[str, Any], group: str, name: str) -> int | None:
    details = value.get(group)
    return _count(details.get(name)) if isinstance(details, dict) else None


def _within(part: int | None, whole: int | None) -> int | None:
    """A part that is larger than its whole is not believed."""
    return None if part is None or whole is None or part > whole else part


def _count(value: Any) -> int | None:
    if isinstance(value, bool) or not isinstance(value, int):
        return None
    return value if 0 <= value <= MAX_TOKENS else None
