"""An answer that is made piece by piece: nothing of it is held whole in memory, whatever server runs.

Django reads a synchronous stream to its end before it sends anything under ASGI. There each answer gets a thread of its
own, which makes the next piece when the reader has taken the last one, and closes its database connection at the end.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, Callable, Generator, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextvars import copy_context
from typing import IO

from django.core.handlers.asgi import ASGIRequest
from django.db import connection
from django.http import HttpRequest, StreamingHttpResponse

Pieces = Generator[bytes, None, None]
PIECE_BYTES = 256 * 1024


def streamed(request: HttpRequest, pieces: Pieces, content_type: str) -> StreamingHttpResponse:
    """The answer; `pieces` is closed when the reader leaves."""
    content = _pumped(pieces) if isinstance(request, ASGIRequest) else pieces
    made = StreamingHttpResponse(content, content_type=content_type)
    made.headers["X-Accel-Buffering"] = "no"
    return made


def of_file(source: IO[bytes]) -> Pieces:
    """A file from its beginning; it is closed at the end."""
    with source:
        source.seek(0)
        while piece := source.read(PIECE_BYTES):
            yield piece


async def _pumped(pieces: Pieces) -> AsyncGenerator[bytes, None]:
    loop, context = asyncio.get_running_loop(), copy_context()
    thread = ThreadPoolExecutor(1, thread_name_prefix="answer")

    def call(function: Callable[[], bytes | None]) -> asyncio.Future[bytes | None]:
        return loop.run_in_executor(thread, lambda: context.run(function))

    try:
        while (piece := await call(lambda: _next(pieces))) is not None:
            yield piece
    finally:
        # Not awaited: a reader who leaves waits for nobody.
        thread.submit(_end, pieces)
        thread.shutdown(wait=False)


def _next(pieces: Iterator[bytes]) -> bytes | None:
    return next(pieces, None)


def _end(pieces: Pieces) -> None:
    pieces.close()
    connection.close()
