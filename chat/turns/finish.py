"""Ending turns: the last events, the answer's columns and the call's account in one transaction, for all turns that
end about now.

A turn may only be ended by the server that holds its lease: one that was away so long that another server has
ended its turn finds the row taken, and writes nothing.
"""

from __future__ import annotations

import asyncio
import logging
from dataclasses import dataclass, field
from typing import Any

from django.db import transaction
from django.utils import timezone

from chat.events import bus
from chat.events.log import RETRY_SECONDS, TurnLog, saver, write_calls, write_events
from chat.events.types import Event, TurnFailed, TurnInterrupted
from chat.events.writer import UNAVAILABLE, writer
from chat.models import AIMessage, ModelCall
from chat.rows import hold, update
from chat.texts import explain_in, site_language

logger = logging.getLogger(__name__)

METADATA = (
    "model",
    "prompt_tokens",
    "completion_tokens",
    "cached_tokens",
    "reasoning_tokens",
    "duration_ms",
    "first_token_ms",
    "cost",
)

ANSWER_FIELDS = (
    "content",
    "actions",
    "metadata",
    "trace",
    "receipt",
    "status",
    "last_seq",
    "lease_owner",
    "lease_until",
    "stop_requested",
    "updated_at",
)


@dataclass(slots=True, eq=False)
class Ending:
    """Everything that one turn still has to write."""

    log: TurnLog
    answer: AIMessage
    events: list[Event]
    calls: list[ModelCall] = field(default_factory=list)
    unsaved: list[tuple[int, Event]] = field(default_factory=list)
    done: asyncio.Future[bool] | None = None

    def numbered(self) -> list[tuple[int, Event]]:
        """The last events with the numbers that they will have."""
        seq, found = self.log.seq, []
        for event in self.events:
            seq += 1
            found.append((seq, event))
        return found


def fill_answer(answer: AIMessage, state: dict[str, Any]) -> None:
    """Puts the fold of a turn's events into the answer's columns, and gives the lease back."""
    answer.content = state["content"]
    answer.status = state["status"]
    answer.metadata = state["metadata"]
    answer.trace = {key: state[key] for key in ("reasoning", "context", "steps", "usage", "model")}
    answer.last_seq = state["last_seq"]
    answer.lease_owner, answer.lease_until, answer.stop_requested = "", None, False
    answer.updated_at = timezone.now()


def write(endings: list[Ending], owner: str) -> set[int]:
    """Writes what turns end with; the ids of those that were still ours to end."""
    with transaction.atomic():
        held = [ending.answer.pk for ending in endings]
        ours = hold(AIMessage, held, lease_owner=owner, status=AIMessage.Status.STREAMING.value)
        mine = [ending for ending in endings if ending.answer.pk in ours]
        write_events((e.answer.pk, [*e.unsaved, *e.numbered()]) for e in mine)
        write_calls(call for ending in mine for call in ending.calls)
        update([ending.answer for ending in mine], ANSWER_FIELDS)
    return ours


class Finisher:
    """Ends turns in groups: while one group is being written, the next one gathers."""

    def __init__(self) -> None:
        self._waiting: list[Ending] = []
        self._task: asyncio.Task[None] | None = None

    async def finish(self, ending: Ending, owner: str) -> bool:
        """Returns once the ending is in the database, however long that takes; false where it was no longer ours.

        Followers hear of it afterwards: an event never precedes the fact.
        """
        loop = asyncio.get_running_loop()
        ending.done = loop.create_future()
        self._waiting.append(ending)
        if self._task is None or self._task.done():
            self._task = loop.create_task(self._run(owner))
        return await ending.done

    async def _run(self, owner: str) -> None:
        failures = 0
        while self._waiting:
            async with saver.lock:
                endings, self._waiting = self._waiting, []
                try:
                    await self._write(endings, owner)
                    failures = 0
                except UNAVAILABLE as error:
                    logger.warning("%d turns wait for the database to end: %s", len(endings), error)
                    self._waiting[:0] = endings
                    failures += 1
                except Exception:
                    logger.exception("a group of %d turns could not be ended together", len(endings))
                    for ending in endings:
                        await self._alone(ending, owner)
            if failures:
                await asyncio.sleep(RETRY_SECONDS[min(failures, len(RETRY_SECONDS)) - 1])

    @staticmethod
    async def _write(endings: list[Ending], owner: str) -> None:
        for ending in endings:
            saver.forget(ending.log)
            ending.unsaved += ending.log.take_unsaved().entries
        ours = await writer.run(write, endings, owner)
        for ending in endings:
            if ending.done is not None and not ending.done.done():
                ending.done.set_result(ending.answer.pk in ours)
        bus.announce(ours)

    async def _alone(self, ending: Ending, owner: str) -> None:
        """Ends one turn by itself: what is wrong with another's must not keep it open.  Where its own account can't be
        written, its text and its end are."""
        try:
            await self._write([ending], owner)
        except UNAVAILABLE:
            self._waiting.append(ending)
        except Exception:
            logger.exception("message %s can't be ended as it is", ending.answer.pk)
            await self._barely(ending, owner)

    async def _barely(self, ending: Ending, owner: str) -> None:
        strip(ending)
        try:
            await self._write([ending], owner)
        except UNAVAILABLE:
            self._waiting.append(ending)
        except Exception as error:
            logger.exception("message %s can't be ended", ending.answer.pk)
            if ending.done is not None and not ending.done.done():
                ending.done.set_exception(error)


def strip(ending: Ending) -> None:
    """Leaves of a turn's end what surely can be written: its text, that it is not whole, and a code."""
    answer = ending.answer
    message = explain_in(site_language())("stream_error", "", received=bool(answer.content))
    error = {"code": "stream_error", "detail": "", "message": message}
    answer.status = AIMessage.Status.INTERRUPTED if answer.content else AIMessage.Status.FAILED
    answer.metadata = {**dict.fromkeys(METADATA), "estimated": False, "finish_reason": "stream_error", "error": error}
    answer.trace, answer.actions, answer.receipt = None, None, None
    end = TurnInterrupted if answer.content else TurnFailed
    ending.events[:] = [*ending.events[:-1], end(answer.metadata)]
    ending.calls.clear()


finisher = Finisher()
