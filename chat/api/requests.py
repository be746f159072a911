"""Who asks, and what they may reach.  Synchronous: for a worker thread."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest

from chat.conf import settings
from chat.errors import ChatError
from chat.models import AIConversation, AIMessage
from chat.origin import refuse_foreign
from chat.turns.start import conversation_of, message_of, project_of


def user_of(request: HttpRequest) -> Any:
    """The user a request acts for; the host decides.  Raises `ChatError("login_required")`, and `PermissionDenied` for
    a change that another site asked for."""
    request.get_host()
    refuse_foreign(request)
    user = settings.ACCESS().request_user(request)
    if user is None:
        raise ChatError("login_required")
    return user


def visible_message(request: HttpRequest, message_id: int) -> AIMessage:
    """A message that the caller may see.  Raises `ChatError`."""
    return message_of(user_of(request), message_id)


def visible_answer(request: HttpRequest, message_id: int) -> AIMessage:
    """The same, an answer.  Raises `ChatError`."""
    return answer_of(user_of(request), message_id)


def answer_of(user: Any, message_id: int) -> AIMessage:
    """An answer that a user may see.  Raises `ChatError`."""
    message = message_of(user, message_id)
    if message.role != AIMessage.Role.ASSISTANT:
        raise ChatError("not_found")
    return message


def refuse_readers(request: HttpRequest, conversation: AIConversation) -> Any:
    """The caller, who may change the files of a conversation's project.  Raises `ChatError("permission_denied")`."""
    user = user_of(request)
    if not settings.ACCESS().can_write(user, project_of(user, conversation.project_id)):
        raise ChatError("permission_denied")
    return user


def changeable_conversation(request: HttpRequest, conversation_id: int) -> AIConversation:
    """A conversation that the caller may rename and delete: his own, or any where he may change the project.

    Raises `ChatError`: `not_found`, `permission_denied`.
    """
    user = user_of(request)
    conversation = conversation_of(user, conversation_id)
    if conversation.user_id != user.pk and not settings.ACCESS().can_write(
        user, project_of(user, conversation.project_id)
    ):
        raise ChatError("permission_denied")
    return conversation
