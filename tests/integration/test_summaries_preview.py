"""What the preview of a request says of the summary that is to be made before it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from django.conf import settings as site
from django.test import Client
from django.test.utils import override_settings

from chat.llm.scripted import ScriptedProvider
from chat.models import AIConversation, AIMessage
from chat.turns import dry_run
from tests.integration.long_talks import ask, fill
from tests.integration.test_summaries_rounds import TURNS, Remembering, sent

if TYPE_CHECKING:
    from django.contrib.auth.models import User

    from projects.models import Project

pytestmark = pytest.mark.django_db


@pytest.fixture
def as_alice(client: Client, alice: User) -> Client:
    client.force_login(alice)
    return client


@pytest.fixture
def conversation(project: Project, alice: User) -> AIConversation:
    return AIConversation.objects.create(project=project, user=alice, title="Longue")


def previewed(
    as_alice: Client, conversation: AIConversation, provider: ScriptedProvider, content: str, budget: int = 5_000
) -> Any:
    body = {"project_id": conversation.project_id, "conversation_id": conversation.pk, "content": content}
    providers = {"scripted": {"BACKEND": lambda: provider}}
    chat = {**site.CHAT, "CONTEXT_TOKENS": budget, "PROVIDERS": providers, "DEFAULT_MODEL": "scripted"}
    with override_settings(CHAT=chat):
        reply = as_alice.post("/api/chat/context/preview", body, content_type="application/json")
    assert reply.status_code == 200
    return reply.json()


def test_the_preview_says_what_the_summary_takes(as_alice: Client, conversation: AIConversation) -> None:
    fill(conversation, TURNS)
    model = Remembering()
    told = previewed(as_alice, conversation, model.provider, "Et maintenant ?")
    assert model.provider.requests == []
    answer = ask(as_alice, conversation, model.provider)
    assert told["due_messages"] == answer["context"]["summarised_messages"]
    assert told["due_calls"] == len(model.requests)
    sizes = sum(len(sent(request)) / 4 for request in model.requests)
    assert 0.5 * sizes < told["due_tokens"] < 2 * sizes


def test_the_preview_finds_out_once_what_is_due(
    as_alice: Client, conversation: AIConversation, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Another word of the request changes nothing of it; another word of what is to be summarised does."""
    first = fill(conversation, 200)[0]
    provider, made, read = Remembering().provider, counted(monkeypatch, "work_of"), counted(monkeypatch, "history_of")
    dry_run._aheads.clear()
    words = ("Et maintenant ?", "Et maintenant le titre ?", "Et maintenant le titre en bleu ?")
    told = [previewed(as_alice, conversation, provider, content, 12_000) for content in words]
    assert (len(made), len(read)) == (1, 3)
    assert told[0]["due_messages"] > 0
    assert len({(one["due_messages"], one["due_calls"], one["due_tokens"]) for one in told}) == 1
    AIMessage.objects.filter(pk=first.pk).update(content=first.content + " encore" * 20)
    again = previewed(as_alice, conversation, provider, words[0], 12_000)
    assert again["due_tokens"] > told[0]["due_tokens"]
    # it is not kept without end
    monkeypatch.setattr(dry_run, "MOST_AHEAD", 2)
    fill(conversation, 20)
    previewed(as_alice, conversation, provider, words[0], 12_000)
    assert (len(made), len(dry_run._aheads)) == (3, 1)


def counted(monkeypatch: pytest.MonkeyPatch, name: str) -> list[Any]:
    """What a function of the preview is called with, one after the other."""
    calls: list[Any] = []
    real = getattr(dry_run, name)

    def call(*given: Any, **named: Any) -> Any:
        calls.append(given)
        return real(*given, **named)

    monkeypatch.setattr(dry_run, name, call)
    return calls


def test_the_preview_does_without_what_is_due(
    as_alice: Client,
    conversation: AIConversation,
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
) -> None:
    def broken(*_: Any) -> None:
        raise IndexError

    fill(conversation, 60)
    dry_run._aheads.clear()
    monkeypatch.setattr(dry_run, "work_of", broken)
    told = previewed(as_alice, conversation, Remembering().provider, "Et maintenant ?")
    assert (told["due_messages"], told["due_cost"]) == (0, None)
    assert "what is to be summarised" in caplog.text
