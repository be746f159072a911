"""The finer points of where an edit applies."""

from __future__ import annotations

import pytest

from chat.actions.indentation import translated
from chat.actions.matching import Applied, apply_edits
from chat.actions.nearest import nearest
from chat.actions.source import Source
from chat.actions.types import ActionError, Edit


def error(text: str, *edits: tuple[str, str]) -> ActionError:
    result = apply_edits(text, [Edit(*edit) for edit in edits])
    assert isinstance(result, ActionError)
    return result


def applied(text: str, *edits: tuple[str, str]) -> Applied:
    result = apply_edits(text, [Edit(*edit) for edit in edits])
    assert isinstance(result, Applied), result
    return result


def test_the_first_pass_that_finds_anything_decides() -> None:
    """An exact match wins over loose ones; two exact ones are not saved by looking elsewhere."""
    assert applied("a\n  a\n", ("a\n", "b\n")) == Applied("b\n  a\n", "exact")
    assert error("a\na\n  a\n", ("a\n", "b\n")).values["matched"] == "exact"
    assert error("  a\n    a\n", ("a\n", "b\n")).values["matched"] == "indent"


def test_overlapping_occurrences_are_two() -> None:
    assert error("aaa\n", ("aa", "b")).code == "ambiguous_match"


def test_a_replacement_without_a_line_end_does_not_glue_lines() -> None:
    assert applied("a\nb\nc\n", ("b\n", "B")).text == "a\nB\nc\n"


def test_all_edits_that_fail_are_told_at_once() -> None:
    found = error("a\nb\nc\n", ("x\n", "1\n"), ("b\n", "B\n"), ("y\n", "2\n"))
    assert (found.code, found.values["edit"], found.values["edits"]) == ("no_match", 1, 3)
    assert found.values["wrong"] == [1, 3]
    assert [other["values"]["edit"] for other in found.values["also"]] == [3]
    assert ActionError.from_json(found.as_json()) == found


@pytest.mark.parametrize(
    ("first", "second"),
    [
        (("a\nb\n", "a\nB\n"), ("b\nc\n", "b\nC\n")),  # one changes what the other takes for granted
        (("a\n", "a\nx\n"), ("a\n", "a\ny\n")),  # two insertions at one place: in which order?
        (("a\nb\nc\n", "a\nc\n"), ("b\n", "B\n")),
    ],
)
def test_edits_that_do_not_know_of_each_other_meet(first: tuple[str, str], second: tuple[str, str]) -> None:
    assert error("a\nb\nc\n", first, second).code == "overlap"
    assert error("a\nb\nc\n", second, first).code == "overlap"


def test_the_same_change_with_other_context_is_one_change() -> None:
    assert applied("a\nb\nc\n", ("a\nb\n", "a\nB\n"), ("b\nc\n", "B\nc\n")).text == "a\nB\nc\n"


def test_lines_that_stay_keep_their_bytes_in_a_loose_match() -> None:
    text = "start\t \r\nsay(“hi”)  \nend\n"
    edit = ("start\nsay('hi')\nend\n".replace("'", '"'), "start\nsay('hi')\nmore\nend\n".replace("'", '"'))
    assert applied(text, edit) == Applied("start\t \r\nsay(“hi”)  \nmore\nend\n", "lookalike")


def test_composed_and_decomposed_accents_are_alike() -> None:
    assert applied("e\u0301te\u0301\nx\n", ("été\nx\n", "été\ny\n")) == Applied("e\u0301te\u0301\ny\n", "lookalike")


@pytest.mark.parametrize(
    ("pairs", "lines", "expected"),
    [
        ([("a", "    a"), ("  b", "      b")], ["c", "      d"], ["    c", "          d"]),
        ([("    a", "a"), ("      b", "  b")], ["    c", "        d"], ["c", "    d"]),
        ([("    a", "a")], ["  c"], None),
        ([("a", "\ta"), ("  b", "\t\tb")], ["    c"], ["\t\t\tc"]),
        ([("  a", "    a"), ("    b", "        b")], ["      c"], ["            c"]),
        ([("a", "\ta")], ["  b"], ["\t\tb"]),
        ([("a", "  a"), ("b", "    b")], ["c"], None),
        ([("  a", "\ta")], ["   b"], None),
        ([("  a", "  a")], ["\tb"], ["\tb"]),
        # two steps of two blanks, or one of four and a deeper file? 8 blanks would be four tabs or three
        ([("    a", "\t\ta")], ["        c"], None),
    ],
)
def test_one_rule_for_all_lines(pairs: list[tuple[str, str]], lines: list[str], expected: list[str] | None) -> None:
    assert translated(pairs, lines) == expected


def test_nearest_prefers_rare_lines_to_braces() -> None:
    text = "}\n" * 30 + "function total(items) {\n  return items;\n}\n" + "}\n" * 30
    found = nearest(Source(text), ["function total(items) {", "  return 0;", "}"])
    assert found[0] == (31, "function total(items) {")


def test_nearest_finds_a_line_with_a_slip_in_it() -> None:
    text = "".join(f"let value{number} = compute({number});\n" for number in range(2_000))
    assert nearest(Source(text), ["let valeu1234 = compute(1234);"])[0] == (1_235, "let value1234 = compute(1234);")


def test_nearest_says_nothing_where_nothing_is_near() -> None:
    assert nearest(Source("a\nb\n"), ["completely different words"]) == ()
    assert nearest(Source(""), ["x"]) == ()
    assert nearest(Source("a\n"), ["", " "]) == ()


def test_nearest_is_short() -> None:
    text = "x" * 5_000 + "\n" + "same line here\n" * 400
    found = nearest(Source(text), ["x" * 5_000, *["same line here"] * 399])
    assert len(found) <= 8
    assert all(len(line) <= 200 for _, line in found)
