"""Any history, by several writers: its replay is the files, every old state can be had, and no byte is lost."""

from __future__ import annotations

import os
import subprocess
import sys
import uuid
from collections.abc import Callable
from typing import TYPE_CHECKING

import pytest
from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule, run_state_machine_as_test

from projects import history, paths, tree
from projects.content import digest_of
from projects.errors import FilesError, Stale
from projects.files import Change, Delete, Rename, Write, commit
from projects.models import Blob, Project, Revision
from projects.revert import revert
from tests.streaming.databases import ROOT, environment

if TYPE_CHECKING:
    from django.contrib.auth.models import User

# Few names, so that they meet: in case, as file and folder, in how an accent is written.
PATHS = st.sampled_from(["a.txt", "A.txt", "b.txt", "d", "d/x.txt", "D/y.txt", "\xe9", "e\u0301", "../z", ".git/x"])
LINES = st.lists(st.sampled_from(["one", "two", "three", "four", ""]), max_size=6)
TEXTS = st.builds(lambda lines, end, mark: (mark + end.join(lines)).encode(), LINES, st.sampled_from(["\n", "\r\n"]),
                  st.sampled_from(["", "", "\ufeff"]))  # fmt: skip
DATA = st.one_of(TEXTS, TEXTS, st.binary(max_size=8))
CHANGES = st.one_of(
    st.builds(Write, PATHS, DATA),
    st.builds(Write, PATHS, DATA),
    st.builds(Delete, PATHS),
    st.builds(Rename, PATHS, PATHS),
)

State = dict[str, bytes]


def after(state: State, changes: list[Change]) -> State:
    """What changes make of files: a second, simple way to work it out."""
    made = dict(state)
    for change in changes:
        path = paths.normal(change.path)
        match change:
            case Write(data=data):
                made[path] = data
            case Delete():
                del made[path]
            case Rename(to=to):
                made[paths.normal(to)] = made.pop(path)
    return made


