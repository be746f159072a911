"""The bytes of a response as a source that can be pulled."""

from __future__ import annotations

import asyncio

import httpx2

from .reader import Source
from .transport import BODY, Body


def source_of(response: Body | httpx2.Response) -> Source:
    """The cheapest source that a response allows: the body itself, or the package's way for all else."""
    if isinstance(response, Body):
        return response
    body = response.extensions.get(BODY)
    if isinstance(body, Body) and response.headers.get("content-encoding", "identity") in ("", "identity"):
        return body
    return DecodedSource(response)


class DecodedSource:
    """Pulls through httpx2, which undoes compression."""

    def __init__(self, response: httpx2.Response) -> None:
        self._bytes = response.aiter_bytes()
        self._task: asyncio.Task[bytes] | None = None
        self._error: Exception | None = None

    async def pull(self) -> bytes:
        """The next decoded bytes; none at the end."""
        self._task = asyncio.ensure_future(self._next())
        try:
            return await self._task
        except asyncio.CancelledError:
            if self._error is not None:
                raise self._error from None
            raise
        except httpx2.HTTPError as error:
            raise ConnectionError(type(error).__name__) from error

    def fail(self, error: Exception) -> None:
        """Ends the wait of a `pull` with an error."""
        self._error = error
        if self._task is not None:
            self._task.cancel()

    async def _next(self) -> bytes:
        async for data in self._bytes:
            if data:
                return data
        return b""


async def all_of(source: Source, limit: int) -> bytes:
    """All bytes of a source, but only a few more than the limit."""
    pieces: list[bytes] = []
    size = 0
    while size <= limit and (data := await source.pull()):
        pieces.append(data)
        size += len(data)
    return b"".join(pieces)
