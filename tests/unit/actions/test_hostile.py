"""Answers that are made to hurt: work stays bounded, and nothing that looks harmless is taken for a file."""

from __future__ import annotations

import json
from collections.abc import Iterator
from itertools import cycle, islice
from typing import Any

import pytest

from chat.actions.collect import Proposals
from chat.actions.elision import is_elision
from chat.actions.files import Files
from chat.actions.hunks import accept_hunks, hunks_of
from chat.actions.matching import MOST_EDITS, apply_edits
from chat.actions.plan import Rules, plan
from chat.actions.policy import why_ask
from chat.actions.tools import ToolDecoder
from chat.actions.types import ActionError, Bad, CreateFile, Done, Edit, ModifyFile
from chat.llm.base import ToolCallDelta
from projects import paths
from tests.unit.actions.parts import create, edit
from tests.unit.actions.running import RULES, Case, run

#: Text that makes careless patterns and searches take quadratic time or worse: seconds here would be minutes.
LONG = 50_000


@pytest.mark.parametrize(
    "text",
    [
        "RENAME: a" + " " * LONG,
        "DELETE: " + "a" * LONG,
        "```" + " " * LONG + "x",
        "```js " + "a " * LONG,
        "```js a.js" + "\n" * LONG,
        "```\n" * (LONG // 10),
        "```js a.js\n```\n" * 2_000,
        "<<<<<<< SEARCH" + " " * LONG + "x\n",
        "a.js\n<<<<<<< SEARCH\n=======\n>>>>>>> REPLACE\n" * 3_000,
        "=======" + " " * LONG + "x",
        "**" * LONG,
        "`" * LONG,
        "# " * LONG + "\n```\n",
        "/* " * LONG + "...",
    ],
    ids=range(14),
)
def test_no_text_takes_long(text: str) -> None:
    run(Case("", text))
    run(Case("", "```js a.js\n" + text))
    run(Case("", "```js a.js\n" + text, files={"a.js": b"x\n"}))


@pytest.mark.parametrize("arguments", ["[" * LONG, '{"a":' * LONG, '"' * LONG, "\\" * LONG, '{"path": "' + "a" * LONG])
def test_no_arguments_take_long(arguments: str) -> None:
    run(Case("", calls=[("modify_file", arguments)]), 4_000)


def lines(*words: str, count: int) -> str:
    return "".join(f"{word}\n" for word in islice(cycle(words), count))


@pytest.mark.parametrize(
    ("text", "search"),
    [
        (lines("a", count=60_000), lines("a", count=2_000) + "b\n"),
        (lines(" a", count=60_000), lines("a", count=2_000) + "b\n"),
        (lines("  é", count=60_000), lines("é", count=2_000) + "’\n"),
        (lines("a", "b", count=60_000), lines("b", "a", count=30_001)),
        ("a" * 1_000_000, "a" * 5_000 + "b"),
        ("a" * 1_000_000, "a" * 5_000),
        (lines("ya", count=60_000), lines("a", count=500)),
        (lines("x" * 300, count=3_000), "x" * 299 + "y\n"),
        ("x" * 2_000_000, "x" * 100_000 + "y"),
    ],
    ids=range(9),
)
def test_no_search_takes_long(text: str, search: str) -> None:
    assert isinstance(apply_edits(text, [Edit(search, "z\n")]), ActionError)


@pytest.mark.parametrize(
    ("before", "after"),
    [
        (lines("a", count=4_000), lines("b", count=4_000)),
        (lines("a", "b", count=4_000), lines("b", "a", "a", count=4_000)),
        (lines(*"abcdefgh", count=1_000), lines(*"hgfedcba", count=1_000)),
        (lines(*map(str, range(2_000)), count=4_000), lines(*map(str, range(1_999, -1, -1)), count=4_000)),
        (lines("a", count=20_000), lines("b", count=20_000)),
    ],
    ids=range(5),
)
def test_no_difference_takes_long(before: str, after: str) -> None:
    old, new = before.encode(), after.encode()
    assert accept_hunks(old, new, range(len(hunks_of(old, new)))) == new


def test_edits_without_end_are_refused() -> None:
    text = lines(*map(str, range(2_000)), count=2_000)
    edits = [Edit(f"{number}\n", "x\n") for number in range(MOST_EDITS + 1)]
    result = apply_edits(text, edits)
    assert isinstance(result, ActionError)
    assert result.values["reason"] == "edits"
    assert not isinstance(apply_edits(text, edits[:MOST_EDITS]), ActionError)


def test_edits_that_never_end_are_not_gathered() -> None:
    """Each was compared with all before it, again with every one that came."""
    proposals = Proposals()
    position, _ = proposals.start("modify_file", "a.js")
    for number in range(MOST_EDITS * 4):
        proposals.put(Done(position, ModifyFile("a.js", (Edit(f"{number}", "x"),), position=position)))
    (item,) = proposals.items()
    assert isinstance(item, ModifyFile)
    assert len(item.edits) == MOST_EDITS + 1
    assert plan({"a.js": b"0\n"}, [item], RULES).actions[0].error == ActionError(
        "too_large", {"reason": "edits", "limit": MOST_EDITS}
    )


@pytest.mark.parametrize(("content", "count", "limit"), [("let a = 1;\n", 200, 40), ("let a = 1;\n" * 20_000, 20, 9)])
def test_a_proposed_file_is_edited_in_bounded_time(content: str, count: int, limit: int) -> None:
    """It is done while the answer is read: a search in vain, many times over, would hold up every other turn."""
    proposals = Proposals()
    position, _ = proposals.start("create_file", "a.js")
    proposals.put(Done(position, CreateFile("a.js", content, position=position)))
    proposals.next_call()
    assert proposals.start("modify_file", "a.js")[0] == position
    edits = tuple(Edit(f"nowhere {number}", "x") for number in range(count))
    stands = proposals.put(Done(position, ModifyFile("a.js", edits, position=position)))
    assert isinstance(stands, Bad)
    assert stands.error == ActionError("too_large", {"reason": "edits", "limit": limit})


def test_actions_without_end_are_refused() -> None:
    items = [CreateFile(f"{number}.js", "x\n", position=number) for number in range(500)]
    planned = plan({}, items, RULES)
    assert [action.error is None for action in planned.actions] == [True] * 300 + [False] * 200
    assert not planned.ok


def test_many_new_files_ask_the_host_once() -> None:
    asked: list[int] = []

    def together(added: Any, there: Any) -> None:
        asked.append(len(list(there)))
        paths.check_together(added, there)

    files = {f"f{number}.js": b"" for number in range(2_000)}
    items = [CreateFile(f"n{number}.js", "x\n", position=number) for number in range(100)]
    assert plan(files, items, Rules(check_path=paths.parse, check_together=together)).ok
    assert asked == [2_000]


def test_only_the_files_in_question_are_read_and_all_at_once() -> None:
    read: list[list[str]] = []

    def reading(wanted: Any) -> dict[str, bytes]:
        read.append(sorted(wanted))
        return dict.fromkeys(wanted, b"one\n")

    files = Files([f"{number}.txt" for number in range(1_000)], reading)
    items = [CreateFile("1.txt", "x\n", position=0), CreateFile("2.txt", "x\n", position=1)]
    assert plan(files, items, RULES).ok
    assert read == [["1.txt", "2.txt"]]


def test_a_host_that_fails_is_no_refusal() -> None:
    def broken(path: str) -> str:
        raise RuntimeError("the disk is away")

    with pytest.raises(RuntimeError):
        plan({}, [CreateFile("a.js", "x\n")], Rules(check_path=broken))


def test_a_path_without_end_is_shown_cut() -> None:
    result = run(Case("", calls=[create("a" * LONG, "x\n")]))
    assert result.outcome == "bad_path/long_path"
    assert len(result.plan.actions[0].path) == 1_000
    assert len(str(result.plan.actions[0].error)) < 2_000
    assert result.shown() == {}


def test_errors_of_many_edits_stay_short() -> None:
    wrong = [(f"nothing like it {number}", "x") for number in range(300)]
    error = run(Case("", calls=[edit("a.txt", *wrong)], files={"a.txt": b"nothing\n" * 50})).plan.actions[0].error
    assert error is not None
    assert len(error.values["wrong"]) == 300
    assert len(json.dumps(error.as_json())) < 20_000


def test_a_part_of_a_file_is_not_taken_for_it_without_asking() -> None:
    """A model that shows ten lines of a long file under its path means a change, not the file."""
    long = "".join(f"line {number}\n" for number in range(60)).encode()
    part = "".join(f"line {number}\n" for number in range(20, 30))
    files = {"a.txt": long}
    assert why_ask(run(Case("", f"```text a.txt\n{part}```\n", files=files)).plan, "auto") == "shrinks"
    removal = edit("a.txt", ("".join(f"line {number}\n" for number in range(50)), ""))
    assert why_ask(run(Case("", calls=[removal], files=files)).plan, "auto") is None
    whole = "".join(f"new {number}\n" for number in range(60))
    assert why_ask(run(Case("", calls=[create("a.txt", whole)], files=files)).plan, "auto") is None


@pytest.mark.parametrize(
    "line",
    ["// ... rest of the code", "// … existing imports …", "/* ... */", "# ... (other methods)", "<!-- ... -->",
     "{/* ... other routes ... */}", "// rest of the component stays the same", "// ... reste du code", "// ...",
     "-- … code inchangé", "// keep the rest", "... rest of the file", "(... existing code ...)",
     "// Code existant inchangé", "# ... keep your imports"],
)  # fmt: skip
def test_elisions(line: str) -> None:
    assert is_elision(line)
    assert is_elision("    " + line)


@pytest.mark.parametrize(
    "line",
    ["...props", "  ...", "…", "const a = [...b];", "// Loading...", "// wait for the rest",
     "# unchanged values are kept",
     "<p>...</p>", "// ...then the second step", "print('...')", "// the rest is up to the caller", "rest of the code",
     "/* the existing styles win */", "// see other functions", "* ...", "e.g. a, b, ...", "// TODO: code",
     "# restart of the code"],
)  # fmt: skip
def test_no_elisions(line: str) -> None:
    assert not is_elision(line)


def pieces_of(calls: list[tuple[int, str, str, str]]) -> Iterator[ToolCallDelta]:
    for position, call_id, name, arguments in calls:
        yield ToolCallDelta(position, call_id, name, arguments)


@pytest.mark.parametrize(
    "order",
    [
        # the name after the arguments; two calls whose pieces come by turns; the content before the path
        [(0, "a", "", '{"content": "x\\n", '), (0, "a", "create_file", '"path": "a.js"}')],
        [(0, "a", "create_file", '{"content": "x\\n", '), (1, "b", "create_file", '{"path": "b.js", "content": ""}'),
         (0, "a", "create_file", '"path": "a.js"}')],
        [(0, "a", "create_file", ""), (0, "a", "create_file", '{"path": "a.js", "content": "x\\n"}')],
    ],
)  # fmt: skip
def test_calls_in_any_order(order: list[tuple[int, str, str, str]]) -> None:
    proposals = Proposals()
    decoder = ToolDecoder(proposals)
    for piece in pieces_of(order):
        decoder.feed(piece)
    decoder.finish()
    made = {item.path: item for item in proposals.items()}
    assert made["a.js"] == CreateFile("a.js", "x\n", position=made["a.js"].position, call_id="a")
