"""What a person points at, as a message carries it, turned into what a prompt is made for."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any


def pointed(context: Mapping[str, Any]) -> dict[str, Any]:
    """The arguments of `builder.Request` that a message's `context` gives."""
    return {
        "open_file": str(context.get("open_file") or ""),
        "selection": dict(context.get("selection") or {}),
        "edited": [*context.get("edited", ()), *context.get("open_files", ())],
        "errors": list(context.get("preview_errors", ())),
        "pinned": list(context.get("pinned", ())),
        "excluded": list(context.get("excluded", ())),
    }
