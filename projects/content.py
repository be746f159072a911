"""What some bytes are: text of which encoding, with which line ends, or no text. Bytes are never changed here."""

from __future__ import annotations

import codecs
import hashlib
import re

BINARY = ""
EDITABLE = frozenset({"utf-8", "utf-8-sig"})
# The longer ones first: UTF-32's mark begins with UTF-16's.
MARKS = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
CONTROLS = re.compile(rb"[\x01-\x07\x0e-\x1a\x1c-\x1f\x7f]")
SAMPLE = 65_536


def digest_of(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()


def encoding_of(data: bytes) -> str:
    """Python's name of the encoding; `BINARY` for what is no text."""
    for mark, name in MARKS:
        if data.startswith(mark):
            return name if _is_text_with_mark(data, name) else BINARY
    if b"\0" in data or _has_many_controls(data):
        return BINARY
    if _decodes(data, "utf-8"):
        return "utf-8"
    return _one_byte_encoding(data)


def decode(data: bytes, encoding: str) -> str:
    """The text, without its byte order mark."""
    return data.decode(encoding)


def encode(text: str, encoding: str = "utf-8") -> bytes:
    """The bytes of a text that someone has edited; `utf-8-sig` puts the mark back."""
    return text.encode(encoding)


def line_ends(data: bytes) -> str:
    """`lf`, `crlf`, `mixed`, or `none` where there is one line at most. Of UTF-8."""
    windows = data.count(b"\r\n")
    unix = data.count(b"\n") - windows
    if windows and unix:
        return "mixed"
    return "crlf" if windows else "lf" if unix else "none"


def _is_text_with_mark(data: bytes, encoding: str) -> bool:
    return _decodes(data, encoding) and "\0" not in data.decode(encoding)


def _decodes(data: bytes, encoding: str) -> bool:
    try:
        data.decode(encoding)
    except UnicodeDecodeError:
        return False
    return True


def _has_many_controls(data: bytes) -> bool:
    sample = data[:SAMPLE]
    return len(CONTROLS.findall(sample)) * 100 > len(sample)


def _one_byte_encoding(data: bytes) -> str:
    """An old encoding, guessed: text has more plain letters than accented ones. It is shown, never written."""
    sample = data[:SAMPLE]
    accented = sum(byte >= 0x80 for byte in sample)
    if accented * 10 > len(sample) * 3:
        return BINARY
    return "windows-1252" if _decodes(data, "windows-1252") else "iso-8859-1"
