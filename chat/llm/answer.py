"""The answer as it grows: text, thinking and tool calls, cleaned and merged into few parts."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Literal

from .base import Part, Reasoning, Text, ToolCallDelta
from .cleaning import TextChannel
from .reasoning import ThinkTags
from .tool_calls import MOST_CALLS, ToolCalls

MAX_ANSWER_CHARACTERS = 8 * 1024 * 1024


class Answer:
    """Collects what an answer's chunks add; `take` gives it as parts, neighbours of one kind merged."""

    __slots__ = (
        "_call",
        "_channels",
        "_kind",
        "_limit",
        "_parts",
        "_pieces",
        "_tags",
        "any",
        "size",
        "tools",
        "useful",
    )

    def __init__(
        self, *, thinks_first: bool = False, limit: int = MAX_ANSWER_CHARACTERS, tools: ToolCalls | None = None
    ) -> None:
        self.any = False
        self.useful = False
        self.size = 0
        self.tools = ToolCalls() if tools is None else tools
        self._limit = limit
        self._tags = ThinkTags(inside=thinks_first)
        self._channels = {"text": TextChannel(), "reasoning": TextChannel()}
        self._parts: list[Part] = []
        self._kind: Literal["content", "reasoning", "tool"] = "content"
        self._call: ToolCallDelta | None = None
        self._pieces: list[str] = []

    @property
    def too_large(self) -> bool:
        """True once more came than one answer may hold."""
        return self.size + self.tools.size > self._limit or len(self.tools) > MOST_CALLS

    def content(self, text: str) -> None:
        """A piece of content, in which `<think>` tags are still to be found."""
        if self._kind != "content":
            self._merge()
            self._kind = "content"
        self._pieces.append(text)

    def contents(self, texts: list[str]) -> None:
        """Several pieces of content."""
        self.content("".join(texts))

    def reasoning(self, text: str) -> None:
        """A piece of thinking, from a field of its own."""
        if not text:
            return
        if self._kind != "reasoning":
            self._merge()
            self._kind = "reasoning"
        self._pieces.append(text)

    def piece(self, kind: Literal["text", "reasoning"], text: str) -> None:
        """A piece of either."""
        if kind == "text":
            self.content(text)
        else:
            self.reasoning(text)

    def tool_call(self, piece: Mapping[str, Any]) -> None:
        """A piece of a tool call."""
        delta = self.tools.feed(piece)
        if delta is None:
            return
        self.any = self.useful = True
        if self._kind != "tool" or self._call is None or self._call.position != delta.position:
            self._merge()
            self._kind = "tool"
        self._call = delta
        self._pieces.append(delta.arguments)

    def take(self) -> list[Part]:
        """The parts since the last time."""
        if self._pieces:
            self._merge()
        parts, self._parts = self._parts, []
        return parts

    def flush(self) -> None:
        """Gives up what was held back, at the end of the answer."""
        self._merge()
        for kind, text in self._tags.finish():
            self._add(kind, text)
        for kind in ("reasoning", "text"):
            self._append(kind, self._channels[kind].finish())

    def _merge(self) -> None:
        """Turns collected pieces into a part."""
        if not self._pieces:
            return
        text = self._pieces[0] if len(self._pieces) == 1 else "".join(self._pieces)
        self._pieces.clear()
        if self._kind == "tool" and self._call is not None:
            self._parts.append(ToolCallDelta(self._call.position, self._call.id, self._call.name, text))
        elif self._kind == "reasoning":
            self._tags.stop()
            self._add("reasoning", text)
        elif self._tags.plain:
            self._add("text", text)
        else:
            for kind, piece in self._tags.feed(text):
                self._add(kind, piece)

    def _add(self, kind: str, text: str) -> None:
        self._append(kind, self._channels[kind].feed(text))

    def _append(self, kind: str, text: str) -> None:
        if not text:
            return
        self.any = True
        self.size += len(text)
        if kind == "text":
            self.useful = self.useful or not text.isspace()
            self._parts.append(Text(text))
        else:
            self._parts.append(Reasoning(text))
