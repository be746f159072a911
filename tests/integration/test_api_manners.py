"""What callers of the API may rely on, whatever they say of themselves: JSON in, JSON out, one shape of errors."""

from __future__ import annotations

import json
from typing import Any

import pytest
from django.contrib.auth import get_user_model
from django.test import Client

from chat.models import AIConversation
from chat.testing import Script, scripted
from projects.models import Project

pytestmark = pytest.mark.django_db
HERE = {"sec-fetch-site": "same-origin"}


@pytest.fixture
def project() -> Project:
    return Project.objects.create(name="Demo", owner=get_user_model().objects.create_user("ada"))


@pytest.fixture
def caller(project: Project) -> Client:
    client = Client(enforce_csrf_checks=True)
    client.force_login(project.owner)
    return client


@pytest.mark.parametrize("method", ["get", "post", "put", "patch", "delete"])
@pytest.mark.parametrize("path", ["/api/chat/nothing", "/api/chat/", "/api/nothing", "/api/projects/1/nothing"])
def test_an_unknown_address_is_not_found_in_json(caller: Client, method: str, path: str) -> None:
    reply = getattr(caller, method)(path)
    assert (reply.status_code, reply.json()["error"]["code"]) == (404, "not_found")


@pytest.mark.parametrize("path", ["/api/chat/conversations", "/api/chat/message"])
@pytest.mark.parametrize("kind", ["application/json", "text/plain", "application/x-www-form-urlencoded", "x"])
@pytest.mark.parametrize("accept", ["application/json", "text/html", "image/png", "*/*"])
def test_bodies_and_answers_are_json_whatever_the_headers_say(
    caller: Client, project: Project, path: str, kind: str, accept: str
) -> None:
    body = json.dumps({"project_id": project.pk, "content": "Salut"})
    with scripted():
        reply = caller.generic("POST", path, body, kind, headers={**HERE, "accept": accept})
    assert reply.status_code in {200, 201}, reply.content
    assert reply["Content-Type"] == "application/json"
    assert reply.json()["success"] is True


@pytest.mark.parametrize(
    ("path", "field"),
    [
        ("/api/chat/conversations", "project_id"),
        ("/api/chat/message", "project_id"),
        ("/api/chat/conversations", "title"),
        ("/api/chat/message", "content"),
    ],
)
def test_what_is_wrong_is_told_by_field_in_words(caller: Client, project: Project, path: str, field: str) -> None:
    known: dict[str, Any] = {"project_id": project.pk, "content": "Salut"}
    body = {**known, field: "1" if field == "project_id" else []}
    reply = caller.post(path, body, content_type="application/json", headers=HERE)
    assert (reply.status_code, reply.json()["error"]["code"]) == (400, "invalid")
    fields = reply.json()["error"]["fields"]
    assert list(fields) == [field]
    assert isinstance(fields[field], str)


def test_a_server_without_an_event_loop_refuses_streams_and_answers_whole(caller: Client, project: Project) -> None:
    """Django's own test client asks as a WSGI server does."""
    body = {"project_id": project.pk, "content": "Salut"}

    def ask(method: str, path: str, accept: str) -> Any:
        data = json.dumps(body) if method == "POST" else ""
        return caller.generic(method, path, data, "application/json", headers={**HERE, "accept": accept})

    refused = ask("POST", "/api/chat/message", "text/event-stream")
    assert (refused.status_code, refused.json()["error"]["code"]) == (501, "needs_asgi")
    assert "ASGI" in refused.json()["error"]["message"]
    assert not AIConversation.objects.exists()
    with scripted(Script.text("Bon", "jour")):
        answer = ask("POST", "/api/chat/message", "application/json").json()["message"]
    assert answer["content"] == "Bonjour"
    events = f"/api/chat/messages/{answer['id']}/events"
    with pytest.warns(Warning, match="asynchronous"):  # it reads all of it before it sends
        there = b"".join(ask("GET", events, "text/event-stream"))
    assert b"turn.completed" in there
