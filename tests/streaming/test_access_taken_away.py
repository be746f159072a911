"""An open stream ends soon after its reader has lost the right to read; the answer itself goes on."""

from __future__ import annotations

import json
import subprocess
import sys

import pytest

from tests.live import StartStudio, Studio
from tests.streaming.client import Client, Stream
from tests.streaming.databases import ROOT, environment
from tests.streaming.model_server import Gate, say

pytestmark = pytest.mark.live

#: A session and a token for each person: the demo project's owner, and viewers of it.
LET_IN = """
import json
from projects import access, tokens
from django.contrib.auth.models import User
from django.test import Client
from projects.models import Membership
keys = {}
for name in ["local", "kept", "membership", "account", "token", "password"]:
    user = access.local_user() if name == "local" else User.objects.create_user(name, password="a-password")
    Membership.objects.get_or_create(project_id=1, user=user, defaults={"role": "viewer"})
    client = Client()
    client.force_login(user)
    keys[name] = client.cookies["sessionid"].value, tokens.create(user, "test", None)
print(json.dumps(keys))
"""
TAKE_AWAY = """
from django.contrib.auth.models import User
from projects.models import ApiToken, Membership
Membership.objects.filter(user__username="membership").delete()
User.objects.filter(username="account").update(is_active=False)
ApiToken.objects.filter(user__username="token").delete()
user = User.objects.get(username="password")
user.set_password("another-password")
user.save()
"""
NOBODY_IS_LOCAL = {"WEBOX_LOCAL": "off"}


def elsewhere(studio: Studio, code: str) -> str:
    """Runs code against the server's database, as another process."""
    settings = environment(DATABASE_URL=studio.database_url, DJANGO_SETTINGS_MODULE="webox.settings")
    command = [sys.executable, "-c", f"import django; django.setup()\n{code}"]
    return subprocess.run(command, cwd=ROOT, env=settings, check=True, capture_output=True, text=True).stdout


class People:
    """Those of `LET_IN`, as clients."""

    def __init__(self, studio: Studio) -> None:
        self.studio = studio
        self.keys: dict[str, tuple[str, str]] = json.loads(elsewhere(studio, LET_IN))

    def by_session(self, name: str, studio: Studio | None = None) -> Client:
        client = (studio or self.studio).new_client()
        client.headers = {"Cookie": f"sessionid={self.keys[name][0]}", "Origin": client.url}
        return client

    def by_token(self, name: str) -> Client:
        client = self.studio.new_client()
        client.headers = {"Authorization": f"Token {self.keys[name][1]}"}
        return client


def is_cut_off(stream: Stream) -> bool:
    return not any(event.type == "turn.completed" for event in stream.rest())


def test_a_stream_ends_with_the_right_to_read(start_studio: StartStudio) -> None:
    studio = start_studio(chat={"ACCESS_SECONDS": 0.2}, env=NOBODY_IS_LOCAL)
    people = People(studio)
    gate = Gate()
    studio.model.queue(say("un ", gate, "deux"))
    asked = people.by_token("membership").send("Bonjour")
    asked.until_text("un ")
    losing = [
        *(people.by_session(name) for name in ("membership", "account", "password")),
        *(people.by_token(name) for name in ("membership", "account", "token")),
    ]
    staying = [people.by_session("kept"), people.by_token("kept"), people.by_session("token"), people.by_token("local")]
    streams = [client.follow(asked.message_id) for client in (*losing, *staying)]
    for stream in streams:
        stream.until_text("un ")
    elsewhere(studio, TAKE_AWAY)
    cut, kept = streams[: len(losing)], streams[len(losing) :]
    assert all(map(is_cut_off, [asked, *cut]))
    address = f"/api/chat/messages/{asked.message_id}/events"
    assert [client.get(address).status for client in losing] == [404, 401, 401, 404, 401, 401]
    gate.open()
    for stream in kept:
        assert stream.end().type == "turn.completed"
        assert stream.text == "un deux"


def test_a_rotated_key_logs_nobody_out(start_studio: StartStudio) -> None:
    """Django gives such a session a new key and cookie; a stream can't hand one out."""
    first = start_studio(env=NOBODY_IS_LOCAL)
    people = People(first)
    asked = people.by_session("kept").send("Bonjour")
    assert asked.end().type == "turn.completed"
    rotation = {"SECRET_KEY": "a new one", "SECRET_KEY_FALLBACKS": "tests"}
    rotated = start_studio(env=NOBODY_IS_LOCAL | rotation, database_url=first.database_url)
    again = people.by_session("kept", rotated)
    for _ in range(2):
        assert again.follow(asked.message_id).end().type == "turn.completed"
    assert again.get("/api/chat/conversations/1").status == 200
