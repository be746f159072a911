"""From what a server said when it failed to an error of our tree.

Servers agree on nothing here: `{"error": {…}}`, `{"error": "…"}`, `{"object": "error"}`, `{"detail": …}`, a page
of HTML.  The status decides where it is clear; the words decide where servers use one status for many things.
"""

from __future__ import annotations

import json
import math
import re
import time
from collections.abc import Mapping
from email.utils import parsedate_to_datetime
from typing import Any, NamedTuple

from .cleaning import clean
from .errors import DETAIL_CHARACTERS, Broken, ModelError, Refused, ToolsRefused, model_error
from .named_window import named_window

MAX_RETRY_AFTER = 24 * 3600.0
MAX_ERROR_BYTES = 64 * 1024

_TAGS = re.compile(r"<(script|style)\b.*?(</\1\s*>|$)|<!--.*?(-->|$)|<[^<>]{0,2000}>", re.DOTALL | re.IGNORECASE)
_SECRETS = re.compile(
    r"\b(?:sk|pk|rk|gsk|xai|key|hf|nvapi)[-_][\w*.-]{6,}|\bAIza[\w-]{10,}|\bBearer\s+\S+", re.IGNORECASE
)
_SPACE = re.compile(r"\s+")

_CONTEXT = re.compile(
    r"context_length_exceeded|exceed_context_size|maximum context length|n_keep\s*>=?\s*n_ctx|prompt is too long"
    r"|context (?:window|size|length).{0,40}exceed|(?:exceeds?|greater than).{0,40}context (?:window|size|length)"
    r"|input (?:is too long|length.{0,30}exceed)|too many (?:input )?tokens|string_above_max_length"
    r"|request too large.{0,80}token|token count.{0,40}exceeds"
    r"|keep the first \d+ tokens when|maximum prompt length|exceeded model token limit"
    r"|`inputs`(?: tokens \+ `max_new_tokens`)? must (?:be <=|have less than)|reduce the length of the messages",
    re.IGNORECASE | re.DOTALL,
)
_QUOTA = re.compile(
    r"insufficient_quota|exceeded your current quota|billing"
    r"|insufficient.{0,12}(?:balance|credit|funds)|payment required|credit balance|out of credits",
    re.IGNORECASE,
)
_KEY = re.compile(
    r"invalid_api_key|incorrect api key|api[_ ]key[_ ](?:not[_ ])?(?:in)?valid|invalid api key"
    r"|no api key|authentication",
    re.IGNORECASE,
)
_TOOLS = re.compile(
    r"(?:does not|doesn't|do not|not) support (?:\w+ ){0,3}(?:tool|function)"
    r"|(?:tool|function)(?:s|_choice| use| calling| call)?.{0,30}(?:not supported|unsupported)"
    r"|requires --(?:jinja|enable-auto-tool-choice)"
    r"|(?:tools|tool_choice).{0,40}(?:not permitted|unrecognized)",
    re.IGNORECASE,
)
_GENERATION = re.compile(r"tool_use_failed|failed to call a function|failed_generation", re.IGNORECASE)
_MODEL = re.compile(
    r"model_not_found|model.{0,80}(?:not found|does ?n[o']t exist|not exist|unknown|not available)"
    r"|(?:no such|unknown|invalid) model|not a valid model",
    re.IGNORECASE | re.DOTALL,
)
_FILTERED = re.compile(r"content_filter|content_policy|ResponsibleAI|safety", re.IGNORECASE)
_OVERLOADED = re.compile(r"overload|engine_overloaded|at capacity|server is busy", re.IGNORECASE)
_RATE = re.compile(r"rate.?limit|too many requests|resource_exhausted", re.IGNORECASE)

_BY_STATUS = {
    401: "auth",
    402: "quota",
    403: "permission",
    405: "bad_endpoint",
    408: "unavailable",
    413: "context_length",
    425: "unavailable",
    500: "server",
    529: "overloaded",
}
_BY_CODE = {"rate_limit": _RATE, "quota": _QUOTA, "overloaded": _OVERLOADED}


class Said(NamedTuple):
    """What a server said about its failure: the words for a person, and everything to look for marks in."""

    message: str
    marks: str
    status: int | None = None
    retry_after: float | None = None


def error_from_status(
    status: int, body: bytes, headers: Mapping[str, str], secrets: tuple[str, ...] = ()
) -> ModelError:
    """The error for an HTTP answer that is not 2xx."""
    said = said_in_body(body[:MAX_ERROR_BYTES])
    wait = retry_after(headers.get("retry-after-ms"), headers.get("retry-after"))
    return _build(code_for(status, said.marks), clean_detail(said.message, secrets), said.marks, status, wait)


def error_from_event(value: Any, secrets: tuple[str, ...] = ()) -> ModelError:
    """The error for a failure told inside a stream that had begun with 200."""
    said = said_in(value)
    status = said.status if said.status is not None and said.status >= 400 else None
    code = code_for(status, said.marks) if status else _code_in_stream(said.marks)
    return _build(code, clean_detail(said.message, secrets), said.marks, status, said.retry_after)


def is_error(value: Mapping[str, Any], event: str = "") -> bool:
    """True where an object of the stream tells a failure."""
    if event == "error" or value.get("error") or value.get("object") == "error" or value.get("type") == "error":
        return True
    if "choices" in value:
        return False
    return bool(value.get("detail")) or bool(value.get("message") and (value.get("code") or value.get("status")))


