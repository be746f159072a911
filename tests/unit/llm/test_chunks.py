"""Every deviation of hostile inputs 1.1, 1.2, 1.4 and 1.6, whole and cut anywhere."""

from __future__ import annotations

import itertools
import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from chat.llm.chunks import AnswerDecoder
from tests.hostile_server import DONE, chunk, event, finish, pieces
from tests.unit.llm.answers import ROWS
from tests.unit.llm.decoding import Outcome, decode
from tests.unit.llm.rows import tool

SMALL = sorted(name for name, row in ROWS.items() if len(row.data) < 5000)


def check(name: str, found: Outcome) -> None:
    row = ROWS[name]
    assert found.code == row.code, found.error
    assert found.text == row.text
    assert found.reasoning == row.reasoning
    if row.code is None:
        assert found.finish is not None
        assert (found.finish.reason, found.finish.raw) == (row.reason, row.raw)
        assert found.usage == row.usage
        assert tuple((call.name, call.arguments, call.malformed) for call in found.tools) == row.calls
    if row.detail and found.error:
        assert found.error.detail == row.detail


@pytest.mark.parametrize("name", ROWS)
def test_row(name: str) -> None:
    check(name, decode(ROWS[name].data))


@pytest.mark.parametrize("name", SMALL)
def test_row_in_single_bytes(name: str) -> None:
    check(name, decode(pieces(ROWS[name].data)))


@pytest.mark.parametrize("name", ROWS)
def test_row_names_the_model_that_answered(name: str) -> None:
    decoder = AnswerDecoder()
    decoder.feed(ROWS[name].data)
    decoder.end()
    assert decoder.model == ROWS[name].model


@settings(max_examples=300, deadline=None)
@given(st.sampled_from(SMALL), st.lists(st.integers(0, 5000), max_size=8))
def test_where_the_bytes_are_cut_changes_nothing(name: str, cuts: list[int]) -> None:
    data = ROWS[name].data
    edges = [0, *sorted(cut for cut in cuts if cut < len(data)), len(data)]
    parts = [data[a:b] for a, b in itertools.pairwise(edges)]
    assert decode(parts).verdict == decode(data).verdict


#: Events of all rows, and plain ones as often: what comes in one read is decoded together where it can be.
SINGLE = sorted({part + b"\n\n" for name in SMALL for part in ROWS[name].data.split(b"\n\n") if part})
EVENTS = st.lists(st.one_of(st.sampled_from(["a", "\u00e9 ", "<thi", "\n"]).map(chunk), st.sampled_from(SINGLE)))


@settings(max_examples=500, deadline=None)
@given(EVENTS, st.lists(st.sampled_from([chunk("x"), chunk("y")]), min_size=9, max_size=12))
def test_events_that_come_together_tell_what_they_tell_one_by_one(events: list[bytes], plain: list[bytes]) -> None:
    for several in (events, [*plain, *events], [*plain[:4], *events[:1], *plain[4:]]):
        assert decode(b"".join(several)).verdict == decode(several).verdict


ODD = {
    "the end": b"data: [DONE]\n\n",
    "two values": b"data: {}, {}\n\n",
    "two objects on two lines": chunk("x").rstrip() + b"\n" + chunk("y"),
    "a number": b"data: 1\n\n",
    "half an object": b"data: {\n\n",
    "a comment": b": ping\n\n",
    "a finish reason beside text": event(
        {"choices": [{"index": 0, "delta": {"content": "z"}, "finish_reason": "stop"}]}
    ),
    "thinking beside text": event({"choices": [{"index": 0, "delta": {"content": "z", "reasoning": "r"}}]}),
    "another choice": event({"choices": [{"index": 1, "delta": {"content": "z"}}]}),
}


@pytest.mark.parametrize("odd", ODD.values(), ids=ODD)
def test_one_odd_event_among_many(odd: bytes) -> None:
    for place in range(12):
        several = [chunk("x")] * 12
        several.insert(place, odd)
        assert decode([b"".join(several)]).verdict == decode(several).verdict


