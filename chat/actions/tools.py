"""Native tool calls: their schemas, and what a model writes into them, decoded while it writes.

`ToolDecoder` takes the pieces as they come, cut anywhere, and shows what they say (`Started`, `Delta`). What is
proposed is decided at the end, by strict JSON alone: a call that is cut or not well-formed is never repaired.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import lru_cache
from typing import Any

from chat.actions.collect import Proposals
from chat.actions.json_stream import JsonStream, Piece, Place, json_array, json_object
from chat.actions.kinds import BUILT_IN, ActionType, Call, Refused
from chat.actions.reads import READ_TOOLS
from chat.actions.text import is_storable
from chat.actions.types import ActionError, Asked, Bad, Decoded, Delta, Done, Proposal, Started
from chat.llm.base import ToolCallDelta

PREFIX = "functions."
#: A longer one is refused in the end and shown nowhere.
MOST_PATH = 1_000
MARKS = {"search": "<<<<<<< SEARCH\n", "replace": "=======\n", "end": ">>>>>>> REPLACE\n"}


def schemas(types: Mapping[str, ActionType] = BUILT_IN, *, reads: bool = True) -> list[dict[str, Any]]:
    """The tools of a request, in the wire form and in a fixed order, so that providers' caches hit.

    The same objects for all requests, to be read only: hundreds of open streams would each keep 10 KiB of their own.
    """
    return list(_schemas(tuple(types.values()), reads))


@lru_cache(maxsize=32)
def _schemas(kinds: tuple[ActionType, ...], reads: bool) -> tuple[dict[str, Any], ...]:
    tools = [_schema(kind.name, kind.description, kind.parameters, ()) for kind in kinds]
    if reads:
        tools += [_schema(tool.name, tool.description, tool.parameters, tool.optional) for tool in READ_TOOLS.values()]
    return tuple(tools)


def _schema(name: str, text: str, parameters: Mapping[str, Any], optional: tuple[str, ...]) -> dict[str, Any]:
    properties = {
        key: {**value, "type": [value["type"], "null"]} if key in optional else dict(value)
        for key, value in parameters.items()
    }
    arguments = {
        "type": "object",
        "properties": properties,
        "required": list(parameters),
        "additionalProperties": False,
    }
    function = {"name": name, "description": text, "strict": True, "parameters": arguments}
    return {"type": "function", "function": function}


class ToolDecoder:
    """Decodes the tool calls of one answer.  `positions` tells which call became which proposal."""

    def __init__(self, proposals: Proposals, types: Mapping[str, ActionType] = BUILT_IN) -> None:
        self.positions: dict[str, int] = {}
        self._proposals = proposals
        self._types = types
        self._calls: dict[int, _Written] = {}

    def feed(self, delta: ToolCallDelta) -> list[Decoded]:
        """What a piece of a call adds to what is shown."""
        call = self._calls.get(delta.position)
        if call is None:
            call = self._calls[delta.position] = _Written(delta.id)
        call.id = delta.id or call.id
        call.arguments.append(delta.arguments)
        if call.name is None and delta.name:
            call.name = delta.name.removeprefix(PREFIX)
            call.kind = self._types.get(call.name)
        if call.kind is None:
            return []
        return list(self._shown(call, call.kind))

    def finish(self, *, cut: bool = False) -> list[Decoded]:
        """The verdict on every call, in order.  `cut`: the answer broke off, so what is not whole was cut there."""
        return [self._verdict(call, cut=cut) for _, call in sorted(self._calls.items())]

    def _shown(self, call: _Written, kind: ActionType) -> Iterator[Decoded]:
        text = "".join(call.new_text(kind))
        path = call.whole_text(("path",)) if call.position is None else ""
        if path and len(path) <= MOST_PATH:
            call.position, anew = self._proposals.start(kind.name, path)
            if anew:
                yield Started(call.position, kind.name, path)
        if call.position is None:
            call.waiting.append(text)
            return
        text, call.waiting = "".join((*call.waiting, text)), []
        if text:
            yield Delta(call.position, text)

    def _verdict(self, call: _Written, *, cut: bool) -> Decoded:
        name = call.name or ""
        if name in READ_TOOLS and name not in self._types:
            return _asked(name, call)
        if call.kind is None:
            position, _ = self._proposals.start("", "")
            self.positions[call.id] = position
            nameless = ActionError("malformed", {"reason": "no_name"})
            error = ActionError("unknown_tool", {"tool": name[:100]}) if name else nameless
            return self._proposals.put(Bad(position, error, call_id=call.id))
        if call.position is None:
            call.position, _ = self._proposals.start(call.kind.name, call.whole_text(("path",)))
        self.positions[call.id] = call.position
        return self._proposals.put(_read(call, call.kind, call.position, cut=cut))


class _Written:
    """A call as it is written; its JSON is followed for what it shows, and read at the end for what it is."""

    def __init__(self, call_id: str) -> None:
        self.id = call_id
        self.name: str | None = None
        self.kind: ActionType | None = None
        self.position: int | None = None
        self.arguments: list[str] = []
        #: What is to be shown once the path is known.
        self.waiting: list[str] = []
        #: The strings as far as they are written.
        self.said: dict[Place, list[str]] = {}
        self.closed: set[Place] = set()
        self._stream = JsonStream()
        self._fed = 0
        self._edits = _EditText()

    def new_text(self, kind: ActionType) -> Iterator[str]:
        """What the pieces that have come add to the text that is shown."""
        new, self._fed = "".join(self.arguments[self._fed :]), len(self.arguments)
        for piece in self._stream.feed(new):
            self.said.setdefault(piece.place, []).append(piece.text)
            if piece.closed:
                self.closed.add(piece.place)
            if len(piece.place) == 1 and piece.place[0] in kind.shown:
                yield piece.text
            elif kind.name == "modify_file":
                yield from self._edits.feed(piece)

    def whole_text(self, place: Place) -> str:
        """A string that is read to its end, else nothing."""
        return "".join(self.said[place]) if place in self.closed else ""

    def readable(self, shown: tuple[str, ...]) -> dict[str, Any]:
        """The arguments as far as they can be read: half a path is none, half a content is half a content."""
        found: dict[str, Any] = dict.fromkeys(shown, "")
        edits: dict[int, dict[str, str]] = {}
        for place, said in self.said.items():
            if len(place) == 1 and (place in self.closed or place[0] in shown):
                found[str(place[0])] = "".join(said)
            elif len(place) == 3 and place[0] == "edits" and isinstance(place[1], int):
                edits.setdefault(place[1], {"search": "", "replace": ""})[str(place[2])] = "".join(said)
        return {**found, "edits": list(edits.values())} if edits else found


class _EditText:
    """Edits as they are shown while they are written: as SEARCH/REPLACE blocks, SEARCH first."""

    def __init__(self) -> None:
        self._searched: set[Place] = set()
        self._begun: set[Place] = set()
        self._held: dict[Place, list[Piece]] = {}
        self._open_line = False

    def feed(self, piece: Piece) -> Iterator[str]:
        if len(piece.place) != 3 or piece.place[0] != "edits" or piece.place[2] not in ("search", "replace"):
            return
        edit = piece.place[:2]
        if piece.place[2] == "replace" and edit not in self._searched:
            self._held.setdefault(edit, []).append(piece)
            return
        yield from self._show(piece)
        if piece.closed and piece.place[2] == "search":
            self._searched.add(edit)
            for held in self._held.pop(edit, []):
                yield from self._show(held)

    def _show(self, piece: Piece) -> Iterator[str]:
        if piece.place not in self._begun:
            self._begun.add(piece.place)
            yield MARKS[str(piece.place[2])]
            self._open_line = False
        if piece.text:
            yield piece.text
            self._open_line = not piece.text.endswith("\n")
        if piece.closed and self._open_line:
            yield "\n"
        if piece.closed and piece.place[2] == "replace":
            yield MARKS["end"]


def _read(call: _Written, kind: ActionType, position: int, *, cut: bool) -> Done | Bad:
    """What the arguments are, by the letter."""
    arguments = json_object("".join(call.arguments))
    path = call.whole_text(("path",))[:MOST_PATH]
    if arguments is None:
        partial = _partial(call, kind, position)
        if cut and partial is not None:
            return Done(position, partial)
        error = ActionError("incomplete") if cut else ActionError("malformed", {"reason": "json"})
        return Bad(position, error, kind.name, path, call.id, partial)
    arguments = _decoded_once_more(arguments, kind)
    try:
        if not all(map(is_storable, _strings(arguments))):
            raise Refused("bad_path" if not is_storable(str(arguments.get("path", ""))) else "binary")
        return Done(position, kind.validate(arguments, Call(position, call.id)))
    except Refused as refused:
        return Bad(position, refused.error, kind.name, path, call.id, _partial(call, kind, position))


def _decoded_once_more(arguments: Mapping[str, Any], kind: ActionType) -> dict[str, Any]:
    """Some models write an array as a string that holds its JSON: read to the letter, it is that array."""
    found = dict(arguments)
    for name, schema in kind.parameters.items():
        if schema.get("type") == "array" and isinstance(found.get(name), str):
            found[name] = json_array(found[name]) or found[name]
    return found


def _partial(call: _Written, kind: ActionType, position: int) -> Proposal | None:
    """A proposal as far as it can be read, never to be applied."""
    readable = call.readable(tuple(name for name in kind.shown if name in kind.parameters))
    try:
        return kind.validate(readable, Call(position, call.id, complete=False))
    except Refused:
        return None


def _strings(value: Any) -> Iterator[str]:
    """Every text in a value, names too, however deep."""
    waiting = [value]
    while waiting:
        value = waiting.pop()
        if isinstance(value, str):
            yield value
        elif isinstance(value, dict):
            waiting += (*value, *value.values())
        elif isinstance(value, list):
            waiting += value


def _asked(name: str, call: _Written) -> Asked:
    """A call of a read-only tool; one that is not well-formed says so and reads nothing."""
    arguments = json_object("".join(call.arguments).strip() or "{}")
    if arguments is None or not all(map(is_storable, _strings(arguments))):
        return Asked(name, {}, call.id, ActionError("malformed", {"reason": "json"}))
    checked = READ_TOOLS[name].checked(arguments)
    if isinstance(checked, ActionError):
        return Asked(name, {}, call.id, checked)
    return Asked(name, checked, call.id)
