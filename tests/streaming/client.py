"""Talking to a real server as curl or a browser does: plain requests, and server-sent events."""

from __future__ import annotations

import contextlib
import http.client
import json
import socket
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

TERMINAL = {"turn.completed", "turn.stopped", "turn.interrupted", "turn.failed"}
#: Pings keep a stream alive that gives nothing, so a stream has a limit as a whole.
SECONDS = 20.0


@dataclass(frozen=True, slots=True)
class Reply:
    """An answer, read to its end."""

    status: int
    headers: dict[str, str]
    body: bytes

    def json(self) -> Any:
        """The body."""
        return json.loads(self.body)

    @property
    def code(self) -> str | None:
        """The code of an error answer."""
        error = self.json().get("error")
        return None if error is None else str(error["code"])


@dataclass(frozen=True, slots=True)
class Event:
    """One server-sent event."""

    seq: int
    type: str
    data: dict[str, Any]


def text_of(events: list[Event]) -> str:
    """The answer's text that events carry."""
    return "".join(event.data["text"] for event in events if event.type == "text.delta")


class Stream:
    """Events as they come.  `events` are those read so far, `comments` how many comments came between them."""

    def __init__(self, connection: http.client.HTTPConnection, response: http.client.HTTPResponse) -> None:
        self._connection, self._response = connection, response
        self.status = response.status
        self.headers = {name.lower(): value for name, value in response.getheaders()}
        self.events: list[Event] = []
        self.comments = 0

    def __iter__(self) -> Iterator[Event]:
        """Every further event, to the end of the response."""
        fields: dict[str, str] = {}
        deadline = time.monotonic() + SECONDS
        while line := self._response.readline():
            assert time.monotonic() < deadline, f"the stream gives nothing: {self.events[-3:]}"
            text = line.decode().rstrip("\n")
            if text.startswith(":"):
                self.comments += 1
            elif text:
                name, _, value = text.partition(": ")
                fields[name] = value
            elif "event" not in fields:
                fields = {}  # a word on reconnecting alone
            else:
                event = Event(int(fields.get("id", self.seq)), fields["event"], json.loads(fields["data"]))
                fields = {}
                self.events.append(event)
                yield event

    def until(self, wanted: str | Callable[[Event], bool]) -> Event:
        """Reads on to an event of a type (or one that a function wants), and gives it."""
        for event in self:
            if (event.type == wanted) if isinstance(wanted, str) else wanted(event):
                return event
        raise AssertionError(f"the stream ended without {wanted}: {self.events}")

    def until_text(self, text: str) -> None:
        """Reads on until the text so far contains this."""
        if text not in self.text:
            self.until(lambda _: text in self.text)

    def rest(self) -> list[Event]:
        """Reads to the end; all events."""
        for _ in self:
            pass
        self.close()
        return self.events

    def end(self) -> Event:
        """Reads to the end; the last event, which is a terminal one."""
        last = self.rest()[-1]
        assert last.type in TERMINAL, last
        return last

    @property
    def text(self) -> str:
        """The answer's text so far."""
        return text_of(self.events)

    @property
    def seq(self) -> int:
        """The last number seen."""
        return self.events[-1].seq if self.events else 0

    @property
    def started(self) -> dict[str, Any]:
        """The data of `turn.started`, which is the first event."""
        first = self.events[0] if self.events else next(iter(self))
        assert first.type == "turn.started", first
        return first.data

    @property
    def message_id(self) -> int:
        """The answer's id."""
        return int(self.started["message_id"])

    @property
    def conversation_id(self) -> int:
        """The conversation's id."""
        return int(self.started["conversation_id"])

    def close(self) -> None:
        """Hangs up."""
        if self._connection.sock is not None:
            with contextlib.suppress(OSError):
                self._connection.sock.shutdown(socket.SHUT_RDWR)
        self._response.close()
        self._connection.close()


