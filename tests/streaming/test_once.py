"""Sending twice is sending once; a conversation answers one message at a time; a crowd loses nothing."""

from __future__ import annotations

import uuid
from concurrent.futures import ThreadPoolExecutor

import pytest

from tests.live import StartStudio, Studio, eventually
from tests.streaming.client import Reply
from tests.streaming.databases import PostgresDatabases
from tests.streaming.model_server import Gate, say

pytestmark = pytest.mark.live
AT_ONCE = 50
NEW_CHATS = 200


def new_conversation(studio: Studio) -> int:
    """An empty conversation."""
    return int(studio.client.post("/api/chat/conversations", {"project_id": 1}).json()["conversation_id"])


def ask_at_once(studio: Studio, **fields: object) -> list[Reply]:
    """The same message many times at the same moment."""
    with ThreadPoolExecutor(AT_ONCE) as pool:
        return list(pool.map(lambda _: studio.client.ask("Salut", **fields), range(AT_ONCE)))


def assert_sent_once(studio: Studio, replies: list[Reply]) -> None:
    """One message, one turn, one answer for all callers."""
    assert {reply.status for reply in replies} == {200}, {reply.body for reply in replies if reply.status != 200}
    assert len({reply.json()["message"]["id"] for reply in replies}) == 1
    assert len({reply.json()["message"]["content"] for reply in replies}) == 1
    assert len(studio.model.calls) == 1
    conversation = replies[0].json()["conversation_id"]
    shown = studio.client.get(f"/api/chat/conversations/{conversation}/messages").json()
    assert [m["role"] for m in shown["messages"]] == ["user", "assistant"]
    assert shown["conversation"]["message_count"] == 2


@pytest.mark.parametrize("in_conversation", [True, False])
def test_fifty_times_at_once_is_once(studio: Studio, in_conversation: bool) -> None:
    fields: dict[str, object] = {"client_id": str(uuid.uuid4())}
    if in_conversation:
        fields["conversation_id"] = new_conversation(studio)
    before = len(studio.client.get("/api/chat/conversations/1?limit=200").json()["conversations"])
    replies = ask_at_once(studio, **fields)
    assert_sent_once(studio, replies)
    assert_sent_once(studio, [*replies, studio.client.ask("Salut", **fields)])
    after = len(studio.client.get("/api/chat/conversations/1?limit=200").json()["conversations"])
    assert after - before == (0 if in_conversation else 1)


@pytest.mark.postgres
@pytest.mark.parametrize("in_conversation", [True, False])
def test_fifty_times_at_once_on_two_servers_is_once(
    start_studio: StartStudio, postgres_databases: PostgresDatabases, in_conversation: bool
) -> None:
    here = start_studio(database_url=postgres_databases.new())
    there = start_studio(database_url=here.database_url, model=here.model)
    fields: dict[str, object] = {"client_id": str(uuid.uuid4())}
    if in_conversation:
        fields["conversation_id"] = new_conversation(here)
    with ThreadPoolExecutor(2) as pool:
        replies = [reply for found in pool.map(lambda s: ask_at_once(s, **fields), (here, there)) for reply in found]
    assert_sent_once(here, replies)


def test_the_second_sender_follows_the_running_turn(studio: Studio) -> None:
    gate = Gate()
    studio.model.answer = say("un ", gate, "deux")
    client_id = str(uuid.uuid4())
    first = studio.client.send("Salut", client_id=client_id)
    first.until_text("un ")
    second = studio.client.send("Salut", client_id=client_id)
    second.until_text("un ")
    gate.open()
    assert first.end() == second.end()
    assert first.text == second.text == "un deux"
    message = studio.client.message(first.conversation_id, first.started["user_message_id"])
    assert message["client_id"] == client_id


def test_a_client_id_cannot_be_used_for_something_else(studio: Studio) -> None:
    client_id = str(uuid.uuid4())
    sent = studio.client.ask("Salut", client_id=client_id).json()
    for fields in ({}, {"conversation_id": sent["conversation_id"]}):
        reply = studio.client.ask("Autre chose", client_id=client_id, **fields)
        assert (reply.status, reply.code) == (409, "client_id_reused")
    answer = sent["message"]["id"]
    reply = studio.client.act(answer, "retry", {"client_id": client_id})
    assert (reply.status, reply.code) == (409, "client_id_reused")


def test_a_second_message_in_a_running_conversation_is_refused(studio: Studio) -> None:
    gate = Gate()
    studio.model.answer = say("un ", gate, "deux")
    stream = studio.client.send("Salut")
    stream.until_text("un ")
    for reply in (
        studio.client.ask("Encore", conversation_id=stream.conversation_id),
        studio.client.act(stream.message_id, "retry"),
        studio.client.act(stream.message_id, "continue"),
        studio.client.ask("X", conversation_id=stream.conversation_id, replaces=stream.started["user_message_id"]),
    ):
        assert (reply.status, reply.code) == (409, "turn_in_progress")
        assert reply.json()["error"]["message_id"] == stream.message_id
    gate.open()
    stream.end()
    assert len(studio.client.messages(stream.conversation_id)) == 2
    assert studio.client.ask("Encore", conversation_id=stream.conversation_id).status == 200


def test_fifty_different_messages_at_once_into_one_conversation(studio: Studio) -> None:
    conversation = new_conversation(studio)
    gate = Gate()
    studio.model.answer = say(gate, "oui")
    with ThreadPoolExecutor(AT_ONCE) as pool:
        asked = [pool.submit(studio.client.ask, f"{n}", conversation_id=conversation) for n in range(AT_ONCE)]
        eventually(lambda: sum(future.done() for future in asked) == AT_ONCE - 1)
        gate.open()
        replies = [future.result(20) for future in asked]
    answered = next(reply for reply in replies if reply.status == 200)
    refused = [reply for reply in replies if reply is not answered]
    assert {reply.code for reply in refused} == {"turn_in_progress"}
    assert {reply.json()["error"]["message_id"] for reply in refused} == {answered.json()["message"]["id"]}
    assert (len(studio.model.calls), len(studio.client.messages(conversation))) == (1, 2)


def test_two_hundred_new_chats_at_once_on_sqlite(start_studio: StartStudio) -> None:
    studio = start_studio()
    studio.client.ask("Réveil")
    studio.model.choose = lambda call: say(*(piece for n in range(3) for piece in (f"{call.prompt} ", 0.05)))
    with ThreadPoolExecutor(NEW_CHATS) as pool:
        streams = list(pool.map(lambda n: studio.client.send(f"n{n}"), range(NEW_CHATS)))
        ends = list(pool.map(lambda stream: stream.end(), streams))
    assert {end.type for end in ends} == {"turn.completed"}
    assert [stream.text for stream in streams] == [f"n{n} " * 3 for n in range(NEW_CHATS)]
    assert len({stream.conversation_id for stream in streams}) == NEW_CHATS
    assert "locked" not in studio.log_text()
