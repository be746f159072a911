"""Planned actions ⇄ rows, and what the API and the events show of a row."""

from __future__ import annotations

import logging
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from chat.actions.messages import message_for_people
from chat.actions.registry import action_types
from chat.actions.text import is_storable, text_of
from chat.actions.types import ActionError, ModifyFile, OtherAction, PlannedAction, RenameFile
from chat.models import ActionContent, AIAction, AIMessage
from chat.packing import pack_bytes, unpack_bytes

logger = logging.getLogger(__name__)

Status = AIAction.Status
SIDES = ("before", "after", "was", "became")
#: Characters of edits that failed; more are not placed by hand.
MOST_BLOCKS = 200_000


def row_of(message_id: int, planned: PlannedAction, repairs: int = 0) -> AIAction:
    """The row of a proposal that nobody has decided on."""
    data: dict[str, Any] = {"path": planned.path} | ({} if planned.to is None else {"to": planned.to})
    if isinstance(planned.proposal, OtherAction) and planned.proposal.data:
        data["data"] = dict(planned.proposal.data)
    if planned.error is not None and (edits := _edits_of(planned)):
        data["edits"] = edits
    return AIAction(
        message_id=message_id,
        action_type=planned.action_type,
        action_data=data,
        status=Status.PENDING if planned.error is None else Status.FAILED,
        position=planned.position,
        base=planned.base or "",
        hash=planned.hash,
        added=planned.added,
        removed=planned.removed,
        hunks=[list(hunk) for hunk in planned.hunks],
        error=None if planned.error is None else planned.error.as_json(),
        protected=planned.protected,
        incomplete=planned.incomplete,
        matched=planned.matched,
        repairs=repairs,
    )


def _edits_of(planned: PlannedAction) -> list[list[str]]:
    """What edits that can't be made were to change, for a person to place by hand; none where it can't be kept."""
    edits = planned.proposal.edits if isinstance(planned.proposal, ModifyFile) else ()
    found = [[edit.search, edit.replace] for edit in edits]
    texts = [text for edit in found for text in edit]
    return found if sum(map(len, texts)) <= MOST_BLOCKS and all(map(is_storable, texts)) else []


def insert(
    message_id: int, actions: Sequence[PlannedAction], repairs: Mapping[int, int] | None = None
) -> list[AIAction]:
    """Writes a turn's proposals, once: what is there already (a commit whose answer was lost) stays."""
    with transaction.atomic():
        there = {row.position: row for row in AIAction.objects.filter(message_id=message_id)}
        new = [planned for planned in actions if planned.position not in there]
        for planned in new:
            row = row_of(message_id, planned, (repairs or {}).get(planned.position, 0))
            row.save(force_insert=True)
            there[planned.position] = row
        ActionContent.objects.bulk_create(
            ActionContent(action=there[planned.position], before=packed(planned.before), after=packed(planned.after))
            for planned in new
        )
    return [there[planned.position] for planned in actions]


def packed(data: bytes | None) -> bytes | None:
    """Bytes as they are kept; no file stays none."""
    return None if data is None else pack_bytes(data)


def unpacked(data: bytes | memoryview | None) -> bytes | None:
    """What `packed` was given."""
    return None if data is None else unpack_bytes(bytes(data))


def contents_of(rows: Iterable[AIAction]) -> dict[int, dict[str, bytes | None]]:
    """The bytes of actions, by their ids."""
    found = ActionContent.objects.filter(action__in=[row.pk for row in rows]).values("action_id", *SIDES)
    return {row["action_id"]: {side: unpacked(row[side]) for side in SIDES} for row in found}


def shown(row: AIAction) -> dict[str, Any]:
    """An action as the API and the events show it: no contents, so that lists stay light."""
    written = (row.result or {}) if was_applied(row) else {}
    return {
        "id": row.pk,
        "position": row.position,
        "action_type": row.action_type,
        "label": label_of(row),
        "path": row.path,
        "to": row.to,
        "status": row.status,
        "base": row.base or None,
        "hash": row.hash,
        "added": written.get("added", row.added),
        "removed": written.get("removed", row.removed),
        "hunks": row.hunks,
        "error": error_shown(row.error),
        "protected": row.protected,
        "incomplete": row.incomplete,
        "matched": row.matched,
        "revision": row.revision,
        "undone_by": row.undone_by,
        "automatic": row.automatic,
        "edited": row.edited,
        "taken": row.taken,
        "reason": row.reason,
        "created_at": _moment(row.created_at),
        "executed_at": _moment(row.executed_at),
    }


def was_applied(row: AIAction) -> bool:
    """Whether it was carried out, taken back since or not."""
    return row.status in {Status.COMPLETED, Status.UNDONE}


def written_of(row: AIAction, contents: Mapping[str, bytes | None]) -> dict[str, str | None] | None:
    """What a person's own text in place of the proposal made of the file; nothing where there is none.

    `was` and `became` are of the last step: of an undo they are the other way round.
    """
    if not (row.edited and was_applied(row)):
        return None
    sides = ("was", "became") if row.status == Status.COMPLETED else ("became", "was")
    before, after = (text_of(contents[side]) for side in sides)
    return {"before": before, "after": after}


def label_of(row: AIAction) -> str:
    """The action in a few words, as its type says them; a type that the site has no more is named."""
    kind = action_types().get(row.action_type)
    plain = f"{row.action_type} {row.path}".strip()
    if kind is None:
        return plain
    proposal = RenameFile(row.path, row.to) if row.to else OtherAction(row.path, row.action_type, _data_of(row))
    try:
        return kind.describe(proposal)
    except Exception:
        # the host's code, on data that a model wrote: a label must keep no answer from being shown
        logger.exception("the action type %s can't describe action %s", row.action_type, row.pk)
        return plain


def _data_of(row: AIAction) -> dict[str, Any]:
    found = row.action_data.get("data")
    return dict(found) if isinstance(found, dict) else {}


def _moment(value: Any) -> str | None:
    return None if value is None else value.isoformat()


def error_shown(error: dict[str, Any] | None) -> dict[str, Any] | None:
    """An error with its text, in the language at hand."""
    if error is None:
        return None
    found = ActionError.from_json(error)
    return {"code": found.code, "message": message_for_people(found), "nearest": [list(line) for line in found.nearest]}


def revision_name(message: AIMessage, actions: list[AIAction], *, undo: bool = False) -> str:
    """What a revision is called: the conversation, the message, and the files where they are few."""
    names = [action.path.rpartition("/")[2] for action in actions[:3]]
    files = (
        ", ".join(names) if len(actions) <= 3 else ngettext("%d fichier", "%d fichiers", len(actions)) % len(actions)
    )
    words = _("Annulation") if undo else _("Assistant")
    return f"{words} : {files} — {message.conversation.title} (#{message.pk})"


def encoded_like(text: str, like: bytes | None) -> bytes:
    """A text that somebody has edited, with the byte order mark and the line ends of the file that it was: a page's
    editor knows neither."""
    if like is None:
        return text.encode()
    windows = like.count(b"\r\n")
    if windows and windows == like.count(b"\n") and "\r" not in text:
        text = text.replace("\n", "\r\n")
    mark = b"\xef\xbb\xbf" if like.startswith(b"\xef\xbb\xbf") else b""
    return mark + text.encode()
