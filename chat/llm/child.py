"""The process of the embedded model: started when first needed, once, and again when it died."""

from __future__ import annotations

import asyncio
import contextlib
import json
import secrets
import sys
from pathlib import Path

from .errors import Broken, NotConfigured

SCRIPT = Path(__file__).with_name("embedded_server.py")
START_SECONDS = 180.0
END_SECONDS = 3.0
NEWS_SECONDS = 0.5


class ModelProcess:
    """One model server as a child process.

    The key travels through the pipe, never through arguments or the environment.  The pipe stays open as long as
    this process lives; its end is the child's end.
    """

    def __init__(self, gguf: Path, name: str, context: int) -> None:
        self.key = secrets.token_urlsafe(32)
        self.starts = 0
        self._options = {"gguf": str(gguf), "name": name, "context": context, "key": self.key}
        self._process: asyncio.subprocess.Process | None = None
        self._address = ""
        self._lock = asyncio.Lock()

    @property
    def alive(self) -> bool:
        """True while the child runs and is ready."""
        return bool(self._address) and self._process is not None and self._process.returncode is None

    @property
    def pid(self) -> int | None:
        """The child's process id, while there is one."""
        return self._process.pid if self._process is not None else None

    async def address(self) -> str:
        """The server's address, once it is ready; many callers start one child.  Raises `ModelError`."""
        async with self._lock:
            if not self.alive:
                await self._end()
                await self._start()
            return self._address

    async def died(self) -> bool:
        """Whether the child is gone; waits a moment for the news."""
        process = self._process
        if process is None:
            return True
        try:
            async with asyncio.timeout(NEWS_SECONDS):
                await process.wait()
        except TimeoutError:
            return False
        return True

    async def aclose(self) -> None:
        """Ends the child."""
        async with self._lock:
            await self._end()

    async def _start(self) -> None:
        self.starts += 1
        self._process = process = await asyncio.create_subprocess_exec(
            sys.executable,
            "-P",
            str(SCRIPT),
            stdin=asyncio.subprocess.PIPE,
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.DEVNULL,
        )
        try:
            async with asyncio.timeout(START_SECONDS):
                self._address = await self._greeted(process)
        except TimeoutError:
            await self._end()
            raise Broken("connection", "The embedded model did not start in time") from None
        except BaseException:
            await self._end()
            raise

    async def _greeted(self, process: asyncio.subprocess.Process) -> str:
        """Tells the child what to do and reads where it serves."""
        if process.stdin is None or process.stdout is None:
            raise NotConfigured("missing_api_key", "The embedded model has no pipes")
        with contextlib.suppress(ConnectionError):
            process.stdin.write(json.dumps(self._options).encode() + b"\n")
            await process.stdin.drain()
        while line := await process.stdout.readline():
            with contextlib.suppress(ValueError, TypeError, KeyError):
                return str(json.loads(line)["address"])
        raise Broken("connection", "The embedded model ended while it was starting")

    async def _end(self) -> None:
        """Closes the pipe, and kills the child if that is not enough."""
        process, self._process, self._address = self._process, None, ""
        if process is None:
            return
        if process.stdin is not None:
            process.stdin.close()
        try:
            async with asyncio.timeout(END_SECONDS):
                await process.wait()
        except TimeoutError:
            with contextlib.suppress(ProcessLookupError):
                process.kill()
            await process.wait()
