"""What of the conversation goes into a request.  Pure."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

#: A message costs about this many tokens beyond its text, in every chat format.
PER_MESSAGE = 4


def fitting(messages: Sequence[dict[str, Any]], budget: int, count: Callable[[str], int]) -> list[dict[str, Any]]:
    """The newest messages that fit into so many tokens, oldest first; it begins with a user's message."""
    kept: list[dict[str, Any]] = []
    for message in reversed(messages):
        budget -= count(str(message["content"])) + PER_MESSAGE
        if budget < 0:
            break
        kept.append(message)
    kept.reverse()
    while kept and kept[0]["role"] != "user":
        kept.pop(0)
    return kept
