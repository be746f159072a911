"""Answers as real servers send them: one row for each deviation of hostile inputs 1.1, 1.2, 1.4 and 1.6 (in stream).

`test_chunks.py` plays each whole, in single bytes and cut anywhere.
"""

from __future__ import annotations

from tests.unit.llm.answers_ends import ENDS, REASONING
from tests.unit.llm.answers_errors import ERRORS, WHOLES
from tests.unit.llm.answers_shape import SHAPE

ROWS = {
    f"{group}: {name}": value
    for group, rows in (("1.1", SHAPE), ("1.2", ENDS), ("1.4", REASONING), ("1.6", ERRORS), ("whole", WHOLES))
    for name, value in rows.items()
}
