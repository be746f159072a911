"""Joining two changes of one text (projects/merge.py), with git as the judge."""

from __future__ import annotations

import shutil
import subprocess
import time
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from projects import merge
from projects.merge import merged, unified

BASE = b"one\ntwo\nthree\nfour\nfive\n"

MERGES = [
    ("different lines", BASE, b"ONE\ntwo\nthree\nfour\nfive\n", b"one\ntwo\nthree\nfour\nFIVE\n",
     b"ONE\ntwo\nthree\nfour\nFIVE\n"),
    ("the same change twice", BASE, b"ONE\ntwo\n", b"ONE\ntwo\n", b"ONE\ntwo\n"),
    ("only mine", BASE, b"mine\n", BASE, b"mine\n"),
    ("only theirs", BASE, BASE, b"theirs\n", b"theirs\n"),
    ("the same line", BASE, b"ONE\ntwo\nthree\nfour\nfive\n", b"UNO\ntwo\nthree\nfour\nfive\n", None),
    ("lines that touch", b"a\nb\n", b"A\nb\n", b"a\nB\n", None),
    ("two insertions at one place", b"a\nb\n", b"a\nmine\nb\n", b"a\ntheirs\nb\n", None),
    ("one deletes what the other changes", BASE, b"one\nfive\n", b"one\ntwo\nTHREE\nfour\nfive\n", None),
    ("no newline at the end is kept", b"a\nb\nc\nd", b"A\nb\nc\nd", b"a\nb\nc\nD", b"A\nb\nc\nD"),
    ("a lost newline is no place to append", b"a\n", b"a", b"a\nb\n", None),
    ("CRLF", b"a\r\nb\r\nc\r\n", b"A\r\nb\r\nc\r\n", b"a\r\nb\r\nC\r\n", b"A\r\nb\r\nC\r\n"),
    ("a byte order mark", b"\xef\xbb\xbfa\nb\nc\n", b"\xef\xbb\xbfA\nb\nc\n", b"\xef\xbb\xbfa\nb\nC\n",
     b"\xef\xbb\xbfA\nb\nC\n"),
    ("no text", b"a\0\nb\nc\n", b"A\0\nb\nc\n", b"a\0\nb\nC\n", None),
    ("another encoding",
     b"\xe9t\xe9 a la plage\nb\nc\n", b"\xe9T\xe9 a la plage\nb\nc\n", b"\xe9t\xe9 a la plage\nb\nC\n",
     None),
]  # fmt: skip


@pytest.mark.parametrize(("name", "base", "ours", "theirs", "expected"), MERGES, ids=[row[0] for row in MERGES])
def test_merges(name: str, base: bytes, ours: bytes, theirs: bytes, expected: bytes | None) -> None:
    assert merged(base, ours, theirs) == expected
    assert merged(base, theirs, ours) == expected


TEXTS = st.lists(st.sampled_from([b"a", b"b", b"c", b"d", b""]), max_size=8).map(b"\n".join)


@given(TEXTS, TEXTS, TEXTS)
def test_a_merge_does_not_depend_on_whose_side_is_whose(base: bytes, ours: bytes, theirs: bytes) -> None:
    assert merged(base, ours, theirs) == merged(base, theirs, ours)


def _edited(lines: list[int], edits: dict[int, str], side: str) -> bytes:
    """Every line with what the edits make of it."""
    made = {"change": f"{side} {{n}}\n", "delete": "", "insert": f"{side} {{n}}\nline {{n}}\n", "": "line {n}\n"}
    return "".join(made[edits.get(n, "")].format(n=n) for n in lines).encode()


EDIT = st.sampled_from(["change", "delete", "insert"])


@given(st.data())
def test_far_enough_apart_both_changes_are_there(data: st.DataObject) -> None:
    lines = list(range(60))
    places = data.draw(st.lists(st.integers(0, 19), unique=True, max_size=8))
    split = data.draw(st.integers(0, len(places)))
    mine = {place * 3: data.draw(EDIT) for place in places[:split]}
    other = {place * 3: data.draw(EDIT) for place in places[split:]}
    base, ours, theirs = _edited(lines, {}, ""), _edited(lines, mine, "mine"), _edited(lines, other, "theirs")
    expected = b"".join(_edited([n], mine, "mine") if n in mine else _edited([n], other, "theirs") for n in lines)
    assert merged(base, ours, theirs) == expected


@pytest.mark.skipif(shutil.which("git") is None, reason="no git")
@settings(max_examples=60, deadline=None)
@given(st.lists(st.tuples(TEXTS, TEXTS, TEXTS), min_size=1, max_size=1))
def test_what_is_merged_is_what_git_merges(texts: list[tuple[bytes, bytes, bytes]]) -> None:
    """Never a merge that git would not make; a conflict too many is allowed, a wrong text never."""
    base, ours, theirs = texts[0]
    found = merged(base, ours, theirs)
    if found is None:
        return
    judged = _git_merge(base, ours, theirs)
    assert judged is None or judged == found


def _git_merge(base: bytes, ours: bytes, theirs: bytes) -> bytes | None:
    import tempfile

    with tempfile.TemporaryDirectory() as folder:
        for name, text in (("base", base), ("ours", ours), ("theirs", theirs)):
            (Path(folder) / name).write_bytes(text)
        command = ["git", "merge-file", "-p", "ours", "base", "theirs"]
        done = subprocess.run(command, cwd=folder, capture_output=True, check=False)
    return done.stdout if done.returncode == 0 else None


def test_hopeless_texts_are_given_up_in_good_time() -> None:
    long = [b"".join(b"%d %s\n" % (n * 7 % 50_021, side) for n in range(50_000)) for side in (b"x", b"y", b"z")]
    began = time.process_time()
    assert merged(*long) is None
    assert unified(long[0], long[1], "a.txt") is None
    assert time.process_time() - began < 5


def test_one_change_in_a_long_text_is_found_at_once() -> None:
    base = b"".join(b"line %d\n" % n for n in range(60_000))
    ours, theirs = base.replace(b"line 5\n", b"mine\n"), base.replace(b"line 20\n", b"theirs\n")
    assert merged(base, ours, theirs) == ours.replace(b"line 20\n", b"theirs\n")


class TestUnified:
    def test_it_is_what_patch_reads(self) -> None:
        assert unified(b"a\nb\nc\n", b"a\nB\nc\n", "x.txt") == (
            "--- a/x.txt\n+++ b/x.txt\n@@ -1,3 +1,3 @@\n a\n-b\n+B\n c\n"
        )

    def test_a_missing_newline_is_said(self) -> None:
        assert unified(b"a\n", b"a", "x") == "--- a/x\n+++ b/x\n@@ -1 +1 @@\n-a\n+a\n\\ No newline at end of file\n"

    def test_other_encodings_can_be_looked_at(self) -> None:
        text = unified("été à la plage\n".encode("windows-1252"), "été à la mer\n".encode("windows-1252"), "x")
        assert text is not None
        assert "-été à la plage\n+été à la mer\n" in text


def test_lines_end_with_newlines_alone() -> None:
    assert merge.lines(b"a\r\nb\x0bc\xe2\x80\xa8d\n\ne") == [b"a\r\n", b"b\x0bc\xe2\x80\xa8d\n", b"\n", b"e"]
