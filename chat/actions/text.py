"""The text in a file's bytes, and the bytes of a text that takes its place: mark and line ends stay the file's own."""

from __future__ import annotations

import codecs
import re
from dataclasses import dataclass

from chat.actions.differences import compared
from chat.actions.types import ActionError

CONTROLS = re.compile(rb"[\x00-\x07\x0e-\x1a\x1c-\x1f\x7f]")
WIDE_MARKS = (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE, codecs.BOM_UTF32_LE, codecs.BOM_UTF32_BE)
SAMPLE = 65_536
MARK = "\ufeff"


@dataclass(frozen=True, slots=True)
class TextFile:
    """A file's text without its byte order mark, and whether it has one."""

    text: str
    marked: bool = False

    def encoded(self, text: str) -> bytes:
        """The bytes of another text of this file."""
        return (codecs.BOM_UTF8 if self.marked else b"") + text.encode()


def read_text(data: bytes) -> TextFile | ActionError:
    """The text of UTF-8 bytes; `binary` or `encoding` for others."""
    if data.startswith(WIDE_MARKS):
        return ActionError("encoding")
    marked = data.startswith(codecs.BOM_UTF8)
    body = data[len(codecs.BOM_UTF8) :] if marked else data
    sample = body[:SAMPLE]
    if b"\0" in body or len(CONTROLS.findall(sample)) * 100 > len(sample):
        return ActionError("binary")
    try:
        return TextFile(body.decode(), marked)
    except UnicodeDecodeError:
        return ActionError("binary" if sum(byte >= 0x80 for byte in sample) * 10 > len(sample) * 3 else "encoding")


def text_of(data: bytes | None) -> str | None:
    """A file's text for people, without its byte order mark; `None` for no file and for what is no text."""
    if data is None or b"\0" in data:
        return None
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError:
        return None


def is_storable(text: str) -> bool:
    """Whether a text is one at all: no NUL, no half of a surrogate pair."""
    return "\0" not in text and not any("\ud800" <= character <= "\udfff" for character in text)


def written(content: str, old: TextFile) -> bytes:
    """A whole new content in an old file's ways: a line that stays is the same bytes."""
    content = content.removeprefix(MARK) if old.marked else content
    if "\r" not in old.text and (old.text.endswith("\n") or not old.text):
        return old.encoded(content)
    return old.encoded(_with_ends_of(content, old.text))


def _with_ends_of(content: str, old: str) -> str:
    """Lines that stay end as they did, the last one too where it had no end; new ones as most do."""
    before, ends = _lines_and_ends(old)
    after, own = _lines_and_ends(content.replace("\r\n", "\n"))
    usual = "\r\n" if ends.count("\r\n") > ends.count("\n") else "\n"
    new = [usual] * len(after)
    a_at = b_at = 0
    end = (len(before), len(before), len(after), len(after))
    for a_from, a_to, b_from, b_to in (*compared(before, after), end):
        new[b_at:b_from] = ends[a_at:a_from]
        a_at, b_at = a_to, b_to
    lines = [line + (end or usual) for line, end in zip(after, new, strict=True)]
    if after and not (own[-1] and new[-1]):
        lines[-1] = after[-1]
    return "".join(lines)


def _lines_and_ends(text: str) -> tuple[list[str], list[str]]:
    parts = text.split("\n")
    last = parts.pop()
    lines = [part.removesuffix("\r") for part in parts]
    ends = ["\r\n" if part.endswith("\r") else "\n" for part in parts]
    return ([*lines, last], [*ends, ""]) if last else (lines, ends)
