"""Starting a turn: one transaction writes the question and the empty answer.  Synchronous, for the writer thread.

Sending twice is sending once: a `client_id` that is known gives back the turn it started.
"""

from __future__ import annotations

import uuid
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import timedelta
from typing import Any

from django.db import IntegrityError, transaction
from django.db.models import F
from django.utils import timezone

from chat.conf import settings
from chat.context.selected import without_secrets
from chat.errors import ChatError
from chat.models import AIConversation, AIMessage
from chat.rows import insert
from chat.titles import UNTITLED, searched, title_of

Status = AIMessage.Status
Role = AIMessage.Role


@dataclass(frozen=True, slots=True)
class Send:
    """A message to send, validated."""

    project_id: int
    content: str
    conversation_id: int | None = None
    client_id: uuid.UUID | None = None
    model: str = ""
    context: dict[str, Any] = field(default_factory=dict)
    replaces: int | None = None
    mode: str | None = None


@dataclass(frozen=True, slots=True)
class Started:
    """A turn whose rows are written.

    `existing`: it was started before, by the same `client_id`.  `new_conversation`: it is the first of its own.
    """

    conversation: AIConversation
    question: AIMessage
    answer: AIMessage
    existing: bool = False
    new_conversation: bool = False


def send(user: Any, request: Send, owner: str) -> Started:
    """Writes a question and its empty answer.

    Raises `ChatError`: `not_found`, `permission_denied`, `turn_in_progress`, `not_last`, `client_id_reused`.
    """
    project = project_of(user, request.project_id)
    if request.context.get("selection"):
        request = replace(request, context=without_secrets(settings.WORKSPACE(project), request.context))
    return once(lambda: _sent_before(user, request), lambda: _send(user, project, request, owner))


def retry(user: Any, answer_id: int, client_id: uuid.UUID | None, owner: str) -> Started:
    """Asks again: a new answer takes the place of the last one.  Raises `ChatError` as `send`."""

    def work() -> Started:
        conversation, question, answer = last_answer(user, answer_id)
        # what continues a text is asked again as a continuation of it
        new = _answer(
            conversation, question, owner, client_id=client_id, replaces=answer, continues_id=answer.continues_id
        )
        AIMessage.objects.filter(pk=answer.pk).update(current=False)
        return _touched(conversation, question, new, 0)

    return once(lambda: _answered_before(user, answer_id, client_id), work)


def go_on(user: Any, answer_id: int, client_id: uuid.UUID | None, owner: str) -> Started:
    """Goes on from a text that is not whole.  Raises `ChatError` as `send`, and `not_continuable`."""

    def work() -> Started:
        conversation, question, answer = last_answer(user, answer_id)
        if answer.status not in {Status.INTERRUPTED, Status.STOPPED} or not answer.content:
            raise ChatError("not_continuable")
        new = _answer(conversation, question, owner, client_id=client_id, continues=answer)
        return _touched(conversation, question, new, 1)

    return once(lambda: _answered_before(user, answer_id, client_id), work)


def once(before: Callable[[], Started | None], work: Callable[[], Started]) -> Started:
    """Runs `work` in a transaction unless it was done before; the database decides between two at once."""
    found = before()
    if found is not None:
        return found
    try:
        with transaction.atomic():
            return work()
    except IntegrityError as error:
        found = before()
        if found is not None:
            return found
        raise ChatError("turn_in_progress") from error


def project_of(user: Any, project_id: int) -> Any:
    """A project the user may see.  Raises `ChatError("not_found")`."""
    from django.core.exceptions import ObjectDoesNotExist

    try:
        return settings.ACCESS().project_for(user, project_id)
    except ObjectDoesNotExist as error:
        raise ChatError("not_found") from error


def conversation_of(user: Any, conversation_id: int, *, lock: bool = False) -> AIConversation:
    """A conversation of a project the user may see.  Raises `ChatError("not_found")`."""
    conversations = AIConversation.objects.filter(pk=conversation_id)
    conversation = (conversations.select_for_update() if lock else conversations).first()
    if conversation is None:
        raise ChatError("not_found")
    project_of(user, conversation.project_id)
    return conversation


def message_of(user: Any, message_id: int) -> AIMessage:
    """A message of a project the user may see.  Raises `ChatError("not_found")`."""
    message = AIMessage.objects.select_related("conversation").filter(pk=message_id).first()
    if message is None:
        raise ChatError("not_found")
    project_of(user, message.conversation.project_id)
    return message


def last_answer(user: Any, answer_id: int) -> tuple[AIConversation, AIMessage, AIMessage]:
    """The conversation (locked), the question and the answer that it ends with.

    Raises `ChatError`: `not_found`, `not_last`, `turn_in_progress`.
    """
    conversation_id = message_of(user, answer_id).conversation_id
    conversation = conversation_of(user, conversation_id, lock=True)
    answer = AIMessage.objects.select_related("reply_to").get(pk=answer_id)
    refuse_running(conversation)
    last = conversation.messages.filter(current=True).order_by("-id").values_list("pk", flat=True).first()
    if answer.role != Role.ASSISTANT or answer.reply_to is None or last != answer_id:
        raise ChatError("not_last")
    return conversation, answer.reply_to, answer


