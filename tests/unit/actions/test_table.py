"""The table of `docs/actions.md` is what happens: every row is run."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from chat.actions.types import ActionError
from tests.unit.actions.cases import CASES
from tests.unit.actions.running import Case, run

DOC = Path(__file__).parents[3] / "docs" / "actions.md"
ROW = re.compile(r"^\| `([a-z0-9-]+)` \|[^|]*\| `([a-z0-9_/]+)`[^|]*\|$", re.MULTILINE)
ROWS = dict(ROW.findall(DOC.read_text()))


def test_every_case_has_its_row_and_every_row_its_case() -> None:
    assert set(ROWS) == set(CASES)


@pytest.mark.parametrize("name", CASES)
def test_a_row_says_what_happens(name: str) -> None:
    assert ROWS[name] == CASES[name].outcome


@pytest.mark.parametrize("name", CASES)
@pytest.mark.parametrize("size", [1, 2, 7, 1_000_000])
def test_a_row_happens_however_the_answer_is_cut(name: str, size: int) -> None:
    case = CASES[name]
    result = run(case, size)
    assert result.outcome == case.outcome
    if case.outcome == "applied":
        assert result.plan.files() == case.gives
    else:
        assert not (result.plan.actions and result.plan.ok)
    if case.added is not None:
        assert sum(action.added for action in result.plan.actions) == case.added
    if case.outcome == "applied":
        assert any(action.protected for action in result.plan.actions) == case.protected
    _check_nearest(case, [action.error for action in result.plan.actions if action.error])


def _check_nearest(case: Case, errors: list[ActionError]) -> None:
    if case.nearest is not None:
        assert list(errors[0].nearest) == list(case.nearest)


def test_what_is_no_text_has_no_lines_to_count() -> None:
    (action,) = run(CASES["binary-delete"]).plan.actions
    assert (action.error, action.added, action.removed, action.hunks) == (None, 0, 0, ())
