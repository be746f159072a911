"""What a model proposes and what becomes of it, as values.  No Django, no files, no database.

A model's answer is decoded (`tools`, `blocks`) into `Started`, `Delta`, `Done`, `Bad`, `Asked` and `Example` while it
streams; the proposals in it are planned together (`plan`) into one `Plan`.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, ClassVar, Literal

ErrorCode = Literal[
    "no_match",
    "ambiguous_match",
    "missing_file",
    "incomplete",
    "elided",
    "bad_path",
    "path_conflict",
    "overlap",
    "duplicate",
    "malformed",
    "unknown_tool",
    "binary",
    "encoding",
    "too_large",
    "empties_file",
    "conflict",
    "stale",
]

#: `before_from, before_to, after_from, after_to`: lines, from 0, the end not included.
Hunk = tuple[int, int, int, int]


@dataclass(frozen=True, slots=True)
class ActionError:
    """Why a proposal cannot be carried out.

    `values` fill the message in (`chat/actions/messages.py`): `reason` says which kind of a code it is; `edit` and
    `edits` which edit of how many, from 1; `lines` where something was found, from 1.  `nearest` are the lines of the
    file that come closest to what was searched for: number (from 1) and text.
    """

    code: ErrorCode
    values: Mapping[str, Any] = field(default_factory=dict)
    nearest: tuple[tuple[int, str], ...] = ()

    def as_json(self) -> dict[str, Any]:
        """For a row or an event; `from_json` takes it back."""
        nearest = [[number, text] for number, text in self.nearest]
        return {"code": self.code, "values": dict(self.values), "nearest": nearest}

    @classmethod
    def from_json(cls, data: Mapping[str, Any]) -> ActionError:
        """The error that `as_json` wrote."""
        nearest = tuple((int(number), str(text)) for number, text in data.get("nearest", ()))
        return cls(data["code"], dict(data.get("values", {})), nearest)


# --- What is proposed -----------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Edit:
    """One replacement: `search` has to be found exactly once."""

    search: str
    replace: str


@dataclass(frozen=True, slots=True)
class Proposal:
    """One proposed change of one file.

    `position` numbers it within the turn.  `complete` is false where the answer broke off inside it: it can be read,
    never applied.  `call_id` names the tool call it came by.
    """

    action_type: ClassVar[str]

    path: str
    position: int = field(default=0, kw_only=True)
    complete: bool = field(default=True, kw_only=True)
    call_id: str | None = field(default=None, kw_only=True)


@dataclass(frozen=True, slots=True)
class CreateFile(Proposal):
    """A file, whole.  Where it exists already it is replaced, and the plan says so by its base."""

    action_type: ClassVar[str] = "create_file"

    content: str


@dataclass(frozen=True, slots=True)
class ModifyFile(Proposal):
    """Changes of a file that exists: `edits`, or its whole new `content`; never both."""

    action_type: ClassVar[str] = "modify_file"

    edits: tuple[Edit, ...] = ()
    content: str | None = None


@dataclass(frozen=True, slots=True)
class DeleteFile(Proposal):
    """A file goes."""

    action_type: ClassVar[str] = "delete_file"


@dataclass(frozen=True, slots=True)
class RenameFile(Proposal):
    """A file gets another path and keeps its bytes."""

    action_type: ClassVar[str] = "rename_file"

    to: str


@dataclass(frozen=True, slots=True)
class OtherAction(Proposal):
    """An action of a type that the host has added; `data` are its arguments, checked by the type."""

    action_type: ClassVar[str] = ""

    kind: str
    data: Mapping[str, Any] = field(default_factory=dict)


def type_of(proposal: Proposal) -> str:
    """The name of a proposal's action type."""
    return proposal.kind if isinstance(proposal, OtherAction) else proposal.action_type


# --- What decoding yields -------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Started:
    """The model begins to write a proposal."""

    position: int
    action_type: str
    path: str


@dataclass(frozen=True, slots=True)
class Delta:
    """More of the proposed content, as it is to be shown."""

    position: int
    text: str


@dataclass(frozen=True, slots=True)
class Done:
    """A proposal, read to its end: well-formed, or cut (`proposal.complete` is false)."""

    position: int
    proposal: Proposal


