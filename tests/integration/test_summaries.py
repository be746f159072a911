"""Long conversations: the older messages get a summary, kept with what it cost; nothing that was decided is lost."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest
from django.conf import settings as site
from django.core.management import call_command
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext, override_settings

from chat.llm.errors import Refused
from chat.llm.scripted import Script, ScriptedProvider
from chat.models import AIConversation, AIMessage, ConversationSummary, ModelCall
from chat.testing import scripted
from chat.turns.history import RETRY_AFTER
from chat.turns.summaries_known import known_summaries
from tests.integration.long_talks import SMALL, SUMMARY, ask, fill, is_summary, model
from tests.integration.proposals import propose, write

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


def page(as_alice: Client, conversation: AIConversation) -> dict[str, Any]:
    found: dict[str, Any] = as_alice.get(f"/api/chat/conversations/{conversation.pk}/messages").json()
    return found


def test_the_older_messages_are_summarised_by_a_call_of_its_own(as_alice: Client, conversation: AIConversation) -> None:
    messages = fill(conversation, 60)
    provider = model()
    answer = ask(as_alice, conversation, provider)
    asked, answered = provider.requests
    assert is_summary(asked)
    assert not asked.tools
    row = ConversationSummary.objects.get()
    kept = [message["content"] for message in answered.messages[1:-1]]
    assert (row.text, row.error, row.unread) == (SUMMARY, "", 0)
    assert row.messages == 120 - len(kept) == row.added
    assert row.up_to == messages[row.messages - 1]
    assert kept == [message.content for message in messages[row.messages :]]
    assert SUMMARY in answered.messages[0]["content"]
    assert f"Résumé des {row.messages} messages" in answered.messages[0]["content"]
    calls = {call.purpose: call for call in ModelCall.objects.filter(message_id=answer["id"])}
    assert set(calls) == {"summary", "answer"}
    assert (row.call_id, row.model) == (calls["summary"].pk, "scripted")
    assert calls["summary"].request["messages"] == list(asked.messages)
    assert answer["metadata"]["prompt_tokens"] == sum(call.prompt_tokens or 0 for call in calls.values())
    assert answer["steps"][0] == {
        "step": 0,
        "tool": "summary",
        "arguments": {"messages": row.messages},
        "summary": "",
        "error": None,
        "done": True,
    }
    assert (answer["context"]["summarised_messages"], answer["context"]["dropped_messages"]) == (row.messages, 0)
    assert AIMessage.objects.filter(conversation=conversation, current=True).count() == 122
    shown = page(as_alice, conversation)
    assert shown["totals"]["prompt_tokens"] == answer["metadata"]["prompt_tokens"]


def test_it_is_not_made_at_every_turn_and_the_next_one_is_made_of_it(
    as_alice: Client, conversation: AIConversation
) -> None:
    fill(conversation, 60)
    provider = model()
    ask(as_alice, conversation, provider)
    for _ in range(3):
        ask(as_alice, conversation, provider)
    assert sum(map(is_summary, provider.requests)) == 1
    assert len({request.messages[1]["content"] for request in provider.requests[1:]}) == 1
    fill(conversation, 30)
    ask(as_alice, conversation, provider)
    again = next(request for request in provider.requests[2:] if is_summary(request))
    assert f"Résumé de ce qui précède :\n{SUMMARY}" in again.messages[1]["content"]
    first, second = ConversationSummary.objects.order_by("id")
    assert second.messages > first.messages
    assert second.up_to_id > first.up_to_id
    # only those whose boundary is on the page
    assert [row["id"] for row in page(as_alice, conversation)["summaries"]] == [second.pk]
    ids = [row["id"] for row in as_alice.get(f"{_url(conversation)}?limit=200").json()["summaries"]]
    assert ids == [first.pk, second.pk]


def _url(conversation: AIConversation) -> str:
    return f"/api/chat/conversations/{conversation.pk}/messages"


def test_what_was_decided_and_pinned_is_told_whatever_the_model_wrote(
    as_alice: Client, conversation: AIConversation
) -> None:
    answer = fill(conversation, 1, context={"pinned": ["style.css"]})[1]
    done, refused, undone = propose(
        answer,
        write(0, "a.js", None, b"1"),
        write(1, "b.js", None, b"2"),
        write(2, "c.js", None, b"3"),
    )
    done.status, done.revision = "completed", 7
    refused.status, refused.reason = "rejected", "trop long"
    undone.status, undone.undone_by = "undone", 9
    for action in (done, refused, undone):
        action.save()
    fill(conversation, 60)
    provider = model()
    ask(as_alice, conversation, provider)
    system = provider.requests[-1].messages[0]["content"]
    assert "Fichiers que la personne avait épinglés : style.css" in system
    assert "- create_file a.js : acceptée et appliquée (révision 7)" in system
    assert "- create_file b.js : refusée par la personne : trop long" in system
    assert "- create_file c.js : appliquée puis annulée par la personne (révision 9)" in system
    # they are as they are now, not as they were when the summary was made
    done.status, done.undone_by = "undone", 11
    done.save()
    ask(as_alice, conversation, provider)
    assert (
        "- create_file a.js : appliquée puis annulée par la personne (révision 11)"
        in (provider.requests[-1].messages[0]["content"])
    )


@pytest.mark.parametrize("change", ["deleted", "hidden"])
def test_a_change_before_the_boundary_makes_it_invalid(
    as_alice: Client, conversation: AIConversation, change: str
) -> None:
    messages = fill(conversation, 60)
    provider = model()
    ask(as_alice, conversation, provider)
    assert known_summaries(conversation.pk).chains
    if change == "deleted":
        messages[4].delete()
    else:
        AIMessage.objects.filter(pk=messages[4].pk).update(current=False)
    assert not known_summaries(conversation.pk).chains
    assert as_alice.get(f"{_url(conversation)}?limit=200").json()["summaries"] == []
    ask(as_alice, conversation, provider)
    assert sum(map(is_summary, provider.requests)) == 2
    assert "message4 " not in str(provider.requests[-2].messages)


def test_asking_again_behind_the_boundary_keeps_it(as_alice: Client, conversation: AIConversation) -> None:
    fill(conversation, 60)
    provider = model()
    answer = ask(as_alice, conversation, provider)
    AIMessage.objects.filter(pk=answer["id"]).update(current=False)
    assert known_summaries(conversation.pk).chains


def test_a_summary_that_fails_is_told_and_not_tried_at_once_again(
    as_alice: Client, conversation: AIConversation
) -> None:
    fill(conversation, 60)
    provider = model(Script.of(Refused("quota", "no more", status=429)))
    answer = ask(as_alice, conversation, provider)
    assert answer["content"] == "Voilà."
    assert answer["steps"][0]["error"] == "quota"
    assert answer["context"]["dropped_messages"] > 0
    row = ConversationSummary.objects.get()
    assert (row.text, row.error) == ("", "quota")
    assert page(as_alice, conversation)["summaries"] == []
    for _ in range(RETRY_AFTER // 2 - 1):
        ask(as_alice, conversation, provider)
    assert sum(map(is_summary, provider.requests)) == 1
    ask(as_alice, conversation, provider)
    assert sum(map(is_summary, provider.requests)) == 2


@pytest.mark.parametrize("settings", [{"SUMMARIES": False}, {"SUMMARY_LEAST_BUDGET": 6_000}])
def test_it_can_be_switched_off(as_alice: Client, conversation: AIConversation, settings: dict[str, Any]) -> None:
    fill(conversation, 60)
    provider = model()
    answer = ask(as_alice, conversation, provider, **settings)
    assert len(provider.requests) == 1
    assert answer["steps"] == []
    assert answer["context"]["dropped_messages"] > 0
    assert not ConversationSummary.objects.exists()


def test_the_preview_counts_it_and_makes_none(as_alice: Client, conversation: AIConversation) -> None:
    fill(conversation, 60)
    body = {"project_id": conversation.project_id, "conversation_id": conversation.pk, "content": "Et maintenant ?"}

    def preview() -> dict[str, Any]:
        with scripted(Script.text("x"), **SMALL) as provider:
            found: dict[str, Any] = as_alice.post(
                "/api/chat/context/preview", body, content_type="application/json"
            ).json()
        assert provider.requests == []
        return found

    before = preview()
    assert before["due_messages"] > before["dropped_messages"] > 0
    assert before["summarised_messages"] == 0
    assert not ConversationSummary.objects.exists()
    ask(as_alice, conversation, model())
    after = preview()
    assert (after["due_messages"], after["dropped_messages"]) == (0, 0)
    assert after["summarised_messages"] == before["due_messages"]
    assert "summary" in {part["kind"] for part in after["parts"]}


def test_the_commands_tell_the_two_requests_apart(
    as_alice: Client, conversation: AIConversation, capsys: pytest.CaptureFixture[str]
) -> None:
    fill(conversation, 60)
    answer = ask(as_alice, conversation, model())
    provider = ScriptedProvider([Script.text("Encore.")])
    providers = {"scripted": {"BACKEND": lambda: provider}}
    with override_settings(CHAT={**site.CHAT, "PROVIDERS": providers, "DEFAULT_MODEL": "scripted"}):
        call_command("replay_turn", answer["id"], rerun="scripted")
    shown = capsys.readouterr().out
    assert "## Request 1 for a summary: " in shown
    assert "## Request 2: " in shown
    assert not is_summary(provider.requests[0])
    call_command("export_conversation", conversation.pk)
    exported = json.loads(capsys.readouterr().out)
    assert [row["text"] for row in exported["summaries"]] == [SUMMARY]


def test_a_thousand_turns_take_no_more_than_fifty(as_alice: Client, project: Project, alice: User) -> None:
    """The same queries, and requests of the same size."""
    costs = []
    for turns in (50, 1_000):
        conversation = AIConversation.objects.create(project=project, user=alice, title=str(turns))
        fill(conversation, turns)
        provider = model()
        ask(as_alice, conversation, provider)
        with CaptureQueriesContext(connection) as queries:
            ask(as_alice, conversation, provider)
        sizes = [sum(len(str(message["content"])) for message in request.messages) for request in provider.requests]
        assert max(sizes) < 4 * SMALL["CONTEXT_TOKENS"]
        # how often events are written is a matter of time
        costs.append(sum(query["sql"].startswith("SELECT") for query in queries))
    assert costs[1] <= costs[0]
