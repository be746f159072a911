"""An administrator, and conversations to look at."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from decimal import Decimal
from typing import TYPE_CHECKING, Any

import pytest
from django.utils import timezone

from chat.models import AIAction, AIConversation, AIMessage, ModelCall, TurnEvent
from chat.packing import pack

if TYPE_CHECKING:
    from django.contrib.auth.models import User
    from django.test import Client

    from projects.models import Project

HOSTILE = "</pre><script>alert(1)</script><img src=x onerror=alert(2)>"
REQUEST = {"model": "gpt-4-turbo", "messages": [{"role": "user", "content": HOSTILE}]}

Make = Callable[..., AIConversation]


@pytest.fixture
def boss(client: Client, django_user_model: type[User]) -> Client:
    """Logged in, with every right."""
    client.force_login(django_user_model.objects.create_superuser("boss"))
    return client


@pytest.fixture
def make(project: Project, alice: User) -> Make:
    """Makes a conversation of `turns` questions and answers, each answer with a call, an action and two events."""

    def make(turns: int = 1, **given: Any) -> AIConversation:
        fields = {"project": project, "user": alice, "title": "Une page", "message_count": 2 * turns, **given}
        conversation = AIConversation.objects.create(**fields)
        for number in range(turns):
            add_turn(conversation, number)
        return conversation

    return make


def add_turn(conversation: AIConversation, number: int = 0, **answer: Any) -> AIMessage:
    """A question and its answer."""
    question = AIMessage.objects.create(conversation=conversation, role="user", content=f"Question {number}")
    metadata = {"model": "gpt-4-turbo", "cost": "0.01000000"}
    fields = {"role": "assistant", "content": f"Réponse {number}", "metadata": metadata, **answer}
    message = AIMessage.objects.create(conversation=conversation, reply_to=question, **fields)
    add_call(message)
    AIAction.objects.create(message=message, action_type="create_file", action_data={"path": "page.html"})
    TurnEvent.objects.create(message=message, seq=1, type="turn.started", data={"message_id": message.pk})
    TurnEvent.objects.create(message=message, seq=10, type="text.delta", data={"text": HOSTILE})
    return message


def add_call(message: AIMessage, **given: Any) -> ModelCall:
    """A model call of an answer."""
    fields: dict[str, Any] = {
        "provider": "openai",
        "model": "gpt-4-turbo",
        "request_packed": pack(REQUEST),
        "started_at": timezone.now() - timedelta(seconds=1),
        "prompt_tokens": 100,
        "completion_tokens": 20,
        "cost": Decimal("0.0016"),
        **given,
    }
    return ModelCall.objects.create(message=message, **fields)
