"""What is learned of a model's window from its answers."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from chat.context.windows import MOST, NAMED_REMEMBERED, REMEMBERED, Windows
from chat.llm.named_window import NamedWindow

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


def test_a_window_that_was_named_is_what_is_sent_from_then_on() -> None:
    windows = Windows()
    assert windows.refused(*HERE, 10_000, NamedWindow(8_192, 12_000))
    room = windows.budget(*HERE, 24_000)
    # a quarter is for the answer, and the server counts 1.2 tokens for each of ours
    assert room == int((8_192 - 2_048) / 1.2)
    assert windows.budget("http://b", "m", 24_000) == 24_000


def test_the_answer_has_as_much_of_a_window_as_the_site_gives_it_and_half_at_most() -> None:
    windows = Windows()
    windows.refused(*HERE, 10_000, NamedWindow(8_000, 10_000))
    assert windows.budget(*HERE, 24_000, answer=1_000) == 7_000
    assert windows.budget(*HERE, 24_000, answer=50_000) == 4_000


def test_without_a_count_of_the_servers_a_little_less_is_sent() -> None:
    windows = Windows()
    assert windows.refused(*HERE, 10_000, NamedWindow(8_000))
    assert windows.budget(*HERE, 24_000) == 5_400


def test_a_named_window_that_the_prompt_was_within_is_no_measure() -> None:
    windows = Windows()
    assert not windows.refused(*HERE, 10_000, NamedWindow(100_000))
    assert windows.budget(*HERE, 24_000) == 7_000


def test_a_named_window_is_forgotten_after_some_hours() -> None:
    clock = [0.0]
    windows = Windows(lambda: clock[0])
    windows.refused(*HERE, 10_000, NamedWindow(8_000, 10_000))
    clock[0] += NAMED_REMEMBERED - 1
    assert windows.budget(*HERE, 24_000) == 6_000
    clock[0] += 2
    assert windows.budget(*HERE, 24_000) == 24_000


def test_the_window_of_a_list_is_kept_to_before_any_refusal() -> None:
    windows = Windows()
    assert windows.budget(*HERE, 24_000, 8_000) == 5_400
    assert windows.budget(*HERE, 24_000, 200_000) == 24_000
    assert windows.budget(*HERE, 24_000, 1) == 24_000  # a slip
    windows.refused(*HERE, 10_000, NamedWindow(4_000, 10_000))
    assert windows.budget(*HERE, 24_000, 8_000) == 3_000


@given(
    st.integers(1, 10**6), st.integers(256, 10**8), st.one_of(st.none(), st.integers(0, 10**8)), st.integers(100, 10**6)
)
def test_no_named_window_makes_a_budget_absurd(ours: int, size: int, counted: int | None, tokens: int) -> None:
    windows = Windows()
    known = windows.refused(*HERE, ours, NamedWindow(size, counted))
    room = windows.budget(*HERE, tokens)
    assert 0 <= room <= tokens
    if known:
        assert 0 < windows.budget(*HERE, 10**9) < ours


@given(st.lists(st.tuples(st.integers(0, 10**6), st.integers(-5, 10**7)), max_size=50), st.integers(100, 10**6))
def test_no_report_makes_a_budget_absurd(reports: list[tuple[int, int]], tokens: int) -> None:
    windows = Windows()
    for ours, theirs in reports:
        windows.reported(*HERE, ours, theirs)
    assert tokens / MOST - 1 <= windows.budget(*HERE, tokens) <= tokens
