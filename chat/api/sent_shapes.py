"""What the API answers of the requests to models, before and after they are sent, as types: for `/api/schema` alone, as
`shapes.py`.
"""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Literal
from uuid import UUID

import msgspec
from msgspec import Meta

from chat.api.shapes import JSON, Dollars, ErrorTold, Id


class CallUsage(msgspec.Struct):
    """Tokens of one call."""

    prompt_tokens: int | None
    completion_tokens: int | None
    cached_tokens: int | None
    reasoning_tokens: int | None
    estimated: bool


class CallShown(msgspec.Struct):
    """One request to a model, whole.  Never a key."""

    id: UUID
    purpose: Literal["answer", "summary"]
    provider: str
    base_url: str
    model: str
    request: Annotated[JSON, Meta(description="The body as it was sent.")]
    parameters: JSON
    usage: CallUsage
    cost: Dollars | None
    status: Annotated[int | None, Meta(description="The HTTP status of the model's server.")]
    attempts: int
    retries: list[JSON]
    started_at: datetime
    first_token_ms: int | None
    duration_ms: int | None
    finish_reason: str
    error: ErrorTold | None


class CallList(msgspec.Struct):
    """The model calls of an answer, in order."""

    calls: list[CallShown]


class RequestBody(msgspec.Struct):
    """The body of a request as it was sent; there is more, as the model's server takes it."""

    model: str
    messages: list[JSON]


class RequestTold(msgspec.Struct):
    """One request to a model, in short: the answer it was made for, and which one of it."""

    message_id: Id
    call: Annotated[int, Meta(ge=1)]
    purpose: Literal["answer", "summary"]
    model: str
    started_at: datetime
    prompt_tokens: int | None


class RequestChange(msgspec.Struct):
    """A part of a request that came, went or changed."""

    kind: Literal["system", "file", "message", "tool", "parameter"]
    name: Annotated[str, Meta(description="The file's path, the message's role, the tool's or parameter's name.")]
    change: Literal["added", "removed", "changed"]
    added: int
    removed: int
    lines: Annotated[list[str], Meta(description="`+`, `-` or a space, then the line; `…` for what is left out.")]
    cut: Annotated[bool, Meta(description="There are more lines than are shown.")]


class RequestComparison(msgspec.Struct):
    """Two requests of a conversation compared; `before` is null where this one was the first."""

    before: RequestTold | None
    after: RequestTold
    changes: list[RequestChange]
    same: Annotated[dict[str, int], Meta(description="How many parts of each kind are the same in both.")]
    others: Annotated[list[RequestTold], Meta(description="What it can be compared with, the newest first.")]


class ReceiptPart(msgspec.Struct):
    """One part of what the model was given, or of what was left out."""

    kind: str
    path: str
    tokens: int
    why: str
    detail: str = "whole"
    lines: list[list[int]] = []
    digest: str = ""
    masked: list[str] = []


class Receipt(msgspec.Struct):
    """What the model was given, why, and what was left out."""

    tokens: int
    parts: list[ReceiptPart]
    left_out: list[ReceiptPart]
    dropped_messages: int = 0
    summarised_messages: int = 0


class ContextPreview(msgspec.Struct):
    """What a request would take, before it is sent; `cost` is of the request alone, in US dollars, null if unknown."""

    tokens: int
    parts: list[ReceiptPart]
    left_out: list[ReceiptPart]
    dropped_messages: int
    summarised_messages: int
    due_messages: Annotated[int, Meta(description="So many would be summarised by the model first.")]
    due_calls: Annotated[int, Meta(description="In so many requests of their own.")]
    due_tokens: Annotated[int, Meta(description="Which take about so many tokens, in and out.")]
    due_cost: Annotated[str | None, Meta(description="And about so many US dollars; null if unknown.")]
    model: str
    budget: int
    cost: str | None


class Indexing(msgspec.Struct):
    """How far a project's files are indexed."""

    done: Annotated[int, Meta(description="Files that are indexed, or need not be.")]
    total: int
    running: Annotated[bool, Meta(description="Whether the rest is being indexed in the background.")]


DETAIL = "Path and line of a definition; the role of who said a message; `secret` of a file that is never sent."


class SuggestionShown(msgspec.Struct):
    """What an `@` can be completed to: `mention` is what goes into the message."""

    kind: Literal["file", "folder", "symbol", "message"]
    mention: str
    name: str
    detail: Annotated[str, Meta(description=DETAIL)]


class SuggestionList(msgspec.Struct):
    """What an `@` can be completed to, best first."""

    suggestions: list[SuggestionShown]
    complete: Annotated[bool, Meta(description="Whether every definition of the project is known yet.")]
