"""What a provider is, and the values that flow through it.

A provider turns one `ModelRequest` into batches of `Part` values.  It owns everything between us and the
model server: the wire format, retries before the first token, and the clocks.  It knows nothing of
conversations, databases or HTTP responses of ours.

Contract of `Provider.stream`:

- it yields non-empty lists of parts, one list for each network read, so that a caller who reads slowly gets
  larger batches and no backlog of wake-ups;
- a batch of one `Waiting` may come before any other part, for each time that the request is sent again;
- an answer that is whole ends with exactly one `Finish`, the last part of the last batch;
- anything else ends in a `ModelError` (see `errors`); parts yielded before it stay valid;
- closing the generator (`aclose()` or cancellation) closes the upstream connection at once.
"""

from __future__ import annotations

from collections.abc import AsyncGenerator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, ClassVar, Literal, Protocol

FinishReason = Literal["stop", "length", "content_filter", "tool_calls", "other"]


@dataclass(frozen=True, slots=True)
class ModelRequest:
    """One request to a model.

    `messages` and `tools` are in the wire form of OpenAI's chat completions.  `max_tokens` limits the answer;
    `None` leaves it to the server.
    """

    model: str
    messages: Sequence[Mapping[str, Any]]
    tools: Sequence[Mapping[str, Any]] = ()
    max_tokens: int | None = None
    temperature: float | None = None


@dataclass(frozen=True, slots=True)
class Text:
    """A piece of the answer."""

    text: str


@dataclass(frozen=True, slots=True)
class Reasoning:
    """A piece of the model's thinking: shown apart, never parsed for actions, never sent back."""

    text: str


@dataclass(frozen=True, slots=True)
class ToolCallDelta:
    """A piece of a tool call.  `position` is ours: 0, 1, … in the order in which calls first appeared."""

    position: int
    id: str
    name: str
    arguments: str


@dataclass(frozen=True, slots=True)
class ToolCall:
    """A whole tool call.

    `arguments` is the text as the model wrote it; `malformed` where it is not one JSON object.
    """

    position: int
    id: str
    name: str
    arguments: str
    malformed: bool = False


@dataclass(frozen=True, slots=True)
class Usage:
    """Tokens as the server counted them; `estimated` where we had to.  `None` is unknown, which is not 0."""

    prompt_tokens: int | None = None
    completion_tokens: int | None = None
    cached_tokens: int | None = None
    reasoning_tokens: int | None = None
    estimated: bool = False


@dataclass(frozen=True, slots=True)
class Finish:
    """The end of a whole answer: why the model stopped (`raw` in the server's word), what it cost, its tool calls."""

    reason: FinishReason
    raw: str | None
    usage: Usage | None = None
    tool_calls: tuple[ToolCall, ...] = ()


@dataclass(frozen=True, slots=True)
class Waiting:
    """Nothing of an answer: the request failed with this code and is sent again after so many seconds."""

    code: str
    seconds: float


Part = Text | Reasoning | ToolCallDelta | Finish | Waiting


@dataclass(slots=True)
class CallTrace:
    """What really went over the wire, filled in as it happens; keys never appear here.

    `body` is the JSON body as sent last (a refused `stream_options` may have been taken out); `attempts` counts
    requests made; `status` is the last HTTP status; `usage` holds what was known even if the stream was cut.
    """

    provider: str = ""
    base_url: str = ""
    body: dict[str, Any] = field(default_factory=dict)
    attempts: int = 0
    status: int | None = None
    response_id: str | None = None
    model: str | None = None
    usage: Usage | None = None
    retries: list[dict[str, Any]] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class ModelInfo:
    """One model that a provider offers.  `context_window` in tokens, where known."""

    id: str
    label: str = ""
    context_window: int | None = None
    notice: str | None = None


@dataclass(frozen=True, slots=True)
class Timeouts:
    """Time limits of one model call, in seconds."""

    connect: float = 10.0
    first_token: float = 120.0
    idle: float = 90.0


class Provider(Protocol):
    """A way to a model.  The flags say what it can do; the defaults are the careful answer."""

    name: ClassVar[str]
    #: Native tool calls are understood.
    supports_tools: bool = False
    #: `stream_options: {"include_usage": true}` is understood.
    supports_usage: bool = True
    #: Runs on this machine: costs nothing, and is for trying the studio.
    is_local: bool = False
    #: The most tokens (by our count) that a prompt should take; `None`: as many as the site's settings say.
    prompt_tokens: int | None = None

    def stream(self, request: ModelRequest, trace: CallTrace) -> AsyncGenerator[list[Part], None]:
        """Sends a request; see the module's docstring for what it yields and raises."""
        ...

    def takes_tools(self, model: str) -> bool:
        """Whether this model takes native tool calls, by all that is known: a refusal is remembered."""
        return self.supports_tools

    def window_of(self, model: str) -> int | None:
        """The window that the server's list of models gives this one, in its tokens; `None`: none, or not read yet."""
        return None

    async def models(self) -> Sequence[ModelInfo]:
        """The models on offer.  Raises `ModelError` where the server does not say."""
        ...

    async def aclose(self) -> None:
        """Closes connections and child processes; safe to call twice."""
        ...
