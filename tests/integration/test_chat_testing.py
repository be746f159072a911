"""What `chat.testing` promises to a site that embeds chat: its own tests need no server and no second connection."""

from __future__ import annotations

import pytest
from django.contrib.auth import get_user_model
from django.test import AsyncClient, Client

from chat.llm.errors import Refused
from chat.models import AIConversation, AIMessage, ModelCall, TurnEvent
from chat.testing import MemoryWorkspace, Script, scripted
from projects.models import Project


@pytest.fixture
def project(db):
    owner = get_user_model().objects.create_user("ada")
    return Project.objects.create(name="Demo", owner=owner)


@pytest.fixture
def browser(project):
    client = Client()
    client.force_login(project.owner)
    return client


def post(client, path, **body):
    return client.post(path, body, content_type="application/json", headers={"sec-fetch-site": "same-origin"})


def test_a_turn_inside_a_test_transaction(browser, project):
    with scripted(Script.text("Bon", "jour")) as model:
        reply = post(browser, "/api/chat/message", project_id=project.pk, content="Salut").json()
    assert (reply["success"], reply["message"]["content"]) == (True, "Bonjour")
    assert model.requests[0].messages[-1] == {"role": "user", "content": "Salut"}
    answer = AIMessage.objects.get(pk=reply["message"]["id"])
    assert (answer.status, answer.content) == ("complete", "Bonjour")
    assert TurnEvent.objects.filter(message=answer).exists()
    assert ModelCall.objects.get(message=answer).request["messages"][-1]["content"] == "Salut"


def test_one_request_after_another(browser, project):
    with scripted(Script.text("un"), Script.text("deux")) as model:
        first = post(browser, "/api/chat/message", project_id=project.pk, content="A").json()
        second = post(
            browser, "/api/chat/message", project_id=project.pk, content="B", conversation_id=first["conversation_id"]
        ).json()
    assert second["message"]["content"] == "deux"
    assert [message["content"] for message in model.requests[1].messages[1:]] == ["A", "un", "B"]


def test_a_model_that_fails(browser, project):
    with scripted(Script.of(Refused("auth", "no such key", status=401))):
        reply = post(browser, "/api/chat/message", project_id=project.pk, content="Salut")
    assert (reply.status_code, reply.json()["error"]["code"]) == (502, "auth")
    assert AIConversation.objects.get().messages.count() == 2


def test_a_new_conversation_is_called_by_its_first_message(browser, project):
    made = post(browser, "/api/chat/conversations", project_id=project.pk).json()
    named = post(browser, "/api/chat/conversations", project_id=project.pk, title="Mine").json()
    with scripted():
        for conversation in (made, named):
            post(
                browser,
                "/api/chat/message",
                project_id=project.pk,
                content="Salut, toi",
                conversation_id=conversation["conversation_id"],
            )
    assert AIConversation.objects.get(pk=made["conversation_id"]).title == "Salut, toi"
    assert AIConversation.objects.get(pk=named["conversation_id"]).title == "Mine"


def test_what_continues_a_text_is_retried_as_a_continuation(browser, project):
    from chat.llm.base import Finish, Text

    cut = Script.of(Text("un, "), Finish("length", "length"))
    with scripted(cut, cut, Script.text("deux")) as model:
        first = post(browser, "/api/chat/message", project_id=project.pk, content="Compte").json()["message"]["id"]
        second = post(browser, f"/api/chat/messages/{first}/continue").json()["message"]["id"]
        third = post(browser, f"/api/chat/messages/{second}/retry").json()["message"]
    assert (third["continues"], third["replaces"]) == (first, second)
    assert model.requests[2].messages == model.requests[1].messages


async def test_a_stream(transactional_db):
    owner = await get_user_model().objects.acreate(username="ada")
    project = await Project.objects.acreate(name="Demo", owner=owner)
    client = AsyncClient()
    await client.aforce_login(owner)
    with scripted(Script.text("Bon", "jour")):
        reply = await client.post(
            "/api/chat/message",
            {"project_id": project.pk, "content": "Salut"},
            content_type="application/json",
            headers={"accept": "text/event-stream", "sec-fetch-site": "same-origin"},
        )
        frames = b"".join([frame async for frame in reply.streaming_content])
        from chat.turns.supervisor import supervisor

        await supervisor.shutdown()
    assert b"event: turn.started" in frames
    assert b"event: turn.completed" in frames


def test_a_project_in_memory():
    workspace = MemoryWorkspace("Demo", {"b.txt": "deux", "a.txt": "un"})
    assert [(file.path, file.size) for file in workspace.list_files()] == [("a.txt", 2), ("b.txt", 4)]
    assert workspace.read_files(["a.txt", "none"]) == {"a.txt": b"un"}
    assert workspace.describe().name == "Demo"
