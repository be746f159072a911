"""The SSE decoder: the rules of the standard, cut anywhere, in linear time."""

from __future__ import annotations

import itertools
import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chat.llm.sse import SSEDecoder
from tests.hostile_server import pieces


def decode(*parts: bytes) -> list[tuple[str, bytes]]:
    decoder = SSEDecoder()
    return [event for part in parts for event in decoder.feed(part)] + decoder.finish()


def naive(stream: bytes) -> list[tuple[str, bytes]]:
    """The standard, word by word, over a whole stream."""
    stream = stream.removeprefix(b"\xef\xbb\xbf").replace(b"\r\n", b"\n").replace(b"\r", b"\n")
    events, data, name = [], [], ""
    for line in [*stream.split(b"\n"), b""]:
        field, _, value = line.partition(b":")
        value = value[1:] if value.startswith(b" ") else value
        if not line:
            if data:
                events.append((name, b"\n".join(data)))
            data, name = [], ""
        elif field == b"data":
            data.append(value)
        elif field == b"event":
            name = value.decode("utf-8", "replace")
    return events


@pytest.mark.parametrize(
    ("stream", "events"),
    [
        pytest.param(b"data: a\n\ndata: b\n\n", [("", b"a"), ("", b"b")], id="two events"),
        pytest.param(b"data:a\n\n", [("", b"a")], id="no space after the colon"),
        pytest.param(b"data:  a\n\n", [("", b" a")], id="one space is taken, the second stays"),
        pytest.param(b"data: a\ndata: b\n\n", [("", b"a\nb")], id="several data lines"),
        pytest.param(b"data\n\n", [("", b"")], id="a data line without a colon"),
        pytest.param(b"data: a\r\n\r\ndata: b\r\r", [("", b"a"), ("", b"b")], id="CRLF and CR"),
        pytest.param(b"\xef\xbb\xbfdata: a\n\n", [("", b"a")], id="BOM"),
        pytest.param(b": ping\n\n: pong\ndata: a\n\n", [("", b"a")], id="comments"),
        pytest.param(
            b"id: 1\n: comment\n\nretry: 3000\n\nevent: ping\n\ndata: a\n\n", [("", b"a")], id="events without data"
        ),
        pytest.param(b"event: ping\n\ndata: a\n\n", [("", b"a")], id="a name does not outlive its event"),
        pytest.param(b"event: error\ndata: a\n\n", [("error", b"a")], id="a named event"),
        pytest.param(b"data: a", [("", b"a")], id="no final blank line"),
        pytest.param(b"data: \xff\n\n", [("", b"\xff")], id="bytes that are no UTF-8 stay for the caller"),
        pytest.param(b"nonsense\ndata: a\n\n", [("", b"a")], id="unknown fields"),
        pytest.param(b"", [], id="nothing"),
    ],
)
def test_rules(stream: bytes, events: list[tuple[str, bytes]]) -> None:
    assert decode(stream) == events
    assert decode(*pieces(stream)) == events


LINES = st.sampled_from(
    [
        b"data: x",
        b"data:y",
        b"data",
        b"",
        b"",
        b": c",
        b"event: e",
        b"id: 1",
        b"data: \xc3\xa9",
        b"data: [DONE]",
        b"retry: 1",
        b"\xef\xbb\xbfdata: z",
    ]
)
STREAMS = st.lists(st.tuples(LINES, st.sampled_from([b"\n", b"\r\n", b"\r"])), max_size=12).map(
    lambda rows: b"".join(line + end for line, end in rows)
)


@given(st.one_of(STREAMS, st.binary(max_size=60)), st.lists(st.integers(0, 200), max_size=6))
def test_any_cut_gives_what_the_naive_reader_gives(stream: bytes, cuts: list[int]) -> None:
    edges = [0, *sorted(cut for cut in cuts if cut <= len(stream)), len(stream)]
    parts = [stream[a:b] for a, b in itertools.pairwise(edges)]
    assert decode(*parts) == naive(stream)


def test_comments_are_counted() -> None:
    decoder = SSEDecoder()
    assert decoder.feed(b": OPENROUTER PROCESSING\n\n: ping\n") == []
    assert decoder.comments == 2


@pytest.mark.parametrize(
    "stream",
    [
        b"data: " + b"x" * 500,
        b"data: x\n" * 100,
        b": " + b"x" * 500,
    ],
    ids=["one line", "many lines", "a comment"],
)
def test_an_event_without_end_is_refused(stream: bytes) -> None:
    decoder = SSEDecoder(max_event_bytes=200)
    for piece in pieces(stream, 7):
        decoder.feed(piece)
    assert decoder.overflow


def test_many_events_are_no_overflow() -> None:
    decoder = SSEDecoder(max_event_bytes=200)
    assert len(decoder.feed(b"data: x\n\n" * 1000)) == 1000
    assert all(decoder.feed(piece) or True for piece in pieces(b"data: x\n\n" * 1000, 5))
    assert not decoder.overflow


def seconds(stream: bytes, size: int) -> float:
    decoder = SSEDecoder()
    start = time.process_time()
    for piece in pieces(stream, size):
        decoder.feed(piece)
    return time.process_time() - start


@pytest.mark.parametrize(
    ("stream", "size", "limit"),
    [
        pytest.param(b"data: " + b"x" * 2_000_000 + b"\n\n", 1, 6.0, id="2 MB in single bytes"),
        pytest.param(b"data: x\n" * 250_000 + b"\n", 16, 3.0, id="2 MB in many lines"),
        pytest.param(b'data: {"choices":[{"delta":{"content":"x"}}]}\n\n' * 20_000, 1 << 16, 1.0, id="20 000 events"),
    ],
)
def test_time_is_linear(stream: bytes, size: int, limit: float) -> None:
    """Quadratic code needs minutes for these."""
    assert seconds(stream, size) < limit
