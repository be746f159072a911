"""What a person makes of a proposal before it is applied."""

from __future__ import annotations

import pytest

from chat.actions.ways import Choice, Wanted
from chat.errors import ChatError
from chat.models import AIAction

MARK = 'key = "[masked:assigned]"\n'


def changed(content: str, before: bytes | None) -> bytes | None:
    wanted = Wanted({1: Choice(1, "hash", content=content)})
    return wanted.change(AIAction(pk=1, action_data={"path": "a.py"}), {"before": before, "after": b"z"}).mine


@pytest.mark.parametrize("before", [None, b'key = "k9Zq2LmX7vTr4WbN8sYd"\n'])
def test_a_mark_never_takes_the_place_of_its_value(before: bytes | None) -> None:
    with pytest.raises(ChatError, match="invalid"):
        changed(MARK, before)


def test_a_mark_that_the_file_has_itself_stays() -> None:
    assert changed(MARK + "x = 1\n", MARK.encode()) == (MARK + "x = 1\n").encode()
