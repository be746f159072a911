"""Puts tool calls together from their pieces.

Servers disagree on how a piece names its call: by index, by id, by both, by neither.  The rules, in order:

1. a piece with an index belongs to that index; one without, to the call with its id, or else to the last call;
2. a new id is a new call, whatever the index says: pieces of two calls are never glued;
3. without a new id, arguments that were whole already are not continued: the piece starts another call, with the same
   id where it begins another object; one that repeats the whole of them adds nothing;
4. the first name that comes is kept;
5. every call has an id of its own: one that another call has already is replaced, for the next request's history
   pairs each result with its call by it;
6. at the end strict JSON decides: arguments that are not one object make the call `malformed`.  Nothing is
   repaired, and missing arguments never become `{}`.
"""

from __future__ import annotations

import json
import uuid
from collections.abc import Callable, Mapping
from typing import Any

from .base import ToolCall, ToolCallDelta
from .cleaning import TextChannel, clean

#: An answer with more calls is cut: each is compared with all before it.
MOST_CALLS = 2000


def new_call_id() -> str:
    """An id for a call whose server gave none: the next request's history needs one."""
    return f"call_{uuid.uuid4().hex[:24]}"


class _Call:
    """A call under construction."""

    __slots__ = ("arguments", "channel", "given_id", "id", "key", "name", "position")

    def __init__(self, position: int, key: int | None, given_id: str, own_id: str) -> None:
        self.position = position
        self.key = key
        self.given_id = given_id
        self.id = own_id or given_id
        self.name = ""
        self.arguments: list[str] = []
        self.channel = TextChannel()

    def whole(self) -> bool:
        """True where the arguments so far are one JSON object."""
        if not self.arguments or not self.arguments[-1].rstrip().endswith("}"):
            return False
        return json_object("".join(self.arguments)) is not None


class ToolCalls:
    """The tool calls of one answer.  `size` counts the characters of all arguments."""

    def __init__(self, new_id: Callable[[], str] = new_call_id) -> None:
        self.size = 0
        self._new_id = new_id
        self._calls: list[_Call] = []
        self._by_key: dict[int, _Call] = {}

    def __len__(self) -> int:
        return len(self._calls)

    def feed(self, piece: Mapping[str, Any]) -> ToolCallDelta | None:
        """Takes one piece in the wire form; gives what it adds, or nothing where it adds nothing."""
        function = piece.get("function")
        function = function if isinstance(function, dict) else {}
        name, arguments = clean(_text(function.get("name"))), _arguments(function.get("arguments"))
        index, given = piece.get("index"), clean(_text(piece.get("id")))
        key = index if isinstance(index, int) and not isinstance(index, bool) else None
        if not (name or arguments or given):
            return None
        known = self._known(key, given)
        if known is not None and given and _repeats(known, given, arguments):
            return None
        call = self._call_of(known, key, given, name, arguments)
        call.name = call.name or name or (known.name if known is not None and given == known.given_id else "")
        added = call.channel.feed(arguments) if arguments else ""
        if added:
            call.arguments.append(added)
            self.size += len(added)
        return ToolCallDelta(call.position, call.id, call.name, added)

    def finish(self) -> tuple[ToolCall, ...]:
        """The calls as they stand at the end of the answer."""
        return tuple(map(_finished, self._calls))

    def _call_of(self, call: _Call | None, key: int | None, given: str, name: str, arguments: str) -> _Call:
        """The call that a piece belongs to, a new one where it belongs to none."""
        if call is None or _starts_another(call, given, name, arguments):
            return self._begin(key, given)
        if given and not call.given_id:
            call.id = call.id if self._is_taken(given) else given
            call.given_id = given
        return call

    def _known(self, key: int | None, given: str) -> _Call | None:
        if given:
            same = next((call for call in reversed(self._calls) if call.given_id == given), None)
            if same is not None and (key is None or same.key is None or same.key == key):
                return same
        if key is not None:
            return self._by_key.get(key)
        return self._calls[-1] if self._calls else None

    def _begin(self, key: int | None, given: str) -> _Call:
        own = "" if given and not self._is_taken(given) else self._new_id()
        call = _Call(len(self._calls), key, given, own)
        self._calls.append(call)
        if key is not None:
            self._by_key[key] = call
        return call

    def _is_taken(self, given: str) -> bool:
        return any(call.id == given for call in self._calls)


def _starts_another(call: _Call, given: str, name: str, arguments: str) -> bool:
    """True where a piece that points at a call is really the start of the next one."""
    if given and call.given_id:
        another = arguments.lstrip().startswith("{") or (name and name != call.name)
        return given != call.given_id or bool(another and call.whole())
    if name and call.name and name != call.name:
        return True
    return bool(arguments.strip()) and call.whole()


def _repeats(call: _Call, given: str, arguments: str) -> bool:
    """True where a piece says again all that came: some servers end a call so."""
    return given == call.given_id and call.whole() and arguments == "".join(call.arguments)


def _finished(call: _Call) -> ToolCall:
    arguments = "".join(call.arguments) + call.channel.finish()
    whole = json_object(arguments) is not None
    if not whole and (inner := _inner(arguments)) is not None:
        arguments, whole = inner, True
    return ToolCall(call.position, call.id, call.name, arguments, malformed=not whole or not call.name)


def _inner(arguments: str) -> str | None:
    """The object inside arguments that were encoded twice."""
    try:
        inner = json.loads(arguments)
    except (ValueError, RecursionError):
        return None
    return inner if isinstance(inner, str) and json_object(inner) is not None else None


def json_object(text: str) -> dict[str, Any] | None:
    """The one JSON object that a text is, by the letter of the standard, or `None`."""
    try:
        value = json.loads(text, parse_constant=_no_constant)
    except (ValueError, RecursionError):
        return None
    return value if isinstance(value, dict) else None


def _no_constant(name: str) -> Any:
    raise ValueError(f"{name} is not JSON")


def _text(value: Any) -> str:
    return value if isinstance(value, str) else ""


def _arguments(value: Any) -> str:
    """Arguments as text; some servers send the object itself."""
    if isinstance(value, dict):
        return json.dumps(value, ensure_ascii=False)
    return _text(value)
