"""Runs one turn: what the pure generator yields goes into the log and, at the end, into the answer's row."""

from __future__ import annotations

import asyncio
import functools
import logging
from collections.abc import Mapping
from contextlib import aclosing
from decimal import Decimal
from typing import Any, Protocol

from django.utils import timezone

from chat.actions.types import Plan as ActionPlan
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
from chat.texts import Explain
from chat.turns.call import Call
from chat.turns.finish import Ending, fill_answer, finisher
from chat.turns.kit import Proposed
from chat.turns.pace import pace
from chat.turns.summaries import keep
from chat.turns.turn import Plan, Turn
from chat.turns.values import Answered, Called, Outcome, Summarised

logger = logging.getLogger(__name__)

ENDS: dict[str, type[TurnCompleted | TurnStopped | TurnInterrupted | TurnFailed]] = {
    "complete": TurnCompleted,
    "stopped": TurnStopped,
    "interrupted": TurnInterrupted,
    "failed": TurnFailed,
}


class Proposer(Protocol):
    """Who writes what a turn proposes."""

    async def propose(self, planned: ActionPlan, repaired: Mapping[int, int], *, whole: bool) -> Proposed:
        """Writes proposals, and decides on them where nobody has to be asked."""
        ...


class Runner:
    """One running turn of this process."""

    def __init__(
        self,
        answer: AIMessage,
        started: TurnStarted,
        plan: Plan,
        owner: str,
        explain: Explain,
        proposer: Proposer,
    ) -> None:
        self.answer = answer
        self.owner = owner
        self.log = TurnLog(answer.pk)
        self.log.on_lost = functools.partial(self.stop, "stopped")
        self._fold = Fold()
        self._turn = Turn(plan)
        self._explain = explain
        self._proposer = proposer
        self._started = started
        self._calls: list[tuple[Call, ModelCall]] = []
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
            # the log knew its runner: without this a turn that is over stays until the collector comes
            self.log.on_lost = _nothing

    async def _outcome_of_turn(self) -> Outcome:
        """Runs the turn; whatever happens to it is an outcome, but for a cancellation that nobody here asked for."""
        try:
            if self._reason is not None:
                raise asyncio.CancelledError
            return await self._follow_turn()
        except asyncio.CancelledError:
            if self._reason is None:
                raise
            self._emit(self._turn.left)
            return self._turn.outcome(model_error(self._reason))
        except Exception as error:
            logger.exception("turn %s broke", self.answer.pk)
            self._emit(self._turn.left)
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
                    elif isinstance(step, Answered):
                        self._answered(step.call)
                    elif isinstance(step, Summarised):
                        await keep(self.answer.conversation_id, step, self._row_of(step.call))
                if events := [step for step in batch if isinstance(step, Event)]:
                    self._emit(events)
                if self._turn.is_flowing:
                    await pace.beat()
        raise RuntimeError("a turn ended without an outcome")

    def _emit(self, events: list[Event]) -> None:
        for seq, event in self.log.append(events):
            self._fold.add(seq, event)

    def _called(self, step: Called) -> None:
        meant = {"model": step.request.model, "messages": list(step.request.messages)}
        row = ModelCall(
            message_id=self.answer.pk,
            purpose=step.call.purpose,
            provider=step.trace.provider or self._turn.plan.provider.name,
            base_url=step.trace.base_url,
            model=step.request.model,
            started_at=timezone.now(),
        )
        row.keep(lambda: step.call.trace.body or meant)
        self._calls.append((step.call, row))
        self.log.calls.append(row)

    def _answered(self, call: Call) -> None:
        """Fills the row of a request that has ended, and has it saved with the next events."""
        row = self._row_of(call)
        account, trace = self._told(call.account or {}), call.trace
        if trace.body:
            row.parameters = {key: value for key, value in trace.body.items() if key not in {"messages", "tools"}}
        for name in USAGE_FIELDS:
            setattr(row, name, account[name])
        row.provider, row.base_url = trace.provider or row.provider, trace.base_url or row.base_url
        row.model = account["model"]
        row.cost = None if account["cost"] is None else Decimal(account["cost"])
        row.http_status, row.attempts, row.retries = trace.status, trace.attempts, trace.retries
        row.finish_reason = (account["finish_reason"] or "")[:64]
        row.error = account["error"]
        row.first_token_ms, row.duration_ms = account["first_token_ms"], account["duration_ms"]
        self.log.calls.append(row)

    def _row_of(self, call: Call) -> ModelCall:
        return next(row for known, row in self._calls if known is call)

    async def _end(self, outcome: Outcome) -> None:
        """Writes the end, then tells it."""
        metadata = self._told(await self._turn.account(outcome))
        for call, _ in self._calls:
            self._answered(call)
        metadata["notice"] = await self._propose(outcome) or metadata["notice"]
        known = {key: metadata[key] for key in UsageKnown.__struct_fields__}
        events: list[Event] = [UsageKnown(**known), ENDS[outcome.status](metadata)]
        ending = Ending(self.log, self.answer, events, calls=[row for _, row in self._calls])
        for seq, event in ending.numbered():
            self._fold.add(seq, event)
        fill_answer(self.answer, self._fold.state())
        self.answer.actions = outcome.tool_calls or None
        self.answer.receipt = self._turn.prompt.receipt() if self._turn.prompt is not None else None
        if await finisher.finish(ending, self.owner):
            self.log.append_saved(events)

    async def _propose(self, outcome: Outcome) -> str | None:
        """Writes the proposals, then tells them: an event never precedes the fact.  What the answer is to say of it."""
        try:
            plan = await self._turn.proposals()
            if not plan.actions:
                return None
            done = await self._proposer.propose(plan, self._turn.repaired, whole=outcome.status == "complete")
            self._emit(done.events)
            return done.notice
        except Exception:
            # planning runs code of the host: whatever it does, the answer has its end
            logger.exception("the proposals of message %s can't be planned or written", self.answer.pk)
            return None

    def _told(self, metadata: dict[str, Any]) -> dict[str, Any]:
        """Metadata whose error has its text, in the language of the person who asked."""
        error = metadata["error"]
        if error is None:
            return metadata
        message = self._explain(error["code"], error["detail"], received=self._turn.characters > 0)
        return {**metadata, "error": {**error, "message": message}}


def _nothing() -> None:
    """What a log whose turn is over does when its message is deleted."""


def broken(error: Exception) -> ModelError:
    """What a person is told of an error that nobody foresaw; it is in the server's log, its text is not for pages."""
    return model_error("stream_error", type(error).__name__)
