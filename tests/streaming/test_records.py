"""What is kept of a turn: metadata, the model's calls whole, the receipt.  Never a key."""

from __future__ import annotations

import subprocess
import sys
from typing import Any

import pytest

from tests.live import API_KEY, StartStudio, Studio, eventually
from tests.streaming.databases import ROOT, environment
from tests.streaming.model_server import CUT, chunk, fail, page, say

pytestmark = pytest.mark.live
METADATA = {
    "model",
    "prompt_tokens",
    "completion_tokens",
    "cached_tokens",
    "reasoning_tokens",
    "estimated",
    "duration_ms",
    "first_token_ms",
    "cost",
    "finish_reason",
    "error",
    "notice",
}
CALL = {
    "id",
    "provider",
    "model",
    "base_url",
    "request",
    "parameters",
    "usage",
    "cost",
    "status",
    "attempts",
    "started_at",
    "first_token_ms",
    "duration_ms",
    "finish_reason",
    "error",
}


def answered(studio: Studio, content: str = "Salut", **fields: Any) -> dict[str, Any]:
    """The answer to a message, as JSON callers get it."""
    reply = studio.client.ask(content, **fields)
    return dict(reply.json()["message"])


def calls_of(studio: Studio, message_id: int) -> list[dict[str, Any]]:
    """The calls of an answer."""
    return list(studio.client.get(f"/api/chat/messages/{message_id}/calls").json()["calls"])


def test_metadata_of_an_answer(studio: Studio) -> None:
    studio.model.answer = say("un", 0.05, "deux")
    metadata = answered(studio)["metadata"]
    assert metadata.keys() == METADATA
    assert (metadata["model"], metadata["finish_reason"], metadata["error"]) == ("gpt-4-turbo", "stop", None)
    assert (metadata["prompt_tokens"], metadata["completion_tokens"], metadata["estimated"]) == (1000, 500, False)
    assert 0 < metadata["first_token_ms"] <= metadata["duration_ms"] < 20_000


def test_the_given_prices(studio: Studio) -> None:
    """gpt-4-turbo: $0.01 and $0.03 per 1000 tokens."""
    message = answered(studio)
    assert float(message["metadata"]["cost"]) == pytest.approx(0.01 + 0.015)
    assert float(calls_of(studio, message["id"])[0]["cost"]) == pytest.approx(0.025)


def test_details_of_the_usage(studio: Studio) -> None:
    usage = {
        "prompt_tokens": 1000,
        "completion_tokens": 100,
        "prompt_tokens_details": {"cached_tokens": 400},
        "completion_tokens_details": {"reasoning_tokens": 60},
    }
    studio.model.answer = say("un", usage=usage)
    metadata = answered(studio)["metadata"]
    assert (metadata["cached_tokens"], metadata["reasoning_tokens"]) == (400, 60)


def test_an_unknown_price_is_null(studio: Studio) -> None:
    studio.model.answer = say(chunk({"content": "un"}, model="some-model"), usage=None)
    studio.model.choose = lambda call: say(
        {"model": "some-model", "choices": [{"index": 0, "delta": {"content": "un"}, "finish_reason": None}]}
    )
    metadata = answered(studio, model="some-model")["metadata"]
    assert metadata["cost"] is None


def test_without_usage_we_count_and_say_so(studio: Studio) -> None:
    studio.model.answer = say("Bonjour le monde", usage=None)
    message = answered(studio, "Combien de jetons ?")
    metadata = message["metadata"]
    assert metadata["estimated"] is True
    assert 50 < metadata["prompt_tokens"] < 20_000
    assert 2 <= metadata["completion_tokens"] <= 6
    assert float(metadata["cost"]) == pytest.approx(
        metadata["prompt_tokens"] * 0.01 / 1000 + metadata["completion_tokens"] * 0.03 / 1000
    )
    assert message["usage"]["estimated"] is True


def test_a_cut_answer_is_counted_too(studio: Studio) -> None:
    studio.model.answer = say("Bonjour le monde", CUT)
    metadata = answered(studio)["metadata"]
    assert (metadata["estimated"], metadata["error"]["code"]) == (True, "connection_cut")
    assert metadata["completion_tokens"] > 0


def test_a_refused_request_cost_nothing_that_we_know(studio: Studio) -> None:
    studio.model.answer = fail(401)
    metadata = answered(studio)["metadata"]
    assert metadata.keys() == METADATA
    assert (metadata["prompt_tokens"], metadata["completion_tokens"], metadata["cost"]) == (None, None, None)
    assert metadata["first_token_ms"] is None


@pytest.mark.parametrize("seconds", [0, 0.6], ids=["written once", "written while it runs and again at its end"])
def test_a_call_is_kept_whole(studio: Studio, seconds: float) -> None:
    studio.model.answer = say("un", seconds, "deux")
    message = answered(studio, "Que dit " + "é" * 5000)
    (call,) = calls_of(studio, message["id"])
    assert call.keys() >= CALL
    assert call["request"] == studio.model.calls[0].body
    assert call["request"]["messages"][-1]["content"] == "Que dit " + "é" * 5000
    assert call["parameters"]["stream"] is True
    assert (call["status"], call["attempts"], call["finish_reason"], call["error"]) == (200, 1, "stop", None)
    assert call["base_url"] == studio.model.url
    assert call["usage"]["prompt_tokens"] == 1000


