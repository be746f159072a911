"""When a failed request is sent again.

Only where nothing of an answer came, only for failures that pass (`Busy`, a connection that broke), at most
twice.  `Retry-After` is obeyed up to a limit; beyond it the person is told instead of kept waiting.
"""

from __future__ import annotations

import asyncio
import random
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field

from .base import CallTrace, Waiting
from .errors import Busy, ModelError

PASSING = frozenset({"connection", "connection_cut"})


@dataclass(frozen=True, slots=True)
class Retries:
    """The policy.  `base` is the first wait in seconds, doubled each time; `limit` the longest that is waited."""

    most: int = 2
    base: float = 0.5
    limit: float = 20.0
    sleep: Callable[[float], Awaitable[None]] = field(default=asyncio.sleep)
    spread: Callable[[], float] = field(default=lambda: random.uniform(0.75, 1.25))  # noqa: S311 — no secret

    def next_wait(self, error: ModelError, trace: CallTrace) -> Waiting:
        """What is waited for, and noted, before the request is sent again; raises the error where it is not."""
        wait = self.wait_for(error, len(trace.retries))
        if wait is None:
            raise error
        trace.retries.append(
            {"code": error.code, "status": error.status, "detail": error.detail, "wait": round(wait, 3)}
        )
        return Waiting(error.code, wait)

    def wait_for(self, error: ModelError, before: int) -> float | None:
        """The seconds to wait after so many retries, or `None` for no further one."""
        if before >= self.most or not (isinstance(error, Busy) or error.code in PASSING):
            return None
        if error.retry_after is not None:
            return error.retry_after if error.retry_after <= self.limit else None
        return float(min(self.base * 2**before, self.limit) * self.spread())
