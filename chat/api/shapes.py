"""What the API answers, as types: for `/api/schema` alone.  `tests/integration/test_schema.py` holds real answers
against them; the answers themselves are made by `output.py`.
"""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Any, Literal
from uuid import UUID

import msgspec
from msgspec import Meta

from chat.api.action_shapes import ActionShown, ConflictShown

JSON = dict[str, Any]
Id = Annotated[int, Meta(ge=1)]
Dollars = Annotated[str, Meta(description="A decimal number of US dollars.", pattern=r"^\d+(\.\d+)?$")]
Mode = Annotated[
    Literal["ask", "auto"],
    Meta(description="`auto` applies proposals of plain files, within limits, when the turn is whole."),
]
Status = Literal["streaming", "complete", "stopped", "interrupted", "failed"]


class NewConversation(msgspec.Struct):
    """`POST /api/chat/conversations`."""

    project_id: Annotated[int, Meta(ge=1, le=2**63 - 1)]
    title: Annotated[str, Meta(max_length=200)] = ""
    mode: Mode | msgspec.UnsetType = msgspec.UNSET


class NewTitle(msgspec.Struct):
    """`PATCH /api/chat/conversations/{id}`: one of them at least."""

    title: Annotated[str, Meta(min_length=1, max_length=200)] | msgspec.UnsetType = msgspec.UNSET
    mode: Mode | msgspec.UnsetType = msgspec.UNSET


class Done(msgspec.Struct):
    """It is done."""

    success: Literal[True]


class ConversationSaved(msgspec.Struct):
    """A conversation was created."""

    success: Literal[True]
    conversation_id: Id
    title: str


class ConversationChanged(msgspec.Struct):
    """A conversation has another title or mode."""

    success: Literal[True]
    conversation_id: Id
    title: str
    mode: Mode


class ConversationListed(msgspec.Struct):
    """A conversation in a list."""

    id: Id
    title: str
    created_at: datetime
    updated_at: datetime
    message_count: int


class ConversationList(msgspec.Struct):
    """A project's conversations, the newest first."""

    conversations: list[ConversationListed]
    next: Annotated[str | None, Meta(description="The `after` of the next page; null on the last one.")]


class ConversationShown(msgspec.Struct):
    """A conversation's own fields."""

    id: Id
    title: str
    created_at: datetime
    updated_at: datetime
    message_count: int
    mode: Mode
    project_id: Id


class ErrorTold(msgspec.Struct):
    """Why an answer is not whole."""

    code: str
    detail: str = ""
    message: str = ""


class AnswerMetadata(msgspec.Struct):
    """The account of an answer.  Null is unknown, never 0."""

    model: str | None
    prompt_tokens: int | None
    completion_tokens: int | None
    cached_tokens: int | None
    reasoning_tokens: int | None
    estimated: Annotated[bool, Meta(description="Counted by us, not by the model's server.")]
    duration_ms: int | None
    first_token_ms: int | None
    cost: Dollars | None
    finish_reason: str | None
    error: ErrorTold | None
    #: `prompt_cut`: the server counted far fewer tokens than were sent, so it has read only a part.  `auto_…`: why
    #: proposals wait for a person though the conversation's mode is `auto` (`docs/actions.md`).
    notice: str | None = None


class ReceiptShort(msgspec.Struct):
    """What the model was given, in short: the data of `context.built`."""

    tokens: int
    files: list[JSON]
    left_out: int
    dropped_messages: int
    summarised_messages: int = 0


class UsageShown(msgspec.Struct):
    """Tokens and cost so far: the data of `usage`."""

    prompt_tokens: int | None
    completion_tokens: int | None
    cached_tokens: int | None
    reasoning_tokens: int | None
    cost: Dollars | None
    estimated: bool


class MessageShown(msgspec.Struct):
    """One message.  A `streaming` one has what is in the log so far: follow it from `last_seq`."""

    id: Id
    role: Literal["user", "assistant"]
    content: str
    status: Status
    actions: Annotated[list[ActionShown], Meta(description="The proposals.")]
    tool_calls: Annotated[list[JSON] | None, Meta(description="Tool calls as the model made them.")]
    metadata: AnswerMetadata | None
    created_at: datetime
    updated_at: datetime
    client_id: UUID | None
    reply_to: Id | None
    replaces: Id | None
    continues: Id | None
    reasoning: str
    context: ReceiptShort | None
    steps: list[JSON]
    usage: UsageShown | None
    model: str | None
    last_seq: int


