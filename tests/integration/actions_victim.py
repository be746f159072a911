"""A process whose children die in the middle of an apply and of an undo: `DATABASE_URL=… python -m …`.

A child counts its statements and kills itself (SIGKILL) before the one of a given number, the transaction's commit
included; all that it leaves must be all, or nothing.
"""

from __future__ import annotations

import hashlib
import json
import os
import signal
import traceback
from collections.abc import Callable
from contextlib import ExitStack
from typing import Any

import django
from django.db import connection


class Killer:
    """Counts statements, and kills."""

    def __init__(self, at: int) -> None:
        self.count, self._at = 0, at

    def __call__(self, execute: Callable[..., Any], *args: Any) -> Any:
        """Stands around every statement."""
        self.tick()
        return execute(*args)

    def tick(self) -> None:
        """One more."""
        self.count += 1
        if self.count == self._at:
            os.kill(os.getpid(), signal.SIGKILL)


def main() -> None:
    """A turn is applied and undone; each is first tried by children that die before its first, second, … statement."""
    django.setup()
    # connections of a pool would be the parent's and the child's
    connection.settings_dict["OPTIONS"].pop("pool", None)
    prepare()
    proposed = state()
    for what in ("apply", "undo"):
        before, statement = state(), 1
        while dies(what, statement):
            assert state() == before, f"{what}, killed at statement {statement}: {state()}, not {before}"
            statement += 1
        assert statement > 8, statement
        assert state() != before
        print(f"{what}: died {statement - 1} times")
    assert state().split()[0] == proposed.split()[0], "the files are what they were"
    assert "undone" in state()


def dies(what: str, statement: int) -> bool:
    """A child that does it and is killed before a statement; false where it came to the end."""
    connection.close()
    pid = os.fork()
    if pid == 0:
        # nothing of the parent may run at this child's end
        try:
            decide(what, statement)
        except BaseException:
            traceback.print_exc()
            os._exit(1)
        os._exit(0)
    _, status = os.waitpid(pid, 0)
    code = os.waitstatus_to_exitcode(status)
    assert code in {0, -signal.SIGKILL}, f"{what}, statement {statement}: {code}"
    return code != 0


def prepare() -> None:
    """A turn with every kind of proposal, on files of which one has moved on."""
    from projects import files
    from projects.models import Project
    from tests.integration.proposals import answer_in, propose, rename, write

    project = Project.objects.get()
    page, style = b"a\nb\nc\nd\n", b"x\n"
    made = [files.Write("page.txt", page), files.Write("style.txt", style), files.Write("old.txt", style)]
    files.commit(project, None, made)
    propose(
        answer_in(project),
        write(0, "page.txt", page, b"A\nb\nc\nd\n"),
        write(1, "new.txt", None, b"new\n"),
        write(2, "old.txt", style, None),
        rename(3, "style.txt", "moved.txt", style),
    )
    files.commit(project, None, [files.Write("page.txt", b"a\nb\nc\nD\n")])


def decide(what: str, at: int) -> None:
    """Applies or undoes the turn, dying on the way."""
    from django.db.backends.base.base import BaseDatabaseWrapper

    from chat.actions import review
    from chat.actions.ways import Choice
    from chat.models import AIMessage

    message = AIMessage.objects.select_related("conversation__project").get(
        role="assistant", conversation__title="Une page"
    )
    decision = review.Decision(None, "Assistant")
    choices = [Choice(action.pk, action.hash) for action in message.file_actions.order_by("position")]
    killer = Killer(at)
    commit = BaseDatabaseWrapper._commit

    def dying_commit(self: Any) -> Any:
        killer.tick()
        return commit(self)

    BaseDatabaseWrapper._commit = dying_commit  # type: ignore[method-assign]
    with ExitStack() as stack:
        stack.enter_context(connection.execute_wrapper(killer))
        if what == "apply":
            review.apply(message, choices, decision, whole=True)
        else:
            review.undo(message, None, {}, decision)


def state() -> str:
    """Files, rows and history, and that they agree."""
    from chat.models import ActionContent, AIAction
    from projects import history
    from projects.models import Project
    from tests.integration.proposals import files_of

    project = Project.objects.get()
    files = dict(project.files.values_list("path", "blob_id"))
    assert history.replay(project) == files
    assert set(files_of(project)) == set(files)
    rows = list(AIAction.objects.order_by("position").values_list("status", "revision", "undone_by"))
    kept = [[len(bytes(side or b"")) for side in row] for row in ActionContent.objects.values_list("was", "became")]
    digest = hashlib.sha256(json.dumps(sorted(files.items())).encode()).hexdigest()[:12]
    return f"{digest} {project.revisions.count()} {json.dumps(rows)} {json.dumps(kept)}".replace(", ", ",")


if __name__ == "__main__":
    main()
