"""What the routes of actions take and answer, as types: bodies are checked by them, answers are described by them."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Literal

import msgspec
from msgspec import UNSET, Meta, UnsetType

Id = Annotated[int, Meta(ge=1, le=2**63 - 1)]
Digest = Annotated[str, Meta(max_length=64)]
Hunk = Annotated[int, Meta(ge=0, le=1_000_000)]
Content = Annotated[str, Meta(description="The file as the person has edited it, in place of the proposal.")]
SETTLED = "Digest of `theirs` in the conflict that the person has seen, null for no file."

# --- Bodies ---------------------------------------------------------------------------------------------------------


class ActionChoice(msgspec.Struct, frozen=True):
    """What is taken of one action.  Without `content` and `hunks` all of it, as it was shown."""

    hash: Annotated[str, Meta(min_length=1, max_length=64, description="Of what was shown.")]
    hunks: Annotated[list[Hunk], Meta(max_length=20_000)] | None = None
    content: Content | None = None
    settled: Annotated[Digest | None, Meta(description=SETTLED)] | UnsetType = UNSET


class NamedChoice(ActionChoice, frozen=True, kw_only=True):
    """The same, of one of a message's actions."""

    id: Id


class ApplyBody(msgspec.Struct, frozen=True):
    """`POST /api/chat/messages/{id}/apply`."""

    actions: Annotated[list[NamedChoice], Meta(min_length=1, max_length=2_000)]


class UndoSettled(msgspec.Struct, frozen=True):
    """How a person settles what is in the way of an undo."""

    id: Id
    digest: Annotated[Digest | None, Meta(description=SETTLED)]
    content: Annotated[str | None, Meta(description="The file as it shall be; null: no file.")]


class UndoBody(msgspec.Struct, frozen=True):
    """`POST …/undo`."""

    settled: Annotated[list[UndoSettled], Meta(max_length=2_000)] = []
    seen: (
        Annotated[
            Literal["completed", "undone"], Meta(description="As it was shown: what is no more so stays as it is.")
        ]
        | None
    ) = None


class ShownAction(msgspec.Struct, frozen=True):
    """One of a message's actions, as it was shown."""

    id: Id
    hash: Annotated[str, Meta(max_length=64)]


class RejectBody(msgspec.Struct, frozen=True):
    """`POST …/reject`."""

    hash: Annotated[str, Meta(max_length=64, description="Of what was shown of the one action.")] | None = None
    actions: (
        Annotated[
            list[ShownAction],
            Meta(max_length=2_000, description="Of a whole message: those that were shown; others stay as they are."),
        ]
        | None
    ) = None
    reason: Annotated[str, Meta(max_length=2_000, description="Goes to the model with the next request.")] = ""


class ReopenBody(msgspec.Struct, frozen=True):
    """`POST …/reopen`."""


# --- Answers --------------------------------------------------------------------------------------------------------


class ActionProblem(msgspec.Struct):
    """What is wrong with a proposal."""

    code: str
    message: str
    nearest: Annotated[list[list[int | str]], Meta(description="Lines that come closest: number and text.")]


class ActionShown(msgspec.Struct):
    """One proposed change of one file, without its contents."""

    id: Id
    position: int
    action_type: str
    label: Annotated[str, Meta(description="The action in a few words, in the language of the request.")]
    path: str
    to: str | None
    status: Literal["pending", "completed", "failed", "rejected", "undone"]
    base: Annotated[str | None, Meta(description="Digest of the file that it was planned on; null: no file.")]
    hash: Annotated[str, Meta(description="Of all that is shown; an approval is bound to it.")]
    added: Annotated[int, Meta(description="Lines: of the proposal, and once applied of what was written.")]
    removed: int
    hunks: Annotated[
        list[Annotated[list[int], Meta(min_length=4, max_length=4)]],
        Meta(description="before_from, before_to, after_from, after_to: lines from 0, half-open."),
    ]
    error: ActionProblem | None
    protected: Annotated[bool, Meta(description="Asks for a person whatever the mode.")]
    incomplete: Annotated[bool, Meta(description="Cut while it was written: to read, never to apply.")]
    matched: str
    revision: int | None
    undone_by: int | None
    automatic: bool
    edited: bool
    taken: list[int] | None
    reason: str
    created_at: datetime
    executed_at: datetime | None


class ActionEdit(msgspec.Struct):
    """One replacement, as the model wrote it."""

    search: str
    replace: str


class ActionWritten(msgspec.Struct):
    """A file before and after a person's own text was written to it."""

    before: str | None
    after: str | None


class ActionWhole(ActionShown):
    """One action with its contents.  A side is null where there is no file, or no text."""

    before: str | None
    after: str | None
    written: Annotated[
        ActionWritten | None,
        Meta(description="Of one that was applied after the person had edited it: what it was to the file."),
    ]
    edits: Annotated[list[ActionEdit], Meta(description="Of a failed one: what it was to change, to place by hand.")]
    current: Annotated[str | None, Meta(description="The file now, where it has moved on.")]
    current_digest: str | None


class PendingAction(ActionShown):
    """A proposal that waits for a person, and the answer that made it."""

    message_id: Id
    conversation_id: Id
    conversation_title: str


class PendingList(msgspec.Struct):
    """What waits for a person in a project; `more`: there are further ones, which are older."""

    proposals: list[PendingAction]
    more: bool


class DecidedAnswer(msgspec.Struct):
    """The revision that a decision made, null where no file changed, and the actions as they are now."""

    success: Literal[True]
    revision: int | None
    actions: list[ActionShown]


class Proposed(msgspec.Struct):
    """What a message's pending actions would make of files; null: the file would go."""

    files: dict[str, str | None]


class ConflictSide(msgspec.Struct):
    """One side of a conflict; no text where it is none, or too long."""

    digest: str
    size: int
    text: str | None


class ConflictShown(msgspec.Struct):
    """A file that two changes meet in."""

    id: Id
    path: str
    base: ConflictSide | None
    mine: ConflictSide | None
    theirs: ConflictSide | None
