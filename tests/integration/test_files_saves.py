"""Saves that wait for each other (projects/saves.py): one transaction, and an outcome for each."""

from __future__ import annotations

import asyncio
import json
import queue
import threading
from types import SimpleNamespace
from typing import TYPE_CHECKING, cast

import pytest
from django.contrib.sessions.models import Session
from django.core.cache import cache
from django.db import IntegrityError, OperationalError, connection, transaction
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from hypothesis import given
from hypothesis import strategies as st

from chat.api.short import request_of
from projects import history, paths, saves, statements
from projects.content import digest_of
from projects.errors import PathError
from projects.files import Delete, Write, commit
from projects.models import Membership, Project, Revision
from projects.prepared import by_key, reading_once
from projects.saves import Waiting, answer_all

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from django.contrib.auth.models import User
    from django.http import HttpRequest

pytestmark = pytest.mark.django_db
SAME_SITE = {"sec-fetch-site": "same-origin"}


@pytest.fixture
def mine(client: Client, alice: User) -> Project:
    client.force_login(alice)
    made = Project.objects.create(name="Vide", owner=alice)
    commit(made, alice, [Write("a.txt", b"1\n2\n3\n"), Write("b.txt", b"b")])
    return made


@pytest.fixture
def waiting(client: Client, mine: Project) -> Callable[..., Waiting]:
    """A save of Alice's that waits."""

    def make(path: str, text: str, *, language: str = "fr", **headers: str) -> Waiting:
        body = json.dumps({"text": text}).encode()
        named = SAME_SITE | {name.replace("_", "-"): value for name, value in headers.items()}
        named |= {"host": "testserver", "content-length": str(len(body)), "content-type": "application/json"}
        named |= {"cookie": "; ".join(f"{name}={one.value}" for name, one in client.cookies.items())}
        scope = {
            "type": "http", "method": "PUT", "path": f"/api/projects/{mine.pk}/files/{path}", "query_string": b"",
            "headers": [(name.encode(), value.encode()) for name, value in named.items()], "scheme": "http",
        }  # fmt: skip
        return Waiting(request_of(scope, body), mine.pk, path, language)

    return make


def outcome(one: Waiting) -> tuple[int, str | int | None]:
    """The status, and the code or the revision."""
    assert one.response is not None
    found = json.loads(one.response.content)
    return one.response.status_code, found["error"]["code"] if "error" in found else found["revision"]


def tag(data: bytes) -> str:
    return f'"{digest_of(data)}"'


def changes(project: Project) -> list[tuple[int, str, str | None, str | None]]:
    """Every change of the history."""
    rows = Revision.objects.filter(project=project).order_by("number", "changes__path")
    return list(rows.values_list("number", "changes__path", "changes__before", "changes__after"))


def test_each_of_a_group_has_its_own_revision_and_outcome(mine: Project, waiting: Callable[..., Waiting]) -> None:
    old = tag(b"1\n2\n3\n")
    group = [
        waiting("a.txt", "one\n2\n3\n", if_match=old),
        waiting("new.txt", "n"),
        waiting("../a", "x"),
        waiting("a.txt", "1\n2\nthree\n", if_match=old),
        waiting("A.TXT", "x"),
        waiting("b.txt", "x"),
        waiting("b.txt", "b", if_match=tag(b"b")),
        waiting("b.txt", "B", if_match=tag(b"b"), x_studio_client="page1"),
    ]
    answer_all(group)
    assert [outcome(one) for one in group] == [
        (200, 2), (201, 3), (400, "bad_path"), (412, "stale"), (409, "path_conflict"), (428, "precondition_required"),
        (200, None), (200, 4),
    ]  # fmt: skip
    assert changes(mine)[2:] == [
        (2, "a.txt", digest_of(b"1\n2\n3\n"), digest_of(b"one\n2\n3\n")),
        (3, "new.txt", None, digest_of(b"n")),
        (4, "b.txt", digest_of(b"b"), digest_of(b"B")),
    ]
    assert history.replay(mine) == dict(mine.files.values_list("path", "blob_id"))
    stale = json.loads(group[3].response.content)["error"]  # type: ignore[union-attr]
    assert (stale["file"]["text"], stale["merge"]["text"]) == ("one\n2\n3\n", "one\n2\nthree\n")
    assert Revision.objects.get(project=mine, number=4).client == "page1"


