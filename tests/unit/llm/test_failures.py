"""What servers say when they fail (hostile inputs 1.6), as errors of the tree."""

from __future__ import annotations

import json
import time
from typing import Any

import pytest

from chat.llm.errors import CODES, Busy, ModelError, Refused, ToolsRefused, model_error
from chat.llm.failures import clean_detail, error_from_event, error_from_status, not_an_answer, retry_after


def openai(message: str, code: Any = None, kind: str = "invalid_request_error") -> bytes:
    return json.dumps({"error": {"message": message, "type": kind, "param": None, "code": code}}).encode()


STATUSES = [
    ("401", 401, openai("Incorrect API key provided: sk-abc123456789.", "invalid_api_key"), "auth"),
    ("401 HTML", 401, b"<html><h1>Unauthorized</h1></html>", "auth"),
    ("403", 403, openai("Country not supported", "unsupported_country_region_territory"), "permission"),
    (
        "404 model",
        404,
        openai("The model `gpt-9` does not exist or you do not have access", "model_not_found"),
        "model_not_found",
    ),
    (
        "404 model, Ollama",
        404,
        b'{"error":{"message":"model \\"x\\" not found, try pulling it first"}}',
        "model_not_found",
    ),
    ("404 path", 404, b'{"detail":"Not Found"}', "bad_endpoint"),
    ("404 page", 404, b"<html><title>404 Not Found</title></html>", "bad_endpoint"),
    ("404 empty", 404, b"", "bad_endpoint"),
    ("405", 405, b'{"detail":"Method Not Allowed"}', "bad_endpoint"),
    ("307", 307, b"", "bad_endpoint"),
    ("308", 308, b"", "bad_endpoint"),
    ("400", 400, openai("messages[0].role: unknown"), "bad_request"),
    ("400 plain words", 400, b"no", "bad_request"),
    (
        "400 Gemini key",
        400,
        (
            b'[{"error":{"code":400,"message":"API key not valid. Please pass a valid API key.",'
            b'"details":[{"reason":"API_KEY_INVALID"}]}}]'
        ),
        "auth",
    ),
    (
        "context, OpenAI",
        400,
        openai(
            "This model's maximum context length is 8192 tokens. However, your messages resulted in 9000 tokens.",
            "context_length_exceeded",
        ),
        "context_length",
    ),
    (
        "context, llama.cpp",
        400,
        (
            b'{"error":{"code":400,"message":"request (9031 tokens) exceeds the available context '
            b'size (8192 tokens), try increasing it","type":"exceed_context_size_error"}}'
        ),
        "context_length",
    ),
    (
        "context, vLLM",
        400,
        b'{"object":"error","message":"This model\'s maximum context length is 4096 tokens.","code":400}',
        "context_length",
    ),
    (
        "context, LM Studio",
        400,
        (
            b'{"error":"The number of tokens to keep from the initial prompt is greater than the '
            b'context length (n_keep: 5000>= n_ctx: 4096)"}'
        ),
        "context_length",
    ),
    ("context, LM Studio short", 400, b'{"error":"n_keep >= n_ctx"}', "context_length"),
    (
        "context, Anthropic",
        400,
        (
            b'{"type":"error","error":{"type":"invalid_request_error","message":"prompt is too long: '
            b'210000 tokens > 200000 maximum"}}'
        ),
        "context_length",
    ),
    (
        "context, LM Studio, overflow",
        400,
        (
            b'{"error":"Trying to keep the first 15857 tokens when context the overflows. However, the model is loaded '
            b"with context length of only 4096 tokens, which is not enough. Try to load the model with a larger "
            b'context length, or provide a shorter input"}'
        ),
        "context_length",
    ),
    (
        "context, xAI",
        400,
        (
            b'{"code":"Client specified an invalid argument","error":"This model\'s maximum prompt length is 131072 '
            b'but the request contains 136973 tokens."}'
        ),
        "context_length",
    ),
    (
        "context, TGI",
        422,
        (
            b'{"error":"Input validation error: `inputs` tokens + `max_new_tokens` must be <= 4097. Given: 5000 '
            b'`inputs` tokens and 512 `max_new_tokens`","error_type":"validation"}'
        ),
        "context_length",
    ),
    (
        "context, TGI, input alone",
        422,
        b'{"error":"Input validation error: `inputs` must have less than 1024 tokens. Given: 1500"}',
        "context_length",
    ),
    (
        "context, Together",
        422,
        (
            b'{"error":{"message":"Input validation error: `inputs` tokens + `max_new_tokens` must be \\u003c= 4097. '
            b'Given: 5000 `inputs` tokens and 512 `max_new_tokens`"}}'
        ),
        "context_length",
    ),
    (
        "context, Together as 403",
        403,
        openai("Input token count + `max_tokens` parameter exceeds model context length"),
        "context_length",
    ),
    ("context, Groq", 400, openai("Please reduce the length of the messages or completion."), "context_length"),
    ("context, Moonshot", 400, openai("Your request exceeded model token limit: 8192"), "context_length"),
    (
        "an answer too long to ask for, OpenAI",
        400,
        openai("max_tokens is too large: 9000. This model supports at most 4096 completion tokens."),
        "bad_request",
    ),
    (
        "an answer too long to ask for, TGI",
        422,
        b'{"error":"Input validation error: `max_new_tokens` must be <= 192. Given: 500"}',
        "bad_request",
    ),
    ("inputs of another kind", 422, openai("`inputs` must be a string or a list of messages"), "bad_request"),
    ("403 for the first tokens", 403, openai("Keep the first tokens of your plan secret"), "permission"),
    ("context, as 413", 413, b"Payload Too Large", "context_length"),
    ("context, as 500", 500, b'{"error":"the request exceeds the available context size"}', "context_length"),
    ("429", 429, openai("Rate limit reached for gpt-4", "rate_limit_exceeded", "requests"), "rate_limit"),
    ("429 page", 429, b"<html>slow down</html>", "rate_limit"),
    (
        "429 quota",
        429,
        openai("You exceeded your current quota, please check your plan", "insufficient_quota"),
        "quota",
    ),
    ("402", 402, b'{"error":{"message":"Insufficient Balance"}}', "quota"),
    ("500", 500, openai("The server had an error", None, "server_error"), "server"),
    ("502 HTML", 502, b"<html><center><h1>502 Bad Gateway</h1></center></html>", "unavailable"),
    ("503 loading", 503, b'{"error":{"code":503,"message":"Loading model","type":"unavailable_error"}}', "unavailable"),
    ("503 overloaded", 503, openai("The engine is currently overloaded, please try again later"), "overloaded"),
    ("504", 504, b"", "unavailable"),
    ("522 Cloudflare", 522, b"<html></html>", "unavailable"),
    ("529", 529, b'{"type":"error","error":{"type":"overloaded_error","message":"Overloaded"}}', "overloaded"),
    ("408", 408, b"", "unavailable"),
    ("418", 418, b"teapot", "bad_request"),
    (
        "tool_use_failed",
        400,
        openai("Failed to call a function. See 'failed_generation'", "tool_use_failed"),
        "tool_generation_failed",
    ),
    ("content filter", 400, openai("The response was filtered", "content_filter"), "refused"),
    (
        "422 pydantic",
        422,
        (
            b'{"detail":[{"type":"extra_forbidden","loc":["body","stream_options"],'
            b'"msg":"Extra inputs are not permitted"}]}'
        ),
        "bad_request",
    ),
]


