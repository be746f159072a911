"""Any interleaving of saves, applies, undos and restores: no byte is lost, and the files are what the history gives.

And a process that is killed at any statement of an apply or an undo: all of it is there, or nothing.
"""

from __future__ import annotations

import os
import subprocess
import sys
import uuid
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule, run_state_machine_as_test

from chat.actions import review
from chat.actions.types import PlannedAction
from chat.actions.ways import Choice
from chat.errors import ChatError
from chat.models import AIAction, AIMessage
from projects import history, tree
from projects.content import digest_of
from projects.errors import FilesError
from projects.files import Delete, Write, commit
from projects.models import Blob, Project
from tests.integration.proposals import answer_in, propose, rename, write
from tests.streaming.databases import ROOT, PostgresDatabases, SQLiteFiles, environment

if TYPE_CHECKING:
    from pathlib import Path

    from django.contrib.auth.models import User

PATHS = st.sampled_from(["a.txt", "b.txt", "d/c.txt"])
TEXTS = st.lists(st.sampled_from(["un", "deux", "trois", "quatre", "cinq", ""]), max_size=7).map(
    lambda lines: "\n".join(lines).encode()
)
State = dict[str, bytes]


class Histories(RuleBasedStateMachine):
    """A person and an assistant at work on one project."""

    user: User

    def __init__(self) -> None:
        super().__init__()
        self.project = Project.objects.create(name="Histoire", owner=self.user)
        self.kept: set[bytes] = set()
        self.messages: list[AIMessage] = []

    def now(self) -> State:
        return tree.read(self.project, list(self.project.files.values_list("path", flat=True)))

    def attempt(self, what: Any) -> bool:
        """Does it; a refusal must leave files, rows and history as they were."""
        files, rows, head = self.now(), self.rows(), self.head()
        try:
            what()
        except (ChatError, FilesError):
            assert (self.now(), self.rows(), self.head()) == (files, rows, head)
            return False
        self.kept.update(self.now().values())
        return True

    def rows(self) -> list[tuple[int, str]]:
        return list(AIAction.objects.order_by("pk").values_list("pk", "status"))

    def head(self) -> int:
        return Project.objects.values_list("head", flat=True).get(pk=self.project.pk)

    def decision(self) -> review.Decision:
        return review.Decision(self.user, "Assistant")

    @rule(path=PATHS, data=TEXTS)
    def save(self, path: str, data: bytes) -> None:
        self.attempt(lambda: commit(self.project, self.user, [Write(path, data)]))

    @rule(path=PATHS)
    def delete(self, path: str) -> None:
        self.attempt(lambda: commit(self.project, self.user, [Delete(path)]))

    @rule(data=st.data())
    def propose(self, data: st.DataObject) -> None:
        """A turn on the project as it is now."""
        there = self.now()
        actions: list[PlannedAction] = []
        for path in data.draw(st.lists(PATHS, min_size=1, max_size=3, unique=True)):
            before = there.get(path)
            kinds = ["write"] if before is None else ["write", "write", "delete", "rename"]
            kind = data.draw(st.sampled_from(kinds))
            position = len(actions)
            if kind == "rename" and before is not None:
                actions.append(rename(position, path, f"moved/{uuid.uuid4().hex[:4]}-{path.replace('/', '-')}", before))
            else:
                actions.append(write(position, path, before, None if kind == "delete" else data.draw(TEXTS)))
        message = answer_in(self.project, self.user)
        propose(message, *actions)
        self.messages.append(message)

    @precondition(lambda self: self.messages)
    @rule(data=st.data())
    def apply(self, data: st.DataObject) -> None:
        message = data.draw(st.sampled_from(self.messages))
        actions = list(AIAction.objects.filter(message=message))
        chosen = data.draw(st.lists(st.sampled_from(actions), min_size=1, unique=True))
        choices = [self.choice(data, action) for action in chosen]
        self.attempt(lambda: review.apply(message, choices, self.decision()))

    def choice(self, data: st.DataObject, action: AIAction) -> Choice:
        """All of it, some hunks, or a text of the person's own."""
        how = data.draw(st.sampled_from(["all", "all", "hunks", "content"]))
        if how == "hunks" and action.hunks:
            taken = data.draw(st.sets(st.integers(0, len(action.hunks) - 1)))
            return Choice(action.pk, action.hash, tuple(taken))
        if how == "content":
            return Choice(action.pk, action.hash, content=data.draw(TEXTS).decode())
        return Choice(action.pk, action.hash)

    @precondition(lambda self: self.messages)
    @rule(data=st.data(), whole=st.booleans())
    def undo(self, data: st.DataObject, *, whole: bool) -> None:
        message = data.draw(st.sampled_from(self.messages))
        actions = list(AIAction.objects.filter(message=message).values_list("pk", flat=True))
        ids = None if whole else [data.draw(st.sampled_from(actions))]
        before = self.now()
        if self.attempt(lambda: review.undo(message, ids, {}, self.decision())):
            after = self.now()
            # the undo of the undo: nobody has come between
            assert self.attempt(lambda: review.undo(message, ids, {}, self.decision())) or before == after
            if whole or ids is None:
                return
            assert self.now() == before

    @precondition(lambda self: self.messages)
    @rule(data=st.data(), back=st.booleans())
    def reject_or_reopen(self, data: st.DataObject, *, back: bool) -> None:
        message = data.draw(st.sampled_from(self.messages))
        if back:
            self.attempt(lambda: review.reopen(message, None, self.decision()))
        else:
            self.attempt(lambda: review.reject(message, None, "non", self.decision()))

    @rule(data=st.data())
    def restore(self, data: st.DataObject) -> None:
        number = data.draw(st.integers(0, self.head()))
        self.attempt(lambda: history.restore(self.project, self.user, number))

    @invariant()
    def the_replay_is_the_files(self) -> None:
        now = {path: digest_of(data) for path, data in self.now().items()}
        assert history.replay(self.project) == now == dict(self.project.files.values_list("path", "blob_id"))

    def teardown(self) -> None:
        stored = {bytes(data) for data in Blob.objects.values_list("data", flat=True)}
        assert self.kept <= stored


