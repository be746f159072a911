"""Whatever is sent, the answer is JSON with a stable code, and never a 500."""

from __future__ import annotations

import json
import uuid
from typing import Any

import pytest

from tests.live import StartStudio, Studio
from tests.streaming.client import Client, Reply
from tests.streaming.databases import PostgresDatabases
from tests.streaming.model_server import say
from tests.streaming.test_actions import calls, piece

pytestmark = pytest.mark.live
UNKNOWN = 10**9
NO_ID: tuple[Any, ...] = ("1", 0, -1, 1.5, True, [], {}, 2**63, 2**70, 10**400, "x")
NO_TEXT: tuple[Any, ...] = (1, True, [], {}, ["a"])
NO_UUID: tuple[Any, ...] = ("", "x", 1, [], "7b7c1a52-0d6f-4c1f-9a55", "{7b7c1a52-0d6f-4c1f-9a55-0d9ad0c3f001}")
NASTY = "a\x00b\x1b[31m\u202e\ufffe\U0001f469\u200d\U0001f4bb'\"<script>${x}{{y}}%s\\"

WRONG_MESSAGE: list[tuple[str, Any]] = [
    *(("project_id", value) for value in (*NO_ID, None)),
    *(("content", value) for value in (*NO_TEXT, None, "", " \n\t", "\u200b\u2060 \ufeff")),
    *(("conversation_id", value) for value in NO_ID),
    *(("client_id", value) for value in NO_UUID),
    *(("model", value) for value in (*NO_TEXT, "x" * 201)),
    *(("replaces", value) for value in NO_ID),
    *(("context", value) for value in (1, "x", [], {"open_file": 1}, {"open_file": "x" * 1001}, {"selection": "x"})),
    ("context", {"selection": {"path": "a", "text": "x" * 100_001}}),
    ("context", {"selection": {"path": "a", "text": "x", "from_line": "1"}}),
]


def assert_refused(reply: Reply, status: int, code: str) -> None:
    """An error as `docs/api.md` says."""
    body = reply.json()
    assert (reply.status, body["error"]["code"]) == (status, code), body
    assert body["success"] is False
    assert body["error"]["message"]
    assert reply.headers["content-type"] == "application/json"


def send_body(client: Client, **fields: Any) -> Reply:
    """`POST /api/chat/message`."""
    return client.post("/api/chat/message", {"project_id": 1, "content": "Salut", **fields})


@pytest.mark.parametrize(("field", "value"), WRONG_MESSAGE, ids=lambda value: repr(value)[:30])
def test_a_message_with_a_wrong_field(studio: Studio, field: str, value: Any) -> None:
    reply = send_body(studio.client, **{field: value})
    assert_refused(reply, 400, "invalid")
    assert field in str(reply.json()["error"]["fields"])
    assert studio.model.calls == []


def test_a_path_that_a_file_may_have_may_be_pinned_open_and_dropped(studio: Studio) -> None:
    path = f"{'a' * 200}/{'b' * 200}/{'c' * 200}/{'d' * 200}/{'e' * 196}"
    context = {"open_file": path, "pinned": [path], "excluded": [path], "selection": {"path": path, "text": "x"}}
    assert len(path) == 1_000
    assert send_body(studio.client, context=context).status == 200
    preview = studio.client.post("/api/chat/context/preview", {"project_id": 1, "context": context})
    assert preview.status == 200


@pytest.mark.parametrize("field", ["project_id", "content"])
def test_a_message_without_a_field(studio: Studio, field: str) -> None:
    body = {"project_id": 1, "content": "Salut"}
    del body[field]
    reply = studio.client.post("/api/chat/message", body)
    assert_refused(reply, 400, "invalid")
    assert field in str(reply.json()["error"]["fields"])


PATHS = ["/api/chat/message", "/api/chat/conversations"]
BROKEN: dict[str, tuple[bytes, int, set[str]]] = {
    "empty": (b"", 400, {"invalid"}),
    "text": (b"hello", 400, {"malformed_json"}),
    "half": (b'{"project_id": 1, ', 400, {"malformed_json"}),
    "two": (b'{"project_id": 1} {"project_id": 1}', 400, {"malformed_json", "invalid"}),
    "NaN": (b'{"project_id": NaN}', 400, {"malformed_json"}),
    "a list": (b"[1]", 400, {"invalid", "malformed_json"}),
    "a string": (b'"x"', 400, {"invalid", "malformed_json"}),
    "null": (b"null", 400, {"invalid", "malformed_json"}),
    "invalid UTF-8": (b'{"project_id": 1, "content": "\xff\xfe", "title": "\xff"}', 400, {"malformed_json"}),
    "UTF-16": ('{"project_id": 1}'.encode("utf-16"), 400, {"malformed_json"}),
    "nested lists": (b"[" * 100_000, 400, {"too_deep"}),
    "nested objects": (b'{"a":' * 100_000, 400, {"too_deep"}),
    "nested within": (b'{"project_id": 1, "context": ' + b"[" * 50_000 + b"]" * 50_000 + b"}", 400, {"too_deep"}),
    "3 MB": (b'{"content": "' + b"x" * 3_000_000 + b'"}', 413, {"body_too_large"}),
}


