"""Conversations of many turns, and a model that summarises them."""

from __future__ import annotations

from typing import Any

from django.conf import settings as site
from django.test import Client
from django.test.utils import override_settings

from chat.llm.base import ModelRequest
from chat.llm.scripted import Script, ScriptedProvider
from chat.models import AIConversation, AIMessage

#: A budget that some forty messages fill.
SMALL = {"CONTEXT_TOKENS": 5_000, "SUMMARY_LEAST_BUDGET": 0}
SUMMARY = "- le titre est bleu"


def fill(conversation: AIConversation, turns: int, words: int = 30, **metadata: Any) -> list[AIMessage]:
    """So many past turns."""
    first = conversation.messages.count()
    made = AIMessage.objects.bulk_create(
        AIMessage(
            conversation=conversation,
            role=("user", "assistant")[n % 2],
            content=f"message{n} " + "mot " * words,
            metadata=metadata or None,
        )
        for n in range(first, first + turns * 2)
    )
    conversation.message_count = conversation.messages.filter(current=True).count()
    conversation.save()
    return made


def is_summary(request: ModelRequest) -> bool:
    """Whether the model is asked for a summary."""
    return str(request.messages[0]["content"]).startswith("Tu résumes")


def model(summary: Script | None = None) -> ScriptedProvider:
    """A model that summarises, and answers all else."""
    made = summary or Script.text(SUMMARY)
    return ScriptedProvider(answer=lambda request: made if is_summary(request) else Script.text("Voilà."))


def post(as_alice: Client, conversation: AIConversation, provider: ScriptedProvider, **settings: Any) -> Any:
    """Asks; the reply."""
    body = {"project_id": conversation.project_id, "conversation_id": conversation.pk, "content": "Et maintenant ?"}
    providers = {"scripted": {"BACKEND": lambda: provider}}
    chat = {**site.CHAT, **SMALL, **settings, "PROVIDERS": providers, "DEFAULT_MODEL": "scripted"}
    with override_settings(CHAT=chat):
        return as_alice.post("/api/chat/message", body, content_type="application/json")


def ask(as_alice: Client, conversation: AIConversation, provider: ScriptedProvider, **settings: Any) -> dict[str, Any]:
    """Asks; the answer."""
    reply = post(as_alice, conversation, provider, **settings)
    assert reply.status_code == 200, reply.content
    found: dict[str, Any] = reply.json()["message"]
    return found
