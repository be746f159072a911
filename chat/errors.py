"""What a caller did wrong, or what stands in the way: stable codes, no HTTP.  The texts are in `chat/texts.py`."""

from __future__ import annotations

from typing import Any


class ChatError(Exception):
    """A refusal with a stable code; `extra` goes into the answer beside it."""

    def __init__(self, code: str, **extra: Any) -> None:
        super().__init__(code)
        self.code = code
        self.extra = extra
