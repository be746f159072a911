"""Another person's answers: nothing of them can be read, followed, stopped or asked again, on the real server."""

from __future__ import annotations

import subprocess
import sys
import uuid

import pytest

from tests.integration.test_chat_input import assert_refused, every_request
from tests.live import StartStudio
from tests.streaming.client import Client
from tests.streaming.databases import ROOT, environment
from tests.streaming.model_server import Gate, say

pytestmark = pytest.mark.live
LOG_IN = """
import django; django.setup()
from django.contrib.auth.models import User
from django.test import Client
from projects.demo import create_demo
user = User.objects.create_user("mallory")
client = Client()
client.force_login(user)
print(create_demo(user).pk, client.cookies["sessionid"].value)
"""


def somebody_else(database_url: str, url: str) -> Client:
    """A person with an account, a session and a project."""
    settings = environment(DATABASE_URL=database_url, DJANGO_SETTINGS_MODULE="webox.settings")
    done = subprocess.run(
        [sys.executable, "-c", LOG_IN], cwd=ROOT, env=settings, check=True, capture_output=True, text=True
    )
    project_id, session = done.stdout.split()
    client = Client(url, int(project_id))
    client.headers = {"Cookie": f"sessionid={session}", "Origin": url}
    return client


def test_strangers_find_nothing(start_studio: StartStudio) -> None:
    studio = start_studio()
    gate = Gate()
    studio.model.queue(say("un ", gate, "deux"))
    stream = studio.client.send("Secret")
    stream.until_text("un ")
    stranger = somebody_else(studio.database_url, studio.url)
    assert stranger.ask("Salut").status == 200
    for reply in every_request(stranger, 1, stream.conversation_id, stream.message_id):
        assert_refused(reply, 404, "not_found")
        assert b"Secret" not in reply.body
    own = stranger.post("/api/chat/conversations", {"project_id": stranger.project_id}).json()["conversation_id"]
    assert_refused(studio.client.ask("Salut", conversation_id=own), 404, "not_found")
    assert_refused(stranger.ask("Salut", project_id=1, conversation_id=own), 404, "not_found")
    gate.open()
    assert stream.end().type == "turn.completed"
    assert len(studio.client.messages(stream.conversation_id)) == 2


def test_a_client_id_of_somebody_else_finds_nothing(start_studio: StartStudio) -> None:
    studio = start_studio()
    client_id = str(uuid.uuid4())
    sent = studio.client.ask("Secret", client_id=client_id).json()
    stranger = somebody_else(studio.database_url, studio.url)
    reply = stranger.ask("Secret", client_id=client_id)
    assert reply.status == 200
    assert reply.json()["conversation_id"] != sent["conversation_id"]
    reply = stranger.ask("Secret", client_id=client_id, conversation_id=sent["conversation_id"])
    assert_refused(reply, 404, "not_found")
