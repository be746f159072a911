"""The owner's purge: old history goes for ever, the files and what others need stay (projects/purge.py)."""

from __future__ import annotations

import subprocess
import sys
from io import StringIO
from typing import TYPE_CHECKING

import pytest
from django.core.management import CommandError, call_command
from django.test import TestCase
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from chat import workspace
from projects import history, tree
from projects.content import digest_of
from projects.errors import FilesError
from projects.files import Delete, Rename, Write, commit
from projects.models import Blob, Project
from projects.purge import purge
from projects.revert import revert
from tests.streaming.databases import ROOT, PostgresDatabases, SQLiteFiles, environment

if TYPE_CHECKING:
    from pathlib import Path

    from django.contrib.auth.models import User
    from django.test import Client

pytestmark = pytest.mark.django_db


def contents(project: Project) -> dict[str, bytes]:
    return tree.read(project, list(project.files.values_list("path", flat=True)))


def is_kept(data: bytes) -> bool:
    return Blob.objects.filter(digest=digest_of(data)).exists()


@pytest.fixture
def told(alice: User) -> Project:
    project = Project.objects.create(name="Longue histoire", owner=alice)
    commit(project, alice, [Write("secret.txt", b"the password"), Write("a.txt", b"first")])
    commit(project, alice, [Delete("secret.txt"), Write("a.txt", b"second")])
    commit(project, alice, [Rename("a.txt", "b.txt")], message="Autre nom")
    commit(project, alice, [Write("b.txt", b"third")])
    return project


def test_what_was_before_is_gone_with_its_bytes(told: Project, alice: User) -> None:
    before = contents(told)
    purged = purge(told, alice, before=4)
    assert (purged.revisions, purged.contents, purged.bytes) == (2, 2, len(b"the password") + len(b"first"))
    assert not is_kept(b"the password")
    assert is_kept(b"second")
    assert contents(told) == before == {"b.txt": b"third"}
    found = [(one.number, one.change_count) for one in history.revisions(told)]  # type: ignore[attr-defined]
    assert found == [(4, 1), (3, 1)]
    assert "Autre nom · Historique purgé jusqu'ici par alice" in history.revision(told, 3).message
    assert history.replay(told) == dict(told.files.values_list("path", "blob_id"))
    assert history.deleted(told) == []


def test_the_first_revision_that_is_left_is_compared_with_nothing(told: Project, alice: User, client: Client) -> None:
    purge(told, alice, before=4)
    client.force_login(alice)
    found = client.get(f"/api/projects/{told.pk}/diff?from=2&to=3").json()["changes"]
    assert [(change["path"], change["before"]) for change in found] == [("b.txt", None)]


def test_later_history_works_on(told: Project, alice: User) -> None:
    purge(told, alice, before=4)
    assert revert(told, alice, 4) is not None
    assert contents(told) == {"b.txt": b"second"}
    assert commit(told, alice, [Write("c.txt", b"the password")]) is not None
    assert history.replay(told) == dict(told.files.values_list("path", "blob_id"))
    with pytest.raises(FilesError, match="révision"):
        history.restore(told, alice, 2)


def test_later_revisions_still_say_what_they_left(told: Project, alice: User) -> None:
    commit(told, alice, [Delete("b.txt"), Write("c.txt", b"fourth")])
    commit(told, alice, [Write("b.txt", b"fifth")])
    wanted = {number: history.state(told, number) for number in range(3, 7)}
    for before in (4, 5):
        purge(told, alice, before=before)
        assert {one: history.state(told, one) for one in range(before - 1, 7)} == {
            one: wanted[one] for one in range(before - 1, 7)
        }
    assert [(one.path, one.revision.number) for one in history.deleted(told)] == []
    history.restore(told, alice, 5)
    assert contents(told) == {"c.txt": b"fourth"}


def test_what_others_hold_stays(told: Project, alice: User) -> None:
    other = Project.objects.create(name="Autre", owner=alice)
    commit(other, alice, [Write("x", b"the password")])
    commit(other, alice, [Write("x", b"changed")])
    assert purge(told, alice, before=4).contents == 1
    assert is_kept(b"the password")
    assert history.restore(other, alice, 1) is not None


def test_nothing_to_forget_and_nothing_like_it(told: Project, alice: User) -> None:
    assert purge(told, alice, before=2).revisions == 0
    assert told.revisions.count() == 4
    for number in (0, 1, -3, 6):
        with pytest.raises(FilesError):
            purge(told, alice, before=number)
    assert told.revisions.count() == 4


