"""A server that dies or is told to end loses nothing that was shown, and leaves nothing running."""

from __future__ import annotations

import http.client
import json
import sqlite3
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing, contextmanager

import pytest

from tests.live import StartStudio, Studio, eventually
from tests.streaming.client import Stream
from tests.streaming.databases import PostgresDatabases
from tests.streaming.model_server import Gate, say, words

pytestmark = pytest.mark.live
STREAMS = 50
#: What was shown this long before the death must be there after it.
SAFE_SECONDS = 0.3
ELSEWHERE = "another-host/boot/pid:[1]|4242|1"


@contextmanager
def rows(studio: Studio) -> Iterator[sqlite3.Connection]:
    """The database itself."""
    with closing(sqlite3.connect(studio.sqlite_path, timeout=10)) as connection, connection:
        yield connection


class Watched:
    """A follower that notes when each piece of text came."""

    def __init__(self, stream: Stream) -> None:
        self.stream = stream
        self.length = 0
        self._seen: list[tuple[float, int]] = []

    def read_until_the_end(self) -> None:
        """Reads until the server is gone."""
        try:
            for event in self.stream:
                self.length += len(event.data.get("text", ""))
                self._seen.append((time.monotonic(), self.length))
        except (OSError, ValueError):
            pass

    def shown_by(self, moment: float) -> str:
        """The text that was shown at a time."""
        length = max((length for at, length in self._seen if at <= moment), default=0)
        return self.stream.text[:length]


def test_kill_with_fifty_streams_open(start_studio: StartStudio) -> None:
    studio = start_studio()
    studio.model.choose = lambda call: say(*words(2000, 0.05))
    with ThreadPoolExecutor(STREAMS) as pool:
        watched = list(pool.map(lambda n: Watched(studio.client.send(f"n{n}")), range(STREAMS)))
        reading = [pool.submit(one.read_until_the_end) for one in watched]
        eventually(lambda: all(one.length > 100 for one in watched), 20)
        died = time.monotonic()
        studio.kill()
        for one in reading:
            one.result(10)
    studio.model.hang_up()
    studio.start()
    for number, one in enumerate(watched):
        assert_kept(studio, one, number, died - SAFE_SECONDS)
    studio.model.choose = lambda call: say("la suite")
    reply = studio.client.act(watched[0].stream.message_id, "continue")
    assert (reply.status, reply.json()["message"]["content"]) == (200, "la suite")


def assert_kept(studio: Studio, one: Watched, number: int, moment: float) -> None:
    """The message is there, and the answer with what was shown by then; its followers get the end."""
    eventually(lambda: ended_message(studio, one.stream))
    question, answer = studio.client.messages(one.stream.conversation_id)
    assert question["content"] == f"n{number}"
    assert answer["status"] == "interrupted"
    assert answer["metadata"]["error"]["code"] == "server_restarted"
    assert answer["content"].startswith(one.shown_by(moment))
    assert "".join(f"mot{n} " for n in range(2000)).startswith(answer["content"])
    resumed = studio.client.follow(one.stream.message_id, one.stream.seq)
    assert resumed.end().type == "turn.interrupted"


def test_what_was_shown_is_saved_in_time(start_studio: StartStudio) -> None:
    """The same without the death, at many moments: one moment may fall just behind a commit."""
    studio = start_studio()
    studio.model.answer = say(*words(150, 0.02))
    one = Watched(studio.client.send("Salut"))
    late = []
    with ThreadPoolExecutor(1) as pool:
        reading = pool.submit(one.read_until_the_end)
        while not reading.done():
            shown = one.shown_by(time.monotonic() - SAFE_SECONDS)
            late.append(len(saved_text(studio)) < len(shown))
            time.sleep(0.01)
    assert len(late) > 50
    assert sum(late) < len(late) / 5, "the log is written too seldom"


