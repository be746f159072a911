"""A model server that misbehaves on purpose, on a raw socket.

    async with HostileServer() as server:
        server.say(stream(chunk("Hello"), finish("stop")))
        provider = OpenAICompatible(base_url=server.url)

Each request takes the next reply; the last one serves all further requests.  `requests` are those that came;
`hung_up` is set when a client closes its connection before its reply was sent to the end.
"""

from __future__ import annotations

import asyncio
import contextlib
import json
import socket
import struct
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any, Literal, Self

Step = bytes | float | asyncio.Event
End = Literal["clean", "cut", "reset", "open"]
Framing = Literal["chunked", "close", "length"]
DONE = b"data: [DONE]\n\n"


@dataclass(frozen=True)
class Reply:
    """One answer, byte by byte.

    `steps` are written in order: bytes as they are, a number is a pause, an event is waited for.  `end`: `cut`
    closes without the end that the framing asks for, `reset` resets the connection, `open` leaves it open.
    """

    steps: tuple[Step, ...] = ()
    status: str = "200 OK"
    headers: dict[str, str] = field(default_factory=lambda: {"Content-Type": "text/event-stream"})
    framing: Framing = "chunked"
    end: End = "clean"
    delay: asyncio.Event | None = None

    def head(self) -> bytes:
        """Status line and headers."""
        headers = dict(self.headers)
        if self.framing == "chunked":
            headers["Transfer-Encoding"] = "chunked"
        elif self.framing == "length":
            headers.setdefault("Content-Length", str(sum(len(step) for step in self.steps if isinstance(step, bytes))))
        else:
            headers["Connection"] = "close"
        lines = [f"HTTP/1.1 {self.status}", *(f"{name}: {value}" for name, value in headers.items())]
        return "\r\n".join(lines).encode() + b"\r\n\r\n"

    def framed(self, data: bytes) -> bytes:
        """A piece of the body as it goes over the wire."""
        return b"%x\r\n%s\r\n" % (len(data), data) if self.framing == "chunked" and data else data


@dataclass(frozen=True)
class Request:
    """A request that came."""

    method: str
    path: str
    headers: dict[str, str]
    body: Any


class HostileServer:
    """Plays replies on a free port of the loopback address."""

    def __init__(self) -> None:
        self.requests: list[Request] = []
        self.connections = 0
        self.arrived = asyncio.Event()
        self.hung_up = asyncio.Event()
        self._replies: list[Reply] = []
        self._tasks: set[asyncio.Task[None]] = set()

    async def __aenter__(self) -> Self:
        self._server = await asyncio.get_running_loop().create_server(
            lambda: asyncio.StreamReaderProtocol(Listener(), self._serve), "127.0.0.1", 0
        )
        self.port = self._server.sockets[0].getsockname()[1]
        return self

    async def __aexit__(self, *_: object) -> None:
        self._server.close()
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)

    @property
    def url(self) -> str:
        """The base URL for a client."""
        return f"http://127.0.0.1:{self.port}/v1"

    def say(self, *replies: Reply) -> None:
        """The replies to come."""
        self._replies = list(replies)

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.connections += 1
        task = asyncio.current_task()
        assert task is not None
        self._tasks.add(task)
        try:
            assert isinstance(reader, Listener)
            if (request := await _read(reader)) is None:
                self.hung_up.set()  # a client whose time was over before it could ask
            while request is not None:
                self.requests.append(request)
                self.arrived.set()
                if not await self._answer(reader, writer):
                    break
                request = await _read(reader)
        except (ConnectionError, asyncio.CancelledError):
            pass
        finally:
            self._tasks.discard(task)
            writer.close()
            with contextlib.suppress(ConnectionError, asyncio.CancelledError):
                await writer.wait_closed()

    async def _answer(self, reader: Listener, writer: asyncio.StreamWriter) -> bool:
        """Sends the next reply while listening for the client's end; true where the connection goes on."""
        reply = self._replies.pop(0) if len(self._replies) > 1 else self._replies[0]
        sending = asyncio.ensure_future(_send(reply, writer))
        leaving = asyncio.ensure_future(reader.left.wait())
        try:
            await asyncio.wait({sending, leaving}, return_when=asyncio.FIRST_COMPLETED)
            if not sending.done() or (reply.end == "open" and leaving.done()):
                self.hung_up.set()
                return False
            await sending
            if reply.end == "open":
                await leaving
                self.hung_up.set()
            return reply.end == "clean" and reply.framing != "close"
        finally:
            for task in (sending, leaving):
                task.cancel()
            await asyncio.gather(sending, leaving, return_exceptions=True)