def code_for(status: int, marks: str) -> str:
    """The code for an HTTP status and the words that came with it."""
    if status == 404:
        return "model_not_found" if _MODEL.search(marks) else "bad_endpoint"
    if status == 429:
        return "quota" if _QUOTA.search(marks) else "rate_limit"
    if status in (400, 403, 409, 413, 422, 500, 503) and _CONTEXT.search(marks):
        return "context_length"
    if status in (400, 409, 422):
        return _bad_request(marks)
    return _BY_STATUS.get(status) or _by_class(status, marks)


def _by_class(status: int, marks: str) -> str:
    """The code for a status that has none of its own."""
    if status < 400:
        return "bad_endpoint"
    if status < 500:
        return "bad_request"
    return "overloaded" if _OVERLOADED.search(marks) else "unavailable"


def _bad_request(marks: str) -> str:
    for code, pattern in (
        ("tool_generation_failed", _GENERATION),
        ("quota", _QUOTA),
        ("auth", _KEY),
        ("model_not_found", _MODEL),
        ("refused", _FILTERED),
    ):
        if pattern.search(marks):
            return code
    return "bad_request"


def _code_in_stream(marks: str) -> str:
    """The code for a failure without a status: only plain words count."""
    if _CONTEXT.search(marks):
        return "context_length"
    for code, pattern in _BY_CODE.items():
        if pattern.search(marks):
            return code
    found = _bad_request(marks)
    return "stream_error" if found == "bad_request" else found


def _build(code: str, detail: str, marks: str, status: int | None, wait: float | None) -> ModelError:
    if wait is not None and wait >= 1:
        detail = f"Retry-After: {math.ceil(wait)} s. {detail}".strip()
    if code == "bad_request" and _TOOLS.search(marks):
        return ToolsRefused(code, detail, status=status)
    error = model_error(code, detail, status=status, retry_after=wait)
    error.window = named_window(marks) if code == "context_length" else None
    return error


def said_in_body(body: bytes) -> Said:
    """What the body of a failed answer says; a page or plain text is its own message."""
    text = body.decode("utf-8", "replace")
    try:
        value = json.loads(text, strict=False)
    except (ValueError, RecursionError):
        return Said(text, text)
    said = said_in(value)
    # servers written in Go escape `<` and `>`: the words as they are meant come first
    return said._replace(marks=f"{said.message}\n{text}")


def said_in(value: Any) -> Said:
    """What an error object says, in any of its shapes."""
    if isinstance(value, list) and value:
        value = value[0]
    if not isinstance(value, dict):
        return Said(_words(value), _words(value))
    error = value.get("error") or value
    marks = _dump(error)
    if not isinstance(error, dict):
        return Said(_words(error), marks)
    message = error.get("message") or error.get("detail") or error.get("msg") or error.get("error") or error
    return Said(_words(message), marks, _status(error), _wait(error))


def _status(error: Mapping[str, Any]) -> int | None:
    """A status that an error carries as its code: OpenRouter and vLLM do so, as a number or as text."""
    for name in ("code", "status", "status_code"):
        value = error.get(name)
        if isinstance(value, str) and value.isascii() and value.isdigit() and len(value) == 3:
            value = int(value)
        if isinstance(value, int) and not isinstance(value, bool) and 300 <= value <= 599:
            return value
    return None


def _wait(error: Mapping[str, Any]) -> float | None:
    value = error.get("retry_after")
    return retry_after(None, str(value)) if isinstance(value, int | float) else None


def _words(value: Any) -> str:
    return value[:MAX_ERROR_BYTES] if isinstance(value, str) else _dump(value)


def _dump(value: Any) -> str:
    try:
        return json.dumps(value, ensure_ascii=False)[:MAX_ERROR_BYTES]
    except (ValueError, RecursionError):
        return ""


def clean_detail(text: str, secrets: tuple[str, ...] = ()) -> str:
    """Words of a server fit to show: no markup, no keys, one line, not long."""
    text = text[:MAX_ERROR_BYTES]
    for secret in secrets:
        text = text.replace(secret, "***") if len(secret) > 3 else text
    text = _SECRETS.sub("***", _TAGS.sub(" ", text))
    return _SPACE.sub(" ", clean(text)).strip()[:DETAIL_CHARACTERS]


def retry_after(milliseconds: str | None, value: str | None, now: float | None = None) -> float | None:
    """The seconds that a server asked us to wait: from a number, or a date; `None` where it is neither."""
    wait = _number(milliseconds)
    if wait is not None:
        wait /= 1000
    else:
        wait = _number(value)
    if wait is None and value:
        wait = _seconds_until(value, time.time() if now is None else now)
    return None if wait is None else min(max(wait, 0.0), MAX_RETRY_AFTER)


def _number(value: str | None) -> float | None:
    try:
        number = float((value or "").strip().removesuffix("s"))
    except ValueError:
        return None
    return number if math.isfinite(number) else None


def _seconds_until(value: str, now: float) -> float | None:
    try:
        return parsedate_to_datetime(value).timestamp() - now
    except (ValueError, TypeError, OverflowError, IndexError):
        return None


def not_an_answer(body: bytes, secrets: tuple[str, ...] = ()) -> ModelError:
    """The error for a 200 whose body is no completion: a page, some text, or nothing."""
    text = body[:MAX_ERROR_BYTES].decode("utf-8", "replace")
    if text.lstrip()[:1] == "<":
        return Refused("bad_endpoint", "The server answered with a web page: " + clean_detail(text, secrets))
    if not text.strip():
        return Broken("bad_response", "The server sent an empty answer")
    return Broken("bad_response", clean_detail(text, secrets))
