"""Following a project: its changes and who is there, over one server and several (projects/events.py)."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, Any

import pytest

from projects.bus import channel_of
from tests.live import StartStudio, Studio, eventually
from tests.streaming.client import Client, Event, Stream

if TYPE_CHECKING:
    from tests.streaming.databases import PostgresDatabases

pytestmark = pytest.mark.live


def follow(client: Client, name: str, query: str = "", **headers: str) -> Stream:
    stream = client.stream("GET", f"/api/projects/1/events?client={name}{query}", **headers)
    assert stream.status == 200
    return stream


def save(client: Client, path: str, text: str, page: str = "other") -> int:
    change = {"action": "write", "path": path, "text": text, "base": "*"}
    reply = client.post("/api/projects/1/commit", {"changes": [change]}, **{"X-Studio-Client": page})
    assert reply.status == 200, reply.body
    return int(reply.json()["revision"])


def people(event: Event) -> set[tuple[str, str | None]]:
    return {(person["client"], person["path"]) for person in event.data["people"]}


def until_people(stream: Stream, wanted: set[tuple[str, str | None]]) -> None:
    stream.until(lambda event: event.type == "presence" and people(event) == wanted)


def test_a_save_is_heard_with_who_and_what(studio: Studio) -> None:
    stream = follow(studio.client, "a")
    head = stream.until("ready").data["revision"]
    number = save(studio.client, "heard.txt", "x", page="b")
    told = stream.until("files.changed")
    assert told.seq == number == head + 1
    assert told.data == {
        "revision": number, "paths": ["heard.txt"], "gone": [], "renamed": {}, "origin": "user", "author": "local",
        "author_id": told.data["author_id"], "client": "b",
    }  # fmt: skip
    assert studio.client.request("DELETE", "/api/projects/1/files/heard.txt", None, {"If-Match": "*"}).status == 200
    gone = stream.until("files.changed")
    assert (gone.data["paths"], gone.data["gone"], gone.data["client"]) == (["heard.txt"], ["heard.txt"], "")


def test_whoever_comes_again_is_told_what_was_missed_once(studio: Studio) -> None:
    first = follow(studio.client, "a")
    head = first.until("ready").seq
    first.close()
    numbers = [save(studio.client, "missed.txt", str(count)) for count in range(3)]
    again = follow(studio.client, "a", **{"Last-Event-ID": str(head)})
    again.until("ready")
    assert [event.seq for event in again.events] == [*numbers, numbers[-1]]
    assert [event.type for event in again.events] == ["files.changed"] * 3 + ["ready"]


def test_too_many_missed_changes_are_one_that_says_look_again(studio: Studio) -> None:
    for count in range(101):
        head = save(studio.client, "often.txt", f"{count} {time.monotonic()}")
    stream = follow(studio.client, "a", f"&after={head - 101}")
    told = stream.until("files.changed")
    assert (told.seq, told.data["paths"]) == (head, None)
    assert stream.until("ready").seq == head
    many = [{"action": "write", "path": f"many/{n}.txt", "text": "x", "base": "*"} for n in range(501)]
    studio.client.post("/api/projects/1/commit", {"changes": many})
    assert stream.until("files.changed").data["paths"] is None


def test_who_is_there_and_where(studio: Studio) -> None:
    alone = follow(studio.client, "a", "&path=index.html")
    until_people(alone, {("a", "index.html")})
    second = follow(studio.client, "b")
    until_people(alone, {("a", "index.html"), ("b", None)})
    moved = studio.client.post("/api/projects/1/presence", {"client": "b", "path": "style.css"})
    assert moved.status == 200
    until_people(alone, {("a", "index.html"), ("b", "style.css")})
    second.close()
    until_people(alone, {("a", "index.html")})


def test_a_page_that_is_read_by_another_stream_stays_there(studio: Studio) -> None:
    """Tabs of one browser have one name: when the tab that reads goes, the next one may already be there."""
    watcher = follow(studio.client, "w")
    until_people(watcher, {("w", None)})
    for _ in range(20):
        first = follow(studio.client, "b", "&path=a.txt")
        first.until("ready")
        second = studio.client.stream("GET", "/api/projects/1/events?client=b&path=b.txt")
        first.close()
        second.until("ready")
        until_people(second, {("w", None), ("b", "b.txt")})
        second.close()
        until_people(watcher, {("w", None)})


def test_whoever_does_not_wait_gets_what_is_new(studio: Studio) -> None:
    head = follow(studio.client, "a").until("ready").data["revision"]
    number = save(studio.client, "polled.txt", "x")
    polled = follow(studio.client, "polls", f"&after={head}&wait=0&path=a.txt").rest()
    assert [event.type for event in polled] == ["files.changed", "ready", "presence"]
    assert (polled[0].seq, polled[1].seq) == (number, number)
    assert ("polls", "a.txt") in people(polled[2])


@pytest.mark.parametrize("query", ["", "?client=", "?client=a%20b", "?client=a&after=x", "?client=" + "a" * 37])
def test_a_wrong_question_is_refused(studio: Studio, query: str) -> None:
    reply = studio.client.get(f"/api/projects/1/events{query}")
    assert (reply.status, reply.code) == (400, "invalid")


def test_another_site_may_not_hold_streams_open(studio: Studio) -> None:
    reply = studio.client.get("/api/projects/1/events?client=a", **{"Sec-Fetch-Site": "cross-site"})
    assert (reply.status, reply.code) == (403, "csrf")
    assert studio.client.get("/api/projects/999/events?client=a").status == 404


def test_what_is_done_in_conversations_is_told(studio: Studio) -> None:
    stream = follow(studio.client, "a")
    head = stream.until("ready").seq
    turn = studio.client.send("Salut")
    told = stream.until("conversation.changed")
    assert told.data == {"conversation_id": turn.conversation_id, "message_id": turn.message_id, "what": "message"}
    assert told.seq == head, "it is in no revision"
    turn.end()
    path = f"/api/chat/conversations/{turn.conversation_id}"
    assert studio.client.request("PATCH", path, {"title": "Autre"}).status == 200
    assert stream.until("conversation.changed").data["what"] == "conversation"
    assert studio.client.request("DELETE", path).status == 200
    gone = stream.until("conversation.changed").data
    assert (gone["what"], gone["by"]) == ("deleted", "local")
    later = follow(studio.client, "b")
    later.until("ready")
    save(studio.client, "after.txt", "x")
    later.until("files.changed")
    assert "conversation.changed" not in {event.type for event in later.events}


def sql(studio: Studio, statement: str, *values: Any) -> None:
    import sqlite3

    with sqlite3.connect(studio.sqlite_path, timeout=20) as database:
        database.execute(statement, values)
    database.close()


def test_a_project_that_goes_takes_its_streams_along(start_studio: StartStudio) -> None:
    studio = start_studio()
    stream = follow(studio.client, "a")
    stream.until("ready")
    sql(studio, "PRAGMA foreign_keys = OFF")
    sql(studio, "UPDATE auth_user SET is_active = 0")
    stream.until("access.ended")
    assert stream.rest()[-1].type == "access.ended"


def test_a_server_that_is_asked_to_end_does_not_wait_for_pages(start_studio: StartStudio) -> None:
    studio = start_studio()
    stream = follow(studio.client, "a")
    stream.until("ready")
    studio.terminate()
    assert "access.ended" not in [event.type for event in stream.rest()]
    studio.wait_gone(15)


@pytest.mark.postgres
def test_other_servers_hear_it_without_redis(start_studio: StartStudio, postgres_databases: PostgresDatabases) -> None:
    database = postgres_databases.new()
    here, there = start_studio(database_url=database), start_studio(database_url=database)
    stream = follow(here.client, "a")
    stream.until("ready")
    number = save(there.client, "elsewhere.txt", "x", page="b")
    assert stream.until("files.changed").seq == number
    other = follow(there.client, "b", "&path=style.css")
    until_people(stream, {("a", None), ("b", "style.css")})
    other.close()
    until_people(stream, {("a", None)})


@pytest.mark.postgres
@pytest.mark.redis
def test_a_page_that_another_server_reads_stays_there(
    start_studio: StartStudio, postgres_databases: PostgresDatabases, redis_url: str
) -> None:
    """The next tab may have its stream at another server before the one that goes is missed at its own."""
    database = postgres_databases.new()
    here, there = (start_studio(database_url=database, redis_url=redis_url) for _ in range(2))
    watcher = follow(here.client, "w")
    until_people(watcher, {("w", None)})
    for _ in range(5):
        first = follow(here.client, "b", "&path=a.txt")
        first.until("ready")
        second = follow(there.client, "b", "&path=b.txt")
        second.until("ready")
        first.close()
        third = follow(here.client, "c")  # comes in behind the one that leaves
        until_people(second, {("w", None), ("b", "b.txt"), ("c", None)})
        second.close()
        third.close()
        until_people(watcher, {("w", None)})


@pytest.mark.postgres
@pytest.mark.redis
def test_redis_wakes_the_other_servers(
    start_studio: StartStudio, postgres_databases: PostgresDatabases, redis_url: str
) -> None:
    import redis

    database = postgres_databases.new()
    here = start_studio(database_url=database, redis_url=redis_url)
    there = start_studio(database_url=database, redis_url=redis_url)
    stream = follow(here.client, "a")
    stream.until("ready")
    with redis.Redis.from_url(redis_url) as listener, listener.pubsub() as heard:
        heard.subscribe(channel_of(listener))
        eventually(lambda: (heard.get_message(timeout=1) or {}).get("type") == "subscribe")
        number = save(there.client, "elsewhere.txt", "x")
        assert stream.until("files.changed").seq == number
        assert eventually(lambda: (heard.get_message(timeout=1) or {}).get("data")) == b"1"


@pytest.mark.postgres
@pytest.mark.redis
def test_redis_tells_the_other_servers_of_conversations_once(
    start_studio: StartStudio, postgres_databases: PostgresDatabases, redis_url: str
) -> None:
    database = postgres_databases.new()
    here = start_studio(database_url=database, redis_url=redis_url)
    there = start_studio(database_url=database, redis_url=redis_url)
    streams = [follow(here.client, "a"), follow(there.client, "b")]
    for stream in streams:
        stream.until("ready")
    turn = there.client.send("Salut")
    turn.end()
    path = f"/api/chat/conversations/{turn.conversation_id}"
    assert there.client.request("PATCH", path, {"title": "Autre"}).status == 200
    for stream in streams:
        stream.until(lambda event: event.type == "conversation.changed" and event.data["what"] == "conversation")
        told = [event.data["what"] for event in stream.events if event.type == "conversation.changed"]
        assert told == ["message", "conversation"]


def test_nothing_waits_on_the_event_loop(start_studio: StartStudio) -> None:
    studio = start_studio(env={"WEBOX_TEST_GUARD": "1", "DJANGO_SETTINGS_MODULE": "tests.live_settings"})
    for turn in range(2):
        started = len(studio.log_text())
        stream = follow(studio.client, "a")
        stream.until("ready")
        save(studio.client, "guarded.txt", str(turn))
        stream.until("files.changed")
        stream.close()
        eventually(lambda: studio.client.get("/api/projects/1/revisions?limit=1").status == 200)
    assert "BLOCKING" not in studio.log_text()[started:]
