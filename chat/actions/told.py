"""What became of earlier proposals, for the model: it goes behind the answer that made them, in the next requests."""

from __future__ import annotations

from collections.abc import Iterable

from chat.models import AIAction

Status = AIAction.Status
TITLES = {"fr": "[Ce qu'il est advenu de ces propositions", "en": "[What became of these proposals"}
STATES = {
    "fr": {
        Status.PENDING: "en attente",
        Status.COMPLETED: "acceptée et appliquée",
        Status.FAILED: "pas applicable",
        Status.REJECTED: "refusée par la personne",
        Status.UNDONE: "appliquée puis annulée par la personne",
    },
    "en": {
        Status.PENDING: "waiting",
        Status.COMPLETED: "accepted and applied",
        Status.FAILED: "not applicable",
        Status.REJECTED: "rejected by the person",
        Status.UNDONE: "applied, then undone by the person",
    },
}
PARTLY = {"fr": "acceptée en partie", "en": "accepted in part"}
EDITED = {"fr": "appliquée après retouche par la personne", "en": "applied after the person edited it"}
REVISION = {"fr": "révision {number}", "en": "revision {number}"}
MOST = 40
#: Of a long past so many actions are read.
MOST_READ = 300


def notes_of(message_ids: Iterable[int], language: str) -> dict[int, str]:
    """By message, a note on what became of its actions; nothing for those without."""
    lines: dict[int, list[str]] = {}
    wanted = AIAction.objects.filter(message_id__in=list(message_ids)).order_by("message_id", "position")
    for action in wanted:
        lines.setdefault(action.message_id, []).append(_line(action, language))
    return {pk: note(found, language) for pk, found in lines.items()}


def note(lines: list[str], language: str) -> str:
    """The lines as one note; of very many only the first."""
    shown = lines[:MOST] + (["…"] if len(lines) > MOST else [])
    return "\n".join([f"{TITLES[language]} :", *shown]) + "]"


def decided(conversation_id: int, up_to: int, language: str) -> list[str]:
    """The last word on each file that was proposed up to a message, the oldest first: what a summary must not lose.

    Answers that were replaced count as well: what was applied of them is in the project.
    """
    past = AIAction.objects.filter(message__conversation_id=conversation_id, message_id__lte=up_to)
    last: dict[tuple[str, bool], AIAction] = {}
    for action in past.order_by("-message_id", "-position")[:MOST_READ]:
        # that something was rejected stays true when the file is changed otherwise later
        last.setdefault((action.path, action.status == Status.REJECTED), action)
    return [_dated(action, language) for action in list(last.values())[:MOST][::-1]]


def _dated(action: AIAction, language: str) -> str:
    number = action.undone_by or action.revision
    return _line(action, language) + (f" ({REVISION[language].format(number=number)})" if number else "")


def _line(action: AIAction, language: str) -> str:
    name = f"{action.path} → {action.to}" if action.to else action.path
    reason = f" : {action.reason}" if action.reason else ""
    return f"- {action.action_type} {name} : {_state(action, language)}{reason}"


def _state(action: AIAction, language: str) -> str:
    if action.status == Status.COMPLETED and action.edited:
        return EDITED[language]
    if action.status == Status.COMPLETED and action.taken is not None and len(action.taken) < len(action.hunks):
        return PARTLY[language]
    return STATES[language][Status(action.status)]
