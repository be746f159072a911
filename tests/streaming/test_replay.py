"""What a reader folds together is what `GET messages` shows, on the way and at the end."""

from __future__ import annotations

from typing import Any

import pytest

from chat.events import types
from chat.events.state import fold
from tests.live import StartStudio, Studio, eventually
from tests.streaming.client import Event
from tests.streaming.databases import PostgresDatabases
from tests.streaming.model_server import CUT, Answer, Gate, chunk, fail, say, words

pytestmark = pytest.mark.live
ANSWERS: dict[str, Answer] = {
    "whole": say(*words(30)),
    "thinking": say(chunk({"reasoning_content": "Hm, 🤔"}), chunk({"reasoning_content": "oui"}), "un ", "😀"),
    "cut": say("un ", "deux", CUT),
    "failed": fail(401),
    "estimated": say("un", usage=None),
}


def state_of(events: list[Event]) -> dict[str, Any]:
    """The fold of what a reader got."""
    return fold((event.seq, types.decode(event.type, event.data)) for event in events).state()


def assert_same(message: dict[str, Any], events: list[Event]) -> None:
    """The message shows the state."""
    state = state_of(events)
    assert {key: message[key] for key in state} == state


@pytest.mark.parametrize("name", ANSWERS)
def test_replay_is_the_snapshot(studio: Studio, name: str) -> None:
    studio.model.answer = ANSWERS[name]
    stream = studio.client.send("Salut")
    stream.rest()
    message = studio.client.message(stream.conversation_id, stream.message_id)
    assert_same(message, stream.events)
    assert_same(message, studio.client.follow(stream.message_id).rest())


def test_the_snapshot_of_a_running_answer_is_a_replay_so_far(studio: Studio) -> None:
    gate = Gate()
    studio.model.answer = say(chunk({"reasoning_content": "hm"}), "un ", gate, "deux")
    stream = studio.client.send("Salut")
    stream.until_text("un ")
    eventually(lambda: studio.client.message(stream.conversation_id, stream.message_id)["last_seq"] == stream.seq)
    assert_same(studio.client.message(stream.conversation_id, stream.message_id), stream.events)
    gate.open()
    stream.end()


def test_a_recovered_answer(start_studio: StartStudio) -> None:
    studio = start_studio()
    studio.model.answer = say("un ", Gate())
    stream = studio.client.send("Salut")
    stream.until_text("un ")
    eventually(lambda: studio.client.message(stream.conversation_id, stream.message_id)["content"])
    studio.kill()
    studio.start()
    again = studio.client.follow(stream.message_id)
    assert again.end().type == "turn.interrupted"
    assert_same(studio.client.message(stream.conversation_id, stream.message_id), again.events)


@pytest.mark.postgres
def test_on_postgres_and_from_another_server(start_studio: StartStudio, postgres_databases: PostgresDatabases) -> None:
    here = start_studio(database_url=postgres_databases.new())
    there = start_studio(database_url=here.database_url, model=here.model)
    for answer in ANSWERS.values():
        here.model.answer = answer
        stream = here.client.send("Salut")
        follower = there.client.follow(stream.message_id)
        stream.rest()
        follower.rest()
        for server, events in ((here, stream.events), (there, follower.events)):
            assert_same(server.client.message(stream.conversation_id, stream.message_id), events)


def test_a_redis_that_is_away_loses_nothing(start_studio: StartStudio) -> None:
    studio = start_studio(redis_url="redis://127.0.0.1:9/0")
    studio.model.answer = say(*words(10, 0.02))
    stream = studio.client.send("Salut")
    assert stream.end().type == "turn.completed"
    assert_same(studio.client.message(stream.conversation_id, stream.message_id), stream.events)
    running = Gate()
    studio.model.answer = say("un ", running)
    stream = studio.client.send("Salut")
    stream.until_text("un ")
    assert studio.client.act(stream.message_id, "stop").json()["message"]["status"] == "stopped"
