"""A project's whole history as a bare git repository: one commit per revision, with its author, date and message."""

from __future__ import annotations

import contextlib
import re
import shutil
from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING

from django.db.models import Min
from dulwich.index import commit_tree
from dulwich.objects import Blob as GitBlob
from dulwich.objects import Commit, ObjectID
from dulwich.refs import Ref
from dulwich.repo import Repo

from projects import tree
from projects.models import Project, Revision, RevisionChange

if TYPE_CHECKING:
    from dulwich.object_store import BaseObjectStore

BRANCH = Ref(b"refs/heads/main")
FILE_MODE = 0o100644
# Git ends a name or an address at these.
NOT_IN_A_NAME = re.compile(r"[\x00-\x1f\x7f<>\n]+")


def write_repository(project: Project, path: Path) -> int:
    """Makes the repository in a new folder; how many commits it has. Raises `FileExistsError`.

    A history that is purged meanwhile is begun anew: no commit may be half of it, and no purged content may be left.
    """
    path.mkdir(parents=True)
    while True:
        first = _first(project)
        with contextlib.suppress(_Purged):
            count = _write(project, path)
            if _first(project) == first:
                return count
        shutil.rmtree(path)
        path.mkdir()


def _write(project: Project, path: Path) -> int:
    with Repo.init_bare(path) as repository:
        writer = _Writer(repository.object_store)
        for revision in _revisions(project):
            writer.add(revision)
        repository.refs.set_symbolic_ref(Ref(b"HEAD"), BRANCH)
        if writer.parent is not None:
            repository.refs[BRANCH] = writer.parent
        return writer.count


def _first(project: Project) -> int | None:
    """The oldest revision there is: a purge takes it away, or all that is before the next one."""
    found: int | None = Revision.objects.filter(project=project).aggregate(first=Min("number"))["first"]
    return found


def _revisions(project: Project) -> Iterable[Revision]:
    return Revision.objects.filter(project=project).order_by("number").select_related("author").iterator(chunk_size=100)


class _Purged(Exception):
    """A content is not there any more."""


class _Writer:
    """Files as they were at the last commit, by path."""

    def __init__(self, store: BaseObjectStore) -> None:
        self.store = store
        self.parent: ObjectID | None = None
        self.count = 0
        self._files: dict[str, ObjectID] = {}
        self._known: dict[str, ObjectID] = {}

    def add(self, revision: Revision) -> None:
        """Writes a revision's contents, trees and commit."""
        # Asked for one revision at a time: each may have changed ten thousand files.
        changes = list(revision.changes.all())
        self._store_contents(changes)
        for change in changes:
            if change.after_id is None:
                self._files.pop(change.path, None)
            else:
                self._files[change.path] = self._known[change.after_id]
        entries = [(path.encode(), sha, FILE_MODE) for path, sha in self._files.items()]
        commit = _commit(revision, commit_tree(self.store, entries), self.parent)
        self.store.add_object(commit)
        self.parent = commit.id
        self.count += 1

    def _store_contents(self, changes: Iterable[RevisionChange]) -> None:
        new = {change.after_id for change in changes if change.after_id} - self._known.keys()
        sizes = {digest: size for digest, (size, _) in tree.facts(new).items()}
        for group in tree.groups(sizes, lambda digest: sizes[digest]):
            for digest, data in tree.blobs(group).items():
                blob = GitBlob.from_string(data)
                self.store.add_object(blob)
                self._known[digest] = blob.id
        if not new <= self._known.keys():
            raise _Purged


def _commit(revision: Revision, root: ObjectID, parent: ObjectID | None) -> Commit:
    commit = Commit()
    commit.tree = root
    commit.parents = [] if parent is None else [parent]
    commit.author = commit.committer = _person(revision)
    commit.author_time = commit.commit_time = int(revision.created_at.timestamp())
    commit.author_timezone = commit.commit_timezone = 0
    subject = revision.message or f"Revision {revision.number}"
    trailers = f"WeBox-Revision: {revision.number}\nWeBox-Origin: {revision.origin}"
    commit.message = f"{subject}\n\n{trailers}\n".encode()
    commit.encoding = b"UTF-8"
    return commit


def _person(revision: Revision) -> bytes:
    name = revision.author.get_username() if revision.author else revision.origin
    clean = " ".join(NOT_IN_A_NAME.sub(" ", name).split()).strip(".,:;\"'") or "unknown"
    return f"{clean} <{clean.replace(' ', '-').replace('@', '-at-')}@webox.invalid>".encode()
