"""What is asked for where a summary is due: it goes on from the one that went in, be there a newer one or not."""

from __future__ import annotations

from typing import Any

import pytest

from chat.context.compaction import Due, Summary
from chat.context.prompt import Prompt
from chat.models import AIConversation
from chat.turns import summaries
from chat.turns.history import History, Said
from chat.turns.summaries import work_of

MESSAGES = [{"role": ("user", "assistant")[n % 2], "content": f"message{n}"} for n in range(100)]
IDS = range(1, 101)
OLDER, NEWER = (Summary("Bleu.", n, up_to=n, covers=n, parts=("Bleu.",)) for n in (20, 60))


@pytest.fixture(autouse=True)
def _said(monkeypatch: pytest.MonkeyPatch) -> None:
    def between(conversation: Any, after: int, up_to: int, most: int, language: str) -> Said:
        return Said(MESSAGES[after:up_to], list(IDS[after:up_to]), [()] * (up_to - after))

    monkeypatch.setattr(summaries, "said_between", between)


@pytest.mark.parametrize(
    ("former", "messages", "start", "up_to"),
    [(OLDER, 41, 20, 61), (OLDER, 80, 20, 100), (NEWER, 20, 60, 80), (None, 30, 0, 30), (NEWER, 41, 60, 100)],
)
def test_it_goes_on_from_the_summary_that_went_in(
    former: Summary | None, messages: int, start: int, up_to: int
) -> None:
    history = History(MESSAGES, IDS, first=1, summaries=[OLDER, NEWER])
    prompt = Prompt([], 9, due=Due(messages, 400, former))
    work = work_of(AIConversation(pk=1), history, prompt, "m", "fr", 8_000)
    assert work is not None
    assert (work.start, work.said.ids[0], work.up_to, work.total) == (start, start + 1, up_to, up_to - start)
