"""The given calls, as curl makes them, with the given JSON."""

from __future__ import annotations

import shutil
import subprocess
from typing import Any

import pytest

from tests.live import Studio
from tests.streaming.model_server import fail, say

pytestmark = pytest.mark.live
GIVEN_CONVERSATION = {"id", "title", "created_at", "updated_at", "message_count"}
GIVEN_MESSAGE = {"id", "role", "content", "created_at"}


def listed(studio: Studio, conversation_id: int) -> dict[str, Any]:
    """A conversation as the list shows it."""
    rows = studio.client.get("/api/chat/conversations/1").json()["conversations"]
    return next(row for row in rows if row["id"] == conversation_id)


def test_create_a_conversation(studio: Studio) -> None:
    reply = studio.client.post("/api/chat/conversations", {"project_id": 1, "title": "Test"})
    conversation_id = reply.json()["conversation_id"]
    assert (reply.status, reply.headers["content-type"]) == (201, "application/json")
    assert reply.json() == {"success": True, "conversation_id": conversation_id, "title": "Test"}
    assert isinstance(conversation_id, int)


def test_list_the_conversations_of_a_project_newest_first(studio: Studio) -> None:
    ids = [studio.client.post("/api/chat/conversations", {"project_id": 1, "title": t}).json() for t in "AB"]
    found = studio.client.get("/api/chat/conversations/1").json()["conversations"]
    assert [row["id"] for row in found[:2]] == [ids[1]["conversation_id"], ids[0]["conversation_id"]]
    assert all(row.keys() >= GIVEN_CONVERSATION for row in found)
    assert found[0]["message_count"] == 0


def test_send_a_message_without_a_conversation(studio: Studio) -> None:
    studio.model.answer = say("Bon", "jour")
    reply = studio.client.ask("Salut, toi")
    body = reply.json()
    assert reply.status == 200
    assert body.keys() == {"success", "conversation_id", "message"}
    assert body["success"] is True
    assert body["message"].keys() >= GIVEN_MESSAGE
    assert (body["message"]["role"], body["message"]["content"]) == ("assistant", "Bonjour")
    assert (listed(studio, body["conversation_id"])["title"]) == "Salut, toi"
    assert (listed(studio, body["conversation_id"])["message_count"]) == 2


def test_read_the_messages(studio: Studio) -> None:
    sent = studio.client.ask("Salut").json()
    reply = studio.client.get(f"/api/chat/conversations/{sent['conversation_id']}/messages")
    question, answer = reply.json()["messages"]
    assert (question["role"], question["content"], question["actions"]) == ("user", "Salut", [])
    assert answer == sent["message"]
    assert answer["reply_to"] == question["id"]


def test_delete_a_conversation(studio: Studio) -> None:
    sent = studio.client.ask("Salut").json()
    path = f"/api/chat/conversations/{sent['conversation_id']}"
    reply = studio.client.request("DELETE", path)
    assert (reply.status, reply.json()) == (200, {"success": True})
    assert studio.client.get(f"{path}/messages").status == 404
    assert studio.client.request("DELETE", path).code == "not_found"


@pytest.mark.skipif(shutil.which("curl") is None, reason="no curl here")
def test_the_given_call_with_curl_itself(studio: Studio) -> None:
    command = ["curl", "-sS", "-X", "POST", f"{studio.url}/api/chat/message", "-H", "Content-Type: application/json"]
    done = subprocess.run(
        [*command, "-d", '{"project_id": 1, "content": "Bonjour"}'], capture_output=True, text=True, check=True
    )
    assert '"success":true' in done.stdout.replace(" ", "")
    assert "Bonjour !" in done.stdout


def test_curl_follows_the_events_as_they_come(studio: Studio) -> None:
    stream = studio.client.send("Salut")
    assert stream.headers["content-type"].startswith("text/event-stream")
    assert (stream.headers["cache-control"], stream.headers["x-accel-buffering"]) == ("no-store", "no")
    assert stream.end().type == "turn.completed"
    assert stream.events[0].type == "turn.started"
    assert stream.events[0].data["title"] == "Salut"
    assert [event.seq for event in stream.events] == sorted({event.seq for event in stream.events})
    assert all(event.data.keys() == {"text"} for event in stream.events if event.type == "text.delta")


def test_an_error_says_so_with_the_message_as_it_is(studio: Studio) -> None:
    studio.model.answer = fail(401, "invalid_api_key")
    reply = studio.client.ask("Salut")
    body = reply.json()
    assert reply.status == 502
    assert body["success"] is False
    assert body["error"]["code"] == "auth"
    assert body["error"]["message"].startswith("❌ Erreur lors de l'appel à l'API OpenAI : ")
    assert body["message"]["status"] == "failed"
    assert isinstance(body["conversation_id"], int)


def test_an_answer_in_the_callers_language(studio: Studio) -> None:
    studio.model.answer = fail(401, "invalid_api_key")
    body = studio.client.message_body("Hello", {})
    for accept in ("application/json", "text/event-stream"):
        studio.client.post("/api/chat/message", body, **{"Accept-Language": "en", "Accept": accept})
    assert all("You are an AI assistant" in call.messages[0]["content"] for call in studio.model.calls)
    reply = studio.client.post("/api/chat/message", body, **{"Accept-Language": "en"})
    assert reply.json()["error"]["message"].startswith("❌ Error while calling the OpenAI API")
    assert "Error while" in reply.json()["message"]["metadata"]["error"]["message"]
