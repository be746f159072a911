"""What waits for a person in a whole project, whichever conversation proposed it."""

from __future__ import annotations

from typing import Any

from rest_framework.request import Request
from rest_framework.response import Response

from chat.actions import rows
from chat.api.conversations import ChatView
from chat.api.requests import user_of
from chat.models import AIAction
from chat.turns.start import project_of

#: More are not told: marks beside files are for what somebody means to decide.
MOST = 500
#: The columns of an action that are shown; of its answer, which may be large, none is read.
SHOWN = (
    "action_type", "action_data", "status", "created_at", "executed_at", "position", "base", "hash", "added", "removed",
    "hunks", "error", "protected", "incomplete", "matched", "revision", "undone_by", "automatic", "edited", "taken",
    "reason", "message__conversation_id",
)  # fmt: skip


class Proposals(ChatView):
    """`GET /api/chat/proposals/{project_id}`."""

    def get(self, request: Request, pk: int) -> Response:
        """The pending proposals of a project, newest answer first."""
        project = project_of(user_of(self.http), pk)
        found = (
            AIAction.objects.filter(status=AIAction.Status.PENDING, message__conversation__project=project)
            .filter(message__current=True)
            .select_related("message__conversation")
            .only(*SHOWN, "message__conversation__title")
            .order_by("-message_id", "position")
        )[: MOST + 1]
        actions = list(found)
        return Response({"proposals": [shown(action) for action in actions[:MOST]], "more": len(actions) > MOST})


def shown(action: AIAction) -> dict[str, Any]:
    """A proposal, and where it was made."""
    conversation = action.message.conversation
    place = {"conversation_id": conversation.pk, "conversation_title": conversation.title}
    return {**rows.shown(action), "message_id": action.message_id, **place}
