"""JSON in few bytes, for what is kept whole and read rarely."""

from __future__ import annotations

from typing import Any

import msgspec
import zstandard

LEVEL = 3


def pack(value: Any) -> bytes:
    """A JSON value as compressed bytes (Zstandard, RFC 8878)."""
    return zstandard.ZstdCompressor(level=LEVEL).compress(msgspec.json.encode(value))


def unpack(data: bytes) -> Any:
    """What `pack` was given.  Raises `zstandard.ZstdError` for anything else."""
    return msgspec.json.decode(zstandard.ZstdDecompressor().decompress(data))