def test_the_command_asks_first(told: Project, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("builtins.input", lambda _: "n")
    with pytest.raises(CommandError, match="nothing"):
        call_command("purge_history", told.pk, before=4)
    out = StringIO()
    call_command("purge_history", told.pk, before=4, yes=True, stdout=out)
    assert out.getvalue().startswith("2 revisions, 2 contents")
    with pytest.raises(CommandError, match="no project"):
        call_command("purge_history", 999, before=4, yes=True)


class TestDeletedProjects:
    """A project that goes takes along what only it had."""

    def test_its_contents_go_and_those_of_others_stay(self, told: Project, alice: User) -> None:
        other = Project.objects.create(name="Autre", owner=alice)
        commit(other, alice, [Write("x", b"the password"), Write("y", b"theirs")])
        commit(other, alice, [Write("x", b"changed")])
        told.delete()
        assert set(Blob.objects.values_list("digest", flat=True)) == set(
            map(digest_of, (b"the password", b"theirs", b"changed"))
        )
        assert history.restore(other, alice, 1) is not None
        assert contents(other) == {"x": b"the password", "y": b"theirs"}

    def test_of_several_at_once_too_and_the_index_hears_of_it(self, told: Project, alice: User) -> None:
        other = Project.objects.create(name="Autre", owner=alice)
        commit(other, alice, [Write("x", b"second"), Write("y", b"theirs")])
        dropped: list[str] = []
        workspace.drop_listeners.append(dropped.extend)
        try:
            with TestCase.captureOnCommitCallbacks(execute=True):
                Project.objects.filter(pk__in=[told.pk, other.pk]).delete()
        finally:
            workspace.drop_listeners.remove(dropped.extend)
        gone = {b"the password", b"first", b"second", b"third", b"theirs"}
        assert sorted(dropped) == sorted(map(digest_of, gone))
        assert not any(map(is_kept, gone))

    def test_what_was_left_behind_is_swept_up(self, told: Project) -> None:
        Blob.objects.create(digest=digest_of(b"lost"), size=4, data=b"lost")
        out = StringIO()
        call_command("drop_unused_contents", stdout=out)
        assert out.getvalue() == "1 contents, 4 bytes\n"
        assert (is_kept(b"lost"), is_kept(b"the password")) == (False, True)

    def test_sqlite(self, tmp_path: Path) -> None:
        self.overlap(SQLiteFiles(tmp_path).copy_to(tmp_path / "files.sqlite3"))

    @pytest.mark.postgres
    def test_postgres(self, postgres_databases: PostgresDatabases) -> None:
        self.overlap(postgres_databases.new())

    def overlap(self, database_url: str) -> None:
        command = [sys.executable, "-m", "tests.integration.contents_shared"]
        settings = {"DATABASE_URL": database_url, "DJANGO_SETTINGS_MODULE": "tests.settings"}
        done = subprocess.run(
            command, cwd=ROOT, env=environment(**settings), capture_output=True, text=True, check=False, timeout=120
        )
        assert done.returncode == 0, done.stdout + done.stderr


STEPS = st.lists(
    st.tuples(st.sampled_from(["write", "delete", "rename", "purge", "revert"]), st.integers(0, 5), st.integers(0, 3)),
    max_size=14,
)


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(steps=STEPS)
def test_whatever_is_purged_the_rest_replays_to_the_same_files(alice: User, steps: list[tuple[str, int, int]]) -> None:
    project = Project.objects.create(name="P", owner=alice)
    states: dict[int, history.State] = {}
    for what, number, other in steps:
        do(project, what, number, other)
        states[project.head] = dict(project.files.values_list("path", "blob_id"))
        left = set(project.revisions.values_list("number", flat=True))
        assert {one: history.state(project, one) for one in left} == {one: states[one] for one in left}
        assert history.replay(project) == dict(project.files.values_list("path", "blob_id"))
        named = set(history.replay(project).values())
        assert Blob.objects.filter(digest__in=named).count() == len(named)


def do(project: Project, what: str, number: int, other: int) -> None:
    path = f"{number % 3}.txt"
    try:
        if what == "write":
            commit(project, None, [Write(path, b"%d" % other)])
        elif what == "delete":
            commit(project, None, [Delete(path)])
        elif what == "rename":
            commit(project, None, [Rename(path, f"{other}.md")])
        elif what == "purge":
            purge(project, None, before=max(project.head - number, 0))
        else:
            revert(project, None, max(project.head - number, 1))
    except FilesError:
        return  # refused, and nothing changed: the check after it says so