def refuse_running(conversation: AIConversation) -> None:
    """Raises `ChatError("turn_in_progress")` while an answer is being written."""
    running = conversation.messages.filter(status=Status.STREAMING).values_list("pk", flat=True).first()
    if running is not None:
        raise ChatError("turn_in_progress", message_id=running, conversation_id=conversation.pk)


def _send(user: Any, project: Any, request: Send, owner: str) -> Started:
    if request.conversation_id is None:
        if request.replaces is not None:
            check_last_question(None, request.replaces)
        conversation, removed = _new_conversation(user, project, request), 0
    else:
        if request.mode is not None:
            raise ChatError("invalid", fields={"mode": "needs a new conversation"})
        conversation = conversation_of(user, request.conversation_id, lock=True)
        if conversation.project_id != project.pk:
            raise ChatError("not_found")
        refuse_running(conversation)
        removed = _replace(conversation, request.replaces) if request.replaces is not None else 0
    question = insert(
        AIMessage(
            conversation=conversation,
            role=Role.USER,
            content=request.content,
            client_id=request.client_id,
            replaces_id=request.replaces,
            metadata={"context": request.context} if request.context else None,
        )
    )
    answer = _answer(conversation, question, owner)
    if conversation.message_count == 0 and conversation.title in UNTITLED.values():
        title = conversation.title = title_of(request.content)
        AIConversation.objects.filter(pk=conversation.pk).update(title=title, searched=searched(title))
    return _touched(conversation, question, answer, 2 - removed, created=request.conversation_id is None)


def _new_conversation(user: Any, project: Any, request: Send) -> AIConversation:
    title = title_of(request.content)
    return insert(
        AIConversation(
            project=project,
            user=user,
            title=title,
            searched=searched(title),
            mode=allowed_mode(user, project, request.mode),
            context=described(project),
            client_id=request.client_id,
            message_count=2,
        )
    )


def allowed_mode(user: Any, project: Any, mode: str | None) -> str:
    """The mode that somebody begins a conversation in.

    Raises `ChatError("permission_denied")`: nobody has applied for him what he could not apply himself.
    """
    if mode == AIConversation.Mode.AUTO and not settings.ACCESS().can_write(user, project):
        raise ChatError("permission_denied")
    return mode or AIConversation.Mode.ASK


def described(project: Any) -> dict[str, Any]:
    """The project's context as it was when a conversation began."""
    description = settings.WORKSPACE(project).describe()
    return {
        "name": description.name,
        "project_type": description.project_type,
        "technologies": list(description.technologies),
    }


def check_last_question(conversation: AIConversation | None, question_id: int) -> None:
    """Whether a message may take the place of a question.  Raises `ChatError`: `invalid`, `not_last`."""
    if conversation is None:
        raise ChatError("invalid", fields={"replaces": "needs conversation_id"})
    questions = conversation.messages.filter(current=True, role=Role.USER)
    if questions.order_by("-id").values_list("pk", flat=True).first() != question_id:
        raise ChatError("not_last")


def _replace(conversation: AIConversation, question_id: int) -> int:
    """Hides the last question and what answers it; how many messages that were."""
    check_last_question(conversation, question_id)
    return conversation.messages.filter(current=True, pk__gte=question_id).update(current=False)


def _answer(conversation: AIConversation, question: AIMessage, owner: str, **fields: Any) -> AIMessage:
    return insert(
        AIMessage(
            conversation=conversation,
            role=Role.ASSISTANT,
            status=Status.STREAMING,
            reply_to=question,
            lease_owner=owner,
            lease_until=timezone.now() + timedelta(seconds=settings.LEASE_SECONDS),
            **fields,
        )
    )


def _touched(
    conversation: AIConversation, question: AIMessage, answer: AIMessage, more: int, *, created: bool = False
) -> Started:
    if not created:
        AIConversation.objects.filter(pk=conversation.pk).update(
            message_count=F("message_count") + more, updated_at=answer.created_at
        )
    return Started(conversation, question, answer, new_conversation=created)


def _sent_before(user: Any, request: Send) -> Started | None:
    """The turn that the same `client_id` started, in the conversation or, without one, in the project."""
    if request.client_id is None:
        return None
    questions = AIMessage.objects.select_related("conversation").filter(
        client_id=request.client_id, role=Role.USER, conversation__project_id=request.project_id
    )
    if request.conversation_id is not None:
        question = questions.filter(conversation_id=request.conversation_id).first()
    else:
        question = questions.filter(conversation__client_id=request.client_id).first()
    if question is None:
        return None
    if question.content != request.content:
        raise ChatError("client_id_reused")
    return _started(question)


def _answered_before(user: Any, answer_id: int, client_id: uuid.UUID | None) -> Started | None:
    if client_id is None:
        return None
    conversation_id = message_of(user, answer_id).conversation_id
    answer = (
        AIMessage.objects.select_related("conversation", "reply_to")
        .filter(conversation_id=conversation_id, client_id=client_id)
        .first()
    )
    if answer is None:
        return None
    if answer.reply_to is None or answer_id not in {answer.replaces_id, answer.continues_id}:
        raise ChatError("client_id_reused")
    return Started(answer.conversation, answer.reply_to, answer, existing=True)


def _started(question: AIMessage) -> Started | None:
    answer = question.replies.filter(current=True).order_by("-id").first() or question.replies.order_by("-id").first()
    return Started(question.conversation, question, answer, existing=True) if answer is not None else None
