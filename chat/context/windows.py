"""What this process has learned of the windows of models: how far our count is from theirs, and where they said no.

Our tokens are exact for OpenAI's models and an estimate for all others.  A server that reports what a prompt took
corrects the estimate; one that says *context too long* sets a limit that later requests keep to.  Nothing is stored:
the first request after a restart learns it again.  A limit holds for a while: the next server behind a gateway may
take more.
"""

from __future__ import annotations

import time
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass

#: Shorter prompts say little: the form around the messages weighs too much.
LONG_ENOUGH = 2_000
#: How much one answer changes what is believed, and how far belief may go.
SHARE, LEAST, MOST = 0.3, 0.5, 3.0
#: Of a prompt that was too long so much may be sent the next time.
AFTER_REFUSAL = 0.7
#: A server that counts fewer tokens than this share of ours has not read the whole prompt.
READ_SHARE = 0.5
#: So long a refusal is remembered (seconds).
REMEMBERED = 1800.0
MODELS = 500


@dataclass(slots=True)
class Window:
    """One model at one address."""

    factor: float = 1.0
    limit: int | None = None
    until: float = 0.0


class Windows:
    """All models that this process has asked."""

    def __init__(self, now: Callable[[], float] = time.monotonic) -> None:
        self._now = now
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
        known = self._limit(window)
        window.limit = min(int(ours * AFTER_REFUSAL), known or ours)
        window.until = self._now() + REMEMBERED

    def budget(self, address: str, model: str, tokens: int) -> int:
        """How many of our tokens a prompt may have, where the model may take so many of its own."""
        window = self.of(address, model)
        allowed = int(tokens / max(1.0, window.factor))
        return min(allowed, self._limit(window) or allowed)

    def _limit(self, window: Window) -> int | None:
        return window.limit if self._now() < window.until else None


windows = Windows()
