"""How an answer ended, by the finish reasons of many servers."""

from __future__ import annotations

from .base import FinishReason
from .errors import Broken, ModelError, Refused

_REASONS: dict[str, FinishReason] = {
    "stop": "stop",
    "length": "length",
    "max_tokens": "length",
    "model_length": "length",
    "model_context_window_exceeded": "length",
    "content_filter": "content_filter",
    "content_filtered": "content_filter",
    "safety": "content_filter",
    "sensitive": "content_filter",
    "recitation": "content_filter",
    "blocklist": "content_filter",
    "prohibited_content": "content_filter",
    "spii": "content_filter",
    "tool_calls": "tool_calls",
    "function_call": "tool_calls",
    "tool_use": "tool_calls",
}
#: The server gave the answer up.
_GIVEN_UP = frozenset({"error", "abort", "aborted", "cancelled", "network_error", "insufficient_system_resource"})
#: The server could not read the model's tool call.
_GARBLED = frozenset({"malformed_function_call"})
#: Sent in every chunk where others send null.
_NONE = frozenset({"", "null", "none"})


def is_reason(raw: str) -> bool:
    """Whether it says that the answer has ended."""
    return raw.lower() not in _NONE


def reason_of(raw: str | None) -> FinishReason:
    """The reason in our words; what is not known is an end as any."""
    return _REASONS.get((raw or "").lower(), "other")


def failure_of(raw: str | None, *, called: bool) -> ModelError | None:
    """The failure that a finish reason is; `called`: the answer has tool calls."""
    said = (raw or "").lower()
    if said in _GIVEN_UP:
        return Broken("stream_error", f"The server gave up in the middle of the answer: {raw}")
    return Refused("tool_generation_failed", str(raw)) if said in _GARBLED and not called else None
