"""An answer can be followed from any number, by anybody, at any pace: nothing comes twice, nothing is missing."""

from __future__ import annotations

import http.client
import socket
from concurrent.futures import ThreadPoolExecutor

import pytest

from tests.live import StartStudio, Studio, eventually
from tests.streaming.client import Client, Event, Stream, text_of
from tests.streaming.model_server import CUT, Answer, Gate, chunk, fail, say, words

pytestmark = pytest.mark.live
TEXT = "Voilà 😀 — é\n\n```js\nlet a = 1;\n```\nfin"


def pieces(text: str, size: int = 3) -> list[str]:
    """A text cut into chunks."""
    return [text[at : at + size] for at in range(0, len(text), size)]


def tail_of(events: list[Event], after: int) -> str:
    """The text that a reader who has everything up to `after` still lacks: a delta's characters are numbered."""
    found = []
    for event in events:
        if event.type == "text.delta":
            first = event.seq - len(event.data["text"])
            found.append(event.data["text"][max(0, after - first) :] if event.seq > after else "")
    return "".join(found)


def resumed_at_every_number(client: Client, whole: Stream) -> None:
    """Follows again from each number there is."""
    for after in range(whole.events[-1].seq + 1):
        again = client.follow(whole.message_id, after).rest()
        assert all(event.seq > after for event in again)
        assert text_of(again) == tail_of(whole.events, after), after
        assert [e.type for e in again if e.type != "text.delta"] == [
            e.type for e in whole.events if e.type != "text.delta" and e.seq > after
        ]


def test_resume_at_every_number_of_an_ended_answer(studio: Studio) -> None:
    studio.model.answer = say(*pieces(TEXT))
    whole = studio.client.send("Salut")
    whole.end()
    assert whole.text == TEXT
    resumed_at_every_number(studio.client, whole)


def test_resume_at_every_number_of_a_running_answer(studio: Studio) -> None:
    gate = Gate()
    studio.model.answer = say(*pieces(TEXT), gate, "!")
    whole = studio.client.send("Salut")
    whole.until_text(TEXT)
    gate.wait_reached()
    readers = [(after, studio.client.follow(whole.message_id, after)) for after in range(whole.seq + 1)]
    for after, reader in readers:
        lacking = tail_of(whole.events, after)
        if lacking:
            reader.until_text(lacking)
            assert reader.text == lacking
    gate.open()
    whole.end()
    for after, reader in readers:
        reader.end()
        assert reader.text == tail_of(whole.events, after)


def test_the_number_may_be_asked_for_in_the_address(studio: Studio) -> None:
    whole = studio.client.send("Salut")
    whole.end()
    path = f"/api/chat/messages/{whole.message_id}/events"
    first = whole.events[0].seq
    rest = studio.client.stream("GET", f"{path}?after={first}").rest()
    # the database may give what was told in two pieces in one
    assert text_of(rest) == tail_of(whole.events, first) == whole.text
    assert (rest[0].type, rest[-1]) == ("context.built", whole.events[-1])
    assert studio.client.stream("GET", f"{path}?after={whole.seq}").rest() == []
    assert studio.client.stream("GET", f"{path}?after=999999").rest() == []


def test_a_reader_who_does_not_wait_gets_what_there_is(studio: Studio) -> None:
    gate = Gate()
    studio.model.answer = say("un ", gate, "deux")
    whole = studio.client.send("Salut")
    whole.until_text("un ")
    path = f"/api/chat/messages/{whole.message_id}/events?wait=0"
    first = studio.client.stream("GET", path).rest()
    assert (text_of(first), first[-1].seq) == ("un ", whole.seq)
    assert studio.client.stream("GET", f"{path}&after={whole.seq}").rest() == []
    gate.open()
    whole.end()
    rest = studio.client.stream("GET", f"{path}&after={first[-1].seq}").rest()
    assert (text_of(rest), rest[-1].seq, rest[-1].type) == ("deux", whole.seq, "turn.completed")


@pytest.mark.parametrize("number", ["-1", "x", "1.5", "9" * 30, "²", "1e3"])
def test_a_number_that_is_none(studio: Studio, number: str) -> None:
    whole = studio.client.send("Salut")
    whole.end()
    path = f"/api/chat/messages/{whole.message_id}/events"
    reply = studio.client.request("GET", path, headers={"Last-Event-ID": number.encode().decode("latin-1")})
    assert (reply.status, reply.code) == (400, "invalid")


