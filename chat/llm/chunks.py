"""From the bytes of an answer to its parts: the wire form of OpenAI's chat completions, and what others make of it.

`AnswerDecoder` takes bytes cut anywhere and gives parts; it knows no sockets and no clocks.  It decides what an
answer is worth at its end:

- a finish reason, or `[DONE]`: whole; a `Finish` part (the reason may still be `length`);
- the end of the bytes before either: `connection_cut`;
- neither text nor tool call: `empty_answer`, or the reason itself where the server named one;
- an error object anywhere: that error.  Parts that came before it are given first.

A body that isn't a stream at all (one JSON completion, a page, nothing) is seen by its first bytes, not by its
content type.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from .answer import Answer
from .base import Finish, FinishReason, Part, Usage
from .cleaning import clean
from .endings import failure_of, is_reason, reason_of
from .errors import Broken, ModelError, NotWhole
from .failures import clean_detail, error_from_event, is_error, not_an_answer
from .reasoning import content_pieces, reasoning_of
from .sse import Event, SSEDecoder
from .usage import usage_of
from .wire import MAX_DEPTH_ERRORS, Chunk, decode_chunk, decode_loosely, decode_together, only_text

MAX_BODY_BYTES = 32 * 1024 * 1024
START_BYTES = 500
#: From so many events on they are decoded together; the last ones, which tell the end and the usage, never.
MANY, AT_THE_END = 8, 3


class AnswerDecoder:
    """Decodes one answer.

    `over`: nothing more is to be read.  `finished`: the server said that the answer is complete, though usage
    may follow.  `progress` counts the events that carried something; comments and heartbeats don't.
    """

    def __init__(
        self, *, thinks_first: bool = False, secrets: tuple[str, ...] = (), answer: Answer | None = None
    ) -> None:
        self.answer = answer or Answer(thinks_first=thinks_first)
        self.error: ModelError | None = None
        self.over = False
        self.finished = False
        self.progress = 0
        self.usage: Usage | None = None
        self.response_id: str | None = None
        self.model: str | None = None
        self._finish: str | None = None
        self._secrets = secrets
        self._sse = SSEDecoder()
        self._head: list[bytes] | None = []
        self._whole: list[bytes] | None = None
        self._size = 0
        self._start = b"\n"
        self._garbage = b""

    @property
    def content(self) -> bool:
        """True once some text, thinking or tool call came."""
        return self.answer.any

    def feed(self, data: bytes) -> list[Part]:
        """The parts that these bytes complete; `over` and `error` say whether to go on."""
        if self._head is not None:
            data = self._sniff(data)
        if self._whole is not None:
            self._collect(data)
        elif data and not self.over:
            self._stream(data)
        parts = self.answer.take()
        if self._sse.overflow or self.answer.too_large:
            self._fail(NotWhole("too_large", "The answer is longer than we take"))
        return parts

    def end(self) -> list[Part]:
        """The end of the bytes: what was still open, and the verdict in `over` and `error`."""
        if self._head is not None:
            self._fail(not_an_answer(b"".join(self._head), self._secrets))
        elif self._whole is not None:
            self._decode_whole(b"".join(self._whole))
        elif not self.over:
            self._events(self._sse.finish(), last=True)
        self.over = True
        return self.answer.take()

    def close(self) -> list[Part]:
        """The last parts: text held back and the `Finish`; or nothing more than text, and `error` is set."""
        self.over = True
        self.answer.flush()
        if self.error is None:
            self.error = self._shortcoming()
        parts = self.answer.take()
        if self.error is None:
            parts.append(Finish(self._reason(), self._finish, self.usage, self.answer.tools.finish()))
        return parts

    # Bytes

    def _sniff(self, data: bytes) -> bytes:
        """Looks at the first bytes: a stream, one JSON body, or something else."""
        head = self._head or []
        head.append(data)
        start = b"".join(head)
        mark = start.removeprefix(b"\xef\xbb\xbf").lstrip()[:1]
        if not mark or start in (b"\xef", b"\xef\xbb"):
            self._head = [start]
            return b""
        self._head = None
        if mark in b"{[<":
            self._whole = []
        return start

    def _collect(self, data: bytes) -> None:
        """Keeps the bytes of a body that is no stream."""
        self._size += len(data)
        if self._size > MAX_BODY_BYTES:
            self._fail(NotWhole("too_large", f"The answer is larger than {MAX_BODY_BYTES} bytes"))
        elif self._whole is not None:
            self._whole.append(data)

    def _stream(self, data: bytes) -> None:
        """Bytes of a stream of events."""
        if self._start and len(self._start) < START_BYTES:
            self._start += data
        self._events(self._sse.feed(data))

    def _decode_whole(self, body: bytes) -> None:
        """One JSON completion, or an error, in place of a stream."""
        try:
            value = decode_loosely(body.removeprefix(b"\xef\xbb\xbf"))
        except MAX_DEPTH_ERRORS:
            cut = body.lstrip()[:1] == b"{" and b'"choices"' in body[:4096]
            self._fail(Broken("connection_cut", "The answer breaks off") if cut else not_an_answer(body, self._secrets))
            return
        if isinstance(value, list) and value:
            value = value[0]
        if not isinstance(value, dict) or not (is_error(value) or "choices" in value):
            self._fail(not_an_answer(body, self._secrets))
            return
        self._object(value, "")
        self.finished = True

    # Events

    def _events(self, events: list[Event], *, last: bool = False) -> None:
        """Decodes events; the plain ones by the fast way."""
        if events:
            self._start = b""
        plain = decode_together([data for _, data in events[:-AT_THE_END]]) if len(events) >= MANY else []
        if plain:
            self._many(events, plain)
        for name, data in events[len(plain) :]:
            if self.over:
                return
            try:
                chunk = decode_chunk(data)
            except MAX_DEPTH_ERRORS:
                self._odd(name, data, last=last)
            else:
                self._plain(name, data, chunk)

    def _many(self, events: list[Event], chunks: list[Chunk]) -> None:
        """Chunks that came together: the text of those that have nothing else is taken together."""
        text: list[str] = []
        for (name, data), chunk in zip(events, chunks, strict=False):
            if piece := only_text(name, chunk):
                text.append(piece)
                continue
            self._text(text)
            text = []
            if self.over:
                return
            self._plain(name, data, chunk)
        self._text(text)
        if self.model is None:
            self._identify(chunks[-1].id, chunks[-1].model)

    def _text(self, pieces: list[str]) -> None:
        if pieces and not self.over:
            self.progress += len(pieces)
            self.answer.contents(pieces)

    def _plain(self, name: str, data: bytes, chunk: Chunk) -> None:
        """The fast way: one choice with text, thinking or a finish reason."""
        choices = chunk.choices
        if len(choices) != 1 or name == "error":
            self._odd(name, data)
            return
        choice = choices[0]
        if choice.index != 0:
            return
        self.progress += 1
        delta = choice.delta
        if thought := delta.reasoning_content or delta.reasoning:
            self.answer.reasoning(thought)
        if delta.content:
            self.answer.content(delta.content)
        if choice.finish_reason:
            self._finished(choice.finish_reason)
        if self.model is None:
            self._identify(chunk.id, chunk.model)

    def _odd(self, name: str, data: bytes, *, last: bool = False) -> None:
        """The tolerant way, for everything else."""
        if data.strip() == b"[DONE]":
            self.finished = self.over = True
            return
        try:
            value = decode_loosely(data)
        except MAX_DEPTH_ERRORS:
            self._not_json(name, data, last=last)
            return
        if isinstance(value, dict):
            self._object(value, name)
        elif name == "error":
            self._fail(error_from_event(value, self._secrets))

    def _not_json(self, name: str, data: bytes, *, last: bool) -> None:
        """Words in place of JSON: a ping is nothing; half an object is an answer with a hole in it."""
        if name == "error":
            self._fail(error_from_event(data.decode("utf-8", "replace"), self._secrets))
        elif data.lstrip()[:1] == b"{" and not last and not self.finished:
            text = data[:500].decode("utf-8", "replace")
            self._fail(Broken("bad_response", clean_detail("Not JSON: " + text, self._secrets)))
        elif not self._garbage:
            self._garbage = data

    def _object(self, value: dict[str, Any], name: str) -> None:
        if is_error(value, name):
            self._choices(value.get("choices"), finish=False)
            self._fail(error_from_event(value, self._secrets))
            return
        self._identify(value.get("id"), value.get("model"))
        groq = value.get("x_groq")
        self._note_usage(value.get("usage") or (groq.get("usage") if isinstance(groq, dict) else None))
        self._choices(value.get("choices"))

    def _choices(self, choices: Any, *, finish: bool = True) -> None:
        """The first choice of an object; there may be none, and others are other answers."""
        for choice in choices if isinstance(choices, list) else ():
            if isinstance(choice, dict) and choice.get("index") in (0, None, "0"):
                self.progress += 1
                self._choice(choice, finish=finish)
                return

    def _choice(self, choice: Mapping[str, Any], *, finish: bool) -> None:
        for name in ("delta", "message"):
            delta = choice.get(name)
            if isinstance(delta, dict):
                self._delta(delta)
        for kind, text in content_pieces(choice.get("text")):
            self.answer.piece(kind, text)
        self._note_usage(choice.get("usage"))
        if choice.get("error") and finish:
            self._fail(error_from_event({"error": choice["error"]}, self._secrets))
        reason = choice.get("finish_reason")
        if finish and isinstance(reason, str) and reason:
            self._finished(reason)

    def _delta(self, delta: Mapping[str, Any]) -> None:
        self.answer.reasoning(reasoning_of(delta))
        for kind, text in content_pieces(delta.get("content")):
            self.answer.piece(kind, text)
        for _, text in content_pieces(delta.get("refusal")):
            self.answer.piece("text", text)
        calls = delta.get("tool_calls")
        for call in calls if isinstance(calls, list) else [calls]:
            if isinstance(call, dict):
                self.answer.tool_call(call)
        if isinstance(delta.get("function_call"), dict):
            self.answer.tool_call({"index": 0, "function": delta["function_call"]})

    # Verdicts

    def _finished(self, reason: str) -> None:
        """A finish reason; the first one counts."""
        if not is_reason(reason):
            return
        self.finished = True
        if self._finish is None:
            self._finish = clean(reason[:100])

    def _identify(self, response_id: Any, model: Any) -> None:
        """Which answer of which model: the first that is named; gateways change the id per chunk."""
        if self.response_id is None and isinstance(response_id, str) and response_id:
            self.response_id = clean(response_id[:200])
        if self.model is None and isinstance(model, str) and model:
            self.model = clean(model[:200])

    def _note_usage(self, value: Any) -> None:
        """Keeps the last usage: a running total on some servers, never a sum."""
        usage = usage_of(value)
        if usage is not None:
            self.progress += 1
            self.usage = usage

    def _fail(self, error: ModelError) -> None:
        self.over = True
        self.error = self.error or error

    def _reason(self) -> FinishReason:
        return reason_of(self._finish)

    def _shortcoming(self) -> ModelError | None:
        """Why the answer is not whole, or `None` where it is."""
        if not self.finished:
            words = self._garbage or self._start
            if words and not (self.content or self._sse.comments):
                return not_an_answer(words, self._secrets)
            return Broken("connection_cut", "The server closed the connection in the middle of the answer")
        if (failure := failure_of(self._finish, called=bool(self.answer.tools))) is not None:
            return failure
        if self.answer.useful:
            return None
        reason = self._reason()
        if reason in ("length", "content_filter"):
            return NotWhole(reason)
        return NotWhole("empty_answer")