@pytest.mark.parametrize(("status", "body", "code"), [row[1:] for row in STATUSES], ids=[row[0] for row in STATUSES])
def test_status(status: int, body: bytes, code: str) -> None:
    error = error_from_status(status, body, {})
    assert (error.code, error.status) == (code, status)
    assert "<h" not in error.detail
    assert "sk-abc" not in error.detail


@pytest.mark.parametrize(
    "message",
    [
        "registry.ollama.ai/library/gemma:latest does not support tools",
        "Function calling is not supported with this model",
        '"auto" tool choice requires --enable-auto-tool-choice and --tool-call-parser to be set',
        "tools param requires --jinja flag",
        "Unrecognized request argument supplied: tools; tools is not permitted",
        "This model does not support function calling",
    ],
)
def test_a_refusal_of_tools_is_told_apart(message: str) -> None:
    error = error_from_status(400, openai(message), {})
    assert isinstance(error, ToolsRefused)
    assert error.code == "bad_request"


NOW = 1_760_000_000.0


@pytest.mark.parametrize(
    ("milliseconds", "value", "seconds"),
    [
        (None, "7", 7.0),
        (None, "0.5", 0.5),
        (None, "1.5s", 1.5),
        ("1500", "9", 1.5),
        ("nonsense", "9", 9.0),
        (None, "3600", 3600.0),
        (None, "99999999999", 86400.0),
        (None, "-5", 0.0),
        (None, "Thu, 09 Oct 2025 08:53:30 GMT", 10.0),
        (None, "Thu, 09 Oct 2020 08:53:30 GMT", 0.0),
        (None, "soon", None),
        (None, "", None),
        (None, None, None),
        (None, "nan", None),
        (None, "inf", None),
        (None, "Thu, 99 Oct 2025 99:53:30 GMT", None),
    ],
)
def test_retry_after(milliseconds: str | None, value: str | None, seconds: float | None) -> None:
    assert retry_after(milliseconds, value, now=NOW) == seconds


