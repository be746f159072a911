"""Which page asks: an id that a page makes for itself and sends along, so that it knows its own changes again.

It says nothing about rights, and is kept with a revision as it came.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar

HEADER = "X-Studio-Client"
CLIENT = re.compile(r"[A-Za-z0-9_-]{1,36}")

_client: ContextVar[str] = ContextVar("client", default="")


def client_id(text: str | None) -> str:
    """The id that a text is; empty for what is none."""
    return text if text and CLIENT.fullmatch(text) else ""


def current() -> str:
    """The id of the page that is being answered; empty outside of a request."""
    return _client.get()


@contextmanager
def calling(text: str | None) -> Iterator[None]:
    """What happens inside was asked for by this page."""
    token = _client.set(client_id(text))
    try:
        yield
    finally:
        _client.reset(token)
