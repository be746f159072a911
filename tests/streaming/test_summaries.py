"""A conversation of a thousand turns on a real server: requests stay bounded, and a summary survives whatever ends the
server, the turn or the model's patience."""

from __future__ import annotations

import json
import re
from typing import Any

import pytest

from tests.live import StartStudio, Studio, eventually
from tests.streaming.client import Stream
from tests.streaming.databases import PostgresDatabases
from tests.streaming.long_talks import SAID, SMALL, SUMMARY, begun, is_summary
from tests.streaming.model_server import Answer, Call, Gate, fail, say

pytestmark = pytest.mark.live


def answers(studio: Studio, summary: Answer, answer: Answer | None = None) -> None:
    """What the model says to each."""
    studio.model.choose = lambda call: summary if is_summary(call) else answer or say(SAID)


def summaries(studio: Studio) -> list[Call]:
    """Requests for summaries that came."""
    return [call for call in studio.model.calls if is_summary(call)]


def rows_of(studio: Studio, conversation_id: int) -> list[dict[str, Any]]:
    """The summaries that the API shows."""
    reply = studio.client.get(f"/api/chat/conversations/{conversation_id}/messages?limit=200")
    return list(reply.json()["summaries"])


def steps_of(stream: Stream) -> list[tuple[str, Any]]:
    """The events of the summary."""
    return [
        (event.type, event.data.get("error"))
        for event in stream.events
        if event.type.startswith("step.") and event.data["step"] == 0
    ]


def goes_on_for_ever(studio: Studio) -> None:
    """Thirty more turns after a thousand: few summaries, every request of about the same size."""
    conversation = begun(studio, 970)
    answers(studio, say(SUMMARY))
    for number in range(30):
        stream = studio.client.send(f"question{number} {SAID}", conversation_id=conversation)
        assert stream.end().type == "turn.completed"
    sizes = [len(json.dumps(call.messages)) for call in studio.model.calls]
    assert max(sizes) < 5_000 * 6
    # those of the thousand turns before the first answer, and one or two for the thirty
    at = [is_summary(call) for call in studio.model.calls]
    first = at.index(False)
    assert 1 < first <= 24
    assert sum(at[first:]) <= 2
    last = studio.model.calls[-1].messages
    assert SUMMARY in last[0]["content"]
    assert last[-1]["content"].startswith("question29 ")
    assert any("question28 " in message["content"] for message in last)
    answer = studio.client.messages(conversation)[-1]
    assert answer["context"]["summarised_messages"] > 1_900
    assert answer["context"]["dropped_messages"] == 0


def test_a_thousand_turns_on_sqlite(start_studio: StartStudio) -> None:
    goes_on_for_ever(start_studio(chat=SMALL))


@pytest.mark.postgres
def test_a_thousand_turns_on_postgres(start_studio: StartStudio, postgres_databases: PostgresDatabases) -> None:
    goes_on_for_ever(start_studio(chat=SMALL, database_url=postgres_databases.new()))


def dies_before_the_answer(studio: Studio) -> None:
    """The summary is there when the server is back, and is not made again."""
    conversation = begun(studio, 60)
    gate = Gate()
    answers(studio, say(SUMMARY), say("un ", gate))
    stream = studio.client.send("Salut", conversation_id=conversation)
    stream.until_text("un ")
    assert steps_of(stream) == [("step.started", None), ("step.finished", None)]
    gate.wait_reached()
    studio.kill()
    studio.model.hang_up()
    studio.start()
    eventually(lambda: studio.client.messages(conversation)[-1]["status"] in {"failed", "interrupted"}, 30)
    (row,) = rows_of(studio, conversation)
    assert (row["text"], row["messages"] > 40) == (SUMMARY, True)
    assert len(studio.client.messages(conversation, "?limit=200")) == 122
    calls = studio.client.get(f"/api/chat/messages/{stream.message_id}/calls").json()["calls"]
    # the answer's own may not have been written yet
    assert (calls[0]["purpose"], calls[0]["cost"]) == ("summary", row["cost"])
    studio.model.choose = lambda call: say("Voilà.")
    before = len(studio.model.calls)
    again = studio.client.again(stream.message_id, "retry")
    assert (again.end().type, again.text) == ("turn.completed", "Voilà.")
    assert not [call for call in studio.model.calls[before:] if is_summary(call)]
    assert SUMMARY in studio.model.calls[-1].messages[0]["content"]


def test_a_server_that_dies_between_the_summary_and_the_answer(start_studio: StartStudio) -> None:
    dies_before_the_answer(start_studio(chat=SMALL))


@pytest.mark.postgres
def test_the_same_on_postgres(start_studio: StartStudio, postgres_databases: PostgresDatabases) -> None:
    dies_before_the_answer(start_studio(chat=SMALL, database_url=postgres_databases.new()))


def test_a_server_that_dies_while_it_is_made(start_studio: StartStudio) -> None:
    studio = start_studio(chat=SMALL)
    conversation = begun(studio, 60)
    gate = Gate()
    answers(studio, say("- le", gate))
    stream = studio.client.send("Salut", conversation_id=conversation)
    gate.wait_reached()
    studio.kill()
    studio.model.hang_up()
    studio.start()
    eventually(lambda: studio.client.messages(conversation)[-1]["status"] == "failed", 30)
    assert rows_of(studio, conversation) == []
    answers(studio, say(SUMMARY), say("Voilà."))
    again = studio.client.again(stream.message_id, "retry")
    assert (again.end().type, again.text) == ("turn.completed", "Voilà.")
    assert len(rows_of(studio, conversation)) == 1


