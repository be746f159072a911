"""Every way in which a model's answer can go wrong ends in the right state, told, with the text that came."""

from __future__ import annotations

import gzip
import json
from dataclasses import dataclass

import pytest

from tests.live import API_KEY, StartStudio, Studio
from tests.streaming.model_server import CUT, Answer, Gate, Step, chunk, fail, page, say

pytestmark = pytest.mark.live


@dataclass(frozen=True)
class Ends:
    """How an answer ends: event, JSON status, code, text kept, attempts of each request, requests made."""

    event: str
    http: int
    code: str | None
    text: str = ""
    attempts: int = 1
    requests: int = 1


def told(value: object) -> bytes:
    """Something on the wire in place of a chunk."""
    return b"data: " + json.dumps(value).encode() + b"\n\n"


def open_end(*steps: Step) -> Answer:
    """An answer with nothing behind its steps."""
    return Answer(steps)


def gzipped(*texts: str) -> Answer:
    """A whole answer, compressed."""
    body = b"".join(told(chunk({"content": text})) for text in texts) + told(chunk({}, "stop")) + b"data: [DONE]\n\n"
    return Answer((gzip.compress(body),), headers={"Content-Type": "text/event-stream", "Content-Encoding": "gzip"})


FAILED = "turn.failed"
CUT_OFF = "turn.interrupted"
WHOLE = "turn.completed"
NOW = {"Retry-After": "0.01"}

