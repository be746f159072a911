"""A row: the bytes of an answer and what must come of them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from chat.llm.base import Usage
from tests.hostile_server import DONE, choice, chunk, event, finish

COUNTS = Usage(7, 3)


@dataclass(frozen=True)
class Row:
    """What goes in, and what must come out."""

    data: bytes
    text: str = ""
    reasoning: str = ""
    code: str | None = None
    reason: str | None = "stop"
    raw: str | None = "stop"
    usage: Usage | None = None
    calls: tuple[tuple[str, str, bool], ...] = ()
    model: str | None = "test-model"
    detail: str = ""


def row(*events: bytes, **expected: Any) -> Row:
    if expected.get("code"):
        expected.setdefault("reason", None)
    return Row(b"".join(events), **expected)


def tool(index: Any = 0, given: str | None = "c", name: str | None = "write", arguments: Any = "") -> bytes:
    function = {"name": name, "arguments": arguments}
    return event(choice({"tool_calls": [{"index": index, "id": given, "type": "function", "function": function}]}))


ROLE = event(choice({"role": "assistant", "content": "", "refusal": None}))
HI = chunk("Hi")
END = finish() + DONE
