"""Runs one turn: what the pure generator yields goes into the log and, at the end, into the answer's row."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable
from contextlib import aclosing
from decimal import Decimal
from typing import Any

from django.utils import timezone

from chat.events.log import TurnLog
from chat.events.state import Fold
from chat.events.types import (
    Event,
    TurnCompleted,
    TurnFailed,
    TurnInterrupted,
    TurnStarted,
    TurnStopped,
)
from chat.llm.errors import ModelError, model_error
from chat.models import USAGE_FIELDS, AIMessage, ModelCall
from chat.turns.finish import Ending, fill_answer, finisher
from chat.turns.pace import pace
from chat.turns.turn import Answered, Called, Outcome, Plan, Step, Turn

logger = logging.getLogger(__name__)

ENDS: dict[str, type[TurnCompleted | TurnStopped | TurnInterrupted | TurnFailed]] = {
    "complete": TurnCompleted,
    "stopped": TurnStopped,
    "interrupted": TurnInterrupted,
    "failed": TurnFailed,
}


class Runner:
    """One running turn of this process."""

    def __init__(
        self, answer: AIMessage, started: TurnStarted, plan: Plan, owner: str, explain: Callable[[str, str], str]
    ) -> None:
        self.answer = answer
        self.owner = owner
        self.log = TurnLog(answer.pk)
        self._fold = Fold()
        self._turn = Turn(plan)
        self._explain = explain
        self._started = started
        self._call: ModelCall | None = None
        self._reason: str | None = None
        self._outcome: Outcome | None = None
        self._task: asyncio.Task[None] | None = None
        # a task that is cancelled before its first step never gets to write its end
        self._begun = False

    def start(self, timeout: float) -> asyncio.Task[None]:
        """Starts the turn; it ends by itself, at the latest after so many seconds."""
        loop = asyncio.get_running_loop()
        self._emit([self._started])
        self._task = loop.create_task(self._run(), name=f"turn-{self.answer.pk}")
        timer = loop.call_later(timeout, self.stop, "timeout_total")
        self._task.add_done_callback(lambda _: timer.cancel())
        return self._task

    def stop(self, reason: str) -> None:
        """Ends the turn for a reason (a code of `llm.errors`); the upstream request is closed at once."""
        if self._reason is None and self._outcome is None and self._task is not None:
            self._reason = reason
            if self._begun:
                self._task.cancel()

    async def stopped(self) -> None:
        """Returns when the turn's end is in the database."""
        if self._task is not None:
            await asyncio.wait([self._task])

    async def _run(self) -> None:
        self._begun = True
        events: list[Event] = []
        try:
            if self._reason is not None:
                raise asyncio.CancelledError
            events = await self._follow_turn()
        except asyncio.CancelledError:
            if self._reason is None:
                raise
            events = self._take(self._turn.closing(self._turn.outcome(model_error(self._reason))))
        except Exception as error:
            logger.exception("turn %s broke", self.answer.pk)
            events = self._take(self._turn.closing(self._turn.outcome(broken(error))))
        await self._finish(events)

    async def _follow_turn(self) -> list[Event]:
        """Hands on what the turn yields, a beat apart once text flows; the last events are left for `_finish`."""
        async with aclosing(self._turn.run()) as steps:
            async for batch in steps:
                events = self._take(batch)
                if self._outcome is not None:
                    return events
                if events:
                    self._emit(events)
                if self._turn.first_token is not None:
                    await pace.beat()
        raise RuntimeError("a turn ended without an outcome")

    def _take(self, steps: list[Step]) -> list[Event]:
        """The events among a turn's steps; the others are acted upon."""
        events: list[Event] = []
        for step in steps:
            if isinstance(step, Event):
                events.append(step)
            elif isinstance(step, Called):
                self._called(step)
            elif isinstance(step, Answered):
                self._answered(step)
            else:
                self._outcome = step
        return events

    def _emit(self, events: list[Event]) -> None:
        for seq, event in self.log.append(events):
            self._fold.add(seq, event)

    def _called(self, step: Called) -> None:
        request = {"model": step.request.model, "messages": step.request.messages}
        self._call = ModelCall(
            message_id=self.answer.pk,
            provider=step.trace.provider or self._turn.plan.provider.name,
            base_url=step.trace.base_url,
            model=step.request.model,
            started_at=timezone.now(),
        )
        self._call.keep(request)
        self.log.calls.append(self._call)

    def _answered(self, step: Answered) -> None:
        call, trace, metadata = self._call, step.trace, step.metadata
        if call is None:
            return
        if trace.body:
            call.keep(trace.body)
            call.parameters = {key: value for key, value in trace.body.items() if key not in {"messages", "tools"}}
        call.provider, call.base_url = trace.provider or call.provider, trace.base_url or call.base_url
        call.model = metadata["model"]
        for name in USAGE_FIELDS:
            setattr(call, name, metadata[name])
        call.cost = None if metadata["cost"] is None else Decimal(metadata["cost"])
        call.http_status, call.attempts, call.retries = trace.status, trace.attempts, trace.retries
        call.finish_reason = (metadata["finish_reason"] or "")[:64]
        call.error = metadata["error"]
        call.first_token_ms, call.duration_ms = metadata["first_token_ms"], metadata["duration_ms"]

    async def _finish(self, events: list[Event]) -> None:
        """Writes the end, then tells it."""
        outcome = self._outcome or self._turn.outcome(model_error("stream_error"))
        metadata = self._told(outcome.metadata)
        events = [*events, ENDS[outcome.status](metadata)]
        ending = Ending(self.log, self.answer, events, calls=[self._call] if self._call else [])
        for seq, event in ending.numbered():
            self._fold.add(seq, event)
        fill_answer(self.answer, self._fold.state())
        self.answer.actions = outcome.tool_calls or None
        self.answer.receipt = self._turn.prompt.receipt() if self._turn.prompt is not None else None
        try:
            if await finisher.finish(ending, self.owner):
                self.log.append_saved(events)
        finally:
            self.log.end()

    def _told(self, metadata: dict[str, Any]) -> dict[str, Any]:
        """Metadata whose error has its text, in the language of the person who asked."""
        error = metadata["error"]
        if error is None:
            return metadata
        return {**metadata, "error": {**error, "message": self._explain(error["code"], error["detail"])}}


def broken(error: Exception) -> ModelError:
    """What a person is told of an error that nobody foresaw; it is in the server's log, its text is not for pages."""
    return model_error("stream_error", type(error).__name__)
