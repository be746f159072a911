"""Several changes worked out in memory (projects/draft.py)."""

from __future__ import annotations

import pytest

from projects.content import digest_of
from projects.draft import Change, Delete, Put, Rename, Step, Write, steps, touched
from projects.errors import FilesError

NEW = digest_of(b"new")
THERE = {"a": "A", "b": "B"}

DRAFTS: list[tuple[str, list[Change], list[Step]]] = [
    ("create", [Write("c", b"new")], [Step("c", None, NEW)]),
    ("modify", [Write("a", b"new")], [Step("a", "A", NEW)]),
    ("the same bytes", [Put("a", "A")], []),
    ("delete", [Delete("a")], [Step("a", "A", None)]),
    ("rename", [Rename("a", "c")], [Step("a", "A", None), Step("c", None, "A", "a")]),
    ("rename twice", [Rename("a", "c"), Rename("c", "d")], [Step("a", "A", None), Step("d", None, "A", "a")]),
    ("there and back", [Rename("a", "c"), Rename("c", "a")], []),
    ("to itself", [Rename("a", "a")], []),
    ("rename and edit", [Rename("a", "c"), Write("c", b"new")], [Step("a", "A", None), Step("c", None, NEW, "a")]),
    ("rename and write anew", [Rename("a", "c"), Write("a", b"new")], [Step("a", "A", NEW), Step("c", None, "A")]),
    ("swap", [Rename("a", "t"), Rename("b", "a"), Rename("t", "b")], [Step("a", "A", "B"), Step("b", "B", "A")]),
    ("create and delete", [Write("c", b"new"), Delete("c")], []),
    ("NFC", [Write("e\u0301", b"new")], [Step("\xe9", None, NEW)]),
]


@pytest.mark.parametrize(("name", "changes", "expected"), DRAFTS, ids=[row[0] for row in DRAFTS])
def test_drafts(name: str, changes: list[Change], expected: list[Step]) -> None:
    assert steps(THERE, changes) == expected


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ([Delete("c")], "missing_file"),
        ([Rename("c", "d")], "missing_file"),
        ([Delete("a"), Delete("a")], "missing_file"),
        ([Rename("c", "c")], "missing_file"),
        ([Rename("a", "b")], "path_conflict"),
        ([Write("a", b"1"), Write("a", b"2")], "duplicate"),
    ],
)
def test_what_cannot_be(changes: list[Change], code: str) -> None:
    with pytest.raises(FilesError) as caught:
        steps(THERE, changes)
    assert caught.value.code == code


def test_every_path_that_is_named_is_touched() -> None:
    assert touched([Write("a", b""), Rename("b", "c"), Delete("d")]) == {"a", "b", "c", "d"}
