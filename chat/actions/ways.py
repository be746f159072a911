"""The ways an action is carried out: applied as a person has chosen, or taken back."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any, Protocol

from django.utils import timezone

from chat.actions import rows
from chat.actions.hunks import accept_hunks, counts, hunks_of
from chat.actions.messages import short_message_of
from chat.actions.steps import Change, Settled, Step
from chat.actions.types import ActionError
from chat.context.masking import KNOWN_MARK
from chat.errors import ChatError
from chat.models import AIAction

Status = AIAction.Status


class Way(Protocol):
    """What an action does to its file, what settles a clash, and what its row says afterwards."""

    origin: str

    def change(self, action: AIAction, contents: Mapping[str, bytes | None]) -> Change:
        """From what to what the file goes."""
        ...

    def settled(self, action: AIAction, change: Change) -> Settled | None:
        """What the person wants where the file has moved on."""
        ...

    def values(self, action: AIAction, revision: int | None, step: Step) -> dict[str, Any]:
        """The row's columns, once it is done; `step` is what it found and left."""
        ...


@dataclass(frozen=True, slots=True)
class Choice:
    """What a person takes of one action: all of it, some hunks, or `content`, the file as he has edited it.

    `hash` is of what he was shown.  `settled`: he has seen the conflict with the file of this digest.
    """

    id: int
    hash: str
    hunks: tuple[int, ...] | None = None
    content: str | None = None
    is_settled: bool = False
    settled: str | None = None

    @property
    def is_whole(self) -> bool:
        """Whether it is taken as it was proposed."""
        return self.hunks is None and self.content is None


MASKED = ActionError("malformed", values={"reason": "masked"})


@dataclass(slots=True)
class Wanted:
    """Actions as they are applied."""

    choices: Mapping[int, Choice]
    origin: str = "assistant"

    def change(self, action: AIAction, contents: Mapping[str, bytes | None]) -> Change:
        """From what was planned on to what was shown, or to what the person made of it."""
        before, after = contents["before"], contents["after"]
        choice = self.choices[action.pk]
        if choice.content is not None:
            _refuse_marks(choice.content, before)
            after = rows.encoded_like(choice.content, before if before is not None else after)
        elif choice.hunks is not None:
            after = _with_hunks(action, before, after, set(choice.hunks))
        return Change(action.path, before, after, action.to)

    def settled(self, action: AIAction, change: Change) -> Settled | None:
        """What the person wants where the file has moved on."""
        choice = self.choices[action.pk]
        takes_nothing = choice.content is None and choice.hunks == ()
        return Settled(choice.settled, change.mine) if choice.is_settled and not takes_nothing else None

    def values(self, action: AIAction, revision: int | None, step: Step) -> dict[str, Any]:
        """The row's columns, once it is applied; the lines of what a person has changed are those that were written."""
        choice = self.choices[action.pk]
        now = timezone.now()
        taken = None if choice.hunks is None else sorted(set(choice.hunks))
        return {
            "status": Status.COMPLETED,
            "revision": revision,
            "undone_by": None,
            "executed_at": now,
            "result": {"revision": revision} | ({} if choice.is_whole else _written(step)),
            "taken": taken,
            "edited": choice.content is not None,
        }


def _written(step: Step) -> dict[str, int]:
    """Added and removed lines of a file, as it was and as it became."""
    added, removed = counts(hunks_of(step.was, step.became))
    return {"added": added, "removed": removed}


def _refuse_marks(content: str, before: bytes | None) -> None:
    """A failed proposal shows marks where secrets are: one that is left there would take the place of its value.

    Raises `ChatError("invalid")`.
    """
    own = set(KNOWN_MARK.findall((before or b"").decode("utf-8", "replace")))
    if set(KNOWN_MARK.findall(content)) - own:
        raise ChatError("invalid", text=short_message_of(MASKED), fields={"content": "masked values"})


def _with_hunks(action: AIAction, before: bytes | None, after: bytes | None, taken: set[int]) -> bytes | None:
    """The file with some hunks of it; none leaves everything as it is.  Raises `ChatError("invalid")` where there is no
    such thing: a file is moved, made or deleted as a whole."""
    if not taken and action.to is None:
        return before
    if len(taken) >= len(action.hunks) and taken:
        return after
    if action.to is not None or before is None or after is None:
        raise ChatError("invalid", fields={"hunks": "this action is all or nothing"})
    return accept_hunks(before, after, taken)


@dataclass(slots=True)
class Back:
    """Actions as they are taken back, or the taking back is."""

    by_id: Mapping[int, Settled]
    back: bool = True
    origin: str = "restore"

    def change(self, action: AIAction, contents: Mapping[str, bytes | None]) -> Change:
        """The way back from the last step."""
        if action.to is None:
            return Change(action.path, contents["was"], contents["became"]).inverted()
        forth = Change(action.path, contents["was"], contents["became"], action.to)
        return forth.inverted() if self.back else forth

    def settled(self, action: AIAction, change: Change) -> Settled | None:
        """What the person wants where the file has moved on."""
        found = self.by_id.get(action.pk)
        if found is None or found.result is None:
            return found
        like = change.base if change.base is not None else change.mine
        return replace(found, result=rows.encoded_like(found.result.decode(), like))

    def values(self, action: AIAction, revision: int | None, step: Step) -> dict[str, Any]:
        """The row's columns, once it is taken back."""
        if self.back:
            return {"status": Status.UNDONE, "undone_by": revision}
        values = {"status": Status.COMPLETED, "undone_by": None, "executed_at": timezone.now()}
        return values | {"revision": revision or action.revision}
