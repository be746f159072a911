"""Waiting for a busy model server, shown as steps: who sees nothing but dots thinks that it hangs.  No Django."""

from __future__ import annotations

import math
from collections.abc import Sequence

from chat.events.types import Event, StepFinished, StepStarted
from chat.llm.base import Part, Waiting

TOOL = "wait"
#: Shorter waits are over before they are read.
SHOWN_SECONDS = 2.0


class Waits:
    """Those of one turn, numbered -1, -2, …: the steps that a model takes count upwards, and a summary is 0."""

    def __init__(self) -> None:
        self._number = 0
        self._is_open = False

    def see(self, parts: Sequence[Part]) -> list[Event]:
        """The events of a batch of parts: a wait that begins, and the end of the one before."""
        first = parts[0]
        if not isinstance(first, Waiting):
            return self.end() if self._is_open else []
        ended = self.end(first.code)
        if first.seconds < SHOWN_SECONDS:
            return ended
        self._number -= 1
        self._is_open = True
        told = {"code": first.code, "seconds": math.ceil(first.seconds)}
        return [*ended, StepStarted(self._number, TOOL, told)]

    def end(self, code: str | None = None) -> list[Event]:
        """The wait is over; `code` where it was in vain."""
        if not self._is_open:
            return []
        self._is_open = False
        return [StepFinished(self._number, "", code)]
