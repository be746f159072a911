"""What of a conversation goes in when not all of it can."""

from __future__ import annotations

from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from chat.context.history import KEPT_WHOLE, LEAST_CUT, PER_MESSAGE, fitting, last_exchange, shortened

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


def exchange(question: str, answer: str) -> list[dict[str, Any]]:
    return [*talk(2), {"role": "user", "content": question}, {"role": "assistant", "content": answer}]


def test_a_last_answer_that_is_too_long_keeps_its_beginning_and_its_end() -> None:
    question, answer = "Explain it", " ".join(f"w{n}" for n in range(5_000))
    asked, answered = last_exchange(exchange(question, answer), 1_000, words)
    assert asked["content"] == question
    assert answered["content"].startswith("w0 w1 ")
    assert answered["content"].endswith(" w4999")
    assert "\n[… " in answered["content"]
    assert 800 < words(answered["content"]) <= 1_000


def test_a_log_that_was_pasted_is_cut_and_its_answer_is_whole() -> None:
    log = "\n".join(f"line {n} of a log" for n in range(3_000))
    asked, answered = last_exchange(exchange(log, "It is line 7"), 500, words)
    assert answered["content"] == "It is line 7"
    assert asked["content"].startswith("line 0 of")
    assert asked["content"].endswith("line 2999 of a log")


def test_long_code_goes_before_words_do() -> None:
    answered = last_exchange(exchange("Why", f"Because:\n{CODE}\nAnd so on"), 60, words)[-1]
    assert answered["content"] == shortened(f"Because:\n{CODE}\nAnd so on")


def test_a_question_without_an_answer_is_an_exchange_of_its_own() -> None:
    asked = last_exchange([*talk(2), {"role": "user", "content": "word " * 900}], 200, words)
    assert [message["role"] for message in asked] == ["user"]


def test_there_is_no_exchange_where_there_is_no_question_or_no_room() -> None:
    assert last_exchange([], 1_000, words) == []
    assert last_exchange([{"role": "assistant", "content": "a"}], 1_000, words) == []
    assert last_exchange(exchange("word " * 500, "word " * 500), LEAST_CUT, words) == []


@given(st.text(max_size=3_000), st.text(alphabet="a`~\n j\u00e9", max_size=3_000), st.integers(0, 500))
def test_the_last_exchange_never_exceeds_the_budget(question: str, answer: str, budget: int) -> None:
    for count in (words, len):
        kept = last_exchange(exchange(question, answer), budget, count)
        assert sum(count(message["content"]) + PER_MESSAGE for message in kept) <= budget
        assert [message["role"] for message in kept] in ([], ["user", "assistant"])
