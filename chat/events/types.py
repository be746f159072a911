"""Every event a turn can emit: a closed set of frozen values, documented in `docs/events.md`.

On the wire and in the log an event is three things: its number (`seq`), its type and its data as JSON.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any, ClassVar

import msgspec

JSON = dict[str, Any]


class Event(msgspec.Struct, frozen=True):
    """Base of all events; `type` is the name on the wire."""

    type: ClassVar[str]
    #: After this event the stream ends.
    terminal: ClassVar[bool] = False
    #: Kept in the log for another server, should this one die; never sent.
    kept: ClassVar[bool] = False


class TurnStarted(Event, frozen=True):
    """The question and the empty answer are in the database."""

    type: ClassVar[str] = "turn.started"
    message_id: int
    conversation_id: int
    user_message_id: int
    title: str
    model: str
    created_at: str


class ContextBuilt(Event, frozen=True):
    """What the model is given, in short: tokens, the files that went in (path, tokens, why) and how many did not."""

    type: ClassVar[str] = "context.built"
    tokens: int
    files: list[JSON]
    left_out: int
    dropped_messages: int = 0
    summarised_messages: int = 0


class TextDelta(Event, frozen=True):
    """The answer goes on."""

    type: ClassVar[str] = "text.delta"
    text: str


class ReasoningDelta(Event, frozen=True):
    """The model's thinking goes on."""

    type: ClassVar[str] = "reasoning.delta"
    text: str


class StepStarted(Event, frozen=True):
    """A read-only tool begins: `step` numbers it within the turn."""

    type: ClassVar[str] = "step.started"
    step: int
    tool: str
    arguments: JSON


class StepFinished(Event, frozen=True):
    """A read-only tool has answered; `error` is a stable code, or null."""

    type: ClassVar[str] = "step.finished"
    step: int
    summary: str
    error: str | None = None


class ActionStarted(Event, frozen=True):
    """The model begins to write a proposal; `position` numbers it within the turn."""

    type: ClassVar[str] = "action.started"
    position: int
    action_type: str
    path: str


class ActionDelta(Event, frozen=True):
    """The proposed content goes on."""

    type: ClassVar[str] = "action.delta"
    position: int
    text: str


class ActionProposed(Event, frozen=True):
    """The proposal is whole, planned and stored under an id."""

    type: ClassVar[str] = "action.proposed"
    position: int
    action: JSON


class ActionUpdated(Event, frozen=True):
    """A stored proposal has a new state."""

    type: ClassVar[str] = "action.updated"
    position: int
    action: JSON


class UsageKnown(Event, frozen=True):
    """Tokens and cost so far.  Null is unknown.  `estimated`: counted by us, not by the server."""

    type: ClassVar[str] = "usage"
    prompt_tokens: int | None
    completion_tokens: int | None
    cached_tokens: int | None
    reasoning_tokens: int | None
    cost: str | None
    estimated: bool


class TurnCompleted(Event, frozen=True):
    """The answer is whole."""

    type: ClassVar[str] = "turn.completed"
    terminal: ClassVar[bool] = True
    metadata: JSON


class TurnStopped(Event, frozen=True):
    """The person stopped it; the text so far is kept."""

    type: ClassVar[str] = "turn.stopped"
    terminal: ClassVar[bool] = True
    metadata: JSON


class TurnInterrupted(Event, frozen=True):
    """The text is kept and is not whole; `metadata.error` says why."""

    type: ClassVar[str] = "turn.interrupted"
    terminal: ClassVar[bool] = True
    metadata: JSON


class TurnFailed(Event, frozen=True):
    """There is no answer; `metadata.error` says why."""

    type: ClassVar[str] = "turn.failed"
    terminal: ClassVar[bool] = True
    metadata: JSON


class CallHeard(Event, frozen=True):
    """Pieces of tool calls as the model wrote them: position, id, name, arguments."""

    type: ClassVar[str] = "call.heard"
    kept: ClassVar[bool] = True
    calls: list[tuple[int, str, str, str]]


class BasesShown(Event, frozen=True):
    """What files, by path as the model writes it, were as the turn shows them: their digests, null for no file.  Before
    the proposals that are about them."""

    type: ClassVar[str] = "bases.shown"
    kept: ClassVar[bool] = True
    files: dict[str, str | None]


class CallEnded(Event, frozen=True):
    """An answer of the model is whole; its the positions that it is asked to mend, with their errors."""

    type: ClassVar[str] = "call.ended"
    kept: ClassVar[bool] = True
    failed: list[tuple[int, JSON]]


EVENTS: tuple[type[Event], ...] = (
    TurnStarted,
    ContextBuilt,
    TextDelta,
    ReasoningDelta,
    StepStarted,
    StepFinished,
    ActionStarted,
    ActionDelta,
    ActionProposed,
    ActionUpdated,
    UsageKnown,
    TurnCompleted,
    TurnStopped,
    TurnInterrupted,
    TurnFailed,
)
#: What no reader is sent.
KEPT: tuple[type[Event], ...] = (CallHeard, CallEnded, BasesShown)
BY_TYPE: dict[str, type[Event]] = {event.type: event for event in (*EVENTS, *KEPT)}
DELTAS: tuple[type[TextDelta], type[ReasoningDelta]] = (TextDelta, ReasoningDelta)
TERMINAL_STATUS: dict[str, str] = {
    "turn.completed": "complete",
    "turn.stopped": "stopped",
    "turn.interrupted": "interrupted",
    "turn.failed": "failed",
}


def width(event: Event) -> int:
    """How many numbers an event takes in the log: a delta one for each character, anything else one.

    So a delta may be cut or joined anywhere without renumbering: its `seq` is the number of its last character.
    """
    return len(event.text) if isinstance(event, DELTAS) else 1


def decode(type_: str, data: JSON) -> Event:
    """The event of a stored row.  Raises `KeyError` for an unknown type, `msgspec.ValidationError` for wrong data."""
    return msgspec.convert(data, BY_TYPE[type_])


def readable(rows: Iterable[tuple[int, str, JSON]]) -> Iterator[tuple[int, Event]]:
    """The events of stored rows.  A row of another version of this code is passed over: it must not hide the rest."""
    for seq, type_, data in rows:
        try:
            yield seq, decode(type_, data)
        except (KeyError, msgspec.ValidationError):
            continue


def frame(seq: int, event: Event) -> bytes:
    """One server-sent event (WHATWG HTML, 9.2) on the wire; JSON has no raw line breaks, so one data line is enough.
    Nothing for an event that is only kept."""
    if event.kept:
        return b""
    return b"id: %d\nevent: %s\ndata: %s\n\n" % (seq, event.type.encode(), msgspec.json.encode(event))