def saved_text(studio: Studio) -> str:
    """The text in the log."""
    with rows(studio) as connection:
        found = connection.execute("SELECT data FROM chat_turnevent WHERE type = 'text.delta' ORDER BY seq")
        return "".join(json.loads(data)["text"] for (data,) in found)


def test_a_restarted_server_ends_old_answers_at_once(start_studio: StartStudio) -> None:
    studio = start_studio(chat={"LEASE_SECONDS": 600})
    studio.model.answer = say("un ", Gate())
    stream = studio.client.send("Salut")
    stream.until_text("un ")
    eventually(lambda: studio.client.message(stream.conversation_id, stream.message_id)["content"])
    studio.kill()
    studio.start()
    ended = eventually(lambda: ended_message(studio, stream), 30)
    assert (ended["status"], ended["content"]) == ("interrupted", "un ")
    assert studio.client.get(f"/api/chat/messages/{stream.message_id}/calls").json()["calls"][0]["error"]


def ended_message(studio: Studio, stream: Stream) -> dict[str, object] | None:
    """The answer, once it is not `streaming`."""
    message = studio.client.message(stream.conversation_id, stream.message_id)
    return message if message["status"] != "streaming" else None


def orphan(studio: Studio, seconds: float) -> Stream:
    """An answer that a server on another machine holds for so many seconds more: this one's, which is killed, and
    renamed."""
    studio.model.answer = say("un ", Gate())
    stream = studio.client.send("Salut")
    stream.until_text("un ")
    eventually(lambda: studio.client.message(stream.conversation_id, stream.message_id)["content"])
    studio.kill()
    with rows(studio) as connection:
        connection.execute(
            "UPDATE chat_aimessage SET lease_owner = ?, lease_until = strftime('%Y-%m-%d %H:%M:%f', 'now', ?) "
            "WHERE status = 'streaming'",
            (ELSEWHERE, f"+{seconds} seconds"),
        )
    return stream


def test_another_machines_answer_is_left_alone_while_its_lease_runs(start_studio: StartStudio) -> None:
    before = start_studio()
    stream = orphan(before, 600)
    studio = start_studio(chat={"LEASE_SECONDS": 1}, database_url=before.database_url)
    for _ in range(3):
        reply = studio.client.ask("Encore", conversation_id=stream.conversation_id)
        assert (reply.status, reply.code) == (409, "turn_in_progress")
    eventually(lambda: "startup complete" in studio.log_text())
    assert ended_message(studio, stream) is None


def test_another_machines_answer_is_ended_when_its_lease_has_run_out(start_studio: StartStudio) -> None:
    before = start_studio()
    stream = orphan(before, 600)
    studio = start_studio(chat={"LEASE_SECONDS": 2}, database_url=before.database_url)
    assert ended_message(studio, stream) is None
    with rows(studio) as connection:
        connection.execute(
            "UPDATE chat_aimessage SET lease_until = strftime('%Y-%m-%d %H:%M:%f', 'now', '+1 seconds') "
            "WHERE status = 'streaming'"
        )
    ended = eventually(lambda: ended_message(studio, stream), 30)
    assert (ended["status"], ended["content"]) == ("interrupted", "un ")


def test_a_send_finds_a_lost_turn_by_itself(start_studio: StartStudio) -> None:
    studio = start_studio(chat={"LEASE_SECONDS": 600})
    stream = orphan(studio, 600)
    studio.start()
    with rows(studio) as connection:
        connection.execute("UPDATE chat_aimessage SET lease_until = '2001-01-01' WHERE status = 'streaming'")
    studio.model.answer = say("voilà")
    reply = studio.client.ask("Encore", conversation_id=stream.conversation_id)
    assert (reply.status, reply.json()["message"]["content"]) == (200, "voilà")