EXAMPLES = int(os.environ.get("ACTIONS_EXAMPLES", "20"))
RULES = settings(
    max_examples=EXAMPLES,
    stateful_step_count=15,
    deadline=None,
    suppress_health_check=list(HealthCheck),
    database=None,
    phases=[Phase.generate],
)


@pytest.mark.django_db
def test_every_interleaving(django_user_model: type[User]) -> None:
    Histories.user = django_user_model.objects.create_user("ann")
    run_state_machine_as_test(Histories, settings=RULES)


@pytest.mark.postgres
def test_all_of_it_on_postgres(postgres_url: str) -> None:
    """The tests of review and of whole turns again, with their database on the other server."""
    url = f"{postgres_url.rpartition('/')[0]}/webox_{uuid.uuid4().hex[:8]}"
    tests = [f"tests/integration/test_actions_{name}.py" for name in ("review", "turn", "histories")]
    command = [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", "-m", "not postgres", *tests]
    kept = environment(DATABASE_URL=url, ACTIONS_EXAMPLES="6")
    done = subprocess.run(command, cwd=ROOT, env=kept, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr


# --- Killed at every statement --------------------------------------------------------------------------------------


def assert_all_or_nothing(database_url: str) -> None:
    """See `actions_victim`: a process whose children die."""
    command = [sys.executable, "-m", "tests.integration.actions_victim"]
    # no other thread: what it holds while a child is forked, the child would wait for for ever
    kept = environment(DATABASE_URL=database_url, DJANGO_SETTINGS_MODULE="webox.settings", WEBOX_BACKGROUND_INDEX="off")
    done = subprocess.run(command, cwd=ROOT, env=kept, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    assert "apply: died" in done.stdout
    assert "undo: died" in done.stdout


def test_killed_at_every_statement(tmp_path: Path, sqlite_files: SQLiteFiles) -> None:
    assert_all_or_nothing(sqlite_files.copy_to(tmp_path / "db.sqlite3"))


@pytest.mark.postgres
def test_killed_at_every_statement_on_postgres(postgres_databases: PostgresDatabases) -> None:
    assert_all_or_nothing(postgres_databases.new())
