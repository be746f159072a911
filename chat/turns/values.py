"""What a turn yields besides events.  No Django."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from chat.context.compaction import Draft
from chat.events.types import Event
from chat.llm.base import CallTrace, ModelRequest
from chat.llm.errors import ModelError
from chat.turns.call import Call


@dataclass(frozen=True, slots=True)
class Called:
    """A request is about to leave."""

    call: Call

    @property
    def request(self) -> ModelRequest:
        """What is sent."""
        return self.call.request

    @property
    def trace(self) -> CallTrace:
        """What really goes over the wire."""
        return self.call.trace


@dataclass(frozen=True, slots=True)
class Answered:
    """A request has come to its end; its account is known."""

    call: Call


@dataclass(frozen=True, slots=True)
class Summarised:
    """The older messages have a summary, or the model could not make one (`error`, a code)."""

    draft: Draft
    call: Call
    text: str
    error: str | None = None


@dataclass(frozen=True, slots=True)
class Outcome:
    """How the turn ended: a status of `AIMessage`, what went wrong, why the model stopped, and its tool calls as it
    made them."""

    status: str
    error: ModelError | None = None
    finish_reason: str | None = None
    tool_calls: list[dict[str, Any]] = field(default_factory=list)


Step = Event | Called | Answered | Summarised | Outcome
