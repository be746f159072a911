"""Runs one turn: what the pure generator yields goes into the log and, at the end, into the answer's row."""

from __future__ import annotations

import asyncio
import functools
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
    UsageKnown,
)
from chat.llm.errors import ModelError, model_error
from chat.models import USAGE_FIELDS, AIMessage, ModelCall
from chat.turns.finish import Ending, fill_answer, finisher
from chat.turns.pace import pace
from chat.turns.turn import Called, Outcome, Plan, Turn

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
        self.log.on_lost = functools.partial(self.stop, "stopped")
        self._fold = Fold()
        self._turn = Turn(plan)
        self._explain = explain
        self._started = started
        self._call: ModelCall | None = None
        self._reason: str | None = None
        self._over = False
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
        if self._reason is None and not self._over and self._task is not None:
            self._reason = reason
            if self._begun:
                self._task.cancel()

    async def stopped(self) -> None:
        """Returns when the turn's end is in the database."""
        if self._task is not None:
            await asyncio.wait([self._task])

    async def _run(self) -> None:
        self._begun = True
        try:
            await self._end(await self._outcome_of_turn())
        finally:
            self.log.end()

    async def _outcome_of_turn(self) -> Outcome:
        """Runs the turn; whatever happens to it is an outcome, but for a cancellation that nobody here asked for."""
        try:
            if self._reason is not None:
                raise asyncio.CancelledError
            return await self._follow_turn()
        except asyncio.CancelledError:
            if self._reason is None:
                raise
            return self._turn.outcome(model_error(self._reason))
        except Exception as error:
            logger.exception("turn %s broke", self.answer.pk)
            return self._turn.outcome(broken(error))
        finally:
            self._over = True

    async def _follow_turn(self) -> Outcome:
        """Hands on what the turn yields, a beat apart once text flows."""
        async with aclosing(self._turn.run()) as steps:
            async for batch in steps:
                for step in batch:
                    if isinstance(step, Outcome):
                        return step
                    if isinstance(step, Called):
                        self._called(step)
                if events := [step for step in batch if isinstance(step, Event)]:
                    self._emit(events)
                if self._turn.first_token is not None and self._turn.finish is None:
                    await pace.beat()
        raise RuntimeError("a turn ended without an outcome")

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

    def _answered(self, metadata: dict[str, Any]) -> None:
        call, trace = self._call, self._turn.trace
        if call is None:
            return
        if trace.body:
            call.keep(trace.body)
            call.parameters = {key: value for key, value in trace.body.items() if key not in {"messages", "tools"}}
        for name in USAGE_FIELDS:
            setattr(call, name, metadata[name])
        call.provider, call.base_url = trace.provider or call.provider, trace.base_url or call.base_url
        call.model = metadata["model"]
        call.cost = None if metadata["cost"] is None else Decimal(metadata["cost"])
        call.http_status, call.attempts, call.retries = trace.status, trace.attempts, trace.retries
        call.finish_reason = (metadata["finish_reason"] or "")[:64]
        call.error = metadata["error"]
        call.first_token_ms, call.duration_ms = metadata["first_token_ms"], metadata["duration_ms"]

    async def _end(self, outcome: Outcome) -> None:
        """Writes the end, then tells it."""
        metadata = self._told(await self._turn.account(outcome))
        self._answered(metadata)
        known = {key: metadata[key] for key in UsageKnown.__struct_fields__}
        events: list[Event] = [UsageKnown(**known), ENDS[outcome.status](metadata)]
        ending = Ending(self.log, self.answer, events, calls=[self._call] if self._call else [])
        for seq, event in ending.numbered():
            self._fold.add(seq, event)
        fill_answer(self.answer, self._fold.state())
        self.answer.actions = outcome.tool_calls or None
        self.answer.receipt = self._turn.prompt.receipt() if self._turn.prompt is not None else None
        if await finisher.finish(ending, self.owner):
            self.log.append_saved(events)

    def _told(self, metadata: dict[str, Any]) -> dict[str, Any]:
        """Metadata whose error has its text, in the language of the person who asked."""
        error = metadata["error"]
        if error is None:
            return metadata
        return {**metadata, "error": {**error, "message": self._explain(error["code"], error["detail"])}}


def broken(error: Exception) -> ModelError:
    """What a person is told of an error that nobody foresaw; it is in the server's log, its text is not for pages."""
    return model_error("stream_error", type(error).__name__)
