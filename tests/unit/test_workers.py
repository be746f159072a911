"""How the tests themselves are shared out among processes (tests/workers.py)."""

from __future__ import annotations

import os
from types import SimpleNamespace
from typing import Any

import pytest

from tests import workers


def config(*args: str, **option: Any) -> Any:
    return SimpleNamespace(args=list(args or ("tests",)), option=SimpleNamespace(**{"capture": "fd", **option}))


@pytest.mark.parametrize(("processors", "expected"), [(None, 2), (1, 2), (2, 2), (4, 4), (64, 6)])
def test_as_many_as_processors(monkeypatch: pytest.MonkeyPatch, processors: int | None, expected: int) -> None:
    monkeypatch.setattr(os, "cpu_count", lambda: processors)
    assert workers.how_many(config("tests/unit", keyword="")) == expected


@pytest.mark.parametrize(
    "chosen",
    [
        config(keyword="access"),
        config(markexpr="redis"),
        config(lf=True),
        config(collectonly=True),
        config(capture="no"),
        config("tests/unit/test_workers.py"),
        config("tests/unit/test_workers.py::test_few_tests_need_none", "tests/unit/test_texts.py"),
    ],
)
def test_few_tests_need_none(chosen: Any) -> None:
    assert workers.how_many(chosen) == 0


def test_each_has_a_redis_database_of_its_own() -> None:
    given = [workers.redis_of("redis://127.0.0.1:6379/1", worker) for worker in range(workers.MOST)]
    assert given[:3] == ["redis://127.0.0.1:6379/1", "redis://127.0.0.1:6379/0", "redis://127.0.0.1:6379/15"]
    assert len(set(given)) == workers.MOST


@pytest.mark.parametrize(("name", "expected"), [("gw0", 0), ("gw5", 5), (None, 0)])
def test_which_one_this_is(monkeypatch: pytest.MonkeyPatch, name: str | None, expected: int) -> None:
    monkeypatch.delenv("PYTEST_XDIST_WORKER", raising=False)
    if name is not None:
        monkeypatch.setenv("PYTEST_XDIST_WORKER", name)
    assert workers.number() == expected
