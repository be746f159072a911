"""`/api/schema` is valid OpenAPI 3.1 and says what the API does: every route, code and field of real answers."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import TYPE_CHECKING, Any

import msgspec
import pytest
from django.core.management import call_command
from openapi_spec_validator import OpenAPIV31SpecValidator

from chat.api import action_shapes, sent_shapes, shapes
from chat.api.errors import STATUS, status_of
from chat.api.operations import OPERATIONS
from chat.api.schema import address_of
from chat.api.urls import urlpatterns
from chat.events.types import EVENTS
from chat.llm.errors import CODES
from projects import files
from tests.integration.admin.conftest import add_turn
from tests.integration.proposals import answer_in, failed, propose, write

if TYPE_CHECKING:
    from django.contrib.auth.models import User
    from django.test import Client

    from projects.models import Project

METHODS = ("get", "post", "put", "patch", "delete")
DOCS = Path(__file__).resolve().parents[2] / "docs" / "api.md"
# a person's stop is an answer
NO_ERRORS = {"stopped"}

#: Every route but the one that catches what is none.
ROUTES = [pattern.name for pattern in urlpatterns if pattern.name != "nowhere"]


@pytest.fixture(scope="module")
def document(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    """As `/api/schema` serves it; a warning of the generator fails."""
    target = tmp_path_factory.mktemp("schema") / "schema.json"
    call_command("spectacular", format="openapi-json", file=str(target), fail_on_warn=True)
    return json.loads(target.read_text())


def operations(document: dict[str, Any]) -> dict[str, dict[str, Any]]:
    found = (by_method.values() for path, by_method in document["paths"].items() if path.startswith("/api/chat/"))
    return {operation["operationId"]: operation for group in found for operation in group}


def codes_of(operation: dict[str, Any]) -> dict[int, set[str]]:
    """The error codes that an operation documents, by status."""
    found = {}
    for status, answer in operation["responses"].items():
        if int(status) >= 400:
            only = answer["content"]["application/json"]["schema"]["allOf"][1]
            found[int(status)] = set(only["properties"]["error"]["properties"]["code"]["enum"])
    return found


class TestDocument:
    def test_it_is_valid_openapi_31(self, document: dict[str, Any]) -> None:
        assert document["openapi"].startswith("3.1")
        assert [error.message for error in OpenAPIV31SpecValidator(document).iter_errors()] == []

    def test_it_is_served_and_shown(self, client: Client) -> None:
        served = client.get("/api/schema", headers={"accept": "application/vnd.oai.openapi+json"})
        assert "/api/chat/message" in served.json()["paths"]
        assert client.get("/api/docs").status_code == 200

    @pytest.mark.django_db
    @pytest.mark.parametrize("route", ROUTES)
    def test_every_route_with_every_method_is_in_it(self, client: Client, document: dict[str, Any], route: str) -> None:
        path = address_of(route)
        allowed = {
            method
            for method in METHODS
            if getattr(client, method)(path.replace("{id}", "123456789")).status_code != 405
        }
        assert allowed, f"{path} takes no method at all"
        assert set(document["paths"][path]) == allowed

    def test_nothing_in_it_leads_nowhere(self, document: dict[str, Any]) -> None:
        known = set(map(address_of, ROUTES))
        assert {path for path in document["paths"] if path.startswith("/api/chat/")} == known

    def test_every_answer_has_a_shape_and_every_event_is_there(self, document: dict[str, Any]) -> None:
        schemas = document["components"]["schemas"]
        for operation in operations(document).values():
            for answer in operation["responses"].values():
                assert answer["description"]
                assert answer["content"]
        stream = operations(document)["followMessage"]["responses"]["200"]["content"]["text/event-stream"]["schema"]
        assert set(stream["x-events"]) == {event.type for event in EVENTS}
        for event in EVENTS:
            assert set(schemas[event.__name__]["properties"]) == set(event.__struct_fields__)
            assert f"`{event.type}`" in stream["description"]


class TestCodes:
    def test_every_code_of_ours_and_of_the_model_is_documented(self, document: dict[str, Any]) -> None:
        found: set[str] = set()
        for operation in operations(document).values():
            found.update(*codes_of(operation).values())
        assert found == (set(STATUS) | CODES) - NO_ERRORS

    def test_each_code_stands_under_its_status(self, document: dict[str, Any]) -> None:
        for operation in operations(document).values():
            for status, codes in codes_of(operation).items():
                assert {status_of(code) for code in codes} == {status}

    def test_the_table_of_the_docs_is_the_same(self) -> None:
        rows = re.findall(r"^\| ([\d /]+) \| (`.*?) \|", DOCS.read_text(), re.MULTILINE)
        assert rows
        documented = {
            (code, status) for status, cell in rows for code in re.findall(r"`(\w+)`", cell) if code.islower()
        }
        known = {code for operation in OPERATIONS for code in operation.codes}
        for code, statuses in documented:
            if code in {"message_id", "fields"}:
                continue
            assert code in known
            assert str(status_of(code)) in statuses

    def test_what_each_operation_can_refuse(self, document: dict[str, Any]) -> None:
        found = {name: set().union(*codes_of(operation).values()) for name, operation in operations(document).items()}
        assert found.keys() >= {"sendMessage", "continueMessage"}
        for name, codes in found.items():
            assert {"login_required", "not_found", "database_unavailable"} <= codes
            operation = operations(document)[name]
            assert ("malformed_json" in codes) == ("requestBody" in operation)
        for name in ("sendMessage", "retryMessage", "continueMessage"):
            assert {"turn_in_progress", "client_id_reused", "draining", *(CODES - NO_ERRORS)} <= found[name]
        assert "not_continuable" in found["continueMessage"]


def keys(value: Any) -> Any:
    """The names in a JSON value, without the values."""
    if isinstance(value, dict):
        return {name: keys(part) for name, part in value.items()}
    return [keys(part) for part in value] if isinstance(value, list) else None


def fits(content: bytes, shape: type[msgspec.Struct]) -> None:
    """Every field of an answer is documented with its type, and every documented field is there."""
    read = msgspec.json.decode(content, type=shape)
    assert keys(msgspec.to_builtins(read)) == keys(json.loads(content))


@pytest.mark.django_db(transaction=True)
class TestRealAnswers:
    @pytest.fixture
    def as_alice(self, client: Client, alice: User) -> Client:
        client.force_login(alice)
        client.defaults["HTTP_SEC_FETCH_SITE"] = "same-origin"
        return client

    def test_conversations(self, as_alice: Client, project: Project) -> None:
        made = as_alice.post("/api/chat/conversations", {"project_id": project.pk}, content_type="application/json")
        assert made.status_code == 201
        fits(made.content, shapes.ConversationSaved)
        address = f"/api/chat/conversations/{made.json()['conversation_id']}"
        fits(
            as_alice.patch(address, {"title": "x"}, content_type="application/json").content, shapes.ConversationChanged
        )
        fits(as_alice.get(f"/api/chat/conversations/{project.pk}").content, shapes.ConversationList)
        fits(as_alice.get(f"{address}/messages").content, shapes.MessagePage)
        fits(as_alice.delete(address).content, shapes.Done)

    def test_messages(self, as_alice: Client, project: Project, alice: User) -> None:
        conversation = project.ai_conversations.create(user=alice, title="Une page")  # type: ignore[attr-defined]
        receipt = {"tokens": 5, "parts": [{"kind": "file", "path": "a", "tokens": 5, "why": "x"}], "left_out": []}
        metadata = dict.fromkeys(shapes.AnswerMetadata.__struct_fields__)
        message = add_turn(conversation, metadata={**metadata, "estimated": False}, receipt=receipt)
        fits(as_alice.get(f"/api/chat/conversations/{conversation.pk}/messages").content, shapes.MessagePage)
        fits(as_alice.post(f"/api/chat/messages/{message.pk}/stop").content, shapes.Stopped)
        fits(as_alice.get(f"/api/chat/messages/{message.pk}/calls").content, sent_shapes.CallList)
        assert as_alice.get(f"/api/chat/messages/{message.pk}/receipt").json() == receipt
        msgspec.convert(receipt, sent_shapes.Receipt)

    def test_actions(self, as_alice: Client, project: Project) -> None:
        message = answer_in(project)
        old, new = b"a\n", b"b\n"
        files.commit(project, None, [files.Write("a.txt", old)])
        action, bad = propose(message, write(0, "a.txt", old, new), failed(1, "b.txt", None))
        address = f"/api/chat/messages/{message.pk}"
        fits(as_alice.get(f"/api/chat/actions/{action.pk}").content, action_shapes.ActionWhole)
        assert as_alice.get(f"{address}/proposal").json() == {"files": {"a.txt": "b\n"}}
        body = {"actions": [{"id": action.pk, "hash": action.hash}]}
        fits(as_alice.post(f"{address}/apply", body, content_type="application/json").content, shapes.ErrorAnswer)
        for decision, given in (("reject", {}), ("reopen", {}), ("apply", {"hash": action.hash}), ("undo", {})):
            found = as_alice.post(f"/api/chat/actions/{action.pk}/{decision}", given, content_type="application/json")
            fits(found.content, action_shapes.DecidedAnswer)
        for pk, decision in ((bad.pk, "reject"), (action.pk, "reopen")):
            as_alice.post(f"/api/chat/actions/{pk}/{decision}", {}, content_type="application/json")
        files.commit(project, None, [files.Write("a.txt", b"c\n")])
        conflict = as_alice.post(f"{address}/apply", body, content_type="application/json")
        assert conflict.json()["error"]["code"] == "conflict"
        fits(conflict.content, shapes.ErrorAnswer)
        fits(as_alice.get(f"/api/chat/conversations/{message.conversation_id}/messages").content, shapes.MessagePage)

    def test_models(self, as_alice: Client) -> None:
        fits(as_alice.get("/api/chat/models").content, shapes.ModelList)

    @pytest.mark.parametrize(
        ("address", "body", "code"),
        [
            ("/api/chat/message", {"content": "x"}, "invalid"),
            ("/api/chat/message", {"project_id": 10**9, "content": "x"}, "not_found"),
            ("/api/chat/conversations", {"project_id": "x"}, "invalid"),
            ("/api/chat/conversations", {"project_id": 10**9}, "not_found"),
        ],
    )
    def test_errors(self, as_alice: Client, address: str, body: dict[str, Any], code: str) -> None:
        answer = as_alice.post(address, body, content_type="application/json")
        assert answer.json()["error"]["code"] == code
        assert answer.status_code == status_of(code)
        fits(answer.content, shapes.ErrorAnswer)
