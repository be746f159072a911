"""Saving on a real server: the short way past the middleware, many at once, and the usual way beside it."""

from __future__ import annotations

import json
from concurrent.futures import ThreadPoolExecutor, as_completed
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

import psycopg
import pytest

from projects.content import digest_of
from projects.saves import THREADS
from tests.live import StartStudio, Studio, eventually

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from tests.streaming.client import Client, Reply
    from tests.streaming.databases import PostgresDatabases

pytestmark = pytest.mark.live
PEOPLE = 20
SAVES = 5
FILES = "/api/projects/1/files"
#: A header that only Django's middleware sets.
USUAL = "x-frame-options"


def put(client: Client, path: str, body: Any, headers: dict[str, str] | None = None, *, usual: bool = False) -> Reply:
    """Saves; the usual way takes what does not say how long it is."""
    data, named = json.dumps(body).encode(), headers or {}
    if usual:
        data = b"%x\r\n%b\r\n0\r\n\r\n" % (len(data), data)
        named = {**named, "Transfer-Encoding": "chunked"}
    return client.request("PUT", f"{FILES}/{path}", data, named)


def tag(text: str) -> str:
    return f'"{digest_of(text.encode())}"'


class TestAtOnce:
    def test_sqlite(self, start_studio: StartStudio) -> None:
        self.save_at_once(start_studio())

    @pytest.mark.postgres
    def test_postgres(self, start_studio: StartStudio, postgres_databases: PostgresDatabases) -> None:
        self.save_at_once(start_studio(database_url=postgres_databases.new()))

    def save_at_once(self, studio: Studio) -> None:
        """Every save is a revision of its own with what was there before, and everyone's last one is there."""
        head = studio.client.get(FILES).json()["revision"]
        with ThreadPoolExecutor(PEOPLE) as pool:
            numbers = [
                number for found in pool.map(lambda n: self.person(studio, n), range(PEOPLE)) for number in found
            ]
        assert sorted(numbers) == list(range(head + 1, head + 1 + PEOPLE * SAVES))
        for n in range(PEOPLE):
            assert studio.client.get(f"{FILES}/people/{n}.txt").json()["text"] == f"{n} {SAVES - 1}"
        for number in numbers:
            (change,) = studio.client.get(f"/api/projects/1/revisions/{number}").json()["changes"]
            after = {digest_of(f"{n} {turn}".encode()): (n, turn) for n in range(PEOPLE) for turn in range(SAVES)}
            person, turn = after[change["after"]]
            before = digest_of(f"{person} {turn - 1}".encode()) if turn else None
            assert (change["path"], change["before"]) == (f"people/{person}.txt", before)

    def person(self, studio: Studio, n: int) -> list[int]:
        """Saves a file of their own, again and again; the revisions."""
        client, numbers = studio.new_client(), []
        for turn in range(SAVES):
            condition = {"If-Match": tag(f"{n} {turn - 1}")} if turn else {"If-None-Match": "*"}
            reply = put(client, f"people/{n}.txt", {"text": f"{n} {turn}"}, condition)
            assert reply.status == (200 if turn else 201), reply.body
            assert USUAL not in reply.headers
            numbers.append(reply.json()["revision"])
        return numbers

    def test_of_one_file_one_is_first(self, start_studio: StartStudio) -> None:
        studio = start_studio()
        put(studio.client, "one.txt", {"text": "0\n"})
        with ThreadPoolExecutor(PEOPLE) as pool:
            headers = {"If-Match": tag("0\n")}
            replies = list(pool.map(lambda n: put(studio.new_client(), "one.txt", {"text": f"{n}\n"}, headers),
                                    range(1, PEOPLE)))  # fmt: skip
        saved = [reply for reply in replies if reply.status == 200]
        assert len(saved) == 1
        assert {reply.code for reply in replies if reply not in saved} == {"stale"}
        assert all(reply.json()["error"]["file"]["digest"] == saved[0].json()["digest"] for reply in replies
                   if reply not in saved)  # fmt: skip


#: What is asked, and what it should come to.
ASKED: list[tuple[str, Any, dict[str, str], int]] = [
    ("made.txt", {"text": "x"}, {}, 201),
    ("index.html", {"text": "x"}, {}, 428),
    ("index.html", {"text": "x"}, {"If-Match": tag("old")}, 412),
    ("../x", {"text": "x"}, {"Accept-Language": "en"}, 400),
    ("a%00b", {"text": "x"}, {}, 400),
    ("%C3%A9t%C3%A9/%E2%9C%93.txt", {"text": "é"}, {"If-None-Match": "*"}, 201),
    ("INDEX.html", {"text": "x"}, {"Accept-Language": "en, fr;q=0.5"}, 409),
    ("x", {"text": "x", "data": "x"}, {}, 400),
    ("x", ["x"], {}, 400),
    ("x", {"text": "x"}, {"Sec-Fetch-Site": "cross-site"}, 403),
    ("x", {"text": "x"}, {"Origin": "https://evil.example"}, 403),
    ("x", {"text": "x"}, {"Authorization": "Token nobody"}, 401),
    ("x", {"text": "x"}, {"X-Forwarded-For": "203.0.113.1"}, 401),
    ("raw.bin", {"bytes": 1}, {"Content-Type": "application/octet-stream"}, 201),
]


