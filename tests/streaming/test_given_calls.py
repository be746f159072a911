"""The given calls, as curl makes them, with the given JSON."""

from __future__ import annotations

from tests.live import Studio
from tests.streaming.model_server import say


def test_the_given_calls(studio: Studio) -> None:
    client = studio.client
    made = client.post("/api/chat/conversations", {"project_id": 1, "title": "Test"})
    assert (made.status, made.json()["success"], made.json()["title"]) == (201, True, "Test")
    studio.model.answer = say("Bonjour", ", monde")
    reply = client.ask("Salut", conversation_id=made.json()["conversation_id"])
    assert reply.status == 200, reply.body
    assert reply.json()["message"]["content"] == "Bonjour, monde"


def test_a_stream_begins_with_the_start(studio: Studio) -> None:
    stream = studio.client.send("Salut")
    assert stream.end().type == "turn.completed"
    assert stream.events[0].type == "turn.started"
    assert stream.text == "Bonjour !"
