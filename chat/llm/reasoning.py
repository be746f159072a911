"""Finds the model's thinking in what it sends, so that it never counts as the answer.

Servers send thinking in fields of its own (`reasoning_content`, `reasoning`, `reasoning_details`), as typed
content parts, or between `<think>` tags at the start of the content.  Tags later on are text: an answer may
well be about them.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Literal

OPENERS = ("<think>", "<thinking>")
CLOSERS = {"<think>": "</think>", "<thinking>": "</thinking>"}
STRAY_CLOSER = "</think>"

Piece = tuple[Literal["text", "reasoning"], str]


class ThinkTags:
    """Splits content into answer and thinking by the tags at its start.

    Text is held back only while it could still be part of a tag, never until the end.  With `inside`, the
    content starts as thinking: some chat templates put the opening tag into the prompt.  Without it, a closing
    tag that nothing opened is taken out, and what came before stays text: it was shown already.
    """

    __slots__ = ("_closer", "_held", "_state", "_tail")

    def __init__(self, *, inside: bool = False) -> None:
        self._state: Literal["start", "inside", "after", "text", "plain"] = "inside" if inside else "start"
        self._closer = STRAY_CLOSER
        self._held = ""
        self._tail = ""

    @property
    def plain(self) -> bool:
        """True once nothing is looked for any more: callers may skip `feed`."""
        return self._state == "plain"

    def stop(self) -> None:
        """Thinking came in a field of its own: tags in the content are text now."""
        if self._state == "start" and not self._held:
            self._state = "plain"

    def feed(self, content: str) -> list[Piece]:
        """The pieces of answer and thinking in this piece of content."""
        if self._state == "plain":
            return [("text", content)]
        content, self._held = self._held + content, ""
        if self._state == "start":
            return self._start(content)
        if self._state == "inside":
            return self._inside(content)
        if self._state == "after":
            return self._after(content)
        return self._stray(content)

    def finish(self) -> list[Piece]:
        """What was held back when the content ended."""
        held, self._held = self._held, ""
        if not held:
            return []
        return [("reasoning" if self._state == "inside" else "text", held)]

    def _start(self, content: str) -> list[Piece]:
        stripped = content.lstrip()
        for opener in OPENERS:
            if stripped.startswith(opener):
                self._state, self._closer = "inside", CLOSERS[opener]
                return self._inside(stripped[len(opener) :])
        if any(opener.startswith(stripped) for opener in OPENERS):
            self._held = content
            return []
        self._state = "text"
        return self._stray(content)

    def _inside(self, content: str) -> list[Piece]:
        thought, closer, rest = content.partition(self._closer)
        if closer:
            self._state = "after"
            return _pieces(("reasoning", thought), *self._after(rest))
        keep = partial_suffix(content, self._closer)
        self._held = content[len(content) - keep :]
        return _pieces(("reasoning", content[: len(content) - keep]))

    def _after(self, content: str) -> list[Piece]:
        """White space between the closing tag and the answer belongs to neither."""
        content = content.lstrip()
        if content:
            self._state = "plain"
        return _pieces(("text", content))

    def _stray(self, content: str) -> list[Piece]:
        """Plain text, until a closing tag at the start of a line shows that thinking had come without its opener."""
        at = content.find(STRAY_CLOSER)
        fence = (self._tail[-2:] + content).find("```")
        if at < 0 and fence < 0:
            return self._hold_back(content)
        starts_line = (self._tail + content[:at])[-1:] in ("", "\n")
        if at < 0 or 0 <= fence < at or not starts_line:
            self._state = "plain"
            return _pieces(("text", content))
        self._state = "after"
        return _pieces(("text", content[:at]), *self._after(content[at + len(STRAY_CLOSER) :]))

    def _hold_back(self, content: str) -> list[Piece]:
        """Gives the content but for what could be the start of a closing tag."""
        keep = partial_suffix(content, STRAY_CLOSER)
        given, self._held = content[: len(content) - keep], content[len(content) - keep :]
        self._tail = (self._tail + given[-2:])[-2:]
        return _pieces(("text", given))


def _pieces(*pieces: Piece) -> list[Piece]:
    return [piece for piece in pieces if piece[1]]


def partial_suffix(text: str, tag: str) -> int:
    """How many characters at the end of a text could be the start of a tag."""
    if "<" not in text[-len(tag) :]:
        return 0
    for size in range(min(len(tag) - 1, len(text)), 0, -1):
        if text.endswith(tag[:size]):
            return size
    return 0


def reasoning_of(delta: Mapping[str, Any]) -> str:
    """The thinking in a delta's own fields; servers that fill several repeat themselves, so one is taken."""
    for name in ("reasoning_content", "reasoning"):
        value = delta.get(name)
        if isinstance(value, str) and value:
            return value
    details = delta.get("reasoning_details")
    return "".join(map(_detail_text, details)) if isinstance(details, list) else ""


def _detail_text(detail: Any) -> str:
    """The readable part of one of OpenRouter's details; encrypted ones have none."""
    if not isinstance(detail, dict):
        return ""
    value = detail.get("text") or detail.get("summary")
    return value if isinstance(value, str) else ""


def content_pieces(content: Any) -> list[Piece]:
    """The answer and the thinking in a `content` that may be a text, a list of typed parts, or nothing."""
    if isinstance(content, str):
        return [("text", content)] if content else []
    if isinstance(content, dict):
        content = [content]
    if not isinstance(content, list):
        return []
    return [piece for part in content for piece in _part_pieces(part)]


def _part_pieces(part: Any) -> list[Piece]:
    if isinstance(part, str):
        return [("text", part)] if part else []
    if not isinstance(part, dict):
        return []
    for name in ("thinking", "reasoning"):
        if name in part:
            thought = "".join(text for _, text in content_pieces(part[name]))
            return [("reasoning", thought)] if thought else []
    text = part.get("text") or part.get("refusal")
    return [("text", text)] if isinstance(text, str) and text else []
