"""A model that says what it is told to: for tests and demos, in place of a real one.

    provider = ScriptedProvider([Script.text("Hello ", "world")])

A `Script` is the course of one answer: parts (or lists of them: one batch), pauses in seconds, `asyncio.Event`s to
wait for, and errors to raise.  Waiting for an event instead of a time makes a test exact: it decides when the model
goes on.  Each request takes the next script; the last one serves all further requests.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import ClassVar

from .base import (
    CallTrace,
    Finish,
    FinishReason,
    ModelInfo,
    ModelRequest,
    Part,
    Provider,
    Text,
    ToolCall,
    ToolCallDelta,
    Usage,
)
from .errors import Broken

USAGE = Usage(prompt_tokens=10, completion_tokens=5)
Step = Part | list[Part] | float | asyncio.Event | Exception


@dataclass(frozen=True, slots=True)
class Script:
    """The course of one answer.  Without a `Finish` or an error at its end, it breaks off."""

    steps: tuple[Step, ...]

    @classmethod
    def of(cls, *steps: Step) -> Script:
        """A script of these steps and no others."""
        return cls(steps)

    @classmethod
    def text(cls, *pieces: str, reason: FinishReason = "stop", usage: Usage | None = USAGE) -> Script:
        """An answer of text, whole."""
        return cls((*map(Text, pieces), Finish(reason, reason, usage)))

    @classmethod
    def calls(cls, *calls: tuple[str, str], text: str = "", usage: Usage | None = USAGE) -> Script:
        """An answer that calls tools: pairs of a name and its arguments as JSON."""
        made = tuple(ToolCall(i, f"call_{i}", name, arguments) for i, (name, arguments) in enumerate(calls))
        deltas = [ToolCallDelta(call.position, call.id, call.name, call.arguments) for call in made]
        start: list[Step] = [Text(text)] if text else []
        return cls((*start, *deltas, Finish("tool_calls", "tool_calls", usage, made)))


class ScriptedProvider(Provider):
    """Plays scripts.

    `requests` are those that came; `open` counts streams that run, `closed` those that were closed before their
    end.  `answer`, a function from a request to a script, decides in place of the list.
    """

    name: ClassVar[str] = "scripted"
    supports_tools = True
    is_local = True

    def __init__(
        self,
        scripts: Iterable[Script] = (),
        *,
        answer: Callable[[ModelRequest], Script] | None = None,
        models: Sequence[ModelInfo] = (ModelInfo("scripted"),),
        tools: bool = True,
    ) -> None:
        self.supports_tools = tools
        self.requests: list[ModelRequest] = []
        self.open = 0
        self.closed = 0
        self._scripts = list(scripts) or [Script.text("OK")]
        self._answer = answer
        self._models = models

    async def stream(self, request: ModelRequest, trace: CallTrace) -> AsyncGenerator[list[Part], None]:
        self.requests.append(request)
        self._begin(request, trace)
        script = self._answer(request) if self._answer else self._next()
        self.open += 1
        whole = False
        try:
            for step in script.steps:
                batch = await _played(step)
                whole = whole or any(isinstance(part, Finish) for part in batch)
                _note(batch, trace)
                if batch:
                    yield batch
            if not whole:
                raise Broken("connection_cut", "The script ends here")
        except (GeneratorExit, asyncio.CancelledError):
            self.closed += 1
            raise
        finally:
            self.open -= 1

    def window_of(self, model: str) -> int | None:
        return next((info.context_window for info in self._models if info.id == model), None)

    async def models(self) -> Sequence[ModelInfo]:
        return self._models

    async def aclose(self) -> None:
        """Nothing to close."""

    def _next(self) -> Script:
        return self._scripts.pop(0) if len(self._scripts) > 1 else self._scripts[0]

    def _begin(self, request: ModelRequest, trace: CallTrace) -> None:
        trace.provider, trace.model = self.name, request.model
        trace.body = {"model": request.model, "messages": list(request.messages), "stream": True}
        if request.tools:
            trace.body["tools"] = list(request.tools)
        trace.attempts, trace.status = 1, 200


async def _played(step: Step) -> list[Part]:
    """Does one step; gives the parts that it says."""
    if isinstance(step, Exception):
        raise step
    if isinstance(step, asyncio.Event):
        await step.wait()
        return []
    if isinstance(step, int | float):
        await asyncio.sleep(step)
        return []
    return step if isinstance(step, list) else [step]


def _note(batch: list[Part], trace: CallTrace) -> None:
    for part in batch:
        if isinstance(part, Finish):
            trace.usage = part.usage