@settings(max_examples=200, deadline=None)
@given(st.binary(max_size=200), st.booleans())
def test_no_bytes_crash_it(data: bytes, after_text: bool) -> None:
    found = decode([chunk("Hi") if after_text else b"", data])
    assert found.error is not None or found.finish is not None
    assert found.text.startswith("Hi" if after_text else "")


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=5),
    lambda each: (
        st.lists(each, max_size=3)
        | st.dictionaries(
            st.sampled_from(
                [
                    "choices",
                    "delta",
                    "message",
                    "content",
                    "tool_calls",
                    "function",
                    "name",
                    "arguments",
                    "index",
                    "id",
                    "usage",
                    "error",
                    "finish_reason",
                    "reasoning",
                    "text",
                    "x_groq",
                    "code",
                    "detail",
                    "reasoning_details",
                    "function_call",
                    "refusal",
                    "object",
                    "type",
                ]
            ),
            each,
            max_size=4,
        )
    ),
    max_leaves=12,
)


@settings(max_examples=500, deadline=None)
@given(st.lists(JSON, max_size=3))
def test_no_json_crashes_it(values: list[object]) -> None:
    found = decode([chunk("Hi"), *map(event, values), finish(), DONE])
    assert found.text.startswith("Hi")


@settings(max_examples=300, deadline=None)
@given(
    st.lists(
        st.fixed_dictionaries(
            {},
            optional={
                "delta": JSON,
                "index": st.sampled_from([0, None, 1, "0"]),
                "message": JSON,
                "finish_reason": JSON,
                "text": JSON,
            },
        ),
        max_size=3,
    )
)
def test_no_choice_crashes_it(choices: list[object]) -> None:
    found = decode(
        [
            chunk("Hi"),
            event({"choices": choices}),
            event({"choices": [{"delta": {"tool_calls": choices}}]}),
            finish(),
            DONE,
        ]
    )
    assert found.text.startswith("Hi")


def test_thinking_that_starts_without_a_tag() -> None:
    """Some templates put the opening tag into the prompt: a provider's option says so."""
    found = decode(chunk("hm") + chunk("\n</think>\n\nHi") + finish() + DONE, thinks_first=True)
    assert (found.reasoning, found.text) == ("hm\n", "Hi")


def test_text_is_given_before_the_end_of_its_tag_search() -> None:
    """Content is never held back until the end to look for tags."""
    decoder = AnswerDecoder()
    assert decoder.feed(chunk("Hello"))
    assert decoder.feed(chunk(" <b>world"))


def test_one_batch_has_few_parts() -> None:
    decoder = AnswerDecoder()
    assert len(decoder.feed(chunk("a") * 100)) == 1
    assert len(decoder.feed(tool(arguments="{") + tool(arguments='"a"') * 50)) == 1


@pytest.mark.parametrize(
    "data",
    [
        pytest.param(chunk("x" * 1_000_000) * 9, id="text"),
        pytest.param(b"data: " + b"x" * 20_000_000, id="one event"),
        pytest.param(b'{"choices": "' + b"x" * 40_000_000, id="a whole body"),
        pytest.param(tool(arguments="x" * 1_000_000) * 9, id="arguments"),
        pytest.param(b"".join(tool(number, f"c{number}") for number in range(2_001)), id="calls"),
    ],
)
def test_ceilings(data: bytes) -> None:
    found = decode(pieces(data, 1 << 18))
    assert found.code == "too_large"


def test_text_before_the_ceiling_is_kept() -> None:
    found = decode(pieces(chunk("kept") + b"data: " + b"x" * 20_000_000, 1 << 18))
    assert (found.text, found.code) == ("kept", "too_large")


def test_progress_is_content_and_not_heartbeats() -> None:
    decoder = AnswerDecoder()
    decoder.feed(b": ping\n\n" + event({"choices": []}) + event({"type": "ping"}) + event(b"ping"))
    assert (decoder.progress, decoder.content) == (0, False)
    decoder.feed(chunk("a"))
    assert decoder.progress == 1
    assert decoder.content


@pytest.mark.parametrize(
    "data",
    [chunk("x") * 20_000, tool(arguments="x") * 20_000, chunk("x" * 2_000_000)],
    ids=["20 000 texts", "20 000 pieces of arguments", "2 MB"],
)
def test_time_is_linear(data: bytes) -> None:
    start = time.process_time()
    decode(pieces(data, 1000))
    assert time.process_time() - start < 5
