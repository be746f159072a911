"""What this process has learned of the windows of models: how far our count is from theirs, and where they said no.

Our tokens are exact for OpenAI's models and an estimate for all others.  A server that reports what a prompt took
corrects the estimate; one that says *context too long* sets a limit that later requests keep to.  Where it names its
window, or its list of models does, requests are made for that, and room is left for the answer.  Nothing is stored:
the first request after a restart learns it again.  A limit holds for a while: the next server behind a gateway may
take more, and a server may be started again with a larger window.
"""

from __future__ import annotations

import time
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass

from chat.llm.named_window import LEAST_WINDOW, NamedWindow

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
#: And a window that a server named in a refusal.
NAMED_REMEMBERED = 6 * 3600.0
MODELS = 500
#: Of a window, what is left for the answer where the site sets no limit for it; and at most, whatever it sets.
ANSWER_SHARE, MOST_ANSWER_SHARE, ANSWER_TOKENS = 0.25, 0.5, 4_096
#: Of a window, so much is used where the server has not said what a prompt of ours counts with it.
UNSURE = 0.9


@dataclass(slots=True)
class Window:
    """One model at one address."""

    factor: float = 1.0
    limit: int | None = None
    until: float = 0.0
    #: The window as its server named it, in its own tokens; and whether `factor` is by a count of the server's.
    named: int | None = None
    named_until: float = 0.0
    is_sure: bool = False


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
        window.is_sure = True
        return True

    def refused(
        self, address: str, model: str, ours: int, named: NamedWindow | None = None, answer: int | None = None
    ) -> bool:
        """A prompt of so many of our tokens was too long; true where it is known how many are not: by the window that
        the server named."""
        window = self.of(address, model)
        if named is not None:
            self._named(window, ours, named)
            if self._fitting(window, named.tokens, answer) < ours:
                return True
        known = self._limit(window)
        window.limit = min(int(ours * AFTER_REFUSAL), known or ours)
        window.until = self._now() + REMEMBERED
        return False

    def budget(
        self, address: str, model: str, tokens: int, declared: int | None = None, answer: int | None = None
    ) -> int:
        """How many of our tokens a prompt may have, where the site allows so many of the model's own; `declared` is its
        window by its server's list, `answer` what its answer may have of it."""
        window = self.of(address, model)
        most = [int(tokens / max(1.0, window.factor))]
        sizes = (window.named if self._now() < window.named_until else None, declared)
        most += [self._fitting(window, size, answer) for size in sizes if size is not None and size >= LEAST_WINDOW]
        return min(*most, self._limit(window) or most[0])

    def _named(self, window: Window, ours: int, named: NamedWindow) -> None:
        """Keeps what a server said of its window, and what it counted."""
        window.named, window.named_until = named.tokens, self._now() + NAMED_REMEMBERED
        if named.counted and ours > 0:
            window.factor, window.is_sure = min(MOST, max(LEAST, named.counted / ours)), True

    def _fitting(self, window: Window, size: int, answer: int | None) -> int:
        """Our tokens of a prompt that leaves room for its answer in a window."""
        wanted = min(ANSWER_TOKENS, int(size * ANSWER_SHARE)) if answer is None else answer
        room = size - min(wanted, int(size * MOST_ANSWER_SHARE))
        return int(room * (1.0 if window.is_sure else UNSURE) / max(1.0, window.factor))

    def _limit(self, window: Window) -> int | None:
        return window.limit if self._now() < window.until else None


windows = Windows()
