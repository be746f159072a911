"""An answer's parts → events, proposals and what the model wants to read.  No Django: values in, values out.

Text is text whatever it holds: in the text protocol the same characters are the answer and, where they are blocks, the
proposals.  Thinking is never looked at.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from chat.actions.blocks import BlockDecoder
from chat.actions.collect import Proposals
from chat.actions.kinds import ActionType
from chat.actions.tools import ToolDecoder
from chat.actions.types import Asked, Bad, Decoded, Delta, Done, Started
from chat.events.types import ActionDelta, ActionStarted, CallHeard, Event, ReasoningDelta, TextDelta
from chat.llm.base import Finish, Part, Reasoning, Text, ToolCallDelta, Waiting

Types = Mapping[str, ActionType]


@dataclass(slots=True)
class Read:
    """What one answer came to: what the model asks for, and the positions of what it proposed."""

    asked: list[Asked] = field(default_factory=list)
    positions: dict[str, int] = field(default_factory=dict)
    proposed: set[int] = field(default_factory=set)


class Reader:
    """Reads one answer.  Without `types` nothing in it is a proposal."""

    def __init__(self, proposals: Proposals, types: Types | None, *, native: bool) -> None:
        self.read = Read()
        self._tools = ToolDecoder(proposals, types) if native and types is not None else None
        self._blocks = BlockDecoder(proposals) if not native and types is not None else None

    def feed(self, parts: Sequence[Part]) -> list[Event]:
        """Parts as events, neighbours joined."""
        events: list[Event] = []
        calls = [part for part in parts if isinstance(part, ToolCallDelta)] if self._tools is not None else []
        if calls:
            events.append(CallHeard([(part.position, part.id, part.name, part.arguments) for part in calls]))
        for part in parts:
            match part:
                case Text(text):
                    _add(events, TextDelta(text))
                    if self._blocks is not None:
                        self._take(self._blocks.feed(text), events)
                case Reasoning(text):
                    _add(events, ReasoningDelta(text))
                case ToolCallDelta() if self._tools is not None:
                    self._take(self._tools.feed(part), events)
                case Finish() | ToolCallDelta() | Waiting():
                    pass
        return events

    def finish(self, *, cut: bool) -> list[Event]:
        """The end of the answer; `cut` where it is not whole."""
        events: list[Event] = []
        for decoder in (self._tools, self._blocks):
            if decoder is not None:
                self._take(decoder.finish(cut=cut), events)
        if self._tools is not None:
            self.read.positions = dict(self._tools.positions)
        return events

    def _take(self, decoded: Iterable[Decoded], events: list[Event]) -> None:
        for one in decoded:
            match one:
                case Started(position, action_type, path):
                    events.append(ActionStarted(position, action_type, path))
                case Delta(position, text):
                    _add(events, ActionDelta(position, text))
                case Done(position=position) | Bad(position=position):
                    self.read.proposed.add(position)
                case Asked():
                    self.read.asked.append(one)


def _add(events: list[Event], event: TextDelta | ReasoningDelta | ActionDelta) -> None:
    """Adds a delta to the one before it, where it goes on with the same."""
    last = events[-1] if events else None
    if isinstance(event, ActionDelta):
        if isinstance(last, ActionDelta) and last.position == event.position:
            events[-1] = ActionDelta(event.position, last.text + event.text)
            return
    elif isinstance(last, TextDelta | ReasoningDelta) and type(last) is type(event):
        events[-1] = type(event)(last.text + event.text)
        return
    if event.text:
        events.append(event)