@pytest.mark.postgres
def test_a_server_that_was_thought_dead_writes_nothing_over_it(
    start_studio: StartStudio, postgres_databases: PostgresDatabases
) -> None:
    import psycopg

    studio = start_studio(database_url=postgres_databases.new())
    gate = Gate()
    studio.model.answer = say("un ", gate, "deux")
    stream = studio.client.send("Salut")
    stream.until_text("un ")
    eventually(lambda: studio.client.message(stream.conversation_id, stream.message_id)["content"])
    with psycopg.connect(studio.database_url.replace("postgres://", "postgresql://", 1), autocommit=True) as connection:
        connection.execute(
            "UPDATE chat_aimessage SET status = 'interrupted', content = 'un ', lease_owner = '' "
            "WHERE status = 'streaming'"
        )
    gate.open()
    stream.rest()
    message = studio.client.message(stream.conversation_id, stream.message_id)
    assert (message["status"], message["content"]) == ("interrupted", "un ")


def test_sigterm_lets_a_running_answer_end(start_studio: StartStudio) -> None:
    studio = start_studio(env={"WEBOX_DRAIN_SECONDS": "15"})
    gate = Gate()
    studio.model.answer = say("un ", gate, "deux")
    stream = studio.client.send("Salut")
    stream.until_text("un ")
    studio.terminate()
    gate.open()
    assert stream.end().type == "turn.completed"
    assert stream.text == "un deux"
    assert studio.wait_gone(10) in {0, -15}
    assert studio.start().client.message(stream.conversation_id, stream.message_id)["content"] == "un deux"


def test_sigterm_ends_what_takes_too_long(start_studio: StartStudio) -> None:
    studio = start_studio(env={"WEBOX_DRAIN_SECONDS": "1"})
    studio.model.answer = say("un ", Gate(), "deux")
    stream = studio.client.send("Salut")
    stream.until_text("un ")
    studio.terminate()
    end = stream.end()
    assert (end.type, end.data["metadata"]["error"]["code"]) == ("turn.interrupted", "server_restarted")
    assert studio.wait_gone(10) in {0, -15}
    assert studio.model.calls[0].ended.wait(10)
    with rows(studio) as connection:
        found = connection.execute("SELECT status, content FROM chat_aimessage WHERE role = 'assistant'").fetchall()
    assert found == [("interrupted", "un ")]


def test_an_idle_server_ends_at_once(start_studio: StartStudio) -> None:
    studio = start_studio()
    studio.client.ask("Salut")
    began = time.monotonic()
    studio.terminate()
    assert studio.wait_gone(10) in {0, -15}
    assert time.monotonic() - began < 5


def test_a_draining_server_takes_no_new_messages(start_studio: StartStudio) -> None:
    studio = start_studio(env={"WEBOX_DRAIN_SECONDS": "15"})
    gate = Gate()
    studio.model.answer = say("un ", gate, "deux")
    stream = studio.client.send("Salut")
    stream.until_text("un ")
    with closing(http.client.HTTPConnection("127.0.0.1", studio.port, timeout=10)) as before:
        assert exchange(before, "GET", "/api/chat/conversations/1") == (200, None)
        studio.terminate()
        # a connection of before is refused or closed
        eventually(lambda: send_in(before) in {(503, "draining"), None})
        gate.open()
        assert stream.end().type == "turn.completed"
    assert studio.wait_gone(10) in {0, -15}
    assert len(studio.model.calls) == 1


def exchange(connection: http.client.HTTPConnection, method: str, path: str, body: object = None) -> object:
    """Status and error code."""
    data = None if body is None else json.dumps(body)
    connection.request(method, path, data, {"Content-Type": "application/json"})
    response = connection.getresponse()
    return response.status, json.loads(response.read()).get("error", {}).get("code")


def send_in(connection: http.client.HTTPConnection) -> object:
    """The answer to a message that is sent in an open connection; none where the server has closed it."""
    connection.auto_open = 0
    try:
        return exchange(connection, "POST", "/api/chat/message", {"project_id": 1, "content": "Encore"})
    except (OSError, http.client.HTTPException):
        return None