class Client:
    """One caller of a server at `url`."""

    def __init__(self, url: str, project_id: int = 1) -> None:
        self.url = url
        self.project_id = project_id
        self.headers: dict[str, str] = {}
        self._streams: list[Stream] = []

    def request(
        self, method: str, path: str, body: Any = None, headers: dict[str, str] | None = None, seconds: float = SECONDS
    ) -> Reply:
        """One request; `body` is bytes as they are, or JSON."""
        connection, response = self._open(method, path, body, headers, seconds)
        try:
            return Reply(response.status, {k.lower(): v for k, v in response.getheaders()}, response.read())
        finally:
            response.close()
            connection.close()

    def get(self, path: str, **headers: str) -> Reply:
        """GET."""
        return self.request("GET", path, headers=headers)

    def post(self, path: str, body: Any = None, **headers: str) -> Reply:
        """POST."""
        return self.request("POST", path, body if body is not None else {}, headers)

    def stream(self, method: str, path: str, body: Any = None, **headers: str) -> Stream:
        """A request whose answer is a stream of events."""
        accept = {"Accept": "text/event-stream", **headers}
        stream = Stream(*self._open(method, path, body, accept, SECONDS))
        self._streams.append(stream)
        return stream

    def send(self, content: str, **fields: Any) -> Stream:
        """Sends a message and follows the answer from its first event."""
        stream = self.stream("POST", "/api/chat/message", self.message_body(content, fields))
        assert stream.status == 200, (stream.status, stream._response.read())
        return stream

    def ask(self, content: str, **fields: Any) -> Reply:
        """Sends a message and waits for the whole answer."""
        return self.post("/api/chat/message", self.message_body(content, fields))

    def message_body(self, content: str, fields: dict[str, Any]) -> dict[str, Any]:
        """The body of `POST /api/chat/message`."""
        return {"project_id": self.project_id, "content": content, **fields}

    def follow(self, message_id: int, after: int | None = None) -> Stream:
        """Follows an answer, after a number."""
        headers = {} if after is None else {"Last-Event-ID": str(after)}
        stream = self.stream("GET", f"/api/chat/messages/{message_id}/events", **headers)
        assert stream.status == 200, (stream.status, stream._response.read())
        return stream

    def act(self, message_id: int, what: str, body: Any = None) -> Reply:
        """`POST /api/chat/messages/{id}/stop|retry|continue`."""
        return self.post(f"/api/chat/messages/{message_id}/{what}", body)

    def again(self, message_id: int, what: str, **fields: Any) -> Stream:
        """`retry` or `continue`, followed."""
        stream = self.stream("POST", f"/api/chat/messages/{message_id}/{what}", fields)
        assert stream.status == 200, (stream.status, stream._response.read())
        return stream

    def messages(self, conversation_id: int, query: str = "") -> list[dict[str, Any]]:
        """A conversation's newest messages."""
        reply = self.get(f"/api/chat/conversations/{conversation_id}/messages{query}")
        assert reply.status == 200, reply.body
        return list(reply.json()["messages"])

    def message(self, conversation_id: int, message_id: int) -> dict[str, Any]:
        """One message as `GET messages` shows it, replaced or not."""
        found = self.messages(conversation_id, "?replaced=1&limit=200")
        return next(message for message in found if message["id"] == message_id)

    def hang_up(self) -> None:
        """Closes every stream that was opened."""
        for stream in self._streams:
            stream.close()
        self._streams.clear()

    def _open(
        self, method: str, path: str, body: Any, headers: dict[str, str] | None, seconds: float
    ) -> tuple[http.client.HTTPConnection, http.client.HTTPResponse]:
        connection = http.client.HTTPConnection(self.url.removeprefix("http://"), timeout=seconds)
        data = body if isinstance(body, bytes) or body is None else json.dumps(body).encode()
        kind = {"Content-Type": "application/json"} if data is not None else {}
        try:
            connection.request(method, path, data, {**kind, **self.headers, **(headers or {})})
            return connection, connection.getresponse()
        except BaseException:
            connection.close()
            raise
