"""Folding a trace gives the state; the same trace is folded in `tests/js`."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import msgspec
import pytest

from chat.events import types as t
from chat.events.state import HANDLERS, Fold, fold

ROOT = Path(__file__).parents[3]
TRACE: dict[str, Any] = json.loads((ROOT / "tests" / "traces" / "every_event.json").read_text())
EVENTS = [(seq, t.decode(type_, data)) for seq, type_, data in TRACE["events"]]


def test_the_trace_gives_its_state() -> None:
    assert fold(EVENTS).state() == TRACE["state"]


def test_every_type_is_in_the_trace_the_docs_and_the_fold() -> None:
    documented = set(re.findall(r"`((?:[a-z]+\.)?[a-z]+)`", _first_column((ROOT / "docs" / "events.md").read_text())))
    assert {event.type for _, event in EVENTS} == documented == {event.type for event in t.EVENTS}
    assert set(t.BY_TYPE) == set(HANDLERS)


def test_what_is_only_kept_changes_nothing_and_is_never_sent() -> None:
    kept = [
        t.CallHeard([(0, "c0", "create_file", "{")]),
        t.CallEnded([(0, {"code": "no_match"})]),
        t.BasesShown({"a.js": "00ff", "b.js": None}),
    ]
    assert {type(event) for event in kept} == set(t.KEPT)
    for event in kept:
        before, log = Fold(), Fold()
        assert t.decode(event.type, json.loads(msgspec.json.encode(event))) == event
        log.add(1, event)
        assert {**log.state(), "last_seq": 0} == before.state()
        assert t.frame(1, event) == b""


def _first_column(markdown: str) -> str:
    rows = [line for line in markdown.splitlines() if line.startswith("| `")]
    return "\n".join(row.split("|")[1] for row in rows)


@pytest.mark.parametrize("event", [event for _, event in EVENTS], ids=lambda event: event.type)
def test_an_event_survives_the_database(event: t.Event) -> None:
    stored = json.loads(json.dumps(msgspec.to_builtins(event)))
    assert t.decode(event.type, stored) == event


def test_terminal_events_are_those_with_a_status() -> None:
    assert {event.type for event in t.EVENTS if event.terminal} == set(t.TERMINAL_STATUS)


def test_unknown_and_wrong_events_are_refused() -> None:
    with pytest.raises(KeyError):
        t.decode("text.unknown", {})
    with pytest.raises(msgspec.ValidationError):
        t.decode("text.delta", {"text": 3})


@pytest.mark.parametrize(("type_", "status"), t.TERMINAL_STATUS.items())
def test_each_end_has_its_status(type_: str, status: str) -> None:
    assert fold([(1, t.decode(type_, {"metadata": {"a": 1}}))]).state()["status"] == status


def test_a_delta_of_an_unknown_action_or_step_is_passed_over() -> None:
    assert fold([(1, t.ActionDelta(3, "x")), (2, t.StepFinished(3, "x"))]).state()["actions"] == []
