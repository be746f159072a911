"""The database is locked or gone in the middle of an answer: the stream goes on, the rows follow."""

from __future__ import annotations

import sqlite3
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, closing, contextmanager

import psycopg
import pytest

from chat.events.writer import READERS
from tests.live import StartStudio, Studio, eventually
from tests.streaming.client import Stream
from tests.streaming.databases import PostgresDatabases
from tests.streaming.model_server import say, words

pytestmark = pytest.mark.live
SECONDS = 5.0
PER_WORD = 0.05
WORDS = 130
LOCK = """
import sqlite3, sys, time
with sqlite3.connect(sys.argv[1], timeout=5, isolation_level=None) as connection:
    connection.execute("BEGIN EXCLUSIVE")
    print("locked", flush=True)
    sys.stdin.read()
    connection.execute("ROLLBACK")
"""


@contextmanager
def locked_file(studio: Studio) -> Iterator[None]:
    """Another process holds SQLite's one writer."""
    command = [sys.executable, "-c", LOCK, str(studio.sqlite_path)]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE) as process:
        assert process.stdout is not None
        assert process.stdout.readline() == b"locked\n"
        yield
        process.communicate()


@contextmanager
def locked_tables(studio: Studio) -> Iterator[None]:
    """Somebody's transaction holds the tables that a turn writes to."""
    with psycopg.connect(studio.database_url.replace("postgres://", "postgresql://", 1)) as connection:
        connection.execute("LOCK TABLE chat_turnevent, chat_aimessage, chat_modelcall IN ACCESS EXCLUSIVE MODE")
        yield
        connection.rollback()


@contextmanager
def no_connections(studio: Studio) -> Iterator[None]:
    """The database takes no connections, and ends those there are."""
    server, _, name = studio.database_url.replace("postgres://", "postgresql://", 1).rpartition("/")
    with psycopg.connect(f"{server}/postgres", autocommit=True) as connection:
        connection.execute(f"ALTER DATABASE {name} ALLOW_CONNECTIONS false")
        connection.execute("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = %s", (name,))
        yield
        connection.execute(f"ALTER DATABASE {name} ALLOW_CONNECTIONS true")


def survives(studio: Studio, away: Callable[[Studio], AbstractContextManager[None]]) -> None:
    """An answer that is longer than the time for which the database is away."""
    studio.model.answer = say(*words(WORDS, PER_WORD))
    stream = studio.client.send("Salut")
    stream.until_text("mot3 ")
    with away(studio):
        read_for(stream, SECONDS)
    end = stream.end()
    assert end.type == "turn.completed"
    assert stream.text == "".join(f"mot{n} " for n in range(WORDS))
    message = studio.client.message(stream.conversation_id, stream.message_id)
    assert (message["status"], message["content"]) == ("complete", stream.text)
    assert message["last_seq"] == end.seq
    again = studio.client.follow(stream.message_id)
    assert again.end() == end
    assert again.text == stream.text
    for _ in range(READERS):  # each has a connection of its own
        assert studio.client.follow(stream.message_id, end.seq - 1).rest() == [end]
    assert len(studio.client.get(f"/api/chat/messages/{stream.message_id}/calls").json()["calls"]) == 1


def read_for(stream: Stream, seconds: float) -> None:
    """Reads on; the text never stands still for long."""
    until = last = time.monotonic()
    until += seconds
    for _ in stream:
        now = time.monotonic()
        assert now - last < SECONDS - 1, "the stream waited for the database"
        last = now
        if now > until:
            return
    raise AssertionError("the answer ended too soon")


def test_sqlite_is_locked(start_studio: StartStudio) -> None:
    survives(start_studio(), locked_file)


@pytest.mark.postgres
@pytest.mark.parametrize("away", [locked_tables, no_connections])
def test_postgres_is_away(
    start_studio: StartStudio,
    postgres_databases: PostgresDatabases,
    away: Callable[[Studio], AbstractContextManager[None]],
) -> None:
    survives(start_studio(database_url=postgres_databases.new()), away)


def test_an_answer_ends_while_sqlite_is_locked(start_studio: StartStudio) -> None:
    studio = start_studio()
    studio.model.answer = say(*words(20, PER_WORD))
    stream = studio.client.send("Salut")
    stream.until_text("mot3 ")
    with locked_file(studio):
        stream.until_text("mot19 ")
        assert studio.model.calls[0].ended.wait(5)
    assert stream.end().type == "turn.completed"
    assert studio.client.message(stream.conversation_id, stream.message_id)["content"] == stream.text


def test_a_send_waits_for_a_locked_database(start_studio: StartStudio) -> None:
    from concurrent.futures import ThreadPoolExecutor

    studio = start_studio()
    studio.client.ask("Réveil")
    with ThreadPoolExecutor(1) as pool, locked_file(studio):
        asking = pool.submit(studio.client.ask, "Salut")
        time.sleep(1)  # how long it is locked is the point
        assert not asking.done()
    assert asking.result(20).status == 200


@pytest.mark.postgres
def test_without_a_database_a_send_is_refused_in_time(
    start_studio: StartStudio, postgres_databases: PostgresDatabases
) -> None:
    studio = start_studio(database_url=postgres_databases.new())
    studio.client.ask("Réveil")
    with no_connections(studio):
        reply = studio.client.ask("Salut")
        assert (reply.status, reply.code) == (503, "database_unavailable")
    eventually(lambda: studio.client.ask("Salut").status == 200)


@pytest.mark.postgres
def test_the_first_send_after_a_restart_of_the_database_is_taken(
    start_studio: StartStudio, postgres_databases: PostgresDatabases
) -> None:
    studio = start_studio(database_url=postgres_databases.new())
    studio.client.ask("Réveil")
    with no_connections(studio):
        pass
    reply = studio.client.ask("Salut")
    assert reply.status == 200, reply


RENAME = "ALTER TABLE chat_aiconversation RENAME COLUMN message_count TO of_an_older_version"


def test_an_older_sqlite_database_is_named_as_what_it_is(start_studio: StartStudio) -> None:
    studio = start_studio()
    studio.stop()
    with closing(sqlite3.connect(studio.sqlite_path)) as connection:
        connection.execute(RENAME)
    studio.start()
    reply = studio.client.ask("Salut")
    assert (reply.status, reply.code) == (503, "database_outdated")


@pytest.mark.postgres
def test_an_older_postgres_database_is_named_as_what_it_is(
    start_studio: StartStudio, postgres_databases: PostgresDatabases
) -> None:
    studio = start_studio(database_url=postgres_databases.new())
    with psycopg.connect(studio.database_url.replace("postgres://", "postgresql://", 1)) as connection:
        connection.execute(RENAME)
    reply = studio.client.ask("Salut")
    assert (reply.status, reply.code) == (503, "database_outdated")
