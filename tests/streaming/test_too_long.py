"""A prompt that is too long for its server: shorter once, by itself; and one that was cut without a word is told."""

from __future__ import annotations

import json
from typing import Any

import pytest

from tests.live import Studio
from tests.streaming.model_server import SMALL_MODEL, Answer, Call, fail, say

pytestmark = pytest.mark.live

DIALECTS = {
    "openai": fail(400, "context_length_exceeded"),
    "llama.cpp": fail(400, "exceed_context_size_error", "the request exceeds the available context size"),
    "words alone": fail(400, "", "This model's maximum context length is 8192 tokens."),
    "lm studio": fail(400, "", "n_keep >= n_ctx"),
    "lm studio, overflow": fail(
        400,
        "",
        "Trying to keep the first 9000 tokens when context the overflows. However, the model is loaded with context "
        "length of only 4096 tokens, which is not enough.",
    ),
    "xai": fail(400, "", "This model's maximum prompt length is 4096 but the request contains 9000 tokens."),
    "tgi": fail(422, "", "`inputs` tokens + `max_new_tokens` must be <= 4097. Given: 9000 `inputs` tokens"),
    "413": fail(413),
}


def sizes(studio: Studio) -> list[int]:
    """The length of each request's messages."""
    return [len(json.dumps(call.body["messages"])) for call in studio.model.calls]


@pytest.mark.parametrize("dialect", DIALECTS)
def test_the_same_is_asked_once_more_and_much_shorter(studio: Studio, dialect: str) -> None:
    studio.model.queue(DIALECTS[dialect], say("Voilà."))
    stream = studio.client.send("Que fait script.js ?", model=f"window-{dialect.replace(' ', '-')}")
    assert stream.end().type == "turn.completed"
    assert stream.text == "Voilà."
    first, second = sizes(studio)
    assert second < 0.7 * first
    built = [event.data for event in stream.events if event.type == "context.built"]
    assert len(built) == 2
    assert built[1]["tokens"] < built[0]["tokens"]
    calls = studio.client.get(f"/api/chat/messages/{stream.message_id}/calls").json()["calls"]
    assert [(call["error"] or {}).get("code") for call in calls] == ["context_length", None]
    assert studio.client.message(stream.conversation_id, stream.message_id)["content"] == "Voilà."


def test_what_was_too_long_once_is_not_sent_again(studio: Studio) -> None:
    studio.model.queue(fail(400, "context_length_exceeded"), say("un"), say("deux"))
    for _ in range(2):
        assert studio.client.send("Que fait script.js ?", model="small-window").end().type == "turn.completed"
    first, _, third = sizes(studio)
    assert len(sizes(studio)) == 3
    assert third < first


def test_after_one_refusal_that_names_the_window_everything_fits(studio: Studio) -> None:
    """The server counts a token for each three characters, and takes so many of them, answer included."""
    window = 3_600

    def choose(call: Call) -> Answer | None:
        counted = len(json.dumps([*call.messages, *call.body.get("tools", ())])) // 3
        if counted <= window:
            return None
        return fail(
            400,
            "context_length_exceeded",
            f"This model's maximum context length is {window} tokens. "
            f"However, your messages resulted in {counted} tokens.",
        )

    studio.model.choose = choose
    for number in range(4):
        assert studio.client.send(f"Que fait script.js ? {number}", model="named-window").end().type == "turn.completed"
    first, *others = sizes(studio)
    assert len(others) == 4
    # what fits is used: nothing is halved blindly
    assert all(0.3 * first < size < first for size in others)


def test_a_window_that_the_list_of_models_tells_is_kept_to_from_the_first_request(studio: Studio) -> None:
    for model in (SMALL_MODEL, "unlisted"):
        assert studio.client.send("Que fait script.js ?", model=model).end().type == "turn.completed"
    small, whole = sizes(studio)
    assert small < 0.8 * whole


def test_too_long_twice_is_told(studio: Studio) -> None:
    studio.model.queue(*[fail(400, "context_length_exceeded")] * 2)
    reply = studio.client.ask("Salut", model="tiny-window")
    assert (reply.status, reply.code) == (502, "context_length")
    assert len(studio.model.calls) == 2


@pytest.mark.parametrize(("counted", "notice"), [(900, "prompt_cut"), (100_000, None), (None, None)])
def test_a_server_that_read_only_a_part_is_told_of(studio: Studio, counted: int | None, notice: str | None) -> None:
    usage: dict[str, Any] = {"prompt_tokens": counted, "completion_tokens": 1} if counted else {}
    studio.model.queue(say("Oui", usage=usage or None))
    stream = studio.client.send("Que fait script.js ?", model=f"cutter-{counted}")
    assert stream.end().data["metadata"]["notice"] == notice