TABLE: dict[str, tuple[Answer, Ends]] = {
    "401": (fail(401, "invalid_api_key"), Ends(FAILED, 502, "auth")),
    "403": (fail(403), Ends(FAILED, 502, "permission")),
    "404 model": (fail(404, "model_not_found", "The model `x` does not exist"), Ends(FAILED, 502, "model_not_found")),
    "404 path": (page("<h1>Not found</h1>", 404), Ends(FAILED, 502, "bad_endpoint")),
    "429": (fail(429, "rate_limit_exceeded", **NOW), Ends(FAILED, 503, "rate_limit", attempts=3)),
    "429 for an hour": (fail(429, "rate_limit_exceeded", **{"Retry-After": "3600"}), Ends(FAILED, 503, "rate_limit")),
    "429 quota": (fail(429, "insufficient_quota"), Ends(FAILED, 502, "quota")),
    "400 context": (fail(400, "context_length_exceeded"), Ends(FAILED, 502, "context_length", requests=2)),
    "400": (fail(400, "weird"), Ends(FAILED, 502, "bad_request")),
    "400 filtered": (fail(400, "content_filter", "The prompt was filtered"), Ends(FAILED, 502, "refused")),
    "400 its own call": (fail(400, "tool_use_failed"), Ends(FAILED, 502, "tool_generation_failed", requests=2)),
    "503 overloaded": (
        fail(503, "", "The engine is currently overloaded", **NOW),
        Ends(FAILED, 503, "overloaded", attempts=3),
    ),
    "500": (fail(500, **NOW), Ends(FAILED, 502, "server", attempts=3)),
    "503 loading": (
        fail(503, "unavailable_error", "Loading model", **NOW),
        Ends(FAILED, 503, "unavailable", attempts=3),
    ),
    "html 200": (page("<!doctype html><h1>Hi</h1>"), Ends(FAILED, 502, "bad_endpoint")),
    "empty 200": (open_end(), Ends(FAILED, 502, "bad_response")),
    "error in the stream": (
        open_end("un ", told({"error": {"message": "boom", "code": 500}})),
        Ends(CUT_OFF, 502, "server", "un "),
    ),
    "error as words": (open_end(told({"error": "boom"})), Ends(FAILED, 502, "stream_error")),
    "error of an old server": (
        open_end(told({"object": "error", "message": "boom", "code": 400})),
        Ends(FAILED, 502, "bad_request"),
    ),
    "detail": (open_end(told({"detail": "boom"})), Ends(FAILED, 502, "stream_error")),
    "key and markup in an error": (fail(400, "x", f"<b>No</b> {API_KEY}"), Ends(FAILED, 502, "bad_request")),
    "a page instead of a gateway": (
        Answer((b"<h1>502 Bad Gateway</h1>",), 502, {"Content-Type": "text/html", **NOW}),
        Ends(FAILED, 503, "unavailable", attempts=3),
    ),
    "redirect": (Answer((), 307, {"Location": "http://127.0.0.1:9/v1"}), Ends(FAILED, 502, "bad_endpoint")),
    "one completion": (
        Answer((json.dumps({"choices": [{"message": {"content": "un"}, "finish_reason": "stop"}]}).encode(),)),
        Ends(WHOLE, 200, None, "un"),
    ),
    "refusal": (say(chunk({"refusal": "Non."})), Ends(WHOLE, 200, None, "Non.")),
    "error event": (open_end("un ", b"event: error\n", told({"message": "boom"})), Ends(CUT_OFF, 502, None, "un ")),
    "cut": (open_end("un ", CUT), Ends(CUT_OFF, 502, "connection_cut", "un ")),
    "end without finish": (open_end("un "), Ends(CUT_OFF, 502, "connection_cut", "un ")),
    "length at once": (say(finish="length"), Ends(FAILED, 502, "length")),
    "length": (say("un ", finish="length"), Ends(CUT_OFF, 502, "length", "un ")),
    "content filter": (say("un ", finish="content_filter"), Ends(CUT_OFF, 502, "content_filter", "un ")),
    "content filter at once": (say(finish="content_filter"), Ends(FAILED, 502, "content_filter")),
    "nothing": (say(), Ends(FAILED, 502, "empty_answer")),
    "given up": (say("un ", finish="abort"), Ends(CUT_OFF, 502, "stream_error", "un ")),
    "a garbled call": (say(finish="MALFORMED_FUNCTION_CALL"), Ends(FAILED, 502, "tool_generation_failed", requests=2)),
    "unknown finish": (say("un", finish="eos"), Ends(WHOLE, 200, None, "un")),
    "null usage": (say("un", chunk(None, usage=None), usage=None), Ends(WHOLE, 200, None, "un")),
    "reasoning": (say(chunk({"reasoning_content": "hm"}), "un"), Ends(WHOLE, 200, None, "un")),
    "reasoning alone": (say(chunk({"reasoning_content": "hm"})), Ends(FAILED, 502, "empty_answer")),
    "gzip": (gzipped("un ", "deux"), Ends(WHOLE, 200, None, "un deux")),
    "crlf, comments, no done": (
        Answer(
            (
                b": PROCESSING\r\n\r\n",
                told(chunk({"content": "un"})).replace(b"\n", b"\r\n"),
                told(chunk({}, "stop")).replace(b"\n", b"\r\n"),
            )
        ),
        Ends(WHOLE, 200, None, "un"),
    ),
    "nul and half an emoji": (
        open_end(
            told(chunk({"content": "a\x00b"})),
            b'data: {"choices":[{"index":0,"delta":{"content":"\\ud83d"},"finish_reason":"stop"}]}\n\n',
            b"data: [DONE]\n\n",
        ),
        Ends(WHOLE, 200, None, "a\ufffdb\ufffd"),
    ),
}


def model_of(name: str) -> str:
    """A model of the case's own: what is learned of it concerns no other test."""
    return f"model-{name.replace(' ', '-')}"


@pytest.mark.parametrize("name", TABLE)
def test_as_events(studio: Studio, name: str) -> None:
    studio.model.answer, ends = TABLE[name]
    stream = studio.client.send("Salut", model=model_of(name))
    end = stream.end()
    assert (end.type, stream.text) == (ends.event, ends.text)
    message = studio.client.message(stream.conversation_id, stream.message_id)
    assert (message["content"], message["metadata"]) == (ends.text, end.data["metadata"])
    error = end.data["metadata"]["error"]
    if ends.http == 200:
        assert error is None
        return
    assert ends.code in {None, error["code"]}
    assert error["message"]
    assert end.data["metadata"]["finish_reason"]
    call = studio.client.get(f"/api/chat/messages/{stream.message_id}/calls").json()["calls"][0]
    assert (call["error"]["code"], call["attempts"]) == (error["code"], ends.attempts)
    assert len(studio.model.calls) == ends.attempts * ends.requests


