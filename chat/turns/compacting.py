"""Summarising the older messages before the answer, by the model that answers.  No Django.

It never fails a turn: where no usable text comes, the oldest messages are left out, as they are without it.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import AsyncGenerator, Awaitable, Callable, Mapping
from contextlib import aclosing
from typing import Any

from chat.context.compaction import Draft
from chat.events.types import StepFinished, StepStarted
from chat.llm.base import ModelRequest, Provider
from chat.llm.errors import ModelError, NotWhole, model_error
from chat.turns.call import Call
from chat.turns.kit import Limits
from chat.turns.values import Answered, Called, Step, Summarised

logger = logging.getLogger(__name__)

#: The steps of reading and repairing are numbered from 1.
STEP = 0
TOOL = "summary"
#: Of a turn's tokens, what the summaries may take: the answer needs the rest.
TOKEN_SHARE = 0.5


class Compacting:
    """The summaries of one turn, in as many requests as it takes.  They are paid for like the others, and are no part
    of the answer.  `made`: there is something new, and the prompt is to be built again."""

    def __init__(self, provider: Provider, model: str, limits: Limits, now: Callable[[], float]) -> None:
        self.calls: list[Call] = []
        self.made = False
        #: Tokens in and out.
        self.spent = 0
        self._provider, self._model, self._limits, self._now = provider, model, limits, now
        self._began = now()

    async def run(
        self, drafts: AsyncGenerator[Draft, None], account: Callable[[Call], Awaitable[Mapping[str, Any]]]
    ) -> AsyncGenerator[list[Step], None]:
        """Asks, and yields what happens; the text is nobody's answer, so nothing of it is shown while it comes."""
        code: str | None = None
        async with aclosing(drafts):
            async for draft in drafts:
                if self._is_enough():
                    break
                call = self._begun(draft)
                yield [StepStarted(STEP, TOOL, draft.told), Called(call)]
                error = await self._asked(call, draft)
                call.end(error)
                self.spent += tokens_of(await account(call))
                code = error.code if error is not None else None
                yield [Answered(call), Summarised(draft, call, call.text.strip() if error is None else "", code)]
                if error is not None:
                    break
                self.made = True
        if self.calls:
            yield [StepFinished(STEP, "", code)]

    def _begun(self, draft: Draft) -> Call:
        request = ModelRequest(self._model, list(draft.messages), max_tokens=draft.max_tokens)
        self.calls.append(Call(request, self._now, purpose="summary"))
        return self.calls[-1]

    def _is_enough(self) -> bool:
        """Whether the rest is for the next turn."""
        late = self._now() - self._began >= self._limits.summary_seconds
        return late or self.spent >= self._limits.tokens * TOKEN_SHARE

    async def _asked(self, call: Call, draft: Draft) -> ModelError | None:
        """Collects the answer; why it is of no use, where it is not."""
        try:
            # nothing is yielded in here: a time limit must not run out in the middle of somebody else's work
            async with asyncio.timeout(draft.seconds):
                await self._collect(call, draft)
        except TimeoutError:
            return model_error("timeout_total")
        except ModelError as error:
            return error
        except Exception as error:
            logger.exception("a summary broke")
            return model_error("stream_error", type(error).__name__)
        if call.finish is None or call.cut_by is not None:
            return call.cut_by or model_error("connection_cut")
        return None if call.text.strip() else model_error("empty_answer")

    async def _collect(self, call: Call, draft: Draft) -> None:
        stream = self._provider.stream(call.request, call.trace)
        size, most = 0, draft.characters
        try:
            async for parts in stream:
                size += call.take(parts)
                if size > most:
                    raise NotWhole("too_large", f"{size} > {most}")
        finally:
            await stream.aclose()


def tokens_of(account: Mapping[str, Any]) -> int:
    """Tokens in and out that a request took, as far as they are known."""
    return sum(account[name] or 0 for name in ("prompt_tokens", "completion_tokens"))
