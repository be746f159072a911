"""An action type that a site has added, through a whole turn: proposed by a tool call, applied, undone."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest

from chat.actions.kinds import ActionType
from chat.actions.rows import label_of
from chat.models import AIAction, AIConversation
from chat.testing import Script, scripted
from projects import files
from projects.models import Project
from tests.integration.proposals import files_of

if TYPE_CHECKING:
    from django.contrib.auth.models import User
    from django.test import Client

PAGE = b"draft: true\r\nHi"
TYPE = "tests.unit.actions.test_types_of_a_host.PublishPage"
CALL = Script.calls(("publish_page", json.dumps({"path": "about.md", "auto_approve": True})))
DONE = Script.text("C'est proposé.")

pytestmark = pytest.mark.django_db


@pytest.fixture
def project(alice: User) -> Project:
    found = Project.objects.create(name="Site", owner=alice)
    files.commit(found, alice, [files.Write("about.md", PAGE)])
    return found


@pytest.fixture
def me(client: Client, alice: User) -> Client:
    client.force_login(alice)
    client.defaults["HTTP_SEC_FETCH_SITE"] = "same-origin"
    return client


def post(client: Client, address: str, body: Any) -> Any:
    return client.post(f"/api/chat/{address}", body, content_type="application/json")


def asked(client: Client, project: Project) -> dict[str, Any]:
    """The action that a turn proposes, in a conversation where plain files need no person."""
    conversation = AIConversation.objects.create(project=project, title="x", mode="auto")
    body = {"project_id": project.pk, "conversation_id": conversation.pk, "content": "Publie la page"}
    with scripted(CALL, DONE, ACTIONS={"publish_page": TYPE}) as model:
        found = post(client, "message", body).json()["message"]["actions"][0]
    offered = [tool["function"]["name"] for tool in model.requests[0].tools]
    assert "publish_page" in offered
    return dict(found)


def test_it_is_proposed_applied_and_undone_to_the_same_bytes(me: Client, project: Project) -> None:
    action = asked(me, project)
    assert (action["action_type"], action["label"], action["path"]) == ("publish_page", "Publish about.md", "about.md")
    assert (action["status"], action["protected"]) == ("pending", True)
    assert files_of(project)["about.md"] == PAGE
    applied = post(me, f"actions/{action['id']}/apply", {"hash": action["hash"]})
    assert applied.status_code == 200, applied.content
    assert files_of(project)["about.md"] == PAGE.replace(b"true", b"false")
    assert post(me, f"actions/{action['id']}/undo", {}).status_code == 200
    assert files_of(project)["about.md"] == PAGE


def test_it_can_be_decided_on_when_the_site_has_it_no_more(me: Client, project: Project) -> None:
    action = asked(me, project)
    shown = me.get(f"/api/chat/actions/{action['id']}").json()
    assert shown["label"] == "publish_page about.md"
    assert post(me, f"actions/{action['id']}/apply", {"hash": action["hash"]}).status_code == 200
    assert files_of(project)["about.md"] == PAGE.replace(b"true", b"false")


def test_a_type_that_cannot_describe_what_it_does_is_named(
    me: Client, project: Project, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(kind: ActionType, proposal: Any) -> str:
        raise ZeroDivisionError

    monkeypatch.setattr(ActionType, "describe", broken)
    assert asked(me, project)["label"] == "publish_page about.md"


def test_our_types_say_what_they_do(project: Project) -> None:
    moved = AIAction(action_type="rename_file", action_data={"path": "a.js", "to": "b.js"})
    assert label_of(moved) == "Renommer a.js en b.js"
    assert label_of(AIAction(action_type="delete_file", action_data={"path": "a.js"})) == "Supprimer a.js"