def test_a_call_is_kept_whole_while_it_runs(studio: Studio) -> None:
    """Should the server die now, what it had sent is known: the tools, too."""
    studio.model.answer = say("un", 60.0, "deux")
    stream = studio.client.send("Que dit " + "é" * 5000)
    stream.until_text("un")
    (call,) = eventually(lambda: calls_of(studio, stream.message_id))
    assert call["request"] == studio.model.calls[0].body
    assert call["request"]["tools"]
    assert call["finish_reason"] == ""
    studio.client.post(f"/api/chat/messages/{stream.message_id}/stop")
    assert stream.end().type == "turn.stopped"
    (call,) = calls_of(studio, stream.message_id)
    assert call["request"] == studio.model.calls[0].body
    assert call["finish_reason"] == "stopped"


def test_the_receipt_says_what_the_model_was_given(studio: Studio) -> None:
    message = answered(studio, "Que fait script.js ?")
    receipt = studio.client.get(f"/api/chat/messages/{message['id']}/receipt").json()
    assert receipt["tokens"] == sum(part["tokens"] for part in receipt["parts"])
    assert {"system", "map", "request", "file"} <= {part["kind"] for part in receipt["parts"]}
    why = {part["path"]: part["why"] for part in receipt["parts"] if part["kind"] == "file"}
    assert why["script.js"] == "mentioned"
    sent = studio.model.calls[0].messages[0]["content"]
    assert all(path in sent for path in why)
    assert message["context"]["files"] == [
        {key: part[key] for key in ("path", "tokens", "why")} for part in receipt["parts"] if part["kind"] == "file"
    ]


def test_what_the_person_looks_at_goes_first(studio: Studio) -> None:
    selection = {"path": "style.css", "text": "body { color: red }", "from_line": 3, "to_line": 4}
    message = answered(studio, "Et ça ?", context={"open_file": "script.js", "selection": selection})
    receipt = studio.client.get(f"/api/chat/messages/{message['id']}/receipt").json()
    files = [part for part in receipt["parts"] if part["kind"] == "file"]
    assert (files[0]["path"], files[0]["why"]) == ("script.js", "open")
    assert "body { color: red }" in studio.model.calls[0].prompt
    assert "style.css:3-4" in studio.model.calls[0].prompt


def test_totals_of_a_conversation(studio: Studio) -> None:
    first = studio.client.ask("Un").json()
    studio.client.ask("Deux", conversation_id=first["conversation_id"])
    totals = studio.client.get(f"/api/chat/conversations/{first['conversation_id']}/messages").json()["totals"]
    assert (totals["prompt_tokens"], totals["completion_tokens"]) == (2000, 1000)
    assert float(totals["cost"]) == pytest.approx(0.05)


def test_the_key_is_sent_and_never_kept(start_studio: StartStudio) -> None:
    studio = start_studio()
    echo = f"Incorrect API key provided: {API_KEY}."
    bodies = []
    for answer in (
        say("un"),
        fail(401, "invalid_api_key", echo),
        fail(400, "", f"Authorization: Bearer {API_KEY}"),
        page(f"<p>{API_KEY}</p>"),
        say("un ", b'data: {"error": {"message": "%s"}}\n\n' % echo.encode()),
    ):
        studio.model.answer = answer
        reply = studio.client.ask("Salut")
        message_id = reply.json()["message"]["id"]
        bodies += [reply.body, str(calls_of(studio, message_id)).encode()]
        bodies.append(studio.client.get(f"/api/chat/messages/{message_id}/receipt").body)
    bodies.append(studio.client.get("/api/chat/models").body)
    assert all(call.headers["authorization"] == f"Bearer {API_KEY}" for call in studio.model.calls)
    assert not any(API_KEY.encode() in body for body in bodies)
    assert API_KEY not in studio.log_text()
    assert_not_in_the_database(studio)


def assert_not_in_the_database(studio: Studio) -> None:
    """In no byte of the file, and in no request that is kept compressed."""
    studio.terminate()
    studio.wait_gone()
    for path in studio.sqlite_path.parent.glob(f"{studio.sqlite_path.name}*"):
        assert API_KEY.encode() not in path.read_bytes()
    code = (
        "import json, django; django.setup()\n"
        "from chat.models import ModelCall\n"
        "for call in ModelCall.objects.all(): print(json.dumps([call.request, call.parameters, call.error]))"
    )
    settings = {"DATABASE_URL": studio.database_url, "DJANGO_SETTINGS_MODULE": "webox.settings"}
    done = subprocess.run(
        [sys.executable, "-c", code], cwd=ROOT, env=environment(**settings), capture_output=True, text=True, check=True
    )
    assert len(done.stdout.splitlines()) == 5
    assert API_KEY not in done.stdout