@pytest.mark.parametrize("path", PATHS)
@pytest.mark.parametrize("name", BROKEN)
def test_a_broken_body(studio: Studio, path: str, name: str) -> None:
    body, status, codes = BROKEN[name]
    reply = studio.client.post(path, body)
    assert reply.json()["error"]["code"] in codes
    assert_refused(reply, status, reply.json()["error"]["code"])


@pytest.mark.parametrize("what", ["retry", "continue"])
def test_a_broken_body_of_asking_again(studio: Studio, what: str) -> None:
    message_id = studio.client.ask("Salut").json()["message"]["id"]
    # nothing is no wish, and a field that is not known is not looked at
    for name in BROKEN.keys() - {"empty", "invalid UTF-8"}:
        body, status, codes = BROKEN[name]
        reply = studio.client.post(f"/api/chat/messages/{message_id}/{what}", body)
        assert (reply.status, reply.code in codes) == (status, True), body[:40]
    for value in NO_UUID:
        assert_refused(studio.client.act(message_id, what, {"client_id": value}), 400, "invalid")
    assert len(studio.model.calls) == 1


def test_a_message_of_the_greatest_length(studio: Studio) -> None:
    assert send_body(studio.client, content="x" * 100_000).status == 200
    reply = send_body(studio.client, content="x" * 100_001)
    assert_refused(reply, 413, "too_large")
    assert reply.json()["error"]["limit"] == 100_000


def test_another_content_type_is_read_as_json_or_refused(studio: Studio) -> None:
    body = json.dumps({"project_id": 1, "content": "Salut", "title": "Test"}).encode()
    for path in PATHS:
        for kind in ("text/plain", "application/x-www-form-urlencoded", "multipart/form-data; boundary=x", "x/y"):
            reply = studio.client.request("POST", path, body, {"Content-Type": kind})
            assert reply.status in {200, 201, 400, 415}
            assert reply.headers["content-type"] == "application/json"


@pytest.mark.parametrize("surrogate", [r"\ud800", r"\udc00", r"a\ud83d", r"\ude00\ud83d"])
def test_half_an_emoji(studio: Studio, surrogate: str) -> None:
    body = f'{{"project_id": 1, "content": "{surrogate}", "title": "{surrogate}"}}'.encode()
    for path in PATHS:
        reply = studio.client.post(path, body)
        assert reply.status in {200, 201, 400}
        assert reply.json()["success"] is (reply.status != 400)


def test_what_no_database_stores_is_replaced(studio: Studio) -> None:
    nasty_everywhere(studio)


@pytest.mark.postgres
def test_what_no_database_stores_is_replaced_on_postgres(
    start_studio: StartStudio, postgres_databases: PostgresDatabases
) -> None:
    nasty_everywhere(start_studio(database_url=postgres_databases.new()))


def nasty_everywhere(studio: Studio) -> None:
    """Control characters in every text that is kept, from the person and from the model."""
    studio.model.answer = say("a\x00b", "\ud83d", "\ude00")
    context = {"open_file": NASTY, "selection": {"path": NASTY, "text": NASTY}}
    assert_refused(send_body(studio.client, model=f"m{NASTY}"), 400, "invalid")
    reply = send_body(studio.client, content=NASTY, context=context)
    assert reply.status == 200, reply.body
    assert reply.json()["message"]["content"] == "a\ufffdb\U0001f600"
    write = piece(json.dumps({"path": NASTY, "content": NASTY}), "create_file", index=0, id=NASTY)
    studio.model.queue(calls(write, piece(json.dumps({"path": NASTY}), f"{NASTY}\ud83d", index=1, id=NASTY)), say("un"))
    made = send_body(studio.client).json()["message"]
    assert (made["status"], made["content"]) == ("complete", "un")
    assert [action["error"]["code"] for action in made["actions"]] == ["bad_path", "unknown_tool"]
    assert all(action["error"]["message"] for action in made["actions"])
    question = studio.client.messages(reply.json()["conversation_id"])[0]
    assert question["content"] == NASTY.replace("\x00", "\ufffd").replace("\x1b", "\ufffd")
    made = studio.client.post("/api/chat/conversations", {"project_id": 1, "title": NASTY})
    assert_refused(made, 400, "invalid")
    path = f"/api/chat/conversations/{reply.json()['conversation_id']}"
    assert_refused(studio.client.request("PATCH", path, {"title": NASTY}), 400, "invalid")
    assert studio.client.request("PATCH", path, {"title": NASTY.replace("\x00", "")}).status == 200
    found = studio.client.get(f"/api/chat/conversations/1?search={'%00%1b%5c%25_'}")
    assert found.status == 200


