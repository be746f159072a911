"""How the tests themselves are shared out among processes (tests/workers.py)."""

from __future__ import annotations

import os
import runpy
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from tests import workers

BIN = Path(__file__).resolve().parents[2] / "bin"


def config(*args: str, **option: Any) -> Any:
    return SimpleNamespace(args=list(args or ("tests",)), option=SimpleNamespace(**{"capture": "fd", **option}))


@pytest.mark.parametrize(("processors", "expected"), [(None, 1), (1, 1), (2, 2), (4, 4), (64, 6)])
def test_one_for_each_processor(monkeypatch: pytest.MonkeyPatch, processors: int | None, expected: int) -> None:
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


def test_what_the_command_is_given_has_the_last_word(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.syspath_prepend(str(BIN))
    command = runpy.run_path(str(BIN / "test"))["pytest_command"](["-n", "3", "-k", "x y"])
    assert command[1:3] == ["-m", "pytest"]
    assert command[-4:] == ["-n", "3", "-k", "x y"]
    assert command.index("auto") < command.index("3")


def test_files_stay_whole_and_the_browser_comes_last() -> None:
    def item(path: str, *, browser: bool = False) -> Any:
        return SimpleNamespace(path=Path(path), get_closest_marker=lambda name: True if browser else None)

    items = [
        item("browser/test_a.py", browser=True),
        item("browser/test_a.py", browser=True),
        item("integration/test_b.py"),
        item("streaming/test_embedded_story.py"),
        item("unit/test_c.py"),
    ]
    workers.in_order(items)
    assert [found.path.stem for found in items] == ["test_embedded_story", "test_b", "test_c", "test_a", "test_a"]
