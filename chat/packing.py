"""JSON, and bytes, in few bytes, for what is kept whole and read rarely."""

from __future__ import annotations

import threading
from typing import Any, cast

import msgspec
import zstandard

LEVEL = 3
_local = threading.local()


def pack(value: Any) -> bytes:
    """A JSON value as compressed bytes (Zstandard, RFC 8878)."""
    return _compressor().compress(msgspec.json.encode(value))


def _compressor() -> zstandard.ZstdCompressor:
    """This thread's compressor: making one costs more than most requests do, and it must not be shared."""
    if not hasattr(_local, "compressor"):
        _local.compressor = zstandard.ZstdCompressor(level=LEVEL)
    return cast(zstandard.ZstdCompressor, _local.compressor)


def unpack(data: bytes) -> Any:
    """What `pack` was given.  Raises `zstandard.ZstdError` for anything else."""
    return msgspec.json.decode(zstandard.ZstdDecompressor().decompress(data))


def pack_bytes(data: bytes) -> bytes:
    """Bytes, compressed."""
    return _compressor().compress(data)


def unpack_bytes(data: bytes) -> bytes:
    """What `pack_bytes` was given."""
    return zstandard.ZstdDecompressor().decompress(data)
