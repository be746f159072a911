"""Two requests to a model side by side: which parts came, went or changed, by message and by file.  Values in, out."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from chat.actions.differences import compared

Json = Mapping[str, Any]
#: Lines that are shown around a change, and of one part at most.
AROUND, MOST_LINES = 2, 400
MOST_CHANGES = 300
FENCE = re.compile(r"^(`{3,})([^`\n]+)$", re.MULTILINE)


@dataclass(frozen=True, slots=True)
class Piece:
    """A part of a request: `system`, `file` (`name` is its path), `message` (its role), `tool` or `parameter`."""

    kind: str
    name: str
    text: str


def pieces(request: Json) -> list[Piece]:
    """The parts of a request's body, in order."""
    found: list[Piece] = []
    for number, message in enumerate(request.get("messages", ())):
        text = _said(message)
        if number == 0 and message.get("role") == "system":
            found += _system(text)
        else:
            found.append(Piece("message", str(message.get("role", "")), text))
    for tool in request.get("tools") or ():
        found.append(Piece("tool", str(tool.get("function", {}).get("name", "")), _pretty(tool)))
    rest = {name: value for name, value in request.items() if name not in {"messages", "tools"}}
    return found + [Piece("parameter", name, _pretty(value)) for name, value in sorted(rest.items())]


def _said(message: Json) -> str:
    content = message.get("content")
    text = content if isinstance(content, str) else "" if content is None else _pretty(content)
    made = message.get("tool_calls")
    return "\n".join(filter(None, (text, _pretty(made) if made else "")))


def _pretty(value: Any) -> str:
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False, indent=2, sort_keys=True)


def _system(text: str) -> Iterator[Piece]:
    """What the system message says, and the files in it, which stand between fences with their path."""
    at, said = 0, []
    while (start := FENCE.search(text, at)) is not None:
        end = text.find(f"\n{start[1]}\n", start.end())
        close = end if end >= 0 else len(text) - len(start[1]) - 1
        if end < 0 and not text.endswith(f"\n{start[1]}"):
            break
        said.append(text[at : start.start()])
        yield Piece("file", start[2], text[start.end() + 1 : close])
        at = min(len(text), close + len(start[1]) + 2)
    said.append(text[at:])
    yield Piece("system", "", "\n".join(filter(None, (one.strip("\n") for one in said))))


def changes(before: Json, after: Json) -> tuple[list[Json], dict[str, int]]:
    """What differs between two requests, and how many parts of each kind are the same in both."""
    old, new = pieces(before), pieces(after)
    found: list[Json] = []
    same: dict[str, int] = {}
    for was, now in _pairs(old, new):
        if was is not None and now is not None and was.text == now.text:
            same[now.kind] = same.get(now.kind, 0) + 1
        else:
            found.append(_change(was, now))
    return found[:MOST_CHANGES], same


def _pairs(old: Sequence[Piece], new: Sequence[Piece]) -> Iterator[tuple[Piece | None, Piece | None]]:
    """Each part with its counterpart: by name, but messages by their order."""
    named = {(piece.kind, piece.name): piece for piece in old if piece.kind != "message"}
    for piece in new:
        if piece.kind != "message":
            yield named.pop((piece.kind, piece.name), None), piece
    yield from ((piece, None) for piece in named.values())
    yield from _messages([one for one in old if one.kind == "message"], [one for one in new if one.kind == "message"])


def _messages(old: Sequence[Piece], new: Sequence[Piece]) -> Iterator[tuple[Piece | None, Piece | None]]:
    at = 0
    for first, last, start, end in compared(old, new):
        yield from ((old[first - (start - place)], new[place]) for place in range(at, start))
        paired = min(last - first, end - start)
        for number in range(max(last - first, end - start)):
            was = old[first + number] if first + number < last else None
            now = new[start + number] if start + number < end else None
            if number < paired and was is not None and now is not None and was.name != now.name:
                yield was, None
                yield None, now
            else:
                yield was, now
        at = end
    yield from ((old[len(old) - (len(new) - place)], new[place]) for place in range(at, len(new)))


def _change(was: Piece | None, now: Piece | None) -> Json:
    one = now or was or Piece("", "", "")
    old, new = was.text.split("\n") if was else [], now.text.split("\n") if now else []
    hunks = compared(old, new)
    lines = list(_lines(old, new, hunks))
    return {
        "kind": one.kind,
        "name": one.name,
        "change": "added" if was is None else "removed" if now is None else "changed",
        "added": sum(end - start for _, _, start, end in hunks),
        "removed": sum(last - first for first, last, _, _ in hunks),
        "lines": lines[:MOST_LINES],
        "cut": len(lines) > MOST_LINES,
    }


def _lines(old: Sequence[str], new: Sequence[str], hunks: Sequence[tuple[int, int, int, int]]) -> Iterator[str]:
    """`+`, `-` or a space, then the line; an ellipsis where lines that are the same are left out."""
    shown = 0
    for number, (first, last, start, end) in enumerate(hunks):
        begin = max(shown, first - AROUND)
        if begin > shown:
            yield "…"
        yield from (f" {line}" for line in old[begin:first])
        yield from (f"-{line}" for line in old[first:last])
        yield from (f"+{line}" for line in new[start:end])
        following = hunks[number + 1][0] if number + 1 < len(hunks) else len(old)
        shown = min(last + AROUND, following)
        yield from (f" {line}" for line in old[last:shown])
    if hunks and shown < len(old):
        yield "…"
