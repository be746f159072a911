"""A turn as a pure generator: context → model → events.  No database, no HTTP: values in, values out.

`run` yields lists of `Event`s, and among them `Called` (a request is about to leave).  It always ends with exactly one
`Outcome`, whatever the model does; only cancellation ends it without one, and then `Turn.outcome` makes one from what
there was.  `Turn.account` says what it used and cost.
"""

from __future__ import annotations

import time
from collections.abc import AsyncGenerator, Awaitable, Callable, Sequence
from contextlib import aclosing
from dataclasses import dataclass, field, replace
from typing import Any

from chat.context.prompt import Prompt
from chat.events.types import ContextBuilt, Event, ReasoningDelta, TextDelta
from chat.llm.base import CallTrace, Finish, ModelRequest, Part, Provider, Reasoning, Text, ToolCall, Usage
from chat.llm.errors import ModelError, NotWhole

#: What a finish reason says of an answer that has text: the code it is cut by, or whole.
CUT_BY: dict[str, str] = {"length": "length", "content_filter": "content_filter"}


@dataclass(frozen=True, slots=True)
class Plan:
    """What a turn is asked to do."""

    model: str
    provider: Provider
    build: Callable[[], Awaitable[Prompt]]
    price: Callable[[str, Usage], Awaitable[str | None]]
    estimate: Callable[[Sequence[Any], str], Awaitable[Usage]]
    max_tokens: int | None = None
    max_characters: int = 2_000_000
    now: Callable[[], float] = time.monotonic


@dataclass(frozen=True, slots=True)
class Called:
    """A request is about to leave."""

    request: ModelRequest
    trace: CallTrace


@dataclass(frozen=True, slots=True)
class Outcome:
    """How the turn ended: a status of `AIMessage`, what went wrong, why the model stopped, and its tool calls as it
    made them."""

    status: str
    error: ModelError | None = None
    finish_reason: str | None = None
    tool_calls: list[dict[str, Any]] = field(default_factory=list)


Step = Event | Called | Outcome


class Turn:
    """One run.  Its fields are what is known so far, so that a stopped turn can be told whole."""

    def __init__(self, plan: Plan) -> None:
        self.plan = plan
        self.began = plan.now()
        self.first_token: float | None = None
        self.text: list[str] = []
        self.characters = 0
        self.prompt: Prompt | None = None
        self.trace = CallTrace()
        self.finish: Finish | None = None

    async def run(self) -> AsyncGenerator[list[Step], None]:
        """The turn; see the module's docstring."""
        try:
            self.prompt = await self.plan.build()
            yield [self._context(self.prompt)]
            async with aclosing(self._call(self.prompt)) as call:
                async for steps in call:
                    yield steps
            outcome = self._whole()
        except ModelError as error:
            outcome = self.outcome(error)
        yield [outcome]

    def outcome(self, error: ModelError) -> Outcome:
        """The outcome of a turn that an error ended: interrupted (or stopped) with text, failed without."""
        if error.code == "stopped":
            return Outcome("stopped", finish_reason="stopped")
        return Outcome("interrupted" if self.characters else "failed", error, error.code)

    async def account(self, outcome: Outcome) -> dict[str, Any]:
        """The answer's metadata: what it used, cost and took, and how it ended."""
        usage = await self._usage()
        model = self.trace.model or self.plan.model
        error = outcome.error
        return {
            "model": model,
            "prompt_tokens": usage.prompt_tokens,
            "completion_tokens": usage.completion_tokens,
            "cached_tokens": usage.cached_tokens,
            "reasoning_tokens": usage.reasoning_tokens,
            "estimated": usage.estimated,
            "duration_ms": self._ms(self.plan.now()),
            "first_token_ms": self._ms(self.first_token),
            "cost": await self.plan.price(model, usage),
            "finish_reason": outcome.finish_reason,
            "error": None if error is None else {"code": error.code, "detail": error.detail},
        }

    @staticmethod
    def _context(prompt: Prompt) -> ContextBuilt:
        return ContextBuilt(
            tokens=prompt.tokens,
            files=prompt.files(),
            left_out=len(prompt.left_out),
            dropped_messages=prompt.dropped_messages,
        )

    async def _call(self, prompt: Prompt) -> AsyncGenerator[list[Step], None]:
        request = ModelRequest(self.plan.model, prompt.messages, max_tokens=self.plan.max_tokens)
        yield [Called(request, self.trace)]
        stream = self.plan.provider.stream(request, self.trace)
        try:
            async for parts in stream:
                if steps := self._take(parts):
                    yield steps
                if self.characters > self.plan.max_characters:
                    raise NotWhole("too_large", f"{self.characters} > {self.plan.max_characters}")
        finally:
            await stream.aclose()

    def _take(self, parts: list[Part]) -> list[Step]:
        """Parts → events, neighbours joined."""
        steps: list[Step] = []
        texts: list[str] = []
        kind: type[Part] = Text
        for part in parts:
            if type(part) is not kind:
                self._flush(kind, texts, steps)
                kind, texts = type(part), []
            if isinstance(part, Text | Reasoning):
                texts.append(part.text)
            elif isinstance(part, Finish):
                self.finish = part
        self._flush(kind, texts, steps)
        return steps

    def _flush(self, kind: type[Part], texts: list[str], steps: list[Step]) -> None:
        text = "".join(texts)
        if not text:
            return
        if self.first_token is None:
            self.first_token = self.plan.now()
        if kind is Reasoning:
            steps.append(ReasoningDelta(text))
            return
        self.text.append(text)
        self.characters += len(text)
        steps.append(TextDelta(text))

    def _whole(self) -> Outcome:
        """The outcome of a stream that ended as it should."""
        finish = self.finish or Finish("other", None)
        calls = [_tool_call(call) for call in finish.tool_calls]
        if finish.reason in CUT_BY:
            cut = self.outcome(NotWhole(CUT_BY[finish.reason]))
            return Outcome(cut.status, cut.error, finish.raw, calls)
        if calls and not self.characters:
            names = ", ".join(call.name for call in finish.tool_calls)
            return Outcome("failed", NotWhole("unknown_tool", names), finish.raw, calls)
        return Outcome("complete", None, finish.raw, calls)

    async def _usage(self) -> Usage:
        """Tokens as the server counted them, or as we do where it did not and an answer came."""
        usage = (self.finish.usage if self.finish else None) or self.trace.usage or Usage()
        known = usage.prompt_tokens is not None and usage.completion_tokens is not None
        if known or self.prompt is None or self.first_token is None:
            return usage
        counted = await self.plan.estimate(self.prompt.messages, "".join(self.text))
        return replace(
            usage,
            prompt_tokens=counted.prompt_tokens if usage.prompt_tokens is None else usage.prompt_tokens,
            completion_tokens=counted.completion_tokens if usage.completion_tokens is None else usage.completion_tokens,
            estimated=True,
        )

    def _ms(self, moment: float | None) -> int | None:
        return None if moment is None else round((moment - self.began) * 1000)


def _tool_call(call: ToolCall) -> dict[str, Any]:
    return {"id": call.id, "name": call.name, "arguments": call.arguments, "malformed": call.malformed}
