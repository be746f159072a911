"""Stop: the model's request is closed too, the text is kept, and the answer says so."""

from __future__ import annotations

import time

import pytest

from tests.live import StartStudio, Studio, eventually
from tests.streaming.client import Stream
from tests.streaming.databases import PostgresDatabases
from tests.streaming.model_server import Gate, say

pytestmark = pytest.mark.live


def running(studio: Studio, text: str = "un ") -> tuple[Stream, Gate]:
    """An answer that waits after its first words."""
    gate = Gate()
    studio.model.answer = say(text, gate, "deux")
    stream = studio.client.send("Salut")
    stream.until_text(text)
    gate.wait_reached()
    return stream, gate


def assert_upstream_closed(studio: Studio, since: float) -> None:
    """The model server saw its caller hang up: within a second where nothing else runs, and never by a time limit."""
    call = studio.model.calls[-1]
    assert call.ended.wait(10)
    assert call.closed_at is not None
    assert call.closed_at - since < 1.0


def test_stop_closes_the_models_request_and_keeps_the_text(studio: Studio) -> None:
    stream, _ = running(studio)
    began = time.monotonic()
    reply = studio.client.act(stream.message_id, "stop")
    assert_upstream_closed(studio, began)
    message = reply.json()["message"]
    assert (reply.status, reply.json()["success"]) == (200, True)
    assert (message["status"], message["content"], message["metadata"]["error"]) == ("stopped", "un ", None)
    assert stream.end().type == "turn.stopped"
    assert stream.text == "un "
    assert studio.client.message(stream.conversation_id, stream.message_id) == message


def test_stop_before_the_first_token(studio: Studio) -> None:
    gate = Gate()
    studio.model.answer = say(gate, "un")
    stream = studio.client.send("Salut")
    gate.wait_reached()
    began = time.monotonic()
    reply = studio.client.act(stream.message_id, "stop")
    assert_upstream_closed(studio, began)
    assert (reply.json()["message"]["status"], reply.json()["message"]["content"]) == ("stopped", "")
    assert stream.end().type == "turn.stopped"


def test_the_json_caller_of_a_stopped_answer_gets_what_there_is(studio: Studio) -> None:
    from concurrent.futures import ThreadPoolExecutor

    gate = Gate()
    studio.model.answer = say("un ", gate, "deux")
    conversation_id = studio.client.post("/api/chat/conversations", {"project_id": 1}).json()["conversation_id"]
    with ThreadPoolExecutor(1) as pool:
        asking = pool.submit(studio.client.ask, "Salut", conversation_id=conversation_id)
        gate.wait_reached()
        studio.client.act(studio.client.messages(conversation_id)[-1]["id"], "stop")
        reply = asking.result(10)
    assert (reply.status, reply.json()["message"]["status"]) == (200, "stopped")


def test_stopping_what_has_ended_changes_nothing(studio: Studio) -> None:
    stream = studio.client.send("Salut")
    stream.end()
    before = studio.client.message(stream.conversation_id, stream.message_id)
    reply = studio.client.act(stream.message_id, "stop")
    assert (reply.status, reply.json()["message"]) == (200, before)


def test_stopping_twice_at_once(studio: Studio) -> None:
    from concurrent.futures import ThreadPoolExecutor

    stream, _ = running(studio)
    with ThreadPoolExecutor(4) as pool:
        replies = list(pool.map(lambda _: studio.client.act(stream.message_id, "stop"), range(4)))
    assert {reply.json()["message"]["status"] for reply in replies} == {"stopped"}
    assert [event.type for event in stream.rest()].count("turn.stopped") == 1


def test_after_a_stop_the_conversation_goes_on(studio: Studio) -> None:
    stream, _ = running(studio)
    studio.client.act(stream.message_id, "stop")
    studio.model.answer = say("oui")
    reply = studio.client.ask("Et alors ?", conversation_id=stream.conversation_id)
    assert reply.json()["message"]["content"] == "oui"
    assert [m["content"] for m in studio.model.calls[-1].messages[1:]] == ["Salut", "un ", "Et alors ?"]


def test_deleting_a_conversation_stops_its_answer(studio: Studio) -> None:
    stream, _ = running(studio)
    began = time.monotonic()
    path = f"/api/chat/conversations/{stream.conversation_id}"
    assert studio.client.request("DELETE", path).json() == {"success": True}
    assert_upstream_closed(studio, began)
    assert stream.end().type == "turn.stopped"
    assert studio.client.get(f"{path}/messages").status == 404


@pytest.mark.postgres
@pytest.mark.parametrize("with_redis", [pytest.param(True, marks=pytest.mark.redis), False])
def test_stop_and_follow_from_another_server(
    start_studio: StartStudio,
    postgres_databases: PostgresDatabases,
    request: pytest.FixtureRequest,
    with_redis: bool,
) -> None:
    redis_url = request.getfixturevalue("redis_url") if with_redis else ""
    here = start_studio(database_url=postgres_databases.new(), redis_url=redis_url)
    there = start_studio(database_url=here.database_url, redis_url=redis_url, model=here.model)
    stream, gate = running(here)
    follower = there.client.follow(stream.message_id)
    follower.until_text("un ")
    began = time.monotonic()
    reply = there.client.act(stream.message_id, "stop")
    assert reply.json()["message"]["status"] == "stopped"
    if with_redis:
        assert_upstream_closed(here, began)
    else:
        assert here.model.calls[-1].ended.wait(10)
    assert (stream.end().type, follower.end().type) == ("turn.stopped", "turn.stopped")
    assert follower.text == "un "
    assert follower.events[-1] == stream.events[-1]
    gate.open()


@pytest.mark.postgres
@pytest.mark.redis
def test_a_conversation_that_runs_elsewhere_is_busy_here(
    start_studio: StartStudio, postgres_databases: PostgresDatabases, redis_url: str
) -> None:
    here = start_studio(database_url=postgres_databases.new(), redis_url=redis_url)
    there = start_studio(database_url=here.database_url, redis_url=redis_url, model=here.model)
    stream, gate = running(here)
    refused = there.client.ask("Encore", conversation_id=stream.conversation_id)
    assert (refused.status, refused.code) == (409, "turn_in_progress")
    assert refused.json()["error"]["message_id"] == stream.message_id
    gate.open()
    stream.end()
    eventually(lambda: there.client.ask("Encore", conversation_id=stream.conversation_id).status == 200)
