"""Summarising the older messages before the answer, by the model that answers.  No Django.

It never fails a turn: where no usable text comes, the oldest messages are left out, as they are without it.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import AsyncGenerator, Awaitable, Callable
from typing import Any

from chat.context.compaction import Draft
from chat.events.types import StepFinished, StepStarted
from chat.llm.base import ModelRequest, Provider
from chat.llm.errors import ModelError, NotWhole, model_error
from chat.turns.call import Call
from chat.turns.values import Answered, Called, Step, Summarised

logger = logging.getLogger(__name__)

#: The steps of reading and repairing are numbered from 1.
STEP = 0
TOOL = "summary"


class Compacting:
    """One summary.  `made`: it is there, and the prompt is to be built again."""

    def __init__(self, provider: Provider, model: str, draft: Draft, now: Callable[[], float]) -> None:
        request = ModelRequest(model, list(draft.messages), max_tokens=draft.max_tokens)
        self.call = Call(request, now, purpose="summary")
        self.made = False
        self._provider, self._draft = provider, draft

    async def run(self, account: Callable[[Call], Awaitable[Any]]) -> AsyncGenerator[list[Step], None]:
        """Asks, and yields what happens; the text is nobody's answer, so nothing of it is shown while it comes."""
        arguments = {"messages": self._draft.count}
        yield [StepStarted(STEP, TOOL, arguments), Called(self.call)]
        error = await self._asked()
        self.call.end(error)
        await account(self.call)
        code = error.code if error is not None else None
        self.made = code is None
        text = self.call.text.strip() if self.made else ""
        yield [Answered(self.call), Summarised(self._draft, self.call, text, code), StepFinished(STEP, "", code)]

    async def _asked(self) -> ModelError | None:
        """Collects the answer; why it is of no use, where it is not."""
        try:
            # nothing is yielded in here: a time limit must not run out in the middle of somebody else's work
            async with asyncio.timeout(self._draft.seconds):
                await self._collect()
        except TimeoutError:
            return model_error("timeout_total")
        except ModelError as error:
            return error
        except Exception as error:
            logger.exception("a summary broke")
            return model_error("stream_error", type(error).__name__)
        if self.call.finish is None or self.call.cut_by is not None:
            return self.call.cut_by or model_error("connection_cut")
        return None if self.call.text.strip() else model_error("empty_answer")

    async def _collect(self) -> None:
        stream = self._provider.stream(self.call.request, self.call.trace)
        size, most = 0, self._draft.characters
        try:
            async for parts in stream:
                size += self.call.take(parts)
                if size > most:
                    raise NotWhole("too_large", f"{size} > {most}")
        finally:
            await stream.aclose()
