"""A turn as a pure generator: context → model → events.  No database, no HTTP: values in, values out.

`run` yields lists of `Event`s, and among them `Called` (a request is about to leave) and `Answered` (it has ended).  It
always ends with exactly one `Outcome`, whatever the model does; only cancellation ends it without one, and then
`Turn.outcome` makes one from what there was.
"""

from __future__ import annotations

import time
from collections.abc import AsyncGenerator, Awaitable, Callable, Sequence
from dataclasses import dataclass, field
from typing import Any

from chat.context.prompt import Prompt
from chat.events.types import ContextBuilt, Event, ReasoningDelta, TextDelta, UsageKnown
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
    price: Callable[[str, Usage], str | None]
    estimate: Callable[[Sequence[Any], str], Usage]
    max_tokens: int | None = None
    max_characters: int = 2_000_000
    now: Callable[[], float] = time.monotonic


@dataclass(frozen=True, slots=True)
class Called:
    """A request is about to leave."""

    request: ModelRequest
    trace: CallTrace


@dataclass(frozen=True, slots=True)
class Answered:
    """The request has ended."""

    trace: CallTrace
    metadata: dict[str, Any]


@dataclass(frozen=True, slots=True)
class Outcome:
    """How the turn ended: a status of `AIMessage`, its metadata, and the tool calls as the model made them."""

    status: str
    metadata: dict[str, Any]
    tool_calls: list[dict[str, Any]] = field(default_factory=list)


Step = Event | Called | Answered | Outcome


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
            async for steps in self._call(self.prompt):
                yield steps
            outcome = self._whole()
        except ModelError as error:
            outcome = self.outcome(error)
        yield self.closing(outcome)

    def closing(self, outcome: Outcome) -> list[Step]:
        """The last steps of every turn: the call's end, its usage, the outcome."""
        known = {key: outcome.metadata[key] for key in UsageKnown.__struct_fields__}
        steps: list[Step] = [Answered(self.trace, outcome.metadata)] if self.prompt is not None else []
        return [*steps, UsageKnown(**known), outcome]

    def outcome(self, error: ModelError) -> Outcome:
        """The outcome of a turn that an error ended: interrupted (or stopped) with text, failed without."""
        if error.code == "stopped":
            return Outcome("stopped", self._metadata(error=None, finish_reason="stopped"))
        metadata = self._metadata(error={"code": error.code, "detail": error.detail}, finish_reason=error.code)
        return Outcome("interrupted" if self.characters else "failed", metadata)

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
        self.began_call = self.plan.now()
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
            outcome = self.outcome(NotWhole(CUT_BY[finish.reason]))
            return Outcome(outcome.status, {**outcome.metadata, "finish_reason": finish.raw}, calls)
        if calls and not self.characters:
            names = ", ".join(call.name for call in finish.tool_calls)
            return Outcome("failed", self.outcome(NotWhole("unknown_tool", names)).metadata, calls)
        return Outcome("complete", self._metadata(error=None, finish_reason=finish.raw), calls)

    def _metadata(self, *, error: dict[str, Any] | None, finish_reason: str | None) -> dict[str, Any]:
        usage, estimated = self._usage()
        model = self.trace.model or self.plan.model
        return {
            "model": model,
            "prompt_tokens": usage.prompt_tokens,
            "completion_tokens": usage.completion_tokens,
            "cached_tokens": usage.cached_tokens,
            "reasoning_tokens": usage.reasoning_tokens,
            "estimated": estimated,
            "duration_ms": self._ms(self.plan.now()),
            "first_token_ms": self._ms(self.first_token),
            "cost": self.plan.price(model, usage),
            "finish_reason": finish_reason,
            "error": error,
        }

    def _usage(self) -> tuple[Usage, bool]:
        """Tokens as the server counted them, or as we do where it did not (and something was sent)."""
        usage = (self.finish.usage if self.finish else None) or self.trace.usage
        if usage is not None and usage.prompt_tokens is not None and usage.completion_tokens is not None:
            return usage, False
        if self.prompt is None or not self.first_token:
            return usage or Usage(), False
        counted = self.plan.estimate(self.prompt.messages, "".join(self.text))
        known = usage or Usage()
        return Usage(
            known.prompt_tokens if known.prompt_tokens is not None else counted.prompt_tokens,
            known.completion_tokens if known.completion_tokens is not None else counted.completion_tokens,
            known.cached_tokens,
            known.reasoning_tokens,
        ), True

    def _ms(self, moment: float | None) -> int | None:
        return None if moment is None else round((moment - self.began) * 1000)


def _tool_call(call: ToolCall) -> dict[str, Any]:
    return {"id": call.id, "name": call.name, "arguments": call.arguments, "malformed": call.malformed}
