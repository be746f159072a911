"""Answers with proposals in them, as a turn would have left them."""

from __future__ import annotations

import difflib
from typing import Any

from chat.actions import rows
from chat.actions.types import ActionError, PlannedAction, digest_of
from chat.models import AIAction, AIConversation, AIMessage
from projects import tree
from projects.models import Project


def answer_in(project: Project, user: Any = None, **fields: Any) -> AIMessage:
    """A whole answer, the first of a conversation of its own."""
    conversation = AIConversation.objects.create(
        project=project, user=user or project.owner, title="Une page", message_count=2
    )
    question = AIMessage.objects.create(conversation=conversation, role="user", content="Change la page")
    return AIMessage.objects.create(
        conversation=conversation, role="assistant", status="complete", content="Voilà.", reply_to=question, **fields
    )


def propose(message: AIMessage, *actions: PlannedAction) -> list[AIAction]:
    """Its proposals, numbered in order."""
    return rows.insert(message.pk, actions)


def write(position: int, path: str, before: bytes | None, after: bytes | None, **more: Any) -> PlannedAction:
    """A file that is made, changed, or (without `after`) deleted."""
    kind = "delete_file" if after is None else "create_file" if before is None else "modify_file"
    return PlannedAction(
        position, kind, path, base=None if before is None else digest_of(before), before=before, after=after,
        hunks=hunks_of(before or b"", after or b""), added=1, removed=1, **more,
    )  # fmt: skip


def rename(position: int, path: str, to: str, data: bytes) -> PlannedAction:
    """A file that moves."""
    return PlannedAction(position, "rename_file", path, to, digest_of(data), data, data)


def failed(position: int, path: str, before: bytes | None, code: Any = "no_match") -> PlannedAction:
    """A proposal that could not be planned."""
    return PlannedAction(
        position, "modify_file", path, base=None if before is None else digest_of(before), before=before,
        error=ActionError(code),
    )  # fmt: skip


def hunks_of(before: bytes, after: bytes) -> tuple[tuple[int, int, int, int], ...]:
    """The differences of two texts, as line ranges."""
    a, b = before.splitlines(keepends=True), after.splitlines(keepends=True)
    found = difflib.SequenceMatcher(None, a, b, autojunk=False).get_opcodes()
    return tuple((i1, i2, j1, j2) for tag, i1, i2, j1, j2 in found if tag != "equal")


def files_of(project: Project) -> dict[str, bytes]:
    """Every file as it is now."""
    return tree.read(project, list(project.files.values_list("path", flat=True)))
