"""Events → the state of an answer.  The same fold exists in `static/chat/answer.js`; one trace tests both."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any

import msgspec

from chat.events import types as t

State = dict[str, Any]


class Fold:
    """Collects the events of one turn; `state()` is what `GET messages` shows of it.

    Text is kept in pieces and joined when asked for, so that a long answer costs linear time.
    """

    def __init__(self) -> None:
        self.seq = 0
        self.status = "streaming"
        self.text: list[str] = []
        self.thinking: list[str] = []
        self.model: str | None = None
        self.context: State | None = None
        self.steps: list[State] = []
        self.actions: dict[int, State] = {}
        self.writing: dict[int, list[str]] = {}
        self.usage: State | None = None
        self.metadata: State | None = None

    def add(self, seq: int, event: t.Event) -> None:
        """Takes one event.  What is already in is passed over, so a replay may overlap."""
        if seq <= self.seq:
            return
        self.seq = seq
        HANDLERS[event.type](self, event)

    def state(self) -> State:
        """The state now, as plain JSON values."""
        return {
            "status": self.status,
            "content": "".join(self.text),
            "reasoning": "".join(self.thinking),
            "model": self.model,
            "context": self.context,
            "steps": [dict(step) for step in self.steps],
            "actions": [self._action(position) for position in sorted(self.actions)],
            "usage": self.usage,
            "metadata": self.metadata,
            "last_seq": self.seq,
        }

    def _action(self, position: int) -> State:
        """A proposal; one that is being written has its text so far."""
        action = self.actions[position]
        return action if position not in self.writing else {**action, "text": "".join(self.writing[position])}


def fold(events: Iterable[tuple[int, t.Event]]) -> Fold:
    """All events of a turn, in order."""
    folded = Fold()
    for seq, event in events:
        folded.add(seq, event)
    return folded


def _started(fold: Fold, event: t.TurnStarted) -> None:
    fold.model = event.model


def _context(fold: Fold, event: t.ContextBuilt) -> None:
    fold.context = msgspec.to_builtins(event)


def _text(fold: Fold, event: t.TextDelta) -> None:
    fold.text.append(event.text)


def _reasoning(fold: Fold, event: t.ReasoningDelta) -> None:
    fold.thinking.append(event.text)


def _step_started(fold: Fold, event: t.StepStarted) -> None:
    """A step that is told again goes on with other arguments: a summary in several parts."""
    started = {**msgspec.to_builtins(event), "summary": None, "error": None, "done": False}
    known = next((at for at, step in enumerate(fold.steps) if step["step"] == event.step), None)
    if known is None:
        fold.steps.append(started)
    else:
        fold.steps[known] = started


def _step_finished(fold: Fold, event: t.StepFinished) -> None:
    for step in fold.steps:
        if step["step"] == event.step:
            step.update(summary=event.summary, error=event.error, done=True)


def _action_started(fold: Fold, event: t.ActionStarted) -> None:
    fold.actions[event.position] = {**msgspec.to_builtins(event), "status": "writing"}
    fold.writing[event.position] = []


def _action_delta(fold: Fold, event: t.ActionDelta) -> None:
    if event.position in fold.writing:
        fold.writing[event.position].append(event.text)


def _action_is(fold: Fold, event: t.ActionProposed | t.ActionUpdated) -> None:
    fold.actions[event.position] = {"position": event.position, **event.action}
    fold.writing.pop(event.position, None)


def _usage(fold: Fold, event: t.UsageKnown) -> None:
    fold.usage = msgspec.to_builtins(event)


def _ended(fold: Fold, event: t.TurnCompleted | t.TurnStopped | t.TurnInterrupted | t.TurnFailed) -> None:
    fold.status = t.TERMINAL_STATUS[event.type]
    fold.metadata = event.metadata


def _kept(fold: Fold, event: t.CallHeard | t.CallEnded | t.BasesShown) -> None:
    """Changes nothing of what is shown."""


HANDLERS: dict[str, Callable[[Fold, Any], None]] = {
    "turn.started": _started,
    "context.built": _context,
    "text.delta": _text,
    "reasoning.delta": _reasoning,
    "step.started": _step_started,
    "step.finished": _step_finished,
    "action.started": _action_started,
    "action.delta": _action_delta,
    "action.proposed": _action_is,
    "action.updated": _action_is,
    "usage": _usage,
    "call.heard": _kept,
    "call.ended": _kept,
    "bases.shown": _kept,
    "turn.completed": _ended,
    "turn.stopped": _ended,
    "turn.interrupted": _ended,
    "turn.failed": _ended,
}
