"""What a request would take is what it takes; what must not leave does not."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest

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


@pytest.fixture
def as_alice(client: Client, alice: User) -> Client:
    client.force_login(alice)
    return client


def preview(client: Client, project: Project, content: str = "Salut", **more: Any) -> dict[str, Any]:
    body = {"project_id": project.pk, "content": content, **more}
    answer = client.post("/api/chat/context/preview", body, content_type="application/json")
    assert answer.status_code == 200, answer.content
    found: dict[str, Any] = answer.json()
    return found


def paths(found: dict[str, Any]) -> list[str]:
    return [part["path"] for part in found["parts"] if part["kind"] == "file"]


def test_the_parts_add_up_and_nothing_is_kept(as_alice: Client, project: Project) -> None:
    found = preview(as_alice, project, model="gpt-4-turbo")
    assert found["tokens"] == sum(part["tokens"] for part in found["parts"]) <= found["budget"]
    assert set(paths(found)) == {"index.html", "script.js", "style.css"}
    assert found["cost"] is not None
    assert float(found["cost"]) == pytest.approx(found["tokens"] * 10 / 1e6)  # $10 for a million, by the list
    assert not AIMessage.objects.exists()
    assert not ModelCall.objects.exists()


def test_an_empty_box_has_a_preview_too(as_alice: Client, project: Project) -> None:
    assert preview(as_alice, project, "")["tokens"] > 0


def test_files_are_kept_out_by_the_person_by_rules_and_by_the_project(
    as_alice: Client, project: Project, alice: User
) -> None:
    more = {".webox-ignore": b"drafts/\n", ".gitignore": b"*.log\n", "drafts/a.js": b"1", "b.log": b"2", "c.csv": b"3"}
    files.commit(project, alice, [Write(path, data) for path, data in more.items()])
    project.context_exclude = ["*.csv"]
    project.save()
    found = preview(as_alice, project, context={"excluded": ["script.js"], "open_file": "b.log"})
    assert not {"drafts/a.js", "b.log", "c.csv", "script.js"} & set(paths(found))
    assert {(part["path"], part["detail"]) for part in found["left_out"]} >= {
        ("script.js", "excluded"),
        ("b.log", "ignored"),
    }
    assert "b.log" in paths(preview(as_alice, project, context={"pinned": ["b.log"]}))


def test_what_is_pointed_at_comes_first_and_says_why(as_alice: Client, project: Project) -> None:
    context = {"pinned": ["style.css"], "preview_errors": [{"message": "boom", "file": "script.js", "line": 3}]}
    found = preview(as_alice, project, context=context)
    whys = {part["path"]: part["why"] for part in found["parts"] if part["kind"] == "file"}
    assert (whys["style.css"], whys["script.js"]) == ("pinned", "error")
    assert paths(found)[0] == "style.css"


def test_the_note_of_a_project_always_goes_in(as_alice: Client, project: Project, alice: User) -> None:
    files.commit(project, alice, [Write("WEBOX.md", b"Toujours en TypeScript.")])
    found = preview(as_alice, project)
    assert [(part["kind"], part["path"]) for part in found["parts"][:2]] == [("system", ""), ("note", "WEBOX.md")]
    assert "WEBOX.md" not in paths(found)


def test_secrets_are_masked_and_told(as_alice: Client, project: Project, alice: User) -> None:
    writes = [
        Write("config.js", f'const apiKey = "{SECRET}";\n'.encode()),
        Write(".env", f"API_KEY={SECRET}\n".encode()),
    ]
    files.commit(project, alice, writes)
    found = preview(as_alice, project)
    assert [part["masked"] for part in found["parts"] if part["path"] == "config.js"] == [["assigned"]]
    assert ".env" not in paths(found)
    assert SECRET not in json.dumps(found)


def test_an_edit_is_counted_without_what_it_replaces(as_alice: Client, project: Project) -> None:
    """The preview of an edit is what its turn then sends; of a new message it has the last exchange, too."""
    with scripted(*(Script.text("Une réponse. " * 200) for _ in range(3))):

        def send(content: str, **more: Any) -> dict[str, Any]:
            body = {"project_id": project.pk, "content": content, **more}
            headers = {"sec-fetch-site": "same-origin"}
            found = as_alice.post("/api/chat/message", body, content_type="application/json", headers=headers).json()
            assert found["success"], found
            return dict(found)

        conversation = {"conversation_id": send("Un")["conversation_id"]}
        send("Deux", **conversation)
        last = AIMessage.objects.filter(role="user").latest("id").pk
        edit = preview(as_alice, project, "Deux, autrement", replaces=last, **conversation)
        more = preview(as_alice, project, "Deux, autrement", **conversation)
        answer = send("Deux, autrement", replaces=last, **conversation)["message"]["id"]
    assert more["tokens"] > edit["tokens"] + 400
    sent = as_alice.get(f"/api/chat/messages/{answer}/receipt").json()
    assert (edit["tokens"], edit["parts"]) == (sent["tokens"], sent["parts"])


def test_what_cannot_be_replaced_is_refused_as_with_the_message(as_alice: Client, project: Project) -> None:
    conversation = AIConversation.objects.create(project=project, title="t")
    rows = [
        AIMessage.objects.create(conversation=conversation, role=role, content="x")
        for role in ("user", "assistant", "user")
    ]
    for replaces, known, status, code in (
        (rows[2].pk, {"conversation_id": conversation.pk}, 200, None),
        (rows[0].pk, {"conversation_id": conversation.pk}, 409, "not_last"),
        (rows[1].pk, {"conversation_id": conversation.pk}, 409, "not_last"),
        (10**9, {"conversation_id": conversation.pk}, 409, "not_last"),
        (rows[2].pk, {}, 400, "invalid"),
        (0, {"conversation_id": conversation.pk}, 400, "invalid"),
    ):
        body = {"project_id": project.pk, "replaces": replaces, **known}
        answer = as_alice.post("/api/chat/context/preview", body, content_type="application/json")
        assert (answer.status_code, answer.json().get("error", {}).get("code")) == (status, code)


@pytest.mark.parametrize(
    ("body", "status"),
    [
        ({}, 400),
        ({"project_id": 10**9, "content": ""}, 404),
        ({"project_id": "x", "content": ""}, 400),
        ({"content": "x" * 100_001}, 413),
        ({"content": "", "conversation_id": 10**9}, 404),
        ({"content": "", "context": {"pinned": ["x" * 1001]}}, 400),
        ({"content": "", "context": {"excluded": ["x"] * 301}}, 400),
    ],
)
def test_what_is_refused(as_alice: Client, project: Project, body: dict[str, Any], status: int) -> None:
    given = body if not body else {"project_id": project.pk, **body}
    answer = as_alice.post("/api/chat/context/preview", given, content_type="application/json")
    assert answer.status_code == status
    assert answer.json()["success"] is False


def test_a_project_of_others_has_no_preview(client: Client, project: Project, mallory: User) -> None:
    client.force_login(mallory)
    answer = client.post("/api/chat/context/preview", {"project_id": project.pk}, content_type="application/json")
    assert answer.status_code == 404