class Histories(RuleBasedStateMachine):
    """Writers at work on one project; `states` is what each revision left, kept beside the database."""

    writers: list[User]

    def __init__(self) -> None:
        super().__init__()
        self.project = Project.objects.create(name="Histoire", owner=self.writers[0])
        self.states: list[State] = [{}]
        self.kept: set[bytes] = set()

    def now(self) -> State:
        return tree.read(self.project, list(self.project.files.values_list("path", flat=True)))

    def attempt(self, what: Callable[[], Revision | None]) -> Revision | None:
        """Does it; a refusal must leave everything as it was."""
        try:
            made = what()
        except FilesError:
            assert self.now() == self.states[-1]
            return None
        if made is not None:
            assert made.number == len(self.states)
            self.states.append(self.now())
            self.kept.update(self.states[-1].values())
        else:
            assert self.now() == self.states[-1]
        return made

    @rule(data=st.data(), writer=st.integers(0, 2), changes=st.lists(CHANGES, min_size=1, max_size=3))
    def commit(self, data: st.DataObject, writer: int, changes: list[Change]) -> None:
        base: dict[str, str | None] = {}
        if data.draw(st.booleans()):
            seen = data.draw(st.sampled_from(self.states))
            base = {
                paths.normal(change.path): digest_of(seen[paths.normal(change.path)])
                if paths.normal(change.path) in seen
                else None
                for change in changes
            }
        before = self.states[-1]
        stale = any((digest_of(before[path]) if path in before else None) != digest for path, digest in base.items())
        made = self.attempt(lambda: self.checked(changes, writer, base, stale=stale))
        if made is not None:
            assert self.states[-1] == after(before, changes)
            assert made.author == self.writers[writer]

    def checked(
        self, changes: list[Change], writer: int, base: dict[str, str | None], *, stale: bool
    ) -> Revision | None:
        if not stale:
            return commit(self.project, self.writers[writer], changes, base=base)
        with pytest.raises(Stale) as caught:
            commit(self.project, self.writers[writer], changes, base=base)
        raise caught.value

    @rule(data=st.data())
    def restore(self, data: st.DataObject) -> None:
        number = data.draw(st.integers(0, len(self.states) - 1))
        self.attempt(lambda: history.restore(self.project, self.writers[1], number))
        assert self.states[-1] == self.states[number]

    @rule(data=st.data(), path=PATHS)
    def restore_one(self, data: st.DataObject, path: str) -> None:
        number = data.draw(st.integers(0, len(self.states) - 1))
        before, wanted = self.states[-1], self.states[number].get(paths.normal(path))
        if self.attempt(lambda: history.restore(self.project, self.writers[1], number, path=path)):
            expected = {**before, paths.normal(path): wanted}
            assert self.states[-1] == {name: data for name, data in expected.items() if data is not None}

    @rule(path=PATHS)
    def undelete(self, path: str) -> None:
        before = self.states[-1]
        last = [state[paths.normal(path)] for state in self.states if paths.normal(path) in state][-1:]
        if self.attempt(lambda: history.undelete(self.project, self.writers[2], path)) and path not in before:
            assert self.states[-1] == {**before, paths.normal(path): last[0]}

    @precondition(lambda self: len(self.states) > 1)
    @rule()
    def revert_the_last(self) -> None:
        number = len(self.states) - 1
        assert self.attempt(lambda: revert(self.project, self.writers[2], number)) is not None
        assert self.states[-1] == self.states[number - 1]

    @precondition(lambda self: len(self.states) > 1)
    @rule(data=st.data())
    def revert_any(self, data: st.DataObject) -> None:
        number = data.draw(st.integers(1, len(self.states) - 1))
        before, undone = self.states[-1], history.changes_of(history.revision(self.project, number))
        self.attempt(lambda: revert(self.project, self.writers[2], number))
        touched = {found.path for found in undone}
        now, then = (
            {path: data for path, data in state.items() if path not in touched} for state in (self.states[-1], before)
        )
        assert now == then

    @invariant()
    def the_replay_is_the_files(self) -> None:
        now = {path: digest_of(data) for path, data in self.states[-1].items()}
        assert history.replay(self.project) == now == dict(self.project.files.values_list("path", "blob_id"))

    @invariant()
    def the_totals_are_right(self) -> None:
        self.project.refresh_from_db()
        sizes = [len(data) for data in self.states[-1].values()]
        totals = (self.project.head, self.project.file_count, self.project.total_bytes)
        assert totals == (len(self.states) - 1, len(sizes), sum(sizes))

    def teardown(self) -> None:
        for number, state in enumerate(self.states):
            assert history.state(self.project, number) == {path: digest_of(data) for path, data in state.items()}
        stored = {bytes(data) for data in Blob.objects.values_list("data", flat=True)}
        assert self.kept <= stored


EXAMPLES = int(os.environ.get("FILES_EXAMPLES", "25"))
# A failing history is short enough to read, and making it shorter takes minutes of a database's time.
RULES = settings(
    max_examples=EXAMPLES,
    stateful_step_count=15,
    deadline=None,
    suppress_health_check=list(HealthCheck),
    database=None,
    phases=[Phase.generate],
)


@pytest.mark.django_db
def test_every_history_gives_the_files(django_user_model: type[User]) -> None:
    Histories.writers = [django_user_model.objects.create_user(name) for name in ("ann", "bob", "eve")]
    run_state_machine_as_test(Histories, settings=RULES)


@pytest.mark.postgres
def test_all_of_it_on_postgres(postgres_url: str) -> None:
    """These tests, the service's and the followers' again, with their database on the other server."""
    url = f"{postgres_url.rpartition('/')[0]}/webox_{uuid.uuid4().hex[:8]}"
    names = ("files_commit", "files_history", "files_migration", "files_replay", "project_news")
    files = [f"tests/integration/test_{name}.py" for name in names]
    command = [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", "-m", "not postgres", *files]
    kept = environment(DATABASE_URL=url, FILES_EXAMPLES="8")
    done = subprocess.run(command, cwd=ROOT, env=kept, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