class Totals(msgspec.Struct):
    """What a conversation has used and cost; what is unknown of some calls is not counted."""

    cost: Dollars | None
    prompt_tokens: int | None
    completion_tokens: int | None
    unpriced_calls: Annotated[int, Meta(description="Where there are some, the cost is more than the sum.")]


class SummaryShown(msgspec.Struct):
    """What stands for the messages up to one of them, in later requests; the messages themselves are kept."""

    id: Id
    up_to: Annotated[int, Meta(description="The last message that it stands for.")]
    messages: Annotated[int, Meta(description="How many it stands for.")]
    text: str
    pinned: Annotated[list[str], Meta(description="Files that were pinned until then.")]
    tokens: int
    model: str
    cost: Dollars | None
    call: Annotated[UUID | None, Meta(description="The model call that made it.")]
    created_at: datetime


class VersionShown(msgspec.Struct):
    """A question with its answer, where others took or had their place."""

    answer: Annotated[int, Meta(description="The answer that it ends with: `choose` takes it.")]
    messages: Annotated[list[int], Meta(description="The question, and the answer's parts.")]
    status: Status
    current: bool
    applied: Annotated[int, Meta(description="How many of its changes are in the project's files.")]


class MessagePage(msgspec.Struct):
    """A page of a conversation, the oldest message of the page first."""

    conversation: ConversationShown
    messages: list[MessageShown]
    before: Annotated[int | None, Meta(description="The `before` of the page above; null on the first one.")]
    totals: Totals
    summaries: Annotated[
        list[SummaryShown], Meta(description="Those whose boundary is on this page, and the newest one.")
    ]
    versions: Annotated[
        list[VersionShown],
        Meta(description="Of the conversation's last exchange, where it has several; none in older pages."),
    ]


class Chosen(msgspec.Struct):
    """Which version counts now."""

    success: Literal[True]
    conversation_id: Id
    versions: list[VersionShown]


class Answered(msgspec.Struct):
    """The answer, once it is whole or stopped."""

    success: Literal[True]
    conversation_id: Id
    message: MessageShown


class Stopped(msgspec.Struct):
    """The answer as it is now."""

    success: Literal[True]
    message: MessageShown


class Notice(msgspec.Struct):
    """Something that a person should know."""

    code: str
    message: str


class ModelShown(msgspec.Struct):
    """A model that can be chosen."""

    id: str
    label: str
    context_window: int | None
    notice: str | None


class ModelList(msgspec.Struct):
    """What can be chosen, and what stands in the way."""

    models: list[ModelShown]
    default: str
    notice: Notice | None
    error: Notice | None
    modes: Annotated[list[Mode], Meta(description="Those that the caller may choose in the project.")]


class Error(msgspec.Struct):
    """What went wrong.  Codes are stable; the message is in the caller's language."""

    code: str
    message: str
    fields: Annotated[JSON, Meta(description="With `invalid`: what is wrong, by field.")] | msgspec.UnsetType = (
        msgspec.UNSET
    )
    message_id: Annotated[int, Meta(description="With `turn_in_progress`: the running answer.")] | msgspec.UnsetType = (
        msgspec.UNSET
    )
    conversation_id: int | msgspec.UnsetType = msgspec.UNSET
    limit: Annotated[int, Meta(description="How much would be allowed.")] | msgspec.UnsetType = msgspec.UNSET
    conflicts: (
        Annotated[list[ConflictShown], Meta(description="With `conflict`: what meets, with all three texts.")]
        | msgspec.UnsetType
    ) = msgspec.UNSET
    actions: (
        Annotated[list[int], Meta(description="With `stale` and `blocked`: the actions that are in the way.")]
        | msgspec.UnsetType
    ) = msgspec.UNSET
    path: Annotated[str, Meta(description="The file that the project refuses.")] | msgspec.UnsetType = msgspec.UNSET


class ErrorAnswer(msgspec.Struct):
    """Every error.  With a model's code there are also the conversation and the answer as it is."""

    success: Literal[False]
    error: Error
    conversation_id: int | msgspec.UnsetType = msgspec.UNSET
    message: MessageShown | msgspec.UnsetType = msgspec.UNSET
