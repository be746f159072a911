"""What holds for any answer, any file and any cut."""

from __future__ import annotations

import json

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from chat.actions.hunks import accept_hunks, counts, hunks_of
from chat.actions.matching import Applied, apply_edits
from chat.actions.plan import plan
from chat.actions.types import ActionError, CreateFile, Done, Edit, ModifyFile, digest_of
from tests.unit.actions.cases import CASES
from tests.unit.actions.running import RULES, Case, decode, run

NAMES = sorted(CASES)
# words of the protocol and of broken JSON, thrown together
SCRAPS = st.lists(
    st.sampled_from(
        ["```", "````", "```js a.js", "```md b.md", "\n", "\n\n", "<<<<<<< SEARCH\n", "=======\n", ">>>>>>> REPLACE\n",
         "a.js", "**a.js**", "let a;", "DELETE: a.js\n", "RENAME: a.js -> b.js\n", "é\U0001f600", "\r\n", "\\=======\n",
         " "]
    ),
    max_size=30,
).map("".join)  # fmt: skip
TEXT = st.text(st.characters(exclude_characters="\0", exclude_categories=["Cs"]), max_size=40)
LINE = st.sampled_from(["a", "b", "  a", "\ta", "a  ", "}", "", "x = 1", "‘a’", "é"])
ENDS = st.sampled_from(["\n", "\r\n"])
FILE = st.lists(st.tuples(LINE, ENDS), max_size=12).map(lambda lines: "".join(a + b for a, b in lines))
CUTS = st.lists(st.integers(0, 400), max_size=8)


@settings(deadline=None, max_examples=100, derandomize=True)
@given(st.sampled_from(NAMES), CUTS)
def test_any_cut_gives_the_same_values(name: str, cuts: list[int]) -> None:
    case = CASES[name]
    whole, cut = run(case), run(case, cuts)
    assert cut.plan == whole.plan
    assert cut.shown() == whole.shown()


@settings(deadline=None, max_examples=100, derandomize=True)
@given(SCRAPS, CUTS, st.booleans())
def test_any_text_decodes_the_same_however_it_is_cut(text: str, cuts: list[int], broke_off: bool) -> None:
    case = Case("", text, cut=broke_off, files={"a.js": b"let a;\n"})
    whole, cut = run(case), run(case, cuts)
    assert cut.plan == whole.plan
    assert cut.shown() == whole.shown()


@settings(deadline=None, max_examples=100, derandomize=True)
@given(SCRAPS, st.integers(0, 300))
def test_what_was_shown_only_grows(text: str, at: int) -> None:
    """What a person has read of a proposal stays, whatever comes behind it."""
    before = run(Case("", text[:at])).shown()
    after = run(Case("", text)).shown()
    for position, (kind, path, said) in before.items():
        if position in after and after[position][:2] == (kind, path):
            whole_lines = said[: said.rfind("\n", 0, len(said) - 1) + 1]
            assert after[position][2].startswith(whole_lines)


@settings(deadline=None, max_examples=100, derandomize=True)
@given(TEXT, TEXT, st.booleans(), st.booleans(), CUTS)
def test_a_call_says_its_content_as_it_is_written(
    path: str, content: str, ascii_only: bool, twice: bool, cuts: list[int]
) -> None:
    text = json.dumps({"content": content, "path": "p" + path.strip()}, ensure_ascii=ascii_only)
    text = json.dumps(text, ensure_ascii=ascii_only) if twice else text
    decoded = decode(Case("", calls=[("create_file", text)]), cuts)
    done = decoded[-1]
    assert isinstance(done, Done)
    assert isinstance(done.proposal, CreateFile)
    assert done.proposal.content == content
    shown = run(Case("", calls=[("create_file", text)]), cuts).shown()[0][2]
    hidden = {character for character in content if character < " " and character not in "\t\n\v\f\r"}
    assert shown == "".join("�" if character in hidden else character for character in content)


@settings(deadline=None, max_examples=100, derandomize=True)
@given(st.text(max_size=60), CUTS, st.booleans())
def test_no_arguments_break_the_decoder(text: str, cuts: list[int], broke_off: bool) -> None:
    for name in ("create_file", "modify_file", "read_file", "?"):
        case = Case("", calls=[(name, text)], cut=broke_off)
        assert run(case, cuts).plan == run(case).plan


