"""Wrong guesses are counted so that nobody can lock out somebody else."""

from __future__ import annotations

import pytest
from django.core.cache import cache
from django.test import RequestFactory

from webox.guesses import Guesses

MOST = (3, 20, 6)


@pytest.fixture(autouse=True)
def nothing_counted() -> None:
    cache.clear()


def guess(address: str, name: str = "alice") -> bool:
    """Whether one more is refused."""
    guesses = Guesses(RequestFactory().post("/", REMOTE_ADDR=address), name, of="mail", most=MOST)
    guesses.add()
    return guesses.are_too_many


def test_one_caller_is_refused_soon_and_locks_nobody_out() -> None:
    assert [guess("192.0.2.1") for _ in range(50)] == [False] * 3 + [True] * 47
    assert not guess("192.0.2.2")


def test_a_name_is_refused_to_many_callers_together() -> None:
    assert [guess(f"192.0.2.{number}") for number in range(8)] == [False] * 6 + [True] * 2


def test_a_caller_with_many_names_is_refused() -> None:
    assert [guess("192.0.2.1", f"name{number}") for number in range(22)] == [False] * 20 + [True] * 2