@pytest.mark.django_db(transaction=True)
def test_a_group_is_one_transaction_and_a_save_takes_few_queries(
    mine: Project, waiting: Callable[..., Waiting]
) -> None:
    answer_all([waiting("warm.txt", "x")])

    def queries(count: int) -> list[str]:
        group = [waiting(f"{count}-{n}.txt", "x") for n in range(count)]
        with CaptureQueriesContext(connection) as found:
            answer_all(group)
        assert {outcome(one)[0] for one in group} == {201}
        return [query["sql"] for query in found]

    alone, many = queries(1), queries(10)
    assert sum(sql.startswith(("BEGIN", "COMMIT")) for sql in many) == 2
    # the person, the project, the file; then the project again, the file, names near, blob, revision, file, change,
    # project; around them BEGIN and COMMIT, or in a group a savepoint and its release
    assert len(alone) <= 3 + 8 + 2
    # the person and the project are read once for all of them
    assert len(many) == 10 * (len(alone) - 2) + 2 + 2


def test_each_of_a_group_has_the_rights_of_its_own_and_as_they_are(
    mine: Project, mallory: User, waiting: Callable[..., Waiting], client: Client
) -> None:
    logins = [client.cookies]
    for person in (mallory, mine.owner):
        other = Client()
        other.force_login(person)
        logins.append(other.cookies)
    Session.objects.filter(pk=logins[2]["sessionid"].value).delete()  # another one of the owner's
    cache.clear()

    def group() -> list[int]:
        group = []
        for client.cookies, path in zip(logins, ("a.txt", "hers.txt", "nobodys.txt"), strict=True):
            group.append(waiting(path, f"{Revision.objects.count()}", if_match="*"))
        answer_all(group)
        return [outcome(one)[0] for one in group]

    assert group() == [200, 404, 401]
    commit(mine, None, [Write("hers.txt", b"h")])
    member = Membership.objects.create(project=mine, user=mallory, role=Membership.Role.EDITOR)
    assert group() == [200, 200, 401]
    Membership.objects.filter(pk=member.pk).update(role=Membership.Role.VIEWER)
    assert group() == [200, 403, 401]
    Project.objects.filter(pk=mine.pk).update(archived_at=timezone.now())
    assert group() == [403, 403, 401]
    mine.owner.is_active = False
    mine.owner.save()
    assert group() == [401, 403, 401]


def test_what_is_read_once_is_everybodys_own_and_kept_no_longer(mine: Project) -> None:
    with reading_once():
        one, other = by_key(Project, mine.pk), by_key(Project, mine.pk)
        Project.objects.filter(pk=mine.pk).update(name="Neu")
        assert one is not other
        assert by_key(Project, mine.pk).name == "Vide"
    assert by_key(Project, mine.pk).name == "Neu"


@pytest.mark.django_db(transaction=True)
def test_a_lost_transaction_loses_no_save(
    mine: Project, waiting: Callable[..., Waiting], monkeypatch: pytest.MonkeyPatch
) -> None:
    """SQLite may undo all of a transaction by itself: then nobody is told that something was saved that was not."""
    before = Revision.objects.count()
    real, tried = statements.add_revision, []

    def add(row: Revision) -> None:
        real(row)
        tried.append(row.message)
        if len(tried) == 2:
            connection.connection.execute("ROLLBACK")
            raise IntegrityError

    monkeypatch.setattr(statements, "add_revision", add)
    group = [waiting(f"{n}.txt", "x") for n in range(3)]
    answer_all(group)
    assert [outcome(one) for one in group] == [(201, 2), (201, 3), (201, 4)]
    assert Revision.objects.count() == before + 3
    assert history.replay(mine) == dict(mine.files.values_list("path", "blob_id"))


@pytest.mark.django_db(transaction=True)
def test_a_constraint_that_breaks_at_the_end_breaks_one_save_alone(
    mine: Project, waiting: Callable[..., Waiting]
) -> None:
    """Foreign keys are looked at when the transaction ends: a person who is gone by then takes no one else along."""
    group = [waiting(f"{n}.txt", "x") for n in range(3)]
    for one in group:
        one.read()
    group[1]._saving._asked.user.pk = 10**9  # type: ignore[union-attr]
    saves.commit_all(group)
    for one in group:
        one.answer()
    assert [outcome(one) for one in group] == [(201, 2), (500, "server_error"), (201, 3)]


