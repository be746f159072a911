"""What people do in a project's conversations is told to all who have the project open: they may read them, too."""

from __future__ import annotations

from typing import Any

from chat.workspace import ConversationNews, conversation_listeners
from projects.events import hub


def forward(told: ConversationNews) -> None:
    """As an event of the project."""
    data: dict[str, Any] = {"conversation_id": told.conversation_id, "message_id": told.message_id}
    if told.what == "proposals":
        hub.say(told.project_id, "proposals.changed", data | {"actions": told.actions, "revision": told.revision})
    else:
        by = {"by": told.by} if told.by else {}
        hub.say(told.project_id, "conversation.changed", data | {"what": told.what} | by)


def listen() -> None:
    """From the start of the site on."""
    if forward not in conversation_listeners:
        conversation_listeners.append(forward)
