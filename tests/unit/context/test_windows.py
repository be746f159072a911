"""What is learned of a model's window from its answers."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from chat.context.windows import MOST, REMEMBERED, Windows

HERE = ("http://a", "m")


def test_nothing_is_assumed_of_a_model_that_was_never_asked() -> None:
    assert Windows().budget(*HERE, 24_000) == 24_000


def test_a_server_that_counts_more_gets_less() -> None:
    windows = Windows()
    for _ in range(30):
        assert windows.reported(*HERE, 10_000, 15_000)
    assert 15_900 <= windows.budget(*HERE, 24_000) <= 16_200
    assert windows.budget("http://b", "m", 24_000) == 24_000


def test_a_server_that_counts_less_gets_no_more_than_is_allowed() -> None:
    windows = Windows()
    assert windows.reported(*HERE, 10_000, 8_000)
    assert windows.budget(*HERE, 24_000) == 24_000


def test_a_prompt_that_was_cut_without_a_word_is_noticed_and_teaches_nothing() -> None:
    windows = Windows()
    assert not windows.reported(*HERE, 10_000, 4_096)
    assert windows.reported(*HERE, 1_000, 100)  # too short to tell
    assert windows.budget(*HERE, 24_000) == 24_000


def test_after_a_refusal_less_is_sent() -> None:
    windows = Windows()
    windows.refused(*HERE, 10_000)
    assert windows.budget(*HERE, 24_000) == 7_000
    windows.refused(*HERE, 20_000)
    assert windows.budget(*HERE, 24_000) == 7_000


def test_a_refusal_is_forgotten_after_a_while() -> None:
    clock = [0.0]
    windows = Windows(lambda: clock[0])
    windows.refused(*HERE, 10_000)
    clock[0] += REMEMBERED - 1
    assert windows.budget(*HERE, 24_000) == 7_000
    clock[0] += 2
    assert windows.budget(*HERE, 24_000) == 24_000


@given(st.lists(st.tuples(st.integers(0, 10**6), st.integers(-5, 10**7)), max_size=50), st.integers(100, 10**6))
def test_no_report_makes_a_budget_absurd(reports: list[tuple[int, int]], tokens: int) -> None:
    windows = Windows()
    for ours, theirs in reports:
        windows.reported(*HERE, ours, theirs)
    assert tokens / MOST - 1 <= windows.budget(*HERE, tokens) <= tokens