@dataclass(frozen=True, slots=True)
class Bad:
    """Something that was meant as an action and is none; `proposal` is what could be read of it."""

    position: int
    error: ActionError
    action_type: str = ""
    path: str = ""
    call_id: str | None = None
    proposal: Proposal | None = None


@dataclass(frozen=True, slots=True)
class Asked:
    """A call of a read-only tool, whole and checked; `error` where its arguments cannot be used."""

    tool: str
    arguments: Mapping[str, Any]
    call_id: str | None = None
    error: ActionError | None = None


@dataclass(frozen=True, slots=True)
class Example:
    """A closed fence without a path: something to read.  `index` counts the answer's fences from 0."""

    index: int
    language: str
    text: str


Decoded = Started | Delta | Done | Bad | Asked | Example


def joined_deltas(decoded: Iterable[Decoded]) -> list[Decoded]:
    """The same with neighbouring deltas of one position in one."""
    joined: list[Decoded] = []
    texts: list[str] = []
    for event in decoded:
        last = joined[-1] if joined else None
        if isinstance(event, Delta) and isinstance(last, Delta) and last.position == event.position:
            texts.append(event.text)
            continue
        _close(joined, texts)
        joined.append(event)
        texts = [event.text] if isinstance(event, Delta) else []
    _close(joined, texts)
    return joined


def _close(joined: list[Decoded], texts: list[str]) -> None:
    if len(texts) > 1 and isinstance(last := joined[-1], Delta):
        joined[-1] = Delta(last.position, "".join(texts))


# --- What planning yields -------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class PlannedAction:
    """A proposal, dry-run.

    `base` is the digest of the file that it was planned on, `None` where there is none; `before` and `after` are the
    file's bytes (`after` of a rename: those of `to`).  With an `error`, `after` is what could be made out, for reading:
    `None`, or the text of an incomplete or elided file.  `protected` asks for a person whatever the mode.  `matched`
    names the loosest pass that an edit needed: `exact`, `trailing`, `indent`, `lookalike`.
    """

    position: int
    action_type: str
    path: str
    to: str | None = None
    base: str | None = None
    before: bytes | None = None
    after: bytes | None = None
    added: int = 0
    removed: int = 0
    hunks: tuple[Hunk, ...] = ()
    error: ActionError | None = None
    protected: bool = False
    matched: str = "exact"
    proposal: Proposal | None = None

    @property
    def hash(self) -> str:
        """What an approval is bound to: the SHA-256 of all that was shown of it."""
        return shown_hash(self.action_type, self.path, self.to, self.base, self.after)

    @property
    def incomplete(self) -> bool:
        """Cut in the middle: readable, never applied."""
        return self.error is not None and self.error.code == "incomplete"


@dataclass(frozen=True, slots=True)
class Plan:
    """A turn's proposals, dry-run together, by position."""

    actions: tuple[PlannedAction, ...] = ()

    @property
    def ok(self) -> bool:
        """Whether all of them can be applied; one that cannot blocks the turn until it is dropped."""
        return all(action.error is None for action in self.actions)

    @property
    def digest(self) -> str:
        """The SHA-256 of all of it."""
        return hashlib.sha256("\n".join(action.hash for action in self.actions).encode()).hexdigest()

    def files(self) -> dict[str, bytes | None]:
        """The paths that would change, with what would be there; `None`: no file.  Failed actions change nothing."""
        changed: dict[str, bytes | None] = {}
        for action in self.actions:
            if action.error is None:
                changed |= changes_of(action)
        return changed


def changes_of(action: PlannedAction) -> dict[str, bytes | None]:
    """What one action does to the files."""
    if action.to is None:
        return {action.path: action.after}
    return {action.path: None, action.to: action.after}


def digest_of(data: bytes) -> str:
    """The SHA-256 of bytes in hex: how a file's content is named."""
    return hashlib.sha256(data).hexdigest()


def shown_hash(action_type: str, path: str, to: str | None, base: str | None, after: bytes | None) -> str:
    """The SHA-256 of type, path, target, base and result: no two different actions share it."""
    parts: Sequence[str | None] = (action_type, path, to, base, None if after is None else digest_of(after))
    return hashlib.sha256(json.dumps(parts).encode()).hexdigest()