def test_five_followers_see_the_same(studio: Studio) -> None:
    gate = Gate()
    studio.model.answer = say(*words(20), gate, *words(20))
    first = studio.client.send("Salut")
    first.until("text.delta")
    others = [studio.client.follow(first.message_id) for _ in range(4)]
    gate.open()
    with ThreadPoolExecutor(5) as pool:
        found = list(pool.map(lambda stream: stream.rest(), [first, *others]))
    assert len({text_of(events) for events in found}) == 1
    assert {events[-1].seq for events in found} == {first.seq}
    assert text_of(found[0]) == "".join(f"mot{n} " for n in range(20)) * 2


def test_closing_the_connection_stops_nothing(studio: Studio) -> None:
    gate = Gate()
    studio.model.answer = say("un ", gate, "deux")
    stream = studio.client.send("Salut")
    stream.until_text("un ")
    stream.close()
    gate.wait_reached()
    assert studio.client.message(stream.conversation_id, stream.message_id)["status"] == "streaming"
    gate.open()
    message = eventually(lambda: ended(studio.client, stream))
    assert (message["status"], message["content"]) == ("complete", "un deux")
    assert not studio.model.calls[0].was_closed


def ended(client: Client, stream: Stream) -> dict[str, object] | None:
    """The answer, once it has ended."""
    message = client.message(stream.conversation_id, stream.message_id)
    return message if message["status"] != "streaming" else None


def test_a_running_answer_is_shown_with_its_number(studio: Studio) -> None:
    gate = Gate()
    studio.model.answer = say("un ", gate, "deux")
    stream = studio.client.send("Salut")
    stream.until_text("un ")
    shown = eventually(
        lambda: next(
            (m for m in studio.client.messages(stream.conversation_id) if m["status"] == "streaming" and m["content"]),
            None,
        )
    )
    assert shown["content"] == "un "
    rest = studio.client.follow(stream.message_id, shown["last_seq"])
    gate.open()
    rest.end()
    assert rest.text == "deux"


def test_a_json_caller_who_leaves_stops_nothing(studio: Studio) -> None:
    gate = Gate()
    studio.model.answer = say("un ", gate, "deux")
    made = studio.client.post("/api/chat/conversations", {"project_id": 1}).json()
    body = b'{"project_id": 1, "content": "Salut", "conversation_id": %d}' % made["conversation_id"]
    with socket.create_connection(("127.0.0.1", studio.port)) as caller:
        head = f"POST /api/chat/message HTTP/1.1\r\nHost: localhost\r\nContent-Length: {len(body)}\r\n"
        caller.sendall(head.encode() + b"Content-Type: application/json\r\n\r\n" + body)
        gate.wait_reached()
    gate.open()
    message = eventually(
        lambda: next(
            (m for m in studio.client.messages(made["conversation_id"]) if m["status"] == "complete" and m["reply_to"]),
            None,
        )
    )
    assert message["content"] == "un deux"


@pytest.mark.parametrize(
    ("answer", "status", "code", "text"),
    [
        (say("un ", CUT), 502, "connection_cut", "un "),
        (say("un ", chunk({}, "length")), 502, "length", "un "),
        (fail(400, "context_length_exceeded"), 502, "context_length", ""),
    ],
)
def test_a_json_caller_gets_what_there_is(studio: Studio, answer: Answer, status: int, code: str, text: str) -> None:
    studio.model.answer = answer
    reply = studio.client.ask("Salut", model=f"model-{code}")
    assert (reply.status, reply.code, reply.json()["message"]["content"]) == (status, code, text)
    assert reply.json()["message"]["status"] == ("interrupted" if text else "failed")


def test_a_slow_reader_slows_nobody_and_loses_nothing(start_studio: StartStudio) -> None:
    studio = start_studio(chat={"TICK_SECONDS": 0.001, "FLUSH_SECONDS": 0.05})
    gate = Gate()
    block = "x" * 3000 + "\n"
    studio.model.queue(say(gate, *([block, 0.002] * 600)))
    fast = studio.client.send("Salut")
    slow = slow_reader(studio.port, fast.message_id)
    gate.open()
    fast.end()
    assert fast.text == block * 600
    assert studio.client.ask("Et toi ?").status == 200
    assert slow.end() == fast.events[-1]
    assert slow.text == block * 600


def slow_reader(port: int, message_id: int) -> Stream:
    """A follower with a small buffer who reads nothing yet."""
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=20)
    connection.sock = socket.socket()
    connection.sock.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
    connection.sock.settimeout(20)
    connection.sock.connect(("127.0.0.1", port))
    connection.request("GET", f"/api/chat/messages/{message_id}/events", headers={"Connection": "close"})
    return Stream(connection, connection.getresponse())
