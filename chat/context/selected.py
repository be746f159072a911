"""What a person has selected, without the secrets of the file that it is from.

A line of a private key or a bare value looks like nothing: that it is a secret is known by what stands around it, in
the file.  So the selection is looked up there before it is kept, and the secrets of the whole are those of the part.
"""

from __future__ import annotations

import posixpath
from collections.abc import Mapping
from typing import Any

from chat.context.engine import decoded
from chat.context.masking import Span, mask, merged, veiled
from chat.workspace import Workspace

#: A secret that is shorter is in too many texts by chance; so many places of a text in its file are looked at.
LEAST_VALUE, MOST_PLACES = 4, 200


def without_secrets(workspace: Workspace, context: Mapping[str, Any]) -> dict[str, Any]:
    """The pointers of a message, with a selection that may be kept and sent."""
    selection = context.get("selection") or {}
    path, text = posixpath.normpath(str(selection.get("path") or "")), str(selection.get("text") or "")
    data = workspace.read_files([path]).get(path) if text.strip() and path != "." else None
    whole = decoded(data) if data is not None else None
    if whole is None:
        return dict(context)
    shown = veil(text, whole, int(selection.get("from_line") or 0))
    return {**context, "selection": {**selection, "text": shown}}


def veil(text: str, whole: str, line: int) -> str:
    """A part of a file without the secrets of the whole; `line` is where it begins, from 1, where that is known."""
    whole, plain = whole.replace("\r\n", "\n"), text.replace("\r\n", "\n")
    secrets = mask(whole).spans
    if not secrets:
        return text
    spans = [span for at in _places(plain, whole, line) for span in _inside(secrets, at, at + len(plain))]
    # what is not saved yet, or was saved since, stands nowhere: its values are looked for
    return veiled(plain, merged(spans or _values(plain, whole, secrets)))


def _places(text: str, whole: str, line: int) -> list[int]:
    """Where a text stands in its file: on its line, else anywhere."""
    found: list[int] = []
    at = whole.find(text)
    while at >= 0 and len(found) < MOST_PLACES:
        found.append(at)
        at = whole.find(text, at + 1)
    return [at for at in found if whole.count("\n", 0, at) + 1 == line] or found


def _inside(secrets: tuple[Span, ...], start: int, end: int) -> list[Span]:
    """What of the secrets is in a part, by its own places."""
    return [(max(a, start) - start, min(b, end) - start, kind) for a, b, kind in secrets if a < end and b > start]


def _values(text: str, whole: str, secrets: tuple[Span, ...]) -> list[Span]:
    """Where the values of secrets are in a text, or all of it where it is a part of one."""
    found: list[Span] = []
    for start, end, kind in secrets:
        value, at = whole[start:end], text.find(whole[start:end])
        if len(value) < LEAST_VALUE:
            continue
        if len(text.strip()) >= LEAST_VALUE and text.strip() in value:
            return [(0, len(text), kind)]
        while at >= 0:
            found.append((at, at + len(value), kind))
            at = text.find(value, at + len(value))
    return found