class Listener(asyncio.StreamReader):
    """Tells when the client has closed its side, without taking what may be its next request."""

    def __init__(self) -> None:
        super().__init__()
        self.left = asyncio.Event()

    def feed_eof(self) -> None:
        super().feed_eof()
        self.left.set()

    def set_exception(self, exc: Exception) -> None:
        super().set_exception(exc)
        self.left.set()


async def _send(reply: Reply, writer: asyncio.StreamWriter) -> None:
    if reply.delay is not None:
        await reply.delay.wait()
    writer.write(reply.head())
    for step in reply.steps:
        if isinstance(step, bytes):
            writer.write(reply.framed(step))
            await writer.drain()
        elif isinstance(step, asyncio.Event):
            await step.wait()
        else:
            await asyncio.sleep(step)
    if reply.end == "clean" and reply.framing == "chunked":
        writer.write(b"0\r\n\r\n")
    await writer.drain()
    if reply.end == "reset":
        link = writer.get_extra_info("socket")
        link.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        await asyncio.sleep(0.02)
        writer.transport.abort()


async def _read(reader: asyncio.StreamReader) -> Request | None:
    """The next request of a connection."""
    try:
        head = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1")
    except asyncio.IncompleteReadError:
        return None
    first, *lines = head.rstrip().split("\r\n")
    headers = {name.lower(): value.strip() for name, _, value in (line.partition(":") for line in lines)}
    body = await reader.readexactly(int(headers.get("content-length", 0)))
    method, path, _ = first.split(" ", 2)
    return Request(method, path, headers, json.loads(body) if body else None)


# What replies are made of


def event(value: Any) -> bytes:
    """One event with a value as JSON, or with bytes as they are."""
    return b"data: " + (value if isinstance(value, bytes) else json.dumps(value).encode()) + b"\n\n"


def choice(delta: Any, reason: str | None = None, **more: Any) -> dict[str, Any]:
    """A chunk with one choice."""
    return {
        "id": "chatcmpl-1",
        "object": "chat.completion.chunk",
        "created": 1,
        "model": "test-model",
        "choices": [{"index": 0, "delta": delta, "finish_reason": reason, "logprobs": None}],
        **more,
    }


def chunk(text: str, **more: Any) -> bytes:
    """An event with a piece of text."""
    return event(choice({"content": text}, **more))


def finish(reason: str = "stop", delta: Any = None, **more: Any) -> bytes:
    """An event with a finish reason."""
    return event(choice({} if delta is None else delta, reason, **more))


def usage(prompt: Any = 7, completion: Any = 3, **more: Any) -> bytes:
    """The last event of a server that was asked for usage."""
    counts = {"prompt_tokens": prompt, "completion_tokens": completion, **more}
    return event({"id": "chatcmpl-1", "model": "test-model", "choices": [], "usage": counts})


def stream(*steps: Step, end: End = "clean", **more: Any) -> Reply:
    """A streamed reply of these bytes and pauses."""
    return Reply(steps, end=end, **more)


def whole(*texts: str) -> Reply:
    """An answer that goes as it should."""
    return stream(*map(chunk, texts), finish("stop"), usage(), DONE)


def failure(status: str, body: Any, headers: dict[str, str] | None = None) -> Reply:
    """A reply that is no success: JSON, or bytes as they are."""
    data = body if isinstance(body, bytes) else json.dumps(body).encode()
    kind = {"Content-Type": "text/html" if data[:1] == b"<" else "application/json"}
    return Reply((data,), status, {**kind, **(headers or {})}, "length")


def pieces(data: bytes, size: int = 1) -> Iterable[bytes]:
    """Bytes cut into pieces of one size."""
    return (data[at : at + size] for at in range(0, len(data), size))
