"""Helpers: decodes an answer at once or in pieces, and tells what came of it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from chat.llm.answer import Answer
from chat.llm.base import Finish, Part, Reasoning, Text, ToolCall, ToolCallDelta, Usage, Waiting
from chat.llm.chunks import AnswerDecoder
from chat.llm.errors import ModelError
from chat.llm.tool_calls import ToolCalls


@dataclass(frozen=True)
class Outcome:
    """What a decoder made of some bytes."""

    text: str
    reasoning: str
    calls: dict[int, tuple[str, str, str]]
    finish: Finish | None
    error: ModelError | None

    @property
    def code(self) -> str | None:
        return self.error.code if self.error else None

    @property
    def usage(self) -> Usage | None:
        return self.finish.usage if self.finish else None

    @property
    def tools(self) -> tuple[ToolCall, ...]:
        return self.finish.tool_calls if self.finish else ()

    @property
    def verdict(self) -> tuple[object, ...]:
        """All that must not depend on where the bytes were cut."""
        return self.text, self.reasoning, self.calls, self.finish, self.code


def decoder(*, thinks_first: bool = False) -> AnswerDecoder:
    """A decoder whose made-up call ids are the same in every run."""
    count = iter(range(1_000_000))
    tools = ToolCalls(new_id=lambda: f"made_{next(count)}")
    return AnswerDecoder(answer=Answer(thinks_first=thinks_first, tools=tools))


def decode(pieces: bytes | Iterable[bytes], *, thinks_first: bool = False) -> Outcome:
    """Feeds bytes, then their end."""
    made = decoder(thinks_first=thinks_first)
    parts: list[Part] = []
    for piece in [pieces] if isinstance(pieces, bytes) else pieces:
        parts += made.feed(piece)
        if made.over:
            break
    if not made.over:
        parts += made.end()
    parts += made.close()
    return outcome(parts, made.error)


def outcome(parts: Iterable[Part], error: ModelError | None = None) -> Outcome:
    """Puts parts together again."""
    text, reasoning, finish = [], [], None
    calls: dict[int, tuple[str, str, str]] = {}
    for part in parts:
        assert finish is None, "nothing comes after the end"
        if isinstance(part, Waiting):
            assert not [*text, *reasoning, *calls], "what came of an answer is never asked for again"
        elif isinstance(part, Text):
            assert part.text
            text.append(part.text)
        elif isinstance(part, Reasoning):
            assert part.text
            reasoning.append(part.text)
        elif isinstance(part, ToolCallDelta):
            before = calls.get(part.position, ("", "", ""))[2]
            calls[part.position] = (part.id, part.name, before + part.arguments)
        else:
            finish = part
    return Outcome("".join(text), "".join(reasoning), calls, finish, error)