# a number in quotes is a number to DRF
@pytest.mark.parametrize("value", [*(value for value in NO_ID if value != "1"), None], ids=repr)
def test_a_conversation_with_a_wrong_project(studio: Studio, value: Any) -> None:
    reply = studio.client.post("/api/chat/conversations", {"project_id": value})
    assert_refused(reply, 400, "invalid")


@pytest.mark.parametrize("title", [1.5, True, [], {}, "x" * 201, None], ids=lambda value: repr(value)[:20])
def test_a_conversation_with_a_wrong_title(studio: Studio, title: Any) -> None:
    reply = studio.client.post("/api/chat/conversations", {"project_id": 1, "title": title})
    assert reply.status in {201, 400}
    if reply.status == 400:
        assert_refused(reply, 400, "invalid")
    else:
        assert isinstance(reply.json()["title"], str)


@pytest.mark.parametrize("body", [{}, {"title": ""}, {"title": " \n"}, {"title": None}, {"title": "x" * 201}])
def test_a_wrong_new_title(studio: Studio, body: dict[str, Any]) -> None:
    made = studio.client.post("/api/chat/conversations", {"project_id": 1}).json()
    path = f"/api/chat/conversations/{made['conversation_id']}"
    assert_refused(studio.client.request("PATCH", path, body), 400, "invalid")


@pytest.mark.parametrize(
    "query",
    ["limit=x", "limit=-1", "limit=1.5", "limit=%C2%B2", "after=x", "after=%00", f"limit={'9' * 30}", "after=MjAwMQ=="],
)
def test_a_wrong_page(studio: Studio, query: str) -> None:
    assert_refused(studio.client.get(f"/api/chat/conversations/1?{query}"), 400, "invalid")


@pytest.mark.parametrize("query", ["limit=x", "before=x", "before=-1", f"before={'9' * 40}"])
def test_a_wrong_page_of_messages(studio: Studio, query: str) -> None:
    made = studio.client.post("/api/chat/conversations", {"project_id": 1}).json()
    assert_refused(
        studio.client.get(f"/api/chat/conversations/{made['conversation_id']}/messages?{query}"), 400, "invalid"
    )


def every_request(client: Client, project: int, conversation: int, message: int) -> list[Reply]:
    """One of each kind that names a row."""
    chat = "/api/chat"
    return [
        client.post(f"{chat}/conversations", {"project_id": project}),
        client.get(f"{chat}/conversations/{project}"),
        client.get(f"{chat}/conversations/{conversation}/messages"),
        client.request("PATCH", f"{chat}/conversations/{conversation}", {"title": "x"}),
        client.request("DELETE", f"{chat}/conversations/{conversation}"),
        send_body(client, project_id=project),
        send_body(client, conversation_id=conversation),
        client.get(f"{chat}/messages/{message}/events"),
        client.get(f"{chat}/messages/{message}/calls"),
        client.get(f"{chat}/messages/{message}/receipt"),
        client.act(message, "stop"),
        client.act(message, "retry"),
        client.act(message, "continue"),
        client.act(message, "retry", {"client_id": str(uuid.uuid4())}),
    ]


def test_rows_that_are_not_there(studio: Studio) -> None:
    for reply in every_request(studio.client, UNKNOWN, UNKNOWN, UNKNOWN):
        assert_refused(reply, 404, "not_found")
    assert studio.model.calls == []


@pytest.mark.parametrize("number", ["0", "-1", "1.5", "x", "9" * 19, "9" * 60, "%00", "%C2%B2", "1%2F2"])
def test_numbers_that_are_none(studio: Studio, number: str) -> None:
    for path in (f"conversations/{number}/messages", f"messages/{number}/events", f"messages/{number}/calls"):
        assert studio.client.get(f"/api/chat/{path}").status == 404


@pytest.mark.parametrize("method", ["GET", "PUT", "DELETE", "PATCH"])
def test_a_wrong_method(studio: Studio, method: str) -> None:
    assert studio.client.request(method, "/api/chat/message").status == 405
    assert studio.client.request(method, "/api/chat/messages/1/stop").status == 405
