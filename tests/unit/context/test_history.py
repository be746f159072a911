"""What of a conversation goes in when not all of it can."""

from __future__ import annotations

from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from chat.context.history import KEPT_WHOLE, PER_MESSAGE, fitting, shortened

CODE = "```js\n" + "\n".join(f"line {n};" for n in range(40)) + "\n```"


def talk(count: int) -> list[dict[str, Any]]:
    roles = ("user", "assistant")
    return [{"role": roles[n % 2], "content": f"message {n}\n{CODE if n % 2 else ''}"} for n in range(count)]


def words(text: str) -> int:
    return len(text.split())


def test_what_fits_is_left_alone() -> None:
    assert fitting(talk(10), 10**6, words) == talk(10)


def test_older_answers_lose_their_code_before_they_are_lost() -> None:
    kept = fitting(talk(20), 620, words)
    assert kept[-KEPT_WHOLE:] == talk(20)[-KEPT_WHOLE:]
    assert len(kept) > KEPT_WHOLE
    older = kept[:-KEPT_WHOLE]
    assert all("line 39" not in message["content"] for message in older)
    assert any("[… +36]" in message["content"] for message in older)
    assert all(message["content"].startswith("message ") for message in older)
    assert kept[0]["role"] == "user"


def test_a_short_piece_stays_and_fences_stay_closed() -> None:
    assert shortened("a\n```js\nlet a;\n```\nb") == "a\n```js\nlet a;\n```\nb"
    assert shortened(f"a\n{CODE}\nb") == "a\n```js\nline 0;\nline 1;\nline 2;\nline 3;\n[… +36]\n```\nb"


def test_what_stands_between_two_pieces_is_no_piece() -> None:
    prose = "\n".join(f"word {n}" for n in range(40))
    assert shortened(f"```js\nlet a;\n```\n{prose}\n```js\nlet b;\n```").count("word") == 40


def test_a_fence_that_is_never_closed_is_cut_to_the_end_of_the_text() -> None:
    assert shortened("````x\n" + "line\n" * 100) == "````x\n" + "line\n" * 4 + "[… +97]"


@given(st.lists(st.text(alphabet="a`~\n j", max_size=400), max_size=20), st.integers(0, 400))
def test_the_budget_is_never_exceeded(texts: list[str], budget: int) -> None:
    messages = [{"role": ("user", "assistant")[n % 2], "content": text} for n, text in enumerate(texts)]
    kept = fitting(messages, budget, words)
    assert sum(words(message["content"]) + PER_MESSAGE for message in kept) <= budget
    assert [message["role"] for message in kept] == [
        message["role"] for message in messages[len(messages) - len(kept) :]
    ]
