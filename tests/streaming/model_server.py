"""A model server that says what it is told to, over real sockets: `FakeModel` runs in a thread of its own.

    model.answer = say("Bonjour", gate, " le monde")      # for all requests to come
    model.queue(fail(429), say("Bonjour"))                # for the next ones
    model.choose = lambda call: say("…") if "x" in call.prompt else None

An `Answer` is a list of steps: text (one chunk), a mapping (a chunk as it is), bytes (on the wire as they are), a
number (seconds to wait), a `Gate` (wait until the test opens it), `CUT` (hang up).  `FakeModel.calls` are the requests
that came, each with what was in it and when the caller hung up.
"""

from __future__ import annotations

import asyncio
import contextlib
import json
import threading
import time
from collections.abc import Callable, Iterable, Mapping
from concurrent.futures import Future
from dataclasses import dataclass, field
from typing import Any, Self

USAGE = {"prompt_tokens": 1000, "completion_tokens": 500, "total_tokens": 1500}
MODEL = "gpt-4-turbo"
#: One whose window the list of models tells.
SMALL_MODEL = "small-listed"


class Gate:
    """Where an answer waits until `open()`; `wait_reached()` returns once one is there."""

    def __init__(self) -> None:
        self.reached: Future[None] = Future()
        self._opened: Future[None] = Future()

    def open(self) -> None:
        """Lets every answer through, from now on."""
        if not self._opened.done():
            self._opened.set_result(None)

    def wait_reached(self, seconds: float = 10.0) -> None:
        """Returns once an answer waits here."""
        self.reached.result(seconds)

    async def pass_through(self) -> None:
        """The model's side."""
        if not self.reached.done():
            self.reached.set_result(None)
        await asyncio.shield(asyncio.wrap_future(self._opened))


class Cut:
    """The connection ends in the middle."""


CUT = Cut()
Step = str | bytes | float | Mapping[str, Any] | Gate | Cut


@dataclass(frozen=True, slots=True)
class Answer:
    """What the server sends."""

    steps: tuple[Step, ...] = ()
    status: int = 200
    headers: Mapping[str, str] = field(default_factory=lambda: {"Content-Type": "text/event-stream"})


def chunk(delta: Mapping[str, Any] | None, finish: str | None = None, **more: Any) -> dict[str, Any]:
    """One chunk of a stream; without a delta one that has no choices."""
    choices = [] if delta is None else [{"index": 0, "delta": delta, "finish_reason": finish}]
    return {"id": "chatcmpl-1", "object": "chat.completion.chunk", "model": MODEL, "choices": choices, **more}


def say(*steps: Step, finish: str | None = "stop", usage: Mapping[str, Any] | None = USAGE) -> Answer:
    """A whole answer."""
    end: list[Step] = [chunk({}, finish)]
    if usage is not None:
        end.append(chunk(None, usage=usage))
    return Answer((*steps, *end, b"data: [DONE]\n\n"))


def fail(status: int, code: str = "", message: str = "no", **headers: str) -> Answer:
    """An HTTP error as OpenAI tells it."""
    body = json.dumps({"error": {"message": message, "type": "error", "code": code}}).encode()
    return Answer((body,), status, {"Content-Type": "application/json", **headers})


def page(text: str, status: int = 200) -> Answer:
    """A web page where an answer should be."""
    return Answer((text.encode(),), status, {"Content-Type": "text/html"})


@dataclass(slots=True)
class Call:
    """One request that came."""

    path: str
    headers: dict[str, str]
    body: dict[str, Any]
    began: float = field(default_factory=time.monotonic)
    closed_at: float | None = None
    ended: threading.Event = field(default_factory=threading.Event)

    @property
    def messages(self) -> list[dict[str, Any]]:
        """The prompt as it was sent."""
        return list(self.body.get("messages", ()))

    @property
    def prompt(self) -> str:
        """The last message: what the person asked."""
        return str(self.messages[-1]["content"]) if self.messages else ""

    @property
    def was_closed(self) -> bool:
        """Whether the caller hung up before the answer's end."""
        return self.closed_at is not None