def slices(studio: Studio) -> list[list[int]]:
    """The messages that each request for a summary is about."""
    return [
        [int(number) for number in re.findall(r"message(\d+) ", call.messages[1]["content"])]
        for call in summaries(studio)
    ]


def is_hung_after(studio: Studio, number: int, gate: Gate) -> None:
    """The model summarises so many times, and then takes its time."""
    studio.model.choose = lambda call: (
        say("Voilà.") if not is_summary(call) else say("- le", gate) if len(slices(studio)) > number else say(SUMMARY)
    )


def dies_between_slices(studio: Studio) -> None:
    """What is summarised of a thousand turns stays, and the next turn goes on behind it."""
    conversation = begun(studio, 1_000)
    gate = Gate()
    is_hung_after(studio, 3, gate)
    stream = studio.client.send("Salut", conversation_id=conversation)
    gate.wait_reached()
    studio.kill()
    studio.model.hang_up()
    studio.start()
    eventually(lambda: studio.client.messages(conversation)[-1]["status"] == "failed", 30)
    done = slices(studio)
    calls = studio.client.get(f"/api/chat/messages/{stream.message_id}/calls").json()["calls"]
    assert [call["purpose"] for call in calls[:3]] == ["summary"] * 3
    answers(studio, say(SUMMARY), say("Voilà."))
    again = studio.client.again(stream.message_id, "retry")
    assert (again.end().type, again.text) == ("turn.completed", "Voilà.")
    rest = slices(studio)[len(done) :]
    assert rest[0][0] == done[2][-1] + 1
    built = next(event for event in again.events if event.type == "context.built")
    assert (built.data["dropped_messages"], built.data["summarised_messages"] > 1_900) == (0, True)
    assert rest[-1] == []  # the summaries alone, to be put together
    assert SUMMARY in studio.model.calls[-1].messages[0]["content"]


def test_a_server_that_dies_between_slices(start_studio: StartStudio) -> None:
    dies_between_slices(start_studio(chat=SMALL))


@pytest.mark.postgres
def test_slices_on_postgres(start_studio: StartStudio, postgres_databases: PostgresDatabases) -> None:
    dies_between_slices(start_studio(chat=SMALL, database_url=postgres_databases.new()))


def test_stop_stops_between_slices(start_studio: StartStudio) -> None:
    studio = start_studio(chat=SMALL)
    conversation = begun(studio, 1_000)
    gate = Gate()
    is_hung_after(studio, 2, gate)
    stream = studio.client.send("Salut", conversation_id=conversation)
    gate.wait_reached()
    assert studio.client.act(stream.message_id, "stop").json()["message"]["status"] == "stopped"
    assert stream.end().type == "turn.stopped"
    assert len(summaries(studio)) == 3
    assert studio.model.calls[-1].ended.wait(15)
    calls = studio.client.get(f"/api/chat/messages/{stream.message_id}/calls").json()["calls"]
    assert [call["finish_reason"] for call in calls] == ["stop", "stop", "stopped"]
    assert len(rows_of(studio, conversation)) == 1  # of this page; the newest


def test_stop_stops_it(start_studio: StartStudio) -> None:
    studio = start_studio(chat=SMALL)
    conversation = begun(studio, 60)
    gate = Gate()
    answers(studio, say("- le", gate))
    stream = studio.client.send("Salut", conversation_id=conversation)
    gate.wait_reached()
    assert studio.client.act(stream.message_id, "stop").json()["message"]["status"] == "stopped"
    assert stream.end().type == "turn.stopped"
    (asked,) = studio.model.calls
    assert asked.ended.wait(15)
    assert asked.was_closed
    (call,) = studio.client.get(f"/api/chat/messages/{stream.message_id}/calls").json()["calls"]
    assert (call["purpose"], call["finish_reason"]) == ("summary", "stopped")
    assert rows_of(studio, conversation) == []


def test_a_summary_that_stalls_or_is_refused_keeps_no_answer_back(start_studio: StartStudio) -> None:
    studio = start_studio(chat={**SMALL, "SUMMARY_TIMEOUT": 1.0})
    for summary, code in ((say("- le", Gate()), "timeout_total"), (fail(401), "auth")):
        conversation = begun(studio, 60)
        answers(studio, summary, say("Voilà."))
        stream = studio.client.send("Salut", conversation_id=conversation)
        assert (stream.end().type, stream.text) == ("turn.completed", "Voilà.")
        assert steps_of(stream) == [("step.started", None), ("step.finished", code)]
        built = next(event for event in stream.events if event.type == "context.built")
        assert (built.data["dropped_messages"] > 0, built.data["summarised_messages"]) == (True, 0)


def test_a_prompt_that_is_too_long_all_the_same_is_sent_once_more(start_studio: StartStudio) -> None:
    studio = start_studio(chat=SMALL)
    conversation = begun(studio, 60)
    told = [fail(400, "context_length_exceeded"), say("Voilà.")]
    studio.model.choose = lambda call: say(SUMMARY) if is_summary(call) else told.pop(0)
    stream = studio.client.send("Salut", conversation_id=conversation)
    assert (stream.end().type, stream.text) == ("turn.completed", "Voilà.")
    _, first, second = (len(json.dumps(call.messages)) for call in studio.model.calls)
    assert second < 0.7 * first
    assert SUMMARY in studio.model.calls[-1].messages[0]["content"]
