"""What a server takes, learnt from what it refused.

Requests begin in the plain dialect.  A refusal that names one of a few parameters changes the dialect of that
model for good, and the request is sent once more, without anyone noticing.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import Any

from .base import ModelRequest
from .errors import ModelError, Refused, ToolsRefused

_NOT_TAKEN = re.compile(
    r"unsupported|not supported|unrecognized|unexpected|unknown|extra|not permitted|not allowed"
    r"|invalid|does not support|only the default",
    re.IGNORECASE,
)


@dataclass(slots=True)
class Dialect:
    """How to ask one model of one server."""

    usage: bool = True
    completion_tokens: bool = False
    temperature: bool = True
    tools: bool = True

    def body(self, request: ModelRequest) -> dict[str, Any]:
        """The JSON body of a request."""
        body: dict[str, Any] = {"model": request.model, "messages": list(request.messages), "stream": True}
        if self.usage:
            body["stream_options"] = {"include_usage": True}
        if request.tools:
            body["tools"] = list(request.tools)
        if request.max_tokens is not None:
            body["max_completion_tokens" if self.completion_tokens else "max_tokens"] = request.max_tokens
        if request.temperature is not None and self.temperature:
            body["temperature"] = request.temperature
        return body

    def answered(self, body: dict[str, Any]) -> None:
        """Takes in that a request was answered: what it asked for is taken, whatever was refused before."""
        self.tools |= bool(body.get("tools"))

    def learn(self, error: ModelError, body: dict[str, Any]) -> bool:
        """Takes in a refusal; true where the same request is worth sending in the new dialect."""
        if isinstance(error, ToolsRefused):
            self.tools = not body.get("tools")
            return False
        if not isinstance(error, Refused) or error.status not in (400, 422) or not _NOT_TAKEN.search(error.detail):
            return False
        if "stream_options" in body and re.search("stream_options|include_usage", error.detail):
            self.usage = False
        elif "max_tokens" in body and "max_completion_tokens" in error.detail:
            self.completion_tokens = True
        elif "temperature" in body and "temperature" in error.detail:
            self.temperature = False
        else:
            return False
        return True


@dataclass(slots=True)
class Dialects:
    """The dialects of one provider, by model.  Model names come from outside, so only so many are kept."""

    usage: bool = True
    tools: bool = True
    limit: int = 1000
    known: dict[str, Dialect] = field(default_factory=dict)

    def of(self, model: str) -> Dialect:
        """The dialect of a model; a plain one where nothing was learnt yet."""
        if model not in self.known:
            if len(self.known) >= self.limit:
                self.known.clear()
            self.known[model] = Dialect(usage=self.usage, tools=self.tools)
        return self.known[model]
