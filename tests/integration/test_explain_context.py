"""`manage.py explain_context`: what it prints is what a turn sends."""

from __future__ import annotations

import json
from io import StringIO
from typing import TYPE_CHECKING, Any

import pytest
from django.core.management import CommandError, call_command

from chat.models import AIConversation, AIMessage, ModelCall
from chat.testing import Script, scripted
from projects import files
from projects.files import Write

if TYPE_CHECKING:
    from django.contrib.auth.models import User
    from django.test import Client

    from projects.models import Project

pytestmark = pytest.mark.django_db
SECRET = "q8Zr2LmXv09TbK4w"


def explained(*words: Any) -> str:
    out = StringIO()
    call_command("explain_context", *map(str, words), stdout=out, stderr=out)
    return out.getvalue()


def test_it_is_what_a_turn_sends(client: Client, project: Project, alice: User) -> None:
    client.force_login(alice)
    client.defaults["HTTP_SEC_FETCH_SITE"] = "same-origin"
    ask = "Change le titre de @index.html"
    with scripted(Script.text("Voilà.")) as model:
        told = json.loads(explained(project.pk, ask, "--json", "--full"))
        assert not ModelCall.objects.exists()
        assert not model.requests
        client.post("/api/chat/message", {"project_id": project.pk, "content": ask}, content_type="application/json")
    (request,) = model.requests
    assert told["messages"] == list(request.messages)
    assert told["tools"] == list(request.tools)
    assert told["tokens"] == sum(part["tokens"] for part in told["parts"]) <= told["budget"]


def test_it_tells_parts_why_and_what_is_left_out(project: Project, alice: User) -> None:
    writes = [Write(".gitignore", b"*.log\n"), Write("a.log", b"x"), Write("k.js", f'apiKey = "{SECRET}"\n'.encode())]
    files.commit(project, alice, writes)
    text = explained(project.pk, "Lis @a.log", "--model", "gpt-4-turbo", "--pin", "style.css", "--full")
    lines = [" ".join(line.split()) for line in text.splitlines()]
    assert lines[0].startswith(f"# Project {project.pk}, ")
    assert lines[0].endswith(":gpt-4-turbo")
    assert any(line.startswith("file ") and line.endswith("pinned style.css") for line in lines)
    assert "file 0 mentioned a.log (ignored)" in lines
    assert any("k.js (masked: assigned)" in line for line in lines)
    assert any(line.startswith("## Message 1: system") for line in lines)
    assert SECRET not in text
    assert "Message 1" not in explained(project.pk, "Lis", "--model", "gpt-4-turbo")


def test_it_goes_on_with_a_conversation_and_keeps_to_a_budget(project: Project, alice: User) -> None:
    conversation = AIConversation.objects.create(project=project, user=alice, title="t")
    first = AIMessage.objects.create(conversation=conversation, role="user", content="Ajoute un bouton")
    AIMessage.objects.create(conversation=conversation, role="assistant", content="Fait.", reply_to=first)
    words = [f"Et @message:{first.pk}", "--conversation", conversation.pk, "--json", "--budget", 3000]
    told = json.loads(explained(project.pk, *words))
    assert {"history", "message"} <= {part["kind"] for part in told["parts"]}
    assert told["tokens"] <= told["budget"] == 3000


def test_a_file_that_is_not_there_is_said(project: Project) -> None:
    assert "warning: the project has no file nope.js" in explained(project.pk, "x", "--pin", "nope.js")


@pytest.mark.parametrize("number", ["999999", "Boutique", "1e3", "-1", "9" * 40, ""])
def test_an_unknown_project_is_an_error(project: Project, number: str) -> None:
    with pytest.raises(CommandError, match="there is no project"):
        explained("--", number, "x")


def test_other_errors_are_clear(project: Project) -> None:
    with pytest.raises(CommandError, match="has no conversation 7"):
        explained(project.pk, "x", "--conversation", 7)
    with pytest.raises(CommandError, match="--budget"):
        explained(project.pk, "x", "--budget", 0)
