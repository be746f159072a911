"""What is selected in a file loses what the whole file would lose."""

from __future__ import annotations

from typing import Any, cast

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chat.context.masking import mask
from chat.context.selected import veil, without_secrets
from chat.workspace import Workspace
from tests.unit.context.workspaces import MemoryWorkspace

PEM = (
    "-----BEGIN RSA PRIVATE KEY-----\nMIIEowIBAAKCAQEAx7Rk3v\nabcDEF0123456789+/xyzXYZ\n-----END RSA PRIVATE KEY-----\n"
)
FILE = f"name = 'shop'\nDB_PASSWORD=q8Zr2LmXv09T\n{PEM}end = 1\n"


@pytest.mark.parametrize(
    ("text", "line", "shown"),
    [
        ("abcDEF0123456789+/xyzXYZ", 5, "[masked:private_key]"),
        ("DEF0123456789", 5, "[masked:private_key]"),
        ("MIIEowIBAAKCAQEAx7Rk3v\nabcDEF01", 4, "[masked:private_key]\n[masked:private_key]"),
        ("q8Zr2LmXv09T", 2, "[masked:assigned]"),
        ("q8Zr2LmXv09T", 0, "[masked:assigned]"),
        ("Zr2", 2, "[masked:assigned]"),
        ("WORD=q8Zr2", 2, "WORD=[masked:assigned]"),
        ("name = 'shop'", 1, "name = 'shop'"),
        ("name = 'shop'\nDB_PASSWORD=q8Zr2LmXv09T", 1, "name = 'shop'\nDB_PASSWORD=[masked:assigned]"),
        # other than what is in the file: what is not saved yet
        ("let a = 'q8Zr2LmXv09T!'", 9, "let a = '[masked:assigned]!'"),
        ("other", 9, "other"),
    ],
)
def test_a_part_loses_the_secrets_of_the_whole(text: str, line: int, shown: str) -> None:
    assert veil(text, FILE, line) == shown
    crlf = FILE.replace("\n", "\r\n")
    assert veil(text, crlf, line) == shown
    assert veil(text.replace("\n", "\r\n"), crlf, line) == shown


@given(st.integers(0, len(FILE)), st.integers(0, len(FILE)), st.booleans())
def test_no_part_of_any_size_has_a_part_of_a_secret(start: int, length: int, known: bool) -> None:
    part = FILE[start : start + length]
    shown = veil(part, FILE, FILE.count("\n", 0, start) + 1 if known else 0)
    for begin, end, _ in mask(FILE).spans:
        inside = FILE[max(begin, start) : min(end, start + length)]
        assert len(inside) < 4 or inside not in shown


@pytest.mark.parametrize("path", ["a.js", "./a.js", "gone.js", "", "b.bin"])
def test_pointers_keep_everything_else(path: str) -> None:
    workspace = cast(Workspace, MemoryWorkspace({"a.js": FILE, "b.bin": b"\0"}))
    context: dict[str, Any] = {"open_file": "x", "selection": {"path": path, "text": "q8Zr2LmXv09T", "from_line": 2}}
    text = "[masked:assigned]" if path.endswith("a.js") else "q8Zr2LmXv09T"
    assert without_secrets(workspace, context) == {**context, "selection": {**context["selection"], "text": text}}
    assert without_secrets(workspace, {}) == {}
