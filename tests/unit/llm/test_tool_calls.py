"""Tool calls from pieces (hostile inputs 1.3)."""

from __future__ import annotations

import json
from typing import Any

import pytest

from chat.llm.tool_calls import ToolCalls, json_object


def piece(index: Any = None, given: Any = None, name: Any = None, arguments: Any = None, **more: Any) -> dict[str, Any]:
    made: dict[str, Any] = {"function": {"name": name, "arguments": arguments}, **more}
    if index is not None:
        made["index"] = index
    if given is not None:
        made["id"] = given
    return made


def calls(*given: dict[str, Any]) -> list[tuple[str, str, str, bool]]:
    count = iter(range(100))
    tools = ToolCalls(new_id=lambda: f"made_{next(count)}")
    for each in given:
        tools.feed(each)
    return [(call.id, call.name, call.arguments, call.malformed) for call in tools.finish()]


A, B = '{"path": "a"}', '{"path": "b"}'

ROWS = {
    "one call in pieces": (
        [piece(0, "i", "write", ""), piece(0, arguments='{"pa'), piece(0, arguments='th": "a"}')],
        [("i", "write", A, False)],
    ),
    "two calls by index": (
        [piece(0, "i", "w", A), piece(1, "j", "w", B)],
        [("i", "w", A, False), ("j", "w", B, False)],
    ),
    "interleaved": (
        [
            piece(0, "i", "w", '{"path"'),
            piece(1, "j", "w", '{"path"'),
            piece(0, arguments=': "a"}'),
            piece(1, arguments=': "b"}'),
        ],
        [("i", "w", A, False), ("j", "w", B, False)],
    ),
    "index gaps": ([piece(3, "i", "w", A), piece(7, "j", "w", B)], [("i", "w", A, False), ("j", "w", B, False)]),
    "index from 1": ([piece(1, "i", "w", A)], [("i", "w", A, False)]),
    "index missing, by id": (
        [piece(given="i", name="w", arguments='{"path"'), piece(given="i", arguments=': "a"}')],
        [("i", "w", A, False)],
    ),
    "index null, continues the last call": (
        [piece(given="i", name="w", arguments='{"path"'), piece(arguments=': "a"}')],
        [("i", "w", A, False)],
    ),
    "neither index nor id, two whole calls": (
        [piece(name="w", arguments=A), piece(name="w", arguments=B)],
        [("made_0", "w", A, False), ("made_1", "w", B, False)],
    ),
    "neither index nor id, name on every piece": (
        [piece(name="w", arguments='{"path"'), piece(name="w", arguments=': "a"}')],
        [("made_0", "w", A, False)],
    ),
    "all at index 0, different ids": (
        [piece(0, "i", "w", A), piece(0, "j", "w", B)],
        [("i", "w", A, False), ("j", "w", B, False)],
    ),
    "all at index 0, different ids, first one not whole": (
        [piece(0, "i", "w", '{"path'), piece(0, "j", "w", B)],
        [("i", "w", '{"path', True), ("j", "w", B, False)],
    ),
    "one id and one index for two calls": (
        [piece(0, "i", "w", A), piece(0, "i", "w", B)],
        [("i", "w", A, False), ("made_0", "w", B, False)],
    ),
    "one id and one index for two calls, in pieces": (
        [
            piece(0, "i", "w", ""),
            piece(0, "i", arguments='{"path"'),
            piece(0, "i", arguments=': "a"}'),
            piece(0, "i", "w", ""),
            piece(0, "i", arguments='{"path"'),
            piece(0, "i", arguments=': "b"}'),
        ],
        [("i", "w", A, False), ("made_0", "w", B, False)],
    ),
    "one id and one index for calls of two tools": (
        [piece(0, "i", "w", A), piece(0, "i", "r", ""), piece(0, "i", arguments=B)],
        [("i", "w", A, False), ("made_0", "r", B, False)],
    ),
    "the whole call is said again at its end": (
        [
            piece(0, "i", "w", '{"path"'),
            piece(0, "i", arguments=': "a"}'),
            piece(0, "i", "w", A),
            piece(0, "i", "w", ""),
        ],
        [("i", "w", A, False)],
    ),
    "same index, no new id, arguments were whole": (
        [piece(0, "i", "w", A), piece(0, name="w", arguments=B)],
        [("i", "w", A, False), ("made_0", "w", B, False)],
    ),
    "same index, no id, no name, arguments were whole": (
        [piece(0, "i", "w", A), piece(0, arguments=B)],
        [("i", "w", A, False), ("made_0", "", B, True)],
    ),
    "same index, other name": (
        [piece(0, None, "w", ""), piece(0, None, "r", A)],
        [("made_0", "w", "", True), ("made_1", "r", A, False)],
    ),
    "id repeated per piece": ([piece(0, "i", "w", '{"path"'), piece(0, "i", "w", ': "a"}')], [("i", "w", A, False)]),
    "name empty or null later": (
        [piece(0, "i", "w", '{"path"'), piece(0, "i", "", ': "a"'), piece(0, None, None, "}")],
        [("i", "w", A, False)],
    ),
    "name after arguments": ([piece(0, "i", None, '{"path"'), piece(0, None, "w", ': "a"}')], [("i", "w", A, False)]),
    "id after the first piece": (
        [piece(0, None, "w", '{"path"'), piece(0, "i", None, ': "a"}')],
        [("i", "w", A, False)],
    ),
    "arguments as an object": ([piece(0, "i", "w", {"path": "a"})], [("i", "w", A, False)]),
    "arguments encoded twice": ([piece(0, "i", "w", json.dumps(A))], [("i", "w", A, False)]),
    "raw line breaks in a string": ([piece(0, "i", "w", '{"path": "a\nb"}')], [("i", "w", '{"path": "a\nb"}', True)]),
    "arguments empty": ([piece(0, "i", "w", "")], [("i", "w", "", True)]),
    "arguments null": ([piece(0, "i", "w", None)], [("i", "w", "", True)]),
    "arguments cut": ([piece(0, "i", "w", '{"path": "a')], [("i", "w", '{"path": "a', True)]),
    "arguments a list": ([piece(0, "i", "w", "[1]")], [("i", "w", "[1]", True)]),
    "arguments with NaN": ([piece(0, "i", "w", '{"a": NaN}')], [("i", "w", '{"a": NaN}', True)]),
    "arguments glued by the server": ([piece(0, "i", "w", A + B)], [("i", "w", A + B, True)]),
    "trailing blanks are no new call": (
        [piece(0, "i", "w", A), piece(0, arguments="\n")],
        [("i", "w", A + "\n", False)],
    ),
    "no id, type null": ([piece(0, None, "w", A, type=None)], [("made_0", "w", A, False)]),
    "no name at all": ([piece(0, "i", None, A)], [("i", "", A, True)]),
    "an empty piece": ([piece(0)], []),
    "function missing or odd": ([{"index": 0, "id": "i"}, {"index": 0, "function": "w"}], [("i", "", "", True)]),
    "index as text or bool": (
        [piece("0", "i", "w", '{"path"'), piece(True, "i", None, ': "a"}')],
        [("i", "w", A, False)],
    ),
    "one id for two calls": (
        [piece(0, "i", "w", '{"path"'), piece(1, "i", "w", B), piece(0, "i", None, ': "a"}')],
        [("i", "w", A, False), ("made_0", "w", B, False)],
    ),
    "an id that comes late and is another's": (
        [piece(0, "i", "w", A), piece(1, None, "w", '{"path"'), piece(1, "i", None, ': "b"}')],
        [("i", "w", A, False), ("made_0", "w", B, False)],
    ),
    "what no database stores in id and name": (
        [piece(0, "i\x00", "w\ud83d", '{"path"'), piece(0, "i\x00", None, ': "a"}')],
        [("i\ufffd", "w\ufffd", A, False)],
    ),
    "surrogate halves over two pieces": (
        [piece(0, "i", "w", '{"path": "\ud83d'), piece(0, None, None, '\ude00"}')],
        [("i", "w", '{"path": "😀"}', False)],
    ),
}


@pytest.mark.parametrize("row", ROWS, ids=str)
def test_pieces(row: str) -> None:
    given, expected = ROWS[row]
    assert calls(*given) == expected


def test_made_up_ids_differ() -> None:
    tools = ToolCalls()
    for name in ("a", "b"):
        tools.feed(piece(None, None, name, A))
    first, second = tools.finish()
    assert first.id != second.id
    assert first.id.startswith("call_")


def test_deep_nesting_is_malformed_and_no_crash() -> None:
    assert calls(piece(0, "i", "w", '{"a":' * 100_000))[0][3] is True
    assert json_object("[" * 100_000) is None


def test_two_thousand_calls_do_not_take_for_ever() -> None:
    assert len(calls(*[piece(i, f"i{i}", "w", A) for i in range(2000)])) == 2000
