"""What the model may do in a turn beyond talking: the interface between the pure loop and the project.  No Django."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Protocol

from chat.actions.collect import Item
from chat.actions.kinds import ActionType
from chat.actions.types import ActionError, Asked, PlannedAction
from chat.actions.types import Plan as ActionPlan
from chat.events.types import Event


@dataclass(frozen=True, slots=True)
class Limits:
    """How far a turn may go: requests to the model, read-only tools, tokens in and out, repair tries; and the seconds
    after which it no longer begins to summarise older messages."""

    calls: int = 12
    steps: int = 24
    tokens: int = 600_000
    repairs: int = 2
    summary_seconds: float = 450.0


@dataclass(frozen=True, slots=True)
class Reading:
    """What a read-only tool found: for the model, and in a few words for the person."""

    text: str
    summary: str
    error: str | None = None


@dataclass(frozen=True, slots=True)
class Proposed:
    """What became of proposals: the events of it, and what the answer says of it, if anything: its `notice`."""

    events: list[Event]
    notice: str | None = None


class Kit(Protocol):
    """Tools, and the words around them.  `native`: tool calls; otherwise the text protocol, where files can be
    proposed and none can be read."""

    #: Whether native tool calls are tried first.
    native: bool

    #: What may be proposed, by name; nothing where the person may change nothing.
    types: Mapping[str, ActionType]

    def tools(self, *, reads: bool) -> Sequence[Mapping[str, Any]]:
        """The tool definitions, in the wire form of OpenAI's chat completions; with those that read, or without."""
        ...

    def instructions(self, *, native: bool) -> str:
        """What the system prompt says of them; in short where the model has little room."""
        ...

    async def read(self, asked: Asked) -> Reading:
        """Runs a read-only tool."""
        ...

    async def bases(self, paths: Collection[str]) -> Mapping[str, str | None]:
        """The digests of files as the turn shows them, by the paths as the model writes them; `None` for no file."""
        ...

    async def plan(self, items: Sequence[Item]) -> ActionPlan:
        """Tries proposals on the project as the model saw it."""
        ...

    def explain(self, error: ActionError) -> str:
        """An error in words, for the model's next try."""
        ...

    def refusal(self, action: PlannedAction) -> str:
        """The same of a proposal in the last plan that failed, without what is kept from the model."""
        ...

    def say(self, name: str, **values: Any) -> str:
        """A sentence for the model, in the language of the turn."""
        ...
