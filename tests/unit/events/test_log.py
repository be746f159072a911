"""The log joins, cuts and drops; no reader may notice."""

from __future__ import annotations

import itertools

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chat.events import log as log_module
from chat.events import types as t
from chat.events.log import KEPT, TurnLog, cut, merged
from chat.events.state import fold
from chat.models import ModelCall
from tests.unit.events.atoms import EVENTS, atoms, numbered, parsed


class NoSaver:
    """The database never comes into it."""

    def touch(self, log: TurnLog) -> None:
        """Nothing is saved."""


@pytest.fixture(autouse=True)
def nothing_is_saved(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(log_module, "saver", NoSaver())


def filled(events: list[t.Event]) -> TurnLog:
    """A log that has these events."""
    log = TurnLog(1)
    for event in events:
        log.append([event])
    return log


@given(EVENTS)
def test_joining_changes_nothing(events: list[t.Event]) -> None:
    given_ = numbered(events)
    rows = merged(given_)
    assert atoms(rows) == atoms(given_)
    assert fold(rows).state() == fold(given_).state()
    neighbours = itertools.pairwise(event for _, event in rows)
    assert not any(isinstance(a, t.DELTAS) and type(a) is type(b) for a, b in neighbours)


@given(EVENTS, st.lists(st.integers(0, 25), max_size=6))
def test_it_does_not_matter_where_the_saving_falls(events: list[t.Event], cuts: list[int]) -> None:
    given_ = numbered(events)
    borders = sorted({0, *cuts, len(given_)})
    rows = [row for a, b in itertools.pairwise(borders) for row in merged(given_[a:b])]
    assert atoms(rows) == atoms(given_)
    assert fold(rows).state() == fold(given_).state()


@given(EVENTS, st.data())
def test_a_reader_of_rows_may_stand_anywhere(events: list[t.Event], data: st.DataObject) -> None:
    rows = merged(numbered(events))
    last = rows[-1][0] if rows else 0
    after = data.draw(st.integers(0, last))
    frames = b"".join(cut(seq, event, after) for seq, event in rows if seq > after)
    assert atoms(parsed(frames)) == atoms(rows, after)


@given(EVENTS, st.data())
def test_a_reader_of_the_log_may_stand_anywhere(events: list[t.Event], data: st.DataObject) -> None:
    log = filled(events)
    after = data.draw(st.integers(0, log.seq + 2))
    found = log.since(after)
    assert found is not None
    frames, reached = found
    assert atoms(parsed(frames)) == atoms(numbered(events), after)
    assert reached == max(after, log.seq)


@given(EVENTS, st.data())
def test_what_was_folded_before_plus_the_rest_is_the_whole(events: list[t.Event], data: st.DataObject) -> None:
    log = filled(events)
    whole = numbered(events)
    after = data.draw(st.sampled_from([0, *(seq for seq, _ in whole)]))
    state = fold(entry for entry in whole if entry[0] <= after)
    found = log.since(after)
    assert found is not None
    for seq, event in parsed(found[0]):
        state.add(seq, event)
    assert state.state() == fold(whole).state()


@given(EVENTS)
def test_a_replay_may_overlap(events: list[t.Event]) -> None:
    whole = numbered(events)
    twice = fold([*whole, *whole, *whole[len(whole) // 2 :]])
    assert twice.state() == fold(whole).state()


def test_saved_entries_are_dropped_and_unsaved_ones_never() -> None:
    log = filled([t.TextDelta("ab")] * 200)
    assert log.since(0) is not None
    log.mark_saved(100)
    assert log.since(100) is not None
    assert log.since(99) is None
    log.mark_saved(log.seq)
    oldest = log.seq - 2 * KEPT
    found = log.since(oldest)
    assert found is not None
    assert atoms(parsed(found[0])) == atoms(numbered([t.TextDelta("ab")] * 200), oldest)
    assert log.since(oldest - 1) is None


def test_a_number_in_the_middle_of_the_oldest_entry_is_in_memory() -> None:
    log = filled([t.TextDelta("abc")] * (KEPT + 10))
    log.mark_saved(30)
    found = log.since(31)
    assert found is not None
    assert parsed(found[0])[0] == (33, t.TextDelta("bc"))


def test_what_cannot_be_saved_is_taken_again_in_order() -> None:
    log = filled([t.TextDelta("a")])
    taken = log.take_unsaved()
    log.append([t.TextDelta("b")])
    log.give_back(taken)
    assert [event for _, event in log.take_unsaved().entries] == [t.TextDelta("a"), t.TextDelta("b")]
    assert log.take_unsaved().entries == []


def test_readers_are_woken_by_every_change_until_they_leave() -> None:
    log, woken = TurnLog(1), []
    leave = log.on_change(lambda: woken.append(log.seq))
    log.append([t.TextDelta("ab")])
    log.end()
    leave()
    log.append([t.TextDelta("c")])
    assert woken == [2, 2]
    assert log.ended


def test_the_frame_of_an_event() -> None:
    event = t.TextDelta("é\n😀\u2028")
    assert t.frame(4, event) == 'id: 4\nevent: text.delta\ndata: {"text":"é\\n😀\u2028"}\n\n'.encode()
    assert t.width(event) == 4
    assert t.width(t.TurnCompleted({})) == 1


async def test_a_model_call_without_an_event_is_saved_too(monkeypatch: pytest.MonkeyPatch) -> None:
    saved: list[log_module.Unsaved] = []

    class Writer:
        """Keeps what it is given."""

        async def run(self, function: object, batch: list[log_module.Unsaved]) -> None:
            """Saves it."""
            saved.extend(batch)

    monkeypatch.setattr(log_module, "writer", Writer())
    own = log_module.Saver()
    log, call = TurnLog(1), ModelCall(message_id=1)
    log.calls.append(call)
    own._dirty[log] = None
    assert await own.flush()
    assert [unsaved.calls for unsaved in saved] == [[call]]
    assert log.calls == []
