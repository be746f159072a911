"""Retry asks again, continue goes on, an edit takes the message's place; what was there before is kept, hidden."""

from __future__ import annotations

import pytest

from chat.context.prompt import CONTINUE
from tests.live import Studio
from tests.streaming.client import Stream
from tests.streaming.model_server import CUT, Gate, chunk, fail, say

pytestmark = pytest.mark.live
UNKNOWN = 10**9


def ask(studio: Studio, content: str = "Salut", **fields: object) -> Stream:
    """A message with its whole answer."""
    stream = studio.client.send(content, **fields)
    stream.end()
    return stream


def contents(studio: Studio, conversation_id: int) -> list[str]:
    """What the conversation shows."""
    return [message["content"] for message in studio.client.messages(conversation_id)]


def test_retry_takes_the_place_of_the_answer(studio: Studio) -> None:
    studio.model.queue(say("une fausse"), say("une bonne"))
    first = ask(studio)
    again = studio.client.again(first.message_id, "retry")
    assert again.end().type == "turn.completed"
    assert (again.message_id, again.text) == (again.events[0].data["message_id"], "une bonne")
    assert contents(studio, first.conversation_id) == ["Salut", "une bonne"]
    message = studio.client.message(first.conversation_id, again.message_id)
    assert message["replaces"] == first.message_id
    assert studio.model.calls[0].messages == studio.model.calls[1].messages
    assert studio.client.message(first.conversation_id, first.message_id)["content"] == "une fausse"


def test_retry_after_a_failure_with_another_model(studio: Studio) -> None:
    studio.model.queue(fail(404, "model_not_found"), say("voilà"))
    first = studio.client.send("Salut")
    assert first.end().type == "turn.failed"
    reply = studio.client.act(first.message_id, "retry", {"model": "other"})
    assert (reply.status, reply.json()["message"]["content"]) == (200, "voilà")
    assert studio.model.calls[-1].body["model"] == "other"


def test_continue_goes_on_from_a_cut_text(studio: Studio) -> None:
    studio.model.queue(say("Il était une ", CUT), say("fois."))
    first = studio.client.send("Conte")
    assert first.end().type == "turn.interrupted"
    again = studio.client.again(first.message_id, "continue")
    assert again.end().type == "turn.completed"
    sent = studio.model.calls[-1].messages
    assert [m["role"] for m in sent] == ["system", "user", "assistant", "user"]
    assert [m["content"] for m in sent[1:]] == ["Conte", "Il était une ", CONTINUE["fr"]]
    message = studio.client.message(first.conversation_id, again.message_id)
    assert (message["content"], message["continues"]) == ("fois.", first.message_id)


def test_a_text_continued_twice_is_sent_as_one(studio: Studio) -> None:
    studio.model.queue(say("un, ", CUT), say("deux, ", chunk({}, "length")), say("trois"), say("quatre"))
    first = ask(studio)
    second = studio.client.again(first.message_id, "continue")
    assert second.end().data["metadata"]["error"]["code"] == "length"
    third = studio.client.again(second.message_id, "continue")
    third.end()
    assert [m["content"] for m in studio.model.calls[-1].messages[1:]] == ["Salut", "un, deux, ", CONTINUE["fr"]]
    ask(studio, "Et après ?", conversation_id=first.conversation_id)
    assert [m["content"] for m in studio.model.calls[-1].messages[1:]] == ["Salut", "un, deux, trois", "Et après ?"]


def test_continue_a_stopped_text(studio: Studio) -> None:
    gate = Gate()
    studio.model.queue(say("un ", gate), say("deux"))
    first = studio.client.send("Salut")
    first.until_text("un ")
    studio.client.act(first.message_id, "stop")
    assert studio.client.act(first.message_id, "continue").json()["message"]["content"] == "deux"


def test_what_cannot_be_continued(studio: Studio) -> None:
    whole = ask(studio)
    assert studio.client.act(whole.message_id, "continue").code == "not_continuable"
    studio.model.answer = fail(401)
    failed = studio.client.send("Salut", conversation_id=whole.conversation_id)
    failed.end()
    reply = studio.client.act(failed.message_id, "continue")
    assert (reply.status, reply.code) == (409, "not_continuable")


@pytest.mark.parametrize("what", ["retry", "continue"])
def test_only_the_last_answer(studio: Studio, what: str) -> None:
    studio.model.answer = say("un ", CUT)
    first = ask(studio)
    question = studio.client.messages(first.conversation_id)[0]["id"]
    ask(studio, "Encore", conversation_id=first.conversation_id)
    reply = studio.client.act(first.message_id, what)
    assert (reply.status, reply.code) == (409, "not_last")
    assert studio.client.act(question, what).code in {"not_last", "not_found"}
    assert studio.client.act(UNKNOWN, what).status == 404


def test_an_edit_takes_the_place_of_the_message(studio: Studio) -> None:
    studio.model.queue(say("zéro"), say("faux"), say("bon"))
    before = ask(studio, "Avant")
    first = ask(studio, "Salt", conversation_id=before.conversation_id)
    question = first.started["user_message_id"]
    edited = ask(studio, "Salut", conversation_id=before.conversation_id, replaces=question)
    assert contents(studio, before.conversation_id) == ["Avant", "zéro", "Salut", "bon"]
    assert [m["content"] for m in studio.model.calls[-1].messages[1:]] == ["Avant", "zéro", "Salut"]
    shown = studio.client.message(before.conversation_id, edited.started["user_message_id"])
    assert shown["replaces"] == question
    everything = studio.client.messages(before.conversation_id, "?replaced=1")
    assert [m["content"] for m in everything] == ["Avant", "zéro", "Salt", "faux", "Salut", "bon"]
    counted = studio.client.get(f"/api/chat/conversations/{before.conversation_id}/messages").json()
    assert counted["conversation"]["message_count"] == 4


def test_only_the_last_message_can_be_edited(studio: Studio) -> None:
    first = ask(studio, "Un")
    question = first.started["user_message_id"]
    ask(studio, "Deux", conversation_id=first.conversation_id)
    for replaces in (question, first.message_id, UNKNOWN):
        reply = studio.client.ask("Trois", conversation_id=first.conversation_id, replaces=replaces)
        assert (reply.status, reply.code) == (409, "not_last")
    assert len(contents(studio, first.conversation_id)) == 4


@pytest.mark.parametrize("what", ["retry", "continue"])
def test_asking_again_twice_is_asking_once(studio: Studio, what: str) -> None:
    studio.model.queue(say("un ", CUT), say("deux"))
    first = ask(studio)
    body = {"client_id": "7b7c1a52-0d6f-4c1f-9a55-0d9ad0c3f001"}
    replies = [studio.client.act(first.message_id, what, body) for _ in range(2)]
    assert replies[0].json()["message"] == replies[1].json()["message"]
    assert len(studio.model.calls) == 2
