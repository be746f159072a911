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
MOST = 40


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
