"""The scripted model proposes changes of files: `propose(review, studio, edit(path, "old", "new"))`."""

from __future__ import annotations

import json
from typing import Any

from tests.browser.review import Review
from tests.live import Studio
from tests.streaming.model_server import Answer, chunk, say


def calls(*made: tuple[str, dict[str, Any]]) -> Answer:
    """An answer that calls tools."""
    deltas = [
        {"index": index, "id": f"call_{index}", "function": {"name": name, "arguments": json.dumps(arguments)}}
        for index, (name, arguments) in enumerate(made)
    ]
    return say(*[chunk({"tool_calls": [delta]}) for delta in deltas], finish="tool_calls")


def edit(path: str, *changes: tuple[str, str]) -> tuple[str, dict[str, Any]]:
    """A call that changes a file: `(search, replace)` each."""
    return "modify_file", {"path": path, "edits": [{"search": old, "replace": new} for old, new in changes]}


def propose(review: Review, studio: Studio, *made: tuple[str, dict[str, Any]], ask: str = "Change la page") -> None:
    """The model proposes, and says that it did."""
    studio.model.queue(calls(*made), say("C’est proposé."))
    count = review.panel.answers.count()
    review.panel.send_message(ask)
    review.panel.wait_status("complete", review.panel.answers.nth(count), seconds=40)