@settings(deadline=None, max_examples=100, derandomize=True)
@given(FILE, st.integers(0, 12), st.integers(1, 4), st.lists(LINE, max_size=4), st.booleans())
def test_an_edit_changes_its_lines_and_nothing_else(
    text: str, first: int, count: int, new: list[str], open_ended: bool
) -> None:
    """With SEARCH copied from the file, either it is found twice, or all other bytes stay."""
    text = text.rstrip("\r\n") if open_ended else text
    lines = text.replace("\r\n", "\n").split("\n")
    lines = lines if lines[-1] else lines[:-1]
    wanted = lines[first : first + count]
    if not any(line.strip() for line in wanted):
        return
    edit = Edit("".join(line + "\n" for line in wanted), "".join(line + "\n" for line in new))
    result = apply_edits(text, [edit])
    if isinstance(result, ActionError):
        assert result.code == "ambiguous_match"
        return
    assert result.matched == "exact"
    parts = text.split("\n")
    before, after = "\n".join(parts[:first]), "\n".join(parts[first + len(wanted) :])
    assert result.text.startswith(before)
    assert result.text.endswith(after)
    expected = "".join(line + "\n" for line in lines[:first] + new + lines[first + count :])
    made = result.text.replace("\r\n", "\n")
    if text.endswith("\n"):
        assert made == expected
    else:
        # the last line has no end, unless it is one that had one and whose successors went
        assert made in {expected, expected.removesuffix("\n")}


@settings(deadline=None, max_examples=100, derandomize=True)
@given(FILE, FILE, st.booleans(), st.booleans())
def test_all_hunks_give_what_was_proposed_and_none_what_was_there(a: str, b: str, mark: bool, cut: bool) -> None:
    before = (b"\xef\xbb\xbf" if mark else b"") + a.encode()
    after = b.encode().rstrip(b"\n") if cut else b.encode()
    hunks = hunks_of(before, after)
    assert accept_hunks(before, after, range(len(hunks))) == after
    assert accept_hunks(before, after, []) == before
    for index in range(len(hunks)):
        some = accept_hunks(before, after, [index])
        assert accept_hunks(some, after, range(len(hunks_of(some, after)))) == after
    added, removed = counts(hunks)
    assert after.count(b"\n") - before.count(b"\n") - (added - removed) in {-1, 0, 1}


@settings(deadline=None, max_examples=100, derandomize=True)
@given(st.lists(st.tuples(FILE, FILE), min_size=1, max_size=4))
def test_a_plan_says_what_would_be_there(files: list[tuple[str, str]]) -> None:
    there = {f"f{number}.txt": old.encode() for number, (old, _) in enumerate(files)}
    items = [CreateFile(f"f{number}.txt", new, position=number) for number, (_, new) in enumerate(files)]
    copy = dict(there)
    planned = plan(there, items, RULES)
    assert there == copy
    assert planned == plan(there, items, RULES)
    for action in planned.actions:
        assert action.base == digest_of(there[action.path])
        if action.error is None and action.after is not None:
            hunks = range(len(action.hunks))
            assert accept_hunks(action.before, action.after, hunks) == action.after


@pytest.mark.parametrize("name", sorted(name for name in CASES if CASES[name].outcome == "applied"))
def test_a_plan_is_the_same_on_what_it_gave_only_where_it_is_whole(name: str) -> None:
    """Two different results never have the same hash."""
    actions = run(CASES[name]).plan.actions
    assert len({action.hash for action in actions}) == len(actions)


@settings(deadline=None, max_examples=100, derandomize=True)
@given(FILE, st.lists(st.tuples(LINE, LINE), min_size=1, max_size=5))
def test_edits_are_all_made_or_none(text: str, pairs: list[tuple[str, str]]) -> None:
    edits = [Edit(f"{a}\n", f"{b}\n") for a, b in pairs]
    result = apply_edits(text, edits)
    if isinstance(result, Applied):
        assert result == apply_edits(text, edits)
        return
    planned = plan({"a.txt": text.encode()}, [ModifyFile("a.txt", tuple(edits))], RULES)
    assert not planned.ok
    assert planned.files() == {}
