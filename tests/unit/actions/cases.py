"""The runnable cases behind the table of `docs/actions.md`, by the name in its first column."""

from __future__ import annotations

from tests.unit.actions.cases_answers import CALLS, WHERE
from tests.unit.actions.cases_edits import MATCHING
from tests.unit.actions.cases_files import FILES
from tests.unit.actions.cases_secrets import SECRETS
from tests.unit.actions.running import Case

CASES: dict[str, Case] = {**WHERE, **CALLS, **MATCHING, **FILES, **SECRETS}
