"""Long lists are paged in a constant number of queries; deleting leaves nothing; strangers find nothing."""

from __future__ import annotations

import importlib
from collections.abc import Callable
from datetime import timedelta
from typing import TYPE_CHECKING, Any

import pytest
from django.apps import apps
from django.test import Client
from django.utils import timezone

from chat.models import AIAction, AIConversation, AIMessage, ModelCall, TurnEvent
from chat.packing import pack
from chat.testing import scripted
from chat.titles import UNTITLED, searched
from projects.demo import create_demo

if TYPE_CHECKING:
    from django.contrib.auth.models import User
    from django.test.utils import CaptureQueriesContext

    from projects.models import Project

pytestmark = pytest.mark.django_db
MANY = 10_000
Capture = Callable[..., "CaptureQueriesContext"]


@pytest.fixture
def caller(alice: User) -> Client:
    """Alice's browser."""
    client = Client()
    client.force_login(alice)
    return client


def conversations(project: Project, count: int) -> None:
    """Conversations, several of them changed at the same moment."""
    now = timezone.now()
    AIConversation.objects.bulk_create(
        AIConversation(project=project, title=f"c{n}", message_count=n) for n in range(count)
    )
    rows = list(AIConversation.objects.filter(project=project))
    for row in rows:
        row.updated_at = now - timedelta(seconds=row.pk // 3)
    AIConversation.objects.bulk_update(rows, ["updated_at"], batch_size=1000)


def messages(conversation: AIConversation, count: int) -> None:
    """Questions and answers, each answer with an action, a call and an event."""
    made = AIMessage.objects.bulk_create(
        AIMessage(
            conversation=conversation,
            role=("user", "assistant")[n % 2],
            content=f"m{n}",
            metadata={"model": "x"} if n % 2 else None,
            trace={"reasoning": "hm"} if n % 2 else None,
        )
        for n in range(count)
    )
    answers = made[1::2]
    for question, answer in zip(made[::2], answers, strict=False):
        answer.reply_to = question
    AIMessage.objects.bulk_update(answers, ["reply_to"], batch_size=1000)
    AIAction.objects.bulk_create(
        AIAction(message=answer, action_type="create_file", action_data={"path": "a.js"}) for answer in answers
    )
    TurnEvent.objects.bulk_create(
        TurnEvent(message=answer, seq=1, type="text.delta", data={"text": "m"}) for answer in answers
    )
    ModelCall.objects.bulk_create(
        ModelCall(
            message=answer, provider="x", model="x", request_packed=pack({}), started_at=timezone.now(), cost="0.01"
        )
        for answer in answers
    )


def listed(caller: Client, project: Project, query: str = "") -> dict[str, Any]:
    """A page of the list."""
    response = caller.get(f"/api/chat/conversations/{project.pk}{query}")
    assert response.status_code == 200, response.content
    return dict(response.json())


def shown(caller: Client, conversation: AIConversation, query: str = "") -> dict[str, Any]:
    """A page of the messages."""
    response = caller.get(f"/api/chat/conversations/{conversation.pk}/messages{query}")
    assert response.status_code == 200, response.content
    return dict(response.json())


def test_a_long_list_takes_no_more_queries_than_a_short_one(
    caller: Client, project: Project, django_assert_max_num_queries: Capture
) -> None:
    conversations(project, 3)
    listed(caller, project)
    with django_assert_max_num_queries(4) as few:
        listed(caller, project)
    conversations(project, MANY)
    with django_assert_max_num_queries(len(few)) as many:
        page = listed(caller, project)
    assert len(page["conversations"]) == 50
    assert len(many) == len(few)
    assert not any("COUNT(" in query["sql"] for query in many.captured_queries)


def test_a_long_conversation_takes_no_more_queries_than_a_short_one(
    caller: Client, project: Project, django_assert_max_num_queries: Capture
) -> None:
    short, long = (AIConversation.objects.create(project=project, title=t) for t in ("a", "b"))
    messages(short, 4)
    messages(long, MANY)
    shown(caller, short)
    with django_assert_max_num_queries(9) as few:
        assert len(shown(caller, short)["messages"]) == 4
    with django_assert_max_num_queries(len(few)):
        page = shown(caller, long)
    assert [message["content"] for message in page["messages"]] == [f"m{n}" for n in range(MANY - 30, MANY)]
    assert all(len(message["actions"]) == (message["role"] == "assistant") for message in page["messages"])
    assert float(page["totals"]["cost"]) == pytest.approx(MANY / 2 * 0.01)


@pytest.mark.parametrize("limit", [1, 7, 50, 200, 5000])
def test_the_pages_of_a_list_are_complete_and_without_doubles(caller: Client, project: Project, limit: int) -> None:
    conversations(project, 230)
    found: list[dict[str, Any]] = []
    after = ""
    for _ in range(300):
        page = listed(caller, project, f"?limit={limit}&after={after}")
        assert len(page["conversations"]) <= min(limit, 200)
        found += page["conversations"]
        after = page["next"]
        if after is None:
            break
    order = [(row["updated_at"], row["id"]) for row in found]
    assert order == sorted(order, reverse=True)
    assert len({row["id"] for row in found}) == len(found) == 230


def test_a_list_that_changes_between_two_pages(caller: Client, project: Project) -> None:
    conversations(project, 20)
    first = listed(caller, project, "?limit=10")
    last = AIConversation.objects.get(pk=first["conversations"][-1]["id"])
    AIConversation.objects.create(project=project, title="neu")
    last.delete()
    second = listed(caller, project, f"?limit=100&after={first['next']}")
    ids = [row["id"] for row in (*first["conversations"], *second["conversations"])]
    assert len(ids) == len(set(ids)) == 20


@pytest.mark.parametrize("limit", [1, 7, 200])
def test_the_pages_of_a_conversation_are_complete(caller: Client, project: Project, limit: int) -> None:
    conversation = AIConversation.objects.create(project=project, title="a")
    messages(conversation, 60)
    found: list[dict[str, Any]] = []
    before = ""
    for _ in range(100):
        page = shown(caller, conversation, f"?limit={limit}&before={before}")
        found = page["messages"] + found
        before = page["before"]
        if before is None:
            break
    assert [message["content"] for message in found] == [f"m{n}" for n in range(60)]


def test_a_search_in_titles(caller: Client, project: Project) -> None:
    for title in ("Un bouton", "La page d’accueil", "100 % CSS", "a_b"):
        AIConversation.objects.create(project=project, title=title)
    assert [row["title"] for row in listed(caller, project, "?search=BOUTON")["conversations"]] == ["Un bouton"]
    assert [row["title"] for row in listed(caller, project, "?search=%25")["conversations"]] == ["100 % CSS"]
    assert [row["title"] for row in listed(caller, project, "?search=_")["conversations"]] == ["a_b"]


@pytest.mark.parametrize("search", ["élan", "ELAN", "Élan", "elan", "E\u0301lan"])
def test_a_title_is_found_with_and_without_its_accents(caller: Client, project: Project, search: str) -> None:
    """By what the API has named: begun, by its first message, renamed."""
    headers = {"sec-fetch-site": "same-origin"}
    begun = {"project_id": project.pk, "title": "Mon Élan"}
    assert (
        caller.post("/api/chat/conversations", begun, content_type="application/json", headers=headers).status_code
        == 201
    )
    with scripted():
        for known in ({}, {"conversation_id": AIConversation.objects.create(project=project, title=UNTITLED["fr"]).pk}):
            body = {"project_id": project.pk, "content": "D’un ÉLAN", **known}
            caller.post("/api/chat/message", body, content_type="application/json", headers=headers)
    other = AIConversation.objects.create(project=project, title="Autre").pk
    renamed = caller.patch(
        f"/api/chat/conversations/{other}", {"title": "Sans élan"}, content_type="application/json", headers=headers
    )
    assert renamed.status_code == 200
    found = caller.get(f"/api/chat/conversations/{project.pk}", {"search": search}).json()["conversations"]
    assert sorted(row["title"] for row in found) == ["D’un ÉLAN", "D’un ÉLAN", "Mon Élan", "Sans élan"]


def test_titles_of_before_are_found_too(project: Project) -> None:
    """The migration folds as the code does."""
    fill = importlib.import_module("chat.migrations.0011_titles_without_accents").fill
    titles = ["Élan", "ﬁn STRASSE ß", "ﷺ" * 200, "plain"]
    rows = [AIConversation.objects.create(project=project, title=title) for title in titles]
    fill(apps, None)
    for row in rows:
        row.refresh_from_db()
    assert [row.searched for row in rows] == [searched(title) for title in titles]


def test_the_sum_says_where_prices_are_unknown(caller: Client, project: Project) -> None:
    conversation = AIConversation.objects.create(project=project, title="a")
    messages(conversation, 4)
    assert shown(caller, conversation)["totals"]["unpriced_calls"] == 0
    answer = conversation.messages.filter(role="assistant").first()
    for used in ({"prompt_tokens": 5}, {"completion_tokens": 1}, {}):  # the last one used nothing: it was refused
        ModelCall.objects.create(
            message=answer, provider="x", model="x", request_packed=pack({}), started_at=timezone.now(), **used
        )
    assert shown(caller, conversation)["totals"]["unpriced_calls"] == 2


def test_renaming_does_not_move_a_conversation_up(caller: Client, project: Project) -> None:
    conversations(project, 3)
    last = listed(caller, project)["conversations"][-1]["id"]
    reply = caller.patch(f"/api/chat/conversations/{last}", {"title": "Neuf"}, "application/json")
    assert reply.json() == {"success": True, "conversation_id": last, "title": "Neuf", "mode": "ask"}
    row = listed(caller, project)["conversations"][-1]
    assert (row["id"], row["title"]) == (last, "Neuf")


def test_deleting_leaves_nothing(caller: Client, project: Project) -> None:
    kept, gone = (AIConversation.objects.create(project=project, title=t) for t in ("a", "b"))
    messages(kept, 2)
    messages(gone, 40)
    assert caller.delete(f"/api/chat/conversations/{gone.pk}").json() == {"success": True}
    tables = (AIConversation, AIMessage, AIAction, TurnEvent, ModelCall)
    assert [table.objects.count() for table in tables] == [1, 2, 1, 1, 1]


def test_strangers_find_nothing(project: Project, mallory: User) -> None:
    conversation = AIConversation.objects.create(project=project, title="Secret")
    messages(conversation, 2)
    create_demo(mallory)
    stranger = Client()
    stranger.force_login(mallory)
    path = f"/api/chat/conversations/{conversation.pk}"
    replies = [
        stranger.get(f"/api/chat/conversations/{project.pk}"),
        stranger.post("/api/chat/conversations", {"project_id": project.pk}, "application/json"),
        stranger.get(f"{path}/messages"),
        stranger.patch(path, {"title": "Neu"}, "application/json"),
        stranger.delete(path),
    ]
    for reply in replies:
        assert (reply.status_code, reply.json()["error"]["code"]) == (404, "not_found")
        assert "Secret" not in reply.content.decode()
    assert AIConversation.objects.get().title == "Secret"


def test_nobody_finds_nothing(project: Project) -> None:
    conversation = AIConversation.objects.create(project=project, title="Secret")
    for path in (f"/api/chat/conversations/{project.pk}", f"/api/chat/conversations/{conversation.pk}/messages"):
        reply = Client().get(path, HTTP_HOST="localhost", REMOTE_ADDR="203.0.113.9")
        assert (reply.status_code, reply.json()["error"]["code"]) == (401, "login_required")