class FakeModel:
    """The server; a context manager."""

    def __init__(self) -> None:
        self.url = ""
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever, name="fake-model", daemon=True)
        self._tasks: set[asyncio.Task[None]] = set()
        self.reset()

    def reset(self) -> None:
        """Forgets the requests, and answers with a greeting again."""
        self.answer: Answer = say("Bonjour", " !")
        self.choose: Callable[[Call], Answer | None] = lambda _: None
        self.calls: list[Call] = []
        self._queue: list[Answer] = []

    def queue(self, *answers: Answer) -> None:
        """Answers for the next requests, in order."""
        self._queue.extend(answers)

    def __enter__(self) -> Self:
        self._thread.start()
        server = self._run(asyncio.start_server(self._serve, "127.0.0.1", 0, backlog=1024))
        self._server = server
        self.url = f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}/v1"
        return self

    def __exit__(self, *_: object) -> None:
        self._run(self._close())
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join()
        self._loop.close()

    def hang_up(self) -> None:
        """Cuts every answer that is under way."""
        self._run(self._cancel())

    def _run(self, work: Any) -> Any:
        return asyncio.run_coroutine_threadsafe(work, self._loop).result(10)

    async def _close(self) -> None:
        self._server.close()
        await self._cancel()

    async def _cancel(self) -> None:
        tasks = [task for task in self._tasks if not task.done()]
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        assert task is not None
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)
        try:
            await self._exchange(reader, writer)
        except (ConnectionError, asyncio.IncompleteReadError, asyncio.CancelledError):
            pass  # an aborted exchange is what some tests want
        finally:
            writer.transport.abort()
            with contextlib.suppress(ConnectionError):
                await writer.wait_closed()

    async def _exchange(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        call = await _read(reader)
        if call.path.endswith("/models"):
            await _send(writer, _models())
            return
        self.calls.append(call)
        answer = self.choose(call) or (self._queue.pop(0) if self._queue else self.answer)
        sending = asyncio.ensure_future(_send(writer, answer))
        hung_up = asyncio.ensure_future(reader.read(1))
        try:
            await asyncio.wait([sending, hung_up], return_when=asyncio.FIRST_COMPLETED)
            if not sending.done():
                call.closed_at = time.monotonic()
        finally:
            call.ended.set()
            for task in (sending, hung_up):
                task.cancel()
            await asyncio.gather(sending, hung_up, return_exceptions=True)


async def _read(reader: asyncio.StreamReader) -> Call:
    head = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1").split("\r\n")
    pairs = (line.split(":", 1) for line in head[1:] if ":" in line)
    headers = {name.strip().lower(): value.strip() for name, value in pairs}
    body = await reader.readexactly(int(headers.get("content-length", 0)))
    return Call(head[0].split()[1], headers, json.loads(body) if body else {})


async def _send(writer: asyncio.StreamWriter, answer: Answer) -> None:
    head = [f"HTTP/1.1 {answer.status} X", *(f"{name}: {value}" for name, value in answer.headers.items())]
    head += ["Transfer-Encoding: chunked", "Connection: close", "", ""]
    writer.write("\r\n".join(head).encode())
    for step in answer.steps:
        if isinstance(step, Cut):
            await writer.drain()
            writer.close()
            return
        if isinstance(step, Gate):
            await step.pass_through()
        elif isinstance(step, int | float):
            await asyncio.sleep(step)
        else:
            _write(writer, step)
            await writer.drain()
    writer.write(b"0\r\n\r\n")
    await writer.drain()
    writer.write_eof()


def _write(writer: asyncio.StreamWriter, step: str | bytes | Mapping[str, Any]) -> None:
    if isinstance(step, str):
        step = chunk({"content": step})
    data = step if isinstance(step, bytes) else b"data: " + json.dumps(step).encode() + b"\n\n"
    if data:
        writer.write(b"%x\r\n%s\r\n" % (len(data), data))


def _models() -> Answer:
    small = {"id": SMALL_MODEL, "object": "model", "max_model_len": 3_600}
    body = {"object": "list", "data": [{"id": MODEL, "object": "model"}, {"id": "other", "object": "model"}, small]}
    return Answer((json.dumps(body).encode(),), 200, {"Content-Type": "application/json"})


def words(count: int, seconds: float = 0.0) -> Iterable[Step]:
    """So many numbered words, so many seconds apart."""
    for number in range(count):
        yield f"mot{number} "
        if seconds:
            yield seconds