def test_both_ways_give_the_same_answers(start_studio: StartStudio) -> None:
    """Each on a server of its own, that is asked the same."""
    short, usual = start_studio(), start_studio()
    for path, body, headers, status in ASKED:
        ours = put(short.client, path, body, headers)
        theirs = put(usual.client, path, body, headers, usual=True)
        assert (USUAL in ours.headers, USUAL in theirs.headers) == (False, True), path
        assert ours.status == theirs.status == status, (path, headers, ours.body, theirs.body)
        assert ours.json() == theirs.json()
        for name in ("content-type", "cache-control", "x-content-type-options", "etag"):
            assert ours.headers.get(name) == theirs.headers.get(name), (path, name)


@pytest.mark.parametrize(
    ("method", "path"), [("PUT", f"{FILES}/"), ("PUT", f"{FILES}/a%0Ab"), ("DELETE", f"{FILES}/x")]
)
def test_everything_else_goes_the_usual_way(studio: Studio, method: str, path: str) -> None:
    reply = studio.client.request(method, path, {"text": "x"})
    assert (reply.status, USUAL in reply.headers) == (404, True)


def test_a_long_text_goes_the_usual_way(studio: Studio) -> None:
    reply = put(studio.client, "long.txt", {"text": "x" * 300_000})
    assert (reply.status, USUAL in reply.headers) == (201, True)


def test_another_name_than_ours_is_refused(studio: Studio) -> None:
    reply = put(studio.client, "x", {"text": "x"}, {"Host": "evil.example"})
    assert (reply.status, reply.code, USUAL in reply.headers) == (400, "bad_host", False)


def test_a_locked_database_is_waited_for_and_then_told(start_studio: StartStudio) -> None:
    """Whoever waits gets the answer of their own; when the lock goes, saving goes on with the same server."""
    import sqlite3
    from contextlib import closing

    studio = start_studio()
    with closing(sqlite3.connect(studio.sqlite_path, isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")
        with ThreadPoolExecutor(3) as pool:
            asked = [pool.submit(put, studio.new_client(), f"{n}.txt", {"text": "x"}) for n in range(3)]
            assert studio.client.get(f"{FILES}/index.html").status == 200
            other.execute("ROLLBACK")
            assert [future.result(30).status for future in asked] == [201] * 3


@contextmanager
def held_project(database_url: str, project_id: int) -> Iterator[Callable[[], int]]:
    """Somebody's transaction holds a project's row. Tells how many wait for a lock."""
    server = database_url.replace("postgres://", "postgresql://", 1)
    count = "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'"
    with psycopg.connect(server) as holder, psycopg.connect(server, autocommit=True) as watcher:
        holder.execute("SELECT id FROM projects_project WHERE id = %s FOR UPDATE", [project_id])
        yield lambda: watcher.execute(count).fetchone()[0]  # type: ignore[index]
        holder.rollback()


@pytest.mark.postgres
def test_a_project_that_is_held_holds_up_no_other(
    start_studio: StartStudio, postgres_databases: PostgresDatabases
) -> None:
    """Whoever waits for it hears that it is busy, and tries again; meanwhile others save, and pages answer."""
    database = postgres_databases.new()
    studio = start_studio(database_url=database)
    studio.manage("shell", "-c", "from projects.models import *; Project.objects.create(name='P', "
                                 "owner=Project.objects.get().owner)")  # fmt: skip
    with ThreadPoolExecutor(THREADS + 1) as pool, held_project(database, 1) as waiting:
        asked = [pool.submit(put, studio.new_client(), f"{n}.txt", {"text": "x"}) for n in range(THREADS + 1)]
        eventually(waiting)
        for n in range(3):
            assert studio.client.request("PUT", f"/api/projects/2/files/{n}.txt", {"text": "x"}).status == 201
        assert studio.client.get(FILES).status == 200
        assert waiting() <= 1
        first = next(as_completed(asked)).result()
        assert (first.status, first.code) == (503, "database_unavailable")
    # who came behind it had not waited so long when the project was let go
    assert sorted({future.result().status for future in asked}) == [201, 503]
    assert put(studio.client, "after.txt", {"text": "x"}).status == 201
