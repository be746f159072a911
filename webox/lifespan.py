"""The `lifespan` part of ASGI, which Django leaves to others."""

from __future__ import annotations

import logging
from contextlib import AsyncExitStack
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from collections.abc import Sequence

    from asgiref.typing import ASGI3Application, ASGIReceiveCallable, ASGISendCallable, Scope

log = logging.getLogger(__name__)


class Background(Protocol):
    """Something that runs beside the requests, from the server's start to its end."""

    async def startup(self) -> None: ...

    async def shutdown(self) -> None: ...


class Lifespan:
    def __init__(self, app: ASGI3Application, background: Sequence[Background]) -> None:
        self.app = app
        self.background = background

    async def __call__(self, scope: Scope, receive: ASGIReceiveCallable, send: ASGISendCallable) -> None:
        if scope["type"] == "lifespan":
            await self._live(receive, send)
        else:
            await self.app(scope, receive, send)

    async def _live(self, receive: ASGIReceiveCallable, send: ASGISendCallable) -> None:
        await receive()  # lifespan.startup
        running = AsyncExitStack()
        try:
            for part in self.background:
                await part.startup()
                running.push_async_callback(part.shutdown)
        except Exception as error:
            log.exception("The server cannot start")
            await running.aclose()
            await send({"type": "lifespan.startup.failed", "message": str(error)})
            return
        await send({"type": "lifespan.startup.complete"})
        await receive()  # lifespan.shutdown
        await self._end(running, send)

    async def _end(self, running: AsyncExitStack, send: ASGISendCallable) -> None:
        try:
            await running.aclose()
        except Exception as error:
            log.exception("The server did not end cleanly")
            await send({"type": "lifespan.shutdown.failed", "message": str(error)})
        else:
            await send({"type": "lifespan.shutdown.complete"})