def test_the_wait_is_in_the_error() -> None:
    assert error_from_status(429, b"", {"retry-after": "3"}).retry_after == 3.0
    assert error_from_event({"error": {"code": 429, "message": "x", "retry_after": 4}}).retry_after == 4.0


@pytest.mark.parametrize(("wait", "told"), [("3600", "Retry-After: 3600 s. slow"), ("0.4", "slow"), ("soon", "slow")])
def test_a_person_is_told_how_long_to_wait(wait: str, told: str) -> None:
    assert error_from_status(429, b'{"error": "slow"}', {"retry-after": wait}).detail == told


def test_details_are_clean() -> None:
    dirty = (
        "<style>p{}</style><p>Key my-secret-value is <b>bad</b>, Bearer abc.def and sk-proj-1234567890\n\n"
        "or AIzaSyA1234567890\x00 <!-- hidden --> <unclosed"
    )
    clean = clean_detail(dirty, ("my-secret-value",))
    assert clean == "Key *** is bad , *** and *** or ***\ufffd <unclosed"


def test_details_are_short_and_quick() -> None:
    for filler in ("<", "<a", "context length ", "tool ", "<script", "<!--", "sk-", "model "):
        start = time.process_time()
        error = error_from_status(400, (filler * 5_000_000)[:5_000_000].encode(), {})
        assert len(error.detail) <= 500
        assert time.process_time() - start < 2


def test_deep_nesting_in_an_error() -> None:
    assert error_from_status(500, b'{"error":' * 10_000, {}).code == "server"


@pytest.mark.parametrize(
    ("body", "code"), [(b" <html>Sign in</html>", "bad_endpoint"), (b"", "bad_response"), (b"hello", "bad_response")]
)
def test_a_success_that_is_no_answer(body: bytes, code: str) -> None:
    assert not_an_answer(body).code == code


def test_every_code_has_one_family() -> None:
    for code in CODES:
        assert model_error(code).code == code
    with pytest.raises(KeyError):
        model_error("nonsense")
    with pytest.raises(ValueError, match="no code"):
        Busy("auth")
    assert issubclass(Refused, ModelError)
