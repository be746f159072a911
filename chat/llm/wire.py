"""The plain form of a streamed chunk, for the decoder that meets it a thousand times a second.

Fields that would need a second look are typed so that decoding fails on them; the caller then takes the tolerant
way.  Unknown fields are skipped without a cost.
"""

from __future__ import annotations

import json
from typing import Any

import msgspec

MAX_DEPTH_ERRORS = (ValueError, RecursionError)


class Delta(msgspec.Struct, gc=False):
    """What a chunk adds.  Everything that isn't plain text must be absent or null."""

    content: str | None = None
    reasoning_content: str | None = None
    reasoning: str | None = None
    reasoning_details: None = None
    tool_calls: None = None
    function_call: None = None
    refusal: None = None
    text: None = None


class Choice(msgspec.Struct, gc=False):
    """One answer; with the fields that some servers put here."""

    index: int
    delta: Delta
    finish_reason: str | None = None
    message: None = None
    text: None = None
    usage: None = None
    error: None = None


class Chunk(msgspec.Struct, gc=False):
    """One event of a stream that goes as it should."""

    choices: list[Choice]
    usage: None = None
    id: str | None = None
    model: str | None = None
    error: None = None
    x_groq: None = None


_decoder = msgspec.json.Decoder(Chunk)
decode_chunk = _decoder.decode
_decode_any = msgspec.json.Decoder().decode


def decode_together(chunks: list[bytes]) -> list[Chunk]:
    """All of them at once, for half of what one by one costs; none where one of them isn't plain."""
    try:
        found = _decoder.decode_lines(b"\n".join(chunks))
    except MAX_DEPTH_ERRORS:
        return []
    return found if len(found) == len(chunks) else []


def only_text(name: str, chunk: Chunk) -> str | None:
    """The content of an event that has one choice, the first, and nothing else in it."""
    choices = chunk.choices
    if len(choices) != 1 or name == "error":
        return None
    choice = choices[0]
    delta = choice.delta
    if choice.index != 0 or choice.finish_reason or delta.reasoning_content or delta.reasoning:
        return None
    return delta.content


def decode_loosely(data: bytes) -> Any:
    """JSON by a decoder that forgives: broken UTF-8, raw control characters, lone surrogates.

    Raises `ValueError` or `RecursionError` where it is no JSON.
    """
    try:
        return _decode_any(data)
    except MAX_DEPTH_ERRORS:
        return json.loads(data.decode("utf-8", "replace"), strict=False)
