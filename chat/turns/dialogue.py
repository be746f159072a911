"""The messages of a turn as it goes on: what was answered, and what is said back to the model.  No Django.

By tool calls each call gets its result; by the text protocol the model's own text comes back as it was, and what was
wrong with its blocks as a message behind it.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from chat.actions.kinds import ActionType
from chat.turns.call import Call
from chat.turns.kit import Kit

Message = dict[str, Any]


class Dialogue:
    """What the next request says."""

    def __init__(self, messages: Sequence[Message], kit: Kit | None) -> None:
        self.messages: list[Message] = list(messages)
        self.native = kit is not None and kit.native
        self._kit = kit
        self._reads = True

    @property
    def tools(self) -> Sequence[Mapping[str, Any]]:
        """The tool definitions of the next request."""
        return self._kit.tools(reads=self._reads) if self._kit is not None and self.native else ()

    @property
    def types(self) -> Mapping[str, ActionType] | None:
        """What may be proposed; `None` where nothing in an answer is more than words."""
        if self._kit is None or not (self.native or self._kit.types):
            return None
        return self._kit.types

    def rebase(self, before: int, messages: Sequence[Message]) -> None:
        """Puts another prompt in the place of the first messages, so many of them."""
        self.messages[:before] = messages
        if self._kit is not None and self._kit.native and not self.native:
            self.use_text()

    def read_no_more(self) -> None:
        """The next request has no read-only tools: the model is to answer."""
        self._reads = False

    def use_text(self) -> bool:
        """Goes on by the text protocol, as if tools had never been spoken of; always true."""
        if self._kit is not None and self.messages:
            before, after = (self._kit.instructions(native=native) for native in (True, False))
            first = self.messages[0]
            if before and first.get("role") == "system":
                content = str(first["content"]).replace(before, after, 1)
                self.messages[0] = {**first, "content": content}
        self.native = False
        return True

    def answered(self, call: Call, results: Mapping[str, str]) -> None:
        """An answer with tool calls, and what came of each."""
        calls = [
            {
                "id": made.id,
                "type": "function",
                # some servers parse the history's arguments, and fail at what is none
                "function": {"name": made.name, "arguments": "{}" if made.malformed else made.arguments},
            }
            for made in call.tool_calls
        ]
        self.messages.append({"role": "assistant", "content": call.text, "tool_calls": calls})
        for made in call.tool_calls:
            self.messages.append({"role": "tool", "tool_call_id": made.id, "content": results.get(made.id, "")})

    def corrected(self, call: Call, text: str) -> None:
        """An answer of text, and what is wrong with it.  Tool calls that nobody offered are told as text too: the
        server may know no messages about tools."""
        made = [f"{one.name}({one.arguments})" for one in call.tool_calls]
        self.messages.append({"role": "assistant", "content": "\n\n".join(filter(None, (call.text, *made)))})
        self.messages.append({"role": "user", "content": text})
