"""`bin/bench`: what it asks of the tools, and what it says of their figures."""

from __future__ import annotations

import argparse
import importlib
import sys
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest

BIN = Path(__file__).resolve().parents[2] / "bin"


@pytest.fixture
def bench(monkeypatch: pytest.MonkeyPatch) -> ModuleType:
    monkeypatch.setattr(sys, "path", [str(BIN), *sys.path])
    return importlib.import_module("_bench")


def options(**given: Any) -> argparse.Namespace:
    return argparse.Namespace(**{"port": 8011, "rounds": 2, "cases": None, "json": None, "tools": "nowhere", **given})


def test_missing_tools_are_named_with_the_way_out(bench: ModuleType) -> None:
    with pytest.raises(SystemExit, match=r"compare.py is not there.*--tools"):
        bench.stream(options(), [])


def test_the_product_is_asked_with_a_session_and_a_fresh_database(bench: ModuleType) -> None:
    words = bench.compare_command(
        Path("python"), Path("compare.py"), options(cases="ttft"), "k3y", Path("a"), Path("b"), Path("c.json")
    )
    headers = [words[place + 1] for place, word in enumerate(words) if word == "--header"]
    assert headers == ["Cookie: sessionid=k3y", "Sec-Fetch-Site: same-origin"]
    assert words[words.index("--url") + 1] == "http://127.0.0.1:8011/api/chat/message"
    assert words[words.index("--prepare") + 1].endswith("fresh.py a b")
    assert words[words.index("--cases") + 1] == "ttft"
    assert "--no-access-log" in words[words.index("--serve") + 1]


def test_the_server_is_a_production_one(bench: ModuleType) -> None:
    environment = bench.production(Path("x.sqlite3"))
    assert environment["DEBUG"] == "False"
    assert environment["DATABASE_URL"] == "sqlite:///x.sqlite3"


@pytest.mark.parametrize(("ratio", "mark"), [(0.29, "✓"), (0.31, "✗")])
def test_each_promise_is_marked(bench: ModuleType, capsys: pytest.CaptureFixture[str], ratio: float, mark: str) -> None:
    servers = {"product": {"errors": 0}}
    bench.report({"r50x200": {"metrics": {"cpu_ms_per_1k_tokens": {"ratio": ratio}}, "servers": servers}})
    line = next(line for line in capsys.readouterr().out.splitlines() if "r50x200" in line)
    assert line.strip().startswith(mark)
