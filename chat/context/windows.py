"""What this process has learned of the windows of models: how far our count is from theirs, and where they said no.

Our tokens are exact for OpenAI's models and an estimate for all others.  A server that reports what a prompt took
corrects the estimate; one that says *context too long* sets a limit that later requests keep to.  Nothing is stored:
the first request after a restart learns it again.
"""

from __future__ import annotations

from collections import OrderedDict
from dataclasses import dataclass

#: Shorter prompts say little: the form around the messages weighs too much.
LONG_ENOUGH = 2_000
#: How much one answer changes what is believed, and how far belief may go.
SHARE, LEAST, MOST = 0.3, 0.5, 3.0
#: Of a prompt that was too long so much may be sent the next time.
AFTER_REFUSAL = 0.7
#: A server that counts fewer tokens than this share of ours has not read the whole prompt.
READ_SHARE = 0.5
MODELS = 500


@dataclass(slots=True)
class Window:
    """One model at one address."""

    factor: float = 1.0
    limit: int | None = None


class Windows:
    """All models that this process has asked."""

    def __init__(self) -> None:
        self._known: OrderedDict[tuple[str, str], Window] = OrderedDict()

    def of(self, address: str, model: str) -> Window:
        """What is known of a model."""
        key = (address, model)
        window = self._known.pop(key, None) or Window()
        self._known[key] = window
        while len(self._known) > MODELS:
            self._known.popitem(last=False)
        return window

    def reported(self, address: str, model: str, ours: int, theirs: int) -> bool:
        """Learns from a server's own count; false where it can't have read the whole prompt."""
        if ours < LONG_ENOUGH or theirs <= 0:
            return True
        if theirs < READ_SHARE * ours:
            return False
        window = self.of(address, model)
        window.factor += SHARE * (min(MOST, max(LEAST, theirs / ours)) - window.factor)
        return True

    def refused(self, address: str, model: str, ours: int) -> None:
        """A prompt of so many of our tokens was too long."""
        window = self.of(address, model)
        limit = int(ours * AFTER_REFUSAL)
        window.limit = limit if window.limit is None else min(window.limit, limit)

    def budget(self, address: str, model: str, tokens: int) -> int:
        """How many of our tokens a prompt may have, where the model may take so many of its own."""
        window = self.of(address, model)
        allowed = int(tokens / max(1.0, window.factor))
        return allowed if window.limit is None else min(allowed, window.limit)


windows = Windows()
