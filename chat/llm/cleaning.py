"""Text from a model made safe to store: no lone surrogates, no control characters that databases refuse.

A server may send an emoji as two `\\uD8xx` escapes in two chunks; each half alone is no text, so a half at the
end is held back until the next piece shows whether the other half follows.
"""

from __future__ import annotations

import re

REPLACEMENT = "\ufffd"
_UNSAFE = re.compile("[\x00-\x08\x0e-\x1f\x7f\ud800-\udfff]")
_CONTROL = re.compile("[\x00-\x08\x0e-\x1f\x7f]")


def is_high_surrogate(character: str) -> bool:
    """True for the first half of a surrogate pair."""
    return "\ud800" <= character <= "\udbff"


def clean(text: str) -> str:
    """The text with surrogate pairs joined, and lone halves and control characters replaced."""
    if _UNSAFE.search(text) is None:
        return text
    joined = text.encode("utf-16-le", "surrogatepass").decode("utf-16-le", "replace")
    return _CONTROL.sub(REPLACEMENT, joined)


class TextChannel:
    """Cleans text that comes in pieces."""

    __slots__ = ("_held",)

    def __init__(self) -> None:
        self._held = ""

    def feed(self, text: str) -> str:
        """The clean text, but for half a surrogate pair at its end."""
        if self._held:
            text, self._held = self._held + text, ""
        if _UNSAFE.search(text) is None:
            return text
        if is_high_surrogate(text[-1]):
            text, self._held = text[:-1], text[-1]
        return clean(text)

    def finish(self) -> str:
        """What was held back and never completed."""
        held, self._held = self._held, ""
        return clean(held)
