"""What bytes are (projects/content.py)."""

from __future__ import annotations

import random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from projects import content

FRENCH = "Où est passé le garçon ? À l'école, avec Noël.\n" * 3

ENCODINGS = [
    (b"", "utf-8"),
    (b"hello\n", "utf-8"),
    ("été 🎉\r\n".encode(), "utf-8"),
    (b"\xef\xbb\xbf<html>", "utf-8-sig"),
    (b"\x1b[31mred\x1b[0m\f\b", "utf-8"),
    (FRENCH.encode("windows-1252"), "windows-1252"),
    (b"Caf\x81 au lait, avec un caract\x8fre que Windows n'a pas", "iso-8859-1"),
    (FRENCH.encode("utf-16"), "utf-16"),
    (b"\xfe\xff" + FRENCH.encode("utf-16-be"), "utf-16"),
    (FRENCH.encode("utf-32"), "utf-32"),
    (b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR", ""),
    (b"a\0b", ""),
    (b"\xef\xbb\xbfa\0b", ""),
    (b"\xff\xfe\x00", ""),
    (b"\x01\x02\x03\x04 ok", ""),
    (random.Random(1).randbytes(500).replace(b"\0", b"\1"), ""),
]


@pytest.mark.parametrize(("data", "encoding"), ENCODINGS)
def test_the_encoding_is_found_and_reads_the_bytes(data: bytes, encoding: str) -> None:
    assert content.encoding_of(data) == encoding
    if encoding:
        content.decode(data, encoding)
    if encoding in content.EDITABLE:
        assert content.encode(content.decode(data, encoding), encoding) == data


@given(st.text(st.characters(exclude_categories=["Cc", "Cs"]) | st.sampled_from("\r\n\t")), st.booleans())
def test_an_edited_text_keeps_its_mark_and_its_line_ends(text: str, mark: bool) -> None:
    data = text.encode("utf-8-sig" if mark else "utf-8")
    encoding = content.encoding_of(data)
    assert encoding in content.EDITABLE
    assert content.encode(content.decode(data, encoding), encoding) == data


@given(st.binary(max_size=200))
def test_whatever_is_called_text_can_be_read(data: bytes) -> None:
    if encoding := content.encoding_of(data):
        content.decode(data, encoding)


@pytest.mark.parametrize(
    ("data", "ends"),
    [(b"a", "none"), (b"a\nb\n", "lf"), (b"a\r\nb", "crlf"), (b"a\r\nb\n", "mixed"), (b"a\rb", "none")],
)
def test_line_ends(data: bytes, ends: str) -> None:
    assert content.line_ends(data) == ends