@pytest.mark.django_db(transaction=True)
def test_a_database_that_is_away_is_told_to_all(
    mine: Project, waiting: Callable[..., Waiting], monkeypatch: pytest.MonkeyPatch
) -> None:
    class Away(transaction.Atomic):
        def __enter__(self) -> None:
            raise OperationalError("database is locked")

    group = [waiting("0.txt", "x"), waiting("b.txt", "x"), waiting("2.txt", "x", language="en")]
    with monkeypatch.context() as patch:
        patch.setattr(transaction, "atomic", lambda: Away(None, True, False))
        answer_all(group)
    assert [outcome(one) for one in group] == [
        (503, "database_unavailable"), (428, "precondition_required"), (503, "database_unavailable"),
    ]  # fmt: skip
    told = [json.loads(one.response.content)["error"]["message"] for one in group]  # type: ignore[union-attr]
    assert told[0] != told[2]
    assert Revision.objects.count() == 1


async def test_of_a_project_one_after_the_other_and_others_pass(monkeypatch: pytest.MonkeyPatch) -> None:
    """Where a database has several writers."""
    begun: queue.Queue[str] = queue.Queue()
    let_go = {number: threading.Semaphore(0) for number in range(1, 6)}

    def work(group: Sequence[Waiting]) -> None:
        (one,) = group
        begun.put(one.path)
        assert let_go[one.project_id].acquire(timeout=20)

    async def next_begun() -> str:
        return await asyncio.to_thread(begun.get, timeout=20)

    monkeypatch.setattr(saves, "_work", work)
    monkeypatch.setattr(saves, "connection", SimpleNamespace(vendor="postgresql", close=lambda: None))
    these, request = saves.Saves(), cast("HttpRequest", None)
    names = ["1a", "1b", "1c", "2a", "2b", "3a", "4a", "5a"]
    tasks = [asyncio.ensure_future(these.save(request, int(name[0]), name, "fr")) for name in names]
    assert {await next_begun() for _ in range(saves.THREADS)} == {"1a", "2a", "3a", "4a"}
    for ended, follows in ((3, "5a"), (2, "2b"), (1, "1b"), (1, "1c")):
        let_go[ended].release()
        assert await next_begun() == follows
    for one in let_go.values():
        one.release()
    await asyncio.gather(*tasks)
    await these.shutdown()


class TestNamesNear:
    """A few new names are held against what is near them in the database: the same refusals as against all names."""

    NAMES = st.lists(
        st.sampled_from(["a", "A", "é", "e\u0301", "É", "b", "ß", "ss", "a0", "a-"]), min_size=1, max_size=3
    ).map("/".join)

    @given(there=st.lists(NAMES, max_size=6), added=st.lists(NAMES, min_size=1, max_size=2))
    def test_the_same_as_all_names(self, there: list[str], added: list[str]) -> None:
        with transaction.atomic():
            project = Project.objects.create(name="Noms")
            for path in there:
                self.add(project, {paths.normal(path)})
            names = set(project.files.values_list("path", flat=True))
            new = {paths.normal(path) for path in added} - names
            wanted = None
            try:
                paths.check_together(sorted(new), sorted(names))
            except PathError as error:
                wanted = error.reason
            assert self.add(project, new) == wanted, (names, new)
            transaction.set_rollback(True)

    def add(self, project: Project, new: set[str]) -> str | None:
        """Adds files; or says why not."""
        there = set(project.files.values_list("path", flat=True))
        try:
            commit(project, None, [Write(path, b"") for path in sorted(new - there)])
        except PathError as error:
            return error.reason
        return None

    def test_a_folder_is_free_once_its_files_go(self, mine: Project) -> None:
        commit(mine, None, [Write("dir/x", b"")])
        commit(mine, None, [Delete("dir/x"), Write("DIR", b"")])
        assert set(mine.files.values_list("path", flat=True)) == {"a.txt", "b.txt", "DIR"}


@given(st.text(max_size=20))
def test_a_plain_name_folds_as_any_other(text: str) -> None:
    import unicodedata

    assert paths.folded(text) == paths.normal(unicodedata.normalize("NFD", text).casefold())
