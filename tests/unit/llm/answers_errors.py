"""Hostile inputs 1.6: failures told inside a stream, and bodies that are no stream."""

from __future__ import annotations

from typing import Any

from tests.hostile_server import DONE, choice, chunk, event, finish
from tests.unit.llm.rows import COUNTS, END, HI, row


def error(body: Any, name: str = "") -> bytes:
    return (b"event: " + name.encode() + b"\n" if name else b"") + event(body)


ERRORS = {
    "error object": row(
        HI, error({"error": {"message": "boom", "type": "x"}}), text="Hi", code="stream_error", detail="boom"
    ),
    "error as text": row(HI, error({"error": "boom"}), text="Hi", code="stream_error", detail="boom"),
    "error with choices and finish": row(
        HI,
        error({**choice({"content": "!"}, "error"), "error": {"code": 502, "message": "upstream"}}),
        DONE,
        text="Hi!",
        code="unavailable",
        detail="upstream",
    ),
    "code as a status 400": row(error({"error": {"code": 400, "message": "bad"}}), code="bad_request", model=None),
    "code as a status 429": row(
        error({"error": {"code": "429", "message": "slow down"}}), code="rate_limit", model=None
    ),
    "code as a status 401": row(error({"error": {"code": 401, "message": "no"}}), code="auth", model=None),
    "object error, old vLLM": row(
        error({"object": "error", "message": "boom", "code": 500}), code="server", model=None, detail="boom"
    ),
    "event error": row(error({"message": "boom", "type": "overloaded_error"}, "error"), code="overloaded", model=None),
    "event error with words": row(error(b"boom", "error"), code="stream_error", model=None, detail="boom"),
    "event error with text as JSON": row(error("boom", "error"), code="stream_error", model=None, detail="boom"),
    "detail": row(error({"detail": "boom"}), code="stream_error", model=None, detail="boom"),
    "message and code at the top": row(error({"code": 429, "message": "slow down"}), code="rate_limit", model=None),
    "error in the choice": row(
        HI,
        event({"choices": [{"index": 0, "delta": {}, "error": {"message": "boom"}}]}),
        text="Hi",
        code="stream_error",
        detail="boom",
    ),
    "error null": row(chunk("Hi", error=None), END, text="Hi"),
    "context_length_exceeded": row(
        error({"error": {"code": "context_length_exceeded", "message": "too long"}}), code="context_length", model=None
    ),
    "rate_limit_exceeded": row(
        error({"error": {"code": "rate_limit_exceeded", "message": "x"}}), code="rate_limit", model=None
    ),
    "insufficient_quota": row(
        error({"error": {"type": "insufficient_quota", "message": "x"}}), code="quota", model=None
    ),
    "tool_use_failed": row(
        error({"error": {"code": "tool_use_failed", "message": "x", "failed_generation": "y"}}),
        code="tool_generation_failed",
        model=None,
    ),
    "error after finish": row(HI, finish(), error({"error": "boom"}), text="Hi", code="stream_error"),
    "error with markup and a key": row(
        error({"error": {"message": "<b>No</b> <script>x</script> sk-abcdef123456"}}),
        code="stream_error",
        model=None,
        detail="No ***",
    ),
}

WHOLES = {
    "plain JSON completion": row(
        b'{"model":"test-model","choices":[{"index":0,"finish_reason":"stop","message":'
        b'{"role":"assistant","content":"Hi"}}],"usage":{"prompt_tokens":7,"completion_tokens":3}}',
        text="Hi",
        usage=COUNTS,
    ),
    "plain JSON with tool calls": row(
        b' {"model":"test-model","choices":[{"message":{"content":null,"tool_calls":['
        b'{"id":"a","function":{"name":"r","arguments":"{}"}},'
        b'{"id":"b","function":{"name":"w","arguments":{"p":1}}}]},"finish_reason":"stop"}]}',
        calls=(("r", "{}", False), ("w", '{"p": 1}', False)),
    ),
    "plain JSON without finish": row(
        b'{"model":"test-model","choices":[{"message":{"content":"Hi"}}]}', text="Hi", reason="other", raw=None
    ),
    "plain JSON, cut": row(b'{"id":"x","choices":[{"message":{"content":"Hi', code="connection_cut", model=None),
    "plain JSON error": row(b'{"error":{"message":"boom","code":503}}', code="unavailable", model=None, detail="boom"),
    "plain JSON error in a list": row(b'[{"error":{"message":"boom","code":400}}]', code="bad_request", model=None),
    "plain JSON, something else": row(b'{"hello": "world"}', code="bad_response", model=None),
    "a page": row(
        b"<!DOCTYPE html><html><title>Sign in</title></html>",
        code="bad_endpoint",
        model=None,
        detail="The server answered with a web page: Sign in",
    ),
    "plain words": row(b"Internal Server Error\n", code="bad_response", model=None, detail="Internal Server Error"),
    "plain words in an event": row(
        event(b"Internal Server Error"), code="bad_response", model=None, detail="Internal Server Error"
    ),
}
