"""Everything that can go wrong with a model call, as a tree with stable codes.

    ModelError
    ├── NotConfigured        missing_api_key · package_missing
    ├── Refused              auth · permission · model_not_found · bad_endpoint · bad_request · context_length
    │                        · quota · tool_generation_failed · refused
    │   └── ToolsRefused     bad_request: this model takes no tools, ask again without
    ├── Busy                 rate_limit · unavailable · server · overloaded
    ├── TimedOut             timeout_first_byte · timeout_stall · timeout_total
    ├── Broken               connection · connection_cut · bad_response · stream_error
    └── NotWhole             empty_answer · length · content_filter · stopped · malformed · unknown_tool
                             · too_large · too_many_steps · repeating · server_restarted

The codes are the API's; the texts that a person reads are in `chat/texts.py`, by code.  `detail` is what the
server said, cleaned: no keys, no markup, at most 500 characters.
"""

from __future__ import annotations

import math
from typing import ClassVar

from .named_window import NamedWindow

DETAIL_CHARACTERS = 500


class ModelError(Exception):
    """Base of the tree.

    `status` is the HTTP status where there was one, `retry_after` the seconds the server asked us to wait, `window`
    what it named as it called a prompt too long.
    """

    codes: ClassVar[frozenset[str]] = frozenset()

    def __init__(
        self, code: str, detail: str = "", *, status: int | None = None, retry_after: float | None = None
    ) -> None:
        if code not in self.codes:
            raise ValueError(f"{type(self).__name__} has no code {code!r}")
        super().__init__(f"{code}: {detail}" if detail else code)
        self.code = code
        self.detail = detail[:DETAIL_CHARACTERS]
        self.status = status
        self.retry_after = retry_after
        self.window: NamedWindow | None = None

    def as_json(self) -> dict[str, str | int]:
        """What is kept of it: `code`, `detail`, and `retry_after` in whole seconds where the server named one."""
        wait = {} if not self.retry_after else {"retry_after": math.ceil(self.retry_after)}
        return {"code": self.code, "detail": self.detail, **wait}


class NotConfigured(ModelError):
    """The site has no usable model."""

    codes = frozenset({"missing_api_key", "package_missing"})


class Refused(ModelError):
    """The server understood and said no: sending the same again is no use."""

    codes = frozenset(
        {
            "auth",
            "permission",
            "model_not_found",
            "bad_endpoint",
            "bad_request",
            "context_length",
            "quota",
            "tool_generation_failed",
            "refused",
        }
    )


class ToolsRefused(Refused):
    """The model takes no tools; the provider remembers it (`Provider.takes_tools`)."""

    codes = frozenset({"bad_request"})


class Busy(ModelError):
    """The server can't answer now: sending again later may work."""

    codes = frozenset({"rate_limit", "unavailable", "server", "overloaded"})


class TimedOut(ModelError):
    """One of our clocks ran out."""

    codes = frozenset({"timeout_first_byte", "timeout_stall", "timeout_total"})


class Broken(ModelError):
    """The connection failed, or what came over it is not an answer."""

    codes = frozenset({"connection", "connection_cut", "bad_response", "stream_error"})


class NotWhole(ModelError):
    """An answer came, and it is not whole."""

    codes = frozenset(
        {
            "empty_answer",
            "length",
            "content_filter",
            "stopped",
            "malformed",
            "unknown_tool",
            "too_large",
            "too_many_steps",
            "repeating",
            "server_restarted",
        }
    )


FAMILIES: tuple[type[ModelError], ...] = (NotConfigured, Refused, Busy, TimedOut, Broken, NotWhole)
CODES: frozenset[str] = frozenset().union(*(family.codes for family in FAMILIES))


def model_error(
    code: str, detail: str = "", *, status: int | None = None, retry_after: float | None = None
) -> ModelError:
    """The error of the family that a code belongs to.  Raises `KeyError` for a code that is not in the tree."""
    for family in FAMILIES:
        if code in family.codes:
            return family(code, detail, status=status, retry_after=retry_after)
    raise KeyError(code)
