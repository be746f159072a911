"""Server-sent events, from bytes to events.

The decoder takes bytes as they come, cut anywhere, and gives back each event that is whole.  It follows the
WHATWG rules (a BOM, CR, LF or CRLF, no space after the colon, several `data` lines, comments) and differs in one
point: an event that the end of the stream leaves open is given by `finish()`, for the caller to judge.

The work is linear in the bytes, however they are cut, and small for the usual case of many short events.
"""

from __future__ import annotations

MAX_EVENT_BYTES = 16 * 1024 * 1024

Event = tuple[str, bytes]
"""The event's type ("" where the server named none) and its data."""


class SSEDecoder:
    """Turns bytes into events.

    `comments` counts comment lines: a server that sends nothing else is alive but makes no progress.  `overflow`
    tells that one event has more bytes than we take: reading on is no use.
    """

    __slots__ = ("_data", "_line", "_max", "_name", "_open", "_size", "_skip_lf", "comments", "overflow")

    def __init__(self, max_event_bytes: int = MAX_EVENT_BYTES) -> None:
        self.comments = 0
        self.overflow = False
        self._max = max_event_bytes
        self._line: list[bytes] = []
        self._data: list[bytes] = []
        self._name = ""
        self._size = 0
        self._skip_lf = False
        self._open = False

    def feed(self, data: bytes) -> list[Event]:
        """The events that these bytes complete."""
        if self._skip_lf or not self._open or b"\r" in data:
            data = self._normalised(data)
        if b"\n" not in data:
            self._keep(data)
            return []
        if self._line:
            data = b"".join((*self._line, data))
            self._line.clear()
        events, end = self._plain(data)
        lines = data[end:].split(b"\n")
        rest = lines.pop()
        if lines:
            events += self._take(lines)
        self._keep(rest)
        return events

    def finish(self) -> list[Event]:
        """At the end of the stream: what the missing blank line left open."""
        lines = [b"".join(self._line), b""]
        self._line.clear()
        return self._take(lines)

    def _plain(self, data: bytes) -> tuple[list[Event], int]:
        """The events at the beginning that are one line `data: …` each, as nearly all are, and where they end."""
        end = -1 if self._data or self._name else data.rfind(b"\n\n")
        if end < 0 or not data.startswith(b"data: "):
            return [], 0
        found = data[6:end].split(b"\n\ndata: ")
        if data.count(b"\n", 0, end) != 2 * (len(found) - 1):
            return [], 0
        self._size = 0
        return [("", one) for one in found], end + 2

    def _keep(self, rest: bytes) -> None:
        """Keeps the beginning of a line until its end comes."""
        if rest:
            self._line.append(rest)
            self._grow(len(rest))

    def _grow(self, count: int) -> None:
        self._size += count
        if self._size > self._max:
            self.overflow = True
            self._line.clear()
            self._data.clear()

    def _normalised(self, data: bytes) -> bytes:
        """Line ends as LF, also where CR and LF came in two pieces, and no BOM at the start."""
        if self._skip_lf and data:
            self._skip_lf = False
            if data[:1] == b"\n":
                data = data[1:]
        if b"\r" in data:
            self._skip_lf = data.endswith(b"\r")
            data = data.replace(b"\r\n", b"\n").replace(b"\r", b"\n")
        return data if self._open else self._without_bom(data)

    def _without_bom(self, data: bytes) -> bytes:
        """The first bytes, once there are enough of them to know a BOM."""
        start = b"".join((*self._line, data))
        self._line.clear()
        self._size = 0
        if len(start) >= 3 or not b"\xef\xbb\xbf".startswith(start):
            self._open = True
            return start.removeprefix(b"\xef\xbb\xbf")
        return start

    def _take(self, lines: list[bytes]) -> list[Event]:
        """Reads whole lines; a blank one ends an event."""
        events: list[Event] = []
        data = self._data
        for line in lines:
            if line.startswith(b"data: "):
                data.append(line[6:])
            elif not line:
                if data:
                    events.append((self._name, data[0] if len(data) == 1 else b"\n".join(data)))
                    data.clear()
                self._name = ""
                self._size = 0
            else:
                self._field(line)
        if data:
            self._measure(lines)
        return events

    def _measure(self, lines: list[bytes]) -> None:
        """Counts the bytes of an event that is still open: those since the last blank line."""
        count = 0
        for line in reversed(lines):
            if not line:
                break
            count += len(line) + 1
        self._grow(count)

    def _field(self, line: bytes) -> None:
        """A line that isn't plain `data: …`."""
        name, _, value = line.partition(b":")
        if not name:
            self.comments += 1
        elif name == b"data":
            self._data.append(value.removeprefix(b" "))
        elif name == b"event":
            self._name = value.removeprefix(b" ").decode("utf-8", "replace")
