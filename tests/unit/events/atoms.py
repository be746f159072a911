"""Events taken apart to what is numbered: a delta's characters one by one, anything else as it is.

Whatever the log joins, cuts or drops, a reader must get exactly the atoms after his number, in order.
"""

from __future__ import annotations

import json
from collections.abc import Iterable
from typing import Any

from hypothesis import strategies as st

from chat.events import types as t

Numbered = list[tuple[int, t.Event]]
Atom = tuple[int, str, Any]

TEXTS = st.text(min_size=1, max_size=6)
DELTAS = st.one_of(st.builds(t.TextDelta, TEXTS), st.builds(t.ReasoningDelta, TEXTS))
STEPS = st.one_of(
    st.builds(t.StepStarted, st.integers(0, 3), st.just("read_file"), st.just({"path": "a.js"})),
    st.builds(t.StepFinished, st.integers(0, 3), TEXTS),
    st.builds(t.ActionStarted, st.integers(0, 3), st.just("create_file"), st.just("a.js")),
    st.builds(t.ActionDelta, st.integers(0, 3), TEXTS),
    st.builds(t.UsageKnown, st.integers(0, 9), st.none(), st.none(), st.none(), st.none(), st.booleans()),
)
#: Deltas are what there is most of.
EVENTS = st.lists(st.one_of(DELTAS, DELTAS, DELTAS, STEPS), max_size=25)


def numbered(events: Iterable[t.Event]) -> Numbered:
    """Events with the numbers that a log gives them."""
    seq, found = 0, []
    for event in events:
        seq += t.width(event)
        found.append((seq, event))
    return found


def atoms(events: Iterable[tuple[int, t.Event]], after: int = 0) -> list[Atom]:
    """The atoms after a number."""
    found: list[Atom] = []
    for seq, event in events:
        if isinstance(event, t.DELTAS):
            first = seq - len(event.text) + 1
            found += [(first + i, event.type, character) for i, character in enumerate(event.text)]
        else:
            found.append((seq, event.type, event))
    return [atom for atom in found if atom[0] > after]


def parsed(frames: bytes) -> Numbered:
    """Frames as a reader understands them."""
    found: Numbered = []
    for block in frames.decode().split("\n\n"):
        if block and not block.startswith(":"):
            fields = dict(line.split(": ", 1) for line in block.split("\n"))
            found.append((int(fields["id"]), t.decode(fields["event"], json.loads(fields["data"]))))
    return found