@pytest.mark.parametrize("name", TABLE)
def test_as_json(studio: Studio, name: str) -> None:
    studio.model.answer, ends = TABLE[name]
    reply = studio.client.ask("Salut", model=model_of(name))
    body = reply.json()
    assert (reply.status, body["message"]["content"]) == (ends.http, ends.text)
    assert body["success"] is (ends.http == 200)
    if ends.code:
        assert body["error"]["code"] == ends.code == body["message"]["metadata"]["error"]["code"]
        said = body["error"]["message"]
        assert said == body["message"]["metadata"]["error"]["message"]
        assert ends.text or not any(word in said for word in ("conservé", "Continuer", "<", API_KEY))


def test_how_long_to_wait_is_said(studio: Studio) -> None:
    studio.model.answer = TABLE["429 for an hour"][0]
    assert "Retry-After: 3600 s" in studio.client.ask("Salut").json()["error"]["message"]


def test_a_stall(start_studio: StartStudio) -> None:
    studio = start_studio(env={"WEBOX_IDLE_TIMEOUT": "0.5", "WEBOX_FIRST_TOKEN_TIMEOUT": "3"})
    studio.model.answer = say("un ", Gate())
    stream = studio.client.send("Salut")
    end = stream.end()
    assert (end.type, end.data["metadata"]["error"]["code"]) == ("turn.interrupted", "timeout_stall")
    assert stream.text == "un "
    assert studio.model.calls[-1].ended.wait(10)
    studio.model.answer = say(*[b": keep-alive\n\n", 0.1] * 300)
    reply = studio.client.ask("Salut")
    assert (reply.status, reply.code) == (504, "timeout_first_byte")


def test_an_answer_without_end(start_studio: StartStudio) -> None:
    studio = start_studio(env={"WEBOX_TURN_TIMEOUT": "1"})
    studio.model.answer = say("un ", *[b": keep-alive\n\n", 0.1] * 100)
    reply = studio.client.ask("Salut")
    assert (reply.status, reply.code, reply.json()["message"]["content"]) == (504, "timeout_total", "un ")


def test_an_answer_that_is_too_large(start_studio: StartStudio) -> None:
    studio = start_studio(chat={"MAX_ANSWER_CHARACTERS": 100})
    studio.model.answer = say(*["x" * 60] * 50, Gate())
    reply = studio.client.ask("Salut")
    assert reply.code == "too_large"
    assert reply.json()["message"]["status"] == "interrupted"
    assert 100 < len(reply.json()["message"]["content"]) <= 3000


def test_nobody_answers(start_studio: StartStudio) -> None:
    studio = start_studio(env={"OPENAI_BASE_URL": "http://127.0.0.1:9/v1"})
    reply = studio.client.ask("Salut")
    assert (reply.status, reply.code) == (502, "connection")


def test_no_key(start_studio: StartStudio) -> None:
    studio = start_studio(env={"OPENAI_BASE_URL": "", "OPENAI_API_KEY": ""})
    reply = studio.client.ask("Salut")
    assert (reply.status, reply.code) == (503, "missing_api_key")
    given = "⚠️ Clé API OpenAI non configurée. Veuillez ajouter OPENAI_API_KEY dans votre fichier .env"
    assert reply.json()["error"]["message"] == given
    assert studio.client.get("/api/chat/models").json()["error"]["code"] == "missing_api_key"


def test_a_retry_before_the_first_token_is_seen_by_nobody(studio: Studio) -> None:
    studio.model.queue(fail(503, "", "Loading model", **NOW), say("un"))
    stream = studio.client.send("Salut")
    assert (stream.end().type, stream.text) == ("turn.completed", "un")
    call = studio.client.get(f"/api/chat/messages/{stream.message_id}/calls").json()["calls"][0]
    assert (call["attempts"], call["status"], call["retries"][0]["code"]) == (2, 200, "unavailable")


def test_after_the_first_token_nothing_is_sent_again(studio: Studio) -> None:
    studio.model.queue(say("un ", CUT), say("deux"))
    stream = studio.client.send("Salut")
    assert stream.end().type == "turn.interrupted"
    assert len(studio.model.calls) == 1
