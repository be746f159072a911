"""A JSON parser for DRF with the limits that its own has not: body size and depth."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import msgspec
from rest_framework.exceptions import ParseError
from rest_framework.parsers import BaseParser

from chat.api.input import MAX_DEPTH, depth_of, read_body
from chat.errors import ChatError


class LimitedJSONParser(BaseParser):
    """Strict JSON objects of at most `MAX_BODY_BYTES`, at most `MAX_DEPTH` deep, whatever type they say they are of."""

    media_type = "*/*"

    def parse(
        self, stream: Any, media_type: str | None = None, parser_context: Mapping[str, Any] | None = None
    ) -> dict[str, Any]:
        """The object.  Raises `ParseError`, `ChatError`: `body_too_large`, `too_deep`."""
        data = read_body(stream)
        if depth_of(data) > MAX_DEPTH:
            raise ChatError("too_deep")
        try:
            return msgspec.json.decode(data or b"{}", type=dict[str, Any])
        except (msgspec.DecodeError, UnicodeDecodeError) as error:
            raise ParseError(str(error)) from error
