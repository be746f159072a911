"""After the fact: the exact request as a file, and two requests compared."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any

import pytest
from django.utils import timezone

from chat.api.compare import changes, pieces
from chat.context.prompt import file_text
from chat.models import AIConversation, AIMessage, ModelCall
from chat.packing import unpack

if TYPE_CHECKING:
    from django.contrib.auth.models import User
    from django.test import Client

    from projects.models import Project

pytestmark = pytest.mark.django_db


def body(ask: str, *history: tuple[str, str], files: dict[str, str] | None = None, **more: Any) -> dict[str, Any]:
    """A request as the builder makes it."""
    texts = [file_text(path, text) for path, text in (files or {}).items()]
    system = {"role": "system", "content": "\n\n".join(["Tu es un assistant.", *texts])}
    said = [{"role": role, "content": content} for role, content in history]
    return {"model": "gpt-4o", "messages": [system, *said, {"role": "user", "content": ask}], **more}


FIRST = body("Bonjour", files={"a.js": "let a = 1;\nlet b = 2;\n", "old.css": "x", "tick.md": "```\ncode\n```"})
SECOND = body(
    "Et ça ?",
    ("user", "Bonjour"),
    ("assistant", "Salut"),
    files={"a.js": "let a = 1;\nlet b = 3;\n", "new.css": "y", "tick.md": "```\ncode\n```"},
    temperature=0.2,
)


@pytest.fixture
def answers(client: Client, project: Project, alice: User) -> list[AIMessage]:
    """Two answers of one conversation; the second took two requests."""
    client.force_login(alice)
    conversation = AIConversation.objects.create(project=project, user=alice, title="t")
    found = []
    for requests in ([FIRST], [SECOND, {**SECOND, "temperature": 0.9}]):
        question = AIMessage.objects.create(conversation=conversation, role="user", content="?")
        answer = AIMessage.objects.create(conversation=conversation, role="assistant", content="!", reply_to=question)
        for request in requests:
            call = ModelCall(message=answer, provider="p", model="gpt-4o", started_at=timezone.now())
            call.keep(lambda body=request: body)
            call.packed().save()
        found.append(answer)
    return found


def compared(client: Client, answer: AIMessage, query: str = "") -> dict[str, Any]:
    response = client.get(f"/api/chat/messages/{answer.pk}/comparison?{query}")
    assert response.status_code == 200, response.content
    found: dict[str, Any] = response.json()
    return found


def told(found: dict[str, Any]) -> dict[tuple[str, str], str]:
    return {(one["kind"], one["name"]): one["change"] for one in found["changes"]}


def test_the_file_is_what_was_sent(client: Client, answers: list[AIMessage]) -> None:
    response = client.get(f"/api/chat/messages/{answers[1].pk}/request?call=2")
    assert response.status_code == 200
    assert response["Content-Disposition"] == f'attachment; filename="request-{answers[1].pk}-2.json"'
    call = ModelCall.objects.filter(message=answers[1]).latest("started_at")
    assert response.json() == unpack(bytes(call.request_packed)) == {**SECOND, "temperature": 0.9}
    assert client.get(f"/api/chat/messages/{answers[1].pk}/request?call=3").status_code == 404
    assert client.get(f"/api/chat/messages/{answers[1].pk}/request?call=x").status_code == 400


def test_the_request_before_is_the_one_compared_with(client: Client, answers: list[AIMessage]) -> None:
    found = compared(client, answers[1])
    assert found["before"]["message_id"] == answers[0].pk
    assert told(found) == {
        ("file", "a.js"): "changed",
        ("file", "new.css"): "added",
        ("file", "old.css"): "removed",
        ("message", "assistant"): "added",
        ("message", "user"): "added",
        ("parameter", "temperature"): "added",
    }
    assert found["same"] == {"system": 1, "file": 1, "parameter": 1, "message": 1}
    (change,) = [one for one in found["changes"] if one["name"] == "a.js"]
    assert change["lines"] == [" let a = 1;", "-let b = 2;", "+let b = 3;", " "]
    assert (change["added"], change["removed"]) == (1, 1)


def test_the_next_request_of_an_answer_is_compared_with_its_first(client: Client, answers: list[AIMessage]) -> None:
    found = compared(client, answers[1], "call=2")
    assert (found["before"]["message_id"], found["before"]["call"], found["after"]["call"]) == (answers[1].pk, 1, 2)
    assert told(found) == {("parameter", "temperature"): "changed"}


def test_a_summary_is_not_compared_with_an_answer(client: Client, answers: list[AIMessage]) -> None:
    """It is asked for before the answer, so it comes first."""
    before = ModelCall.objects.filter(message=answers[1]).earliest("started_at").started_at
    summary = ModelCall(message=answers[1], provider="p", model="m", purpose="summary")
    summary.started_at = before - timedelta(seconds=1)
    asked = body("Résume")
    summary.keep(lambda: asked)
    summary.packed().save()
    found = compared(client, answers[1])
    assert (found["after"]["call"], found["after"]["purpose"], found["before"]["message_id"]) == (
        2,
        "answer",
        answers[0].pk,
    )
    assert compared(client, answers[1], "call=1")["before"] is None
    sent = client.get(f"/api/chat/messages/{answers[1].pk}/request")
    assert sent.json() == SECOND


def test_any_two_of_a_conversation_can_be_compared(client: Client, answers: list[AIMessage]) -> None:
    found = compared(client, answers[0], f"with={answers[1].pk}&with_call=2")
    assert told(found)["file", "new.css"] == "removed"
    assert [(one["message_id"], one["call"]) for one in found["others"]] == [
        (answers[1].pk, 2),
        (answers[1].pk, 1),
        (answers[0].pk, 1),
    ]


def test_the_first_has_none_before(client: Client, answers: list[AIMessage]) -> None:
    found = compared(client, answers[0])
    assert (found["before"], found["changes"]) == (None, [])


def test_what_is_elsewhere_is_not_found(
    client: Client, answers: list[AIMessage], project: Project, alice: User, mallory: User
) -> None:
    other = AIConversation.objects.create(project=project, user=alice, title="o")
    elsewhere = AIMessage.objects.create(conversation=other, role="assistant", content="!")
    address = f"/api/chat/messages/{answers[0].pk}"
    for query in (f"with={elsewhere.pk}", "with=999999", "call=7"):
        assert client.get(f"{address}/comparison?{query}").status_code == 404
    client.force_login(mallory)
    for name in ("comparison", "request"):
        assert client.get(f"{address}/{name}").status_code == 404


def test_hostile_requests_are_compared() -> None:
    strange: list[dict[str, Any]] = [
        {},
        {"messages": []},
        {"messages": [{"role": "system"}]},
        {"messages": [{"role": "system", "content": "```a\nnever closed"}, {"role": "user", "content": [{"a": 1}]}]},
        {"messages": [{"role": "system", "content": "```a\n" * 2000}]},
        {"messages": [{"role": "tool", "content": None, "tool_calls": [{"x": 1}]}], "tools": [{}]},
        body("x" * 100_000, files={"b": "\n" * 50_000}),
    ]
    for one in strange:
        assert changes(one, one)[0] == []
        for other in strange:
            for change in changes(one, other)[0]:
                assert len(change["lines"]) <= 400


def test_every_part_of_a_request_is_told() -> None:
    found = [(piece.kind, piece.name) for piece in pieces(FIRST)]
    files = [("file", "a.js"), ("file", "old.css"), ("file", "tick.md")]
    assert found == [*files, ("system", ""), ("message", "user"), ("parameter", "model")]
    assert pieces(FIRST)[0].text == "let a = 1;\nlet b = 2;\n"
