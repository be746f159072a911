"""What a person points at, as a message carries it, turned into what a prompt is made for."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from chat.models import AIMessage


def pointed(context: Mapping[str, Any]) -> dict[str, Any]:
    """The arguments of `builder.Request` that a message's `context` gives."""
    return {
        "open_file": str(context.get("open_file") or ""),
        "selection": dict(context.get("selection") or {}),
        "edited": [*context.get("edited", ()), *context.get("open_files", ())],
        "errors": list(context.get("preview_errors", ())),
        "pinned": list(context.get("pinned", ())),
        "excluded": list(context.get("excluded", ())),
        "quoted": _quoted(context.get("conversation_id"), list(context.get("messages", ()))),
    }


def _quoted(conversation_id: int | None, ids: list[int]) -> list[dict[str, Any]]:
    """The earlier messages of a conversation that a message names, in its order."""
    if conversation_id is None or not ids:
        return []
    rows = AIMessage.objects.filter(conversation_id=conversation_id, pk__in=ids).exclude(content="")
    found: dict[int, dict[str, Any]] = {row["id"]: {**row} for row in rows.values("id", "role", "content")}
    return [found[number] for number in ids if number in found]
