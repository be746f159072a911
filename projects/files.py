"""The one service that changes a project's files: `commit`. All or nothing, and always a revision.

    lock the project → what is there → base digests → draft → paths → limits → blobs → files → revision and its changes

One transaction; the number of queries does not grow with the number of files. Whoever reads a file in order to write it
says in `base` what was read: a file that has changed since is `Stale`, and nothing is written.
"""

from __future__ import annotations

import threading
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import TYPE_CHECKING

from django.db import connection, transaction
from django.utils import timezone

from chat.workspace import files_changed
from projects import caller, content, draft, paths, statements, tree
from projects.draft import Change, Delete, Put, Rename, Step, Write
from projects.errors import FilesError, Stale
from projects.events import hub
from projects.limits import limit
from projects.models import Project, Revision

if TYPE_CHECKING:
    from datetime import datetime

    from django.contrib.auth.models import User

__all__ = ["Change", "Delete", "Put", "Rename", "Write", "commit", "keep", "lock", "turn"]

Base = Mapping[str, str | None]
# One statement carries at most about this many bytes: databases and their drivers have limits of their own.
STATEMENT_BYTES = 16 * 1024 * 1024
MESSAGE_LENGTH = 1000
# For so many new files the database is asked which names are near, for more of them which names there are.
FEW = 50

#: A content that is to be kept: digest, size, encoding, bytes.
Kept = tuple[str, int, str, bytes]

_one_writer = threading.Lock()


def commit(
    project: Project,
    author: User | None,
    changes: Sequence[Change],
    *,
    origin: str = Revision.Origin.USER,
    message: str = "",
    base: Base | None = None,
    patience_ms: int | None = None,
) -> Revision | None:
    """Makes the changes one revision; `None` where they change nothing.

    `base`: for each path the digest that the caller saw, `None` for no file. `patience_ms`: how long to wait for each
    lock of PostgreSQL at most, by default for ever. Raises `FilesError`, and `OperationalError` for want of patience.
    """
    _check_sizes(changes)
    new = _contents(change.data for change in changes if isinstance(change, Write))
    with turn(), transaction.atomic():
        if patience_ms is not None:
            statements.wait_at_most(patience_ms)
        return _commit(project, author, changes, new, origin=origin, message=message, base=base or {})


def _commit(
    project: Project,
    author: User | None,
    changes: Sequence[Change],
    new: Mapping[str, Kept],
    *,
    origin: str,
    message: str,
    base: Base,
) -> Revision | None:
    locked = lock(project)
    there = tree.at(locked, draft.touched(changes) | base.keys())
    _check_base(there, base)
    steps = draft.steps({path: file.digest for path, file in there.items()}, changes)
    if not steps:
        return None
    _check_paths(locked, steps)
    _count(locked, steps, there, new)
    _store(new)
    return _write(project, locked, steps, _revision(locked, author, origin, message))


@contextmanager
def turn() -> Iterator[None]:
    """One commit after the other in this process, where the database takes one anyway.

    SQLite has those who wait look again after ever longer pauses; here the next one begins when the last has ended, and
    who waits does not hold up who writes. A commit inside of a transaction has the database's own lock already.
    """
    if connection.vendor != "sqlite" or connection.in_atomic_block:
        yield
        return
    with _one_writer:
        yield


def lock(project: Project) -> Project:
    """The project's row as it is, for this transaction alone: commits of one project come one after the other.

    SQLite has one writer at a time anyway (its transactions begin IMMEDIATE).
    """
    return statements.lock_totals(project.pk)


def _check_base(there: Mapping[str, tree.Entry], base: Base) -> None:
    for name, expected in base.items():
        path = paths.normal(name)
        current = there[path].digest if path in there else None
        if current != expected:
            raise Stale(path, expected=expected, current=current)


def _check_paths(project: Project, steps: Sequence[Step]) -> None:
    """New names are checked, and held against the others. A name that is there already is left alone."""
    added = [paths.parse(step.path) for step in steps if step.before is None]
    if not added:
        return
    gone = {step.path for step in steps if step.after is None}
    paths.check_together(added, _names_beside(project, added, gone))


def _names_beside(project: Project, added: Sequence[paths.ProjectPath], gone: Collection[str]) -> list[str]:
    """The names that added ones are held against: all that stay, or, of a few, those that could be in their way.

    All files in a folder spell it alike: one of them tells of the others.
    """
    if gone or len(added) > FEW:
        return [path for path in project.files.values_list("path", flat=True) if path not in gone]
    names = {paths.folded(name) for path in added for name in (path, *paths.folders_of(path))}
    return statements.names_near(project.pk, names, names)


def _check_sizes(changes: Iterable[Change]) -> None:
    for change in changes:
        if not isinstance(change, Write):
            continue
        check_size(change.path, change.data)


def check_size(path: str, data: bytes) -> None:
    """Raises `FilesError("too_large")`. A text that is too long to be edited is kept like any other file."""
    if len(data) > (most := limit("MAX_ASSET_BYTES")):
        raise FilesError("too_large", path=path, size=len(data), limit=most, kind="asset")


def _count(project: Project, steps: Sequence[Step], there: Mapping[str, tree.Entry], new: Mapping[str, Kept]) -> None:
    """Brings the project's totals up to date. Raises `FilesError` when they get too high, unless they fall."""
    sizes = _sizes(steps, there, new)
    files = sum((step.after is not None) - (step.before is not None) for step in steps)
    size = sum(sizes.get(step.after or "", 0) - sizes.get(step.before or "", 0) for step in steps)
    project.file_count += files
    project.total_bytes += size
    if files > 0 and project.file_count > limit("MAX_FILES"):
        raise FilesError("too_many_files", count=project.file_count, limit=limit("MAX_FILES"))
    if size > 0 and project.total_bytes > limit("MAX_PROJECT_BYTES"):
        raise FilesError("project_full", size=project.total_bytes, limit=limit("MAX_PROJECT_BYTES"))


def _sizes(steps: Sequence[Step], there: Mapping[str, tree.Entry], new: Mapping[str, Kept]) -> dict[str, int]:
    """The size of every content that the steps name."""
    sizes = {file.digest: file.size for file in there.values()}
    sizes |= {digest: size for digest, size, _, _ in new.values()}
    kept = {step.after for step in steps if step.after is not None and step.after not in sizes}
    if kept:
        sizes |= statements.hold_blobs(kept)
    return sizes


def keep(contents: Iterable[bytes]) -> None:
    """Keeps contents before the `Put` that names them: what is too much for one list (`projects/aside.py`)."""
    new = _contents(contents)
    with turn(), transaction.atomic():
        _store(new)


def _contents(contents: Iterable[bytes]) -> dict[str, Kept]:
    """What there is to know of contents, by digest."""
    found = ((content.digest_of(data), data) for data in contents)
    return {digest: (digest, len(data), content.encoding_of(data), data) for digest, data in found}


def _store(new: Mapping[str, Kept]) -> None:
    """Keeps contents, each once. In the order of their digests: two commits then never wait for each other in turn."""
    for group in _groups(new[digest] for digest in sorted(new)):
        statements.add_blobs(group)


def _groups(contents: Iterable[Kept]) -> Iterator[list[Kept]]:
    group: list[Kept] = []
    size = 0
    for one in contents:
        if group and size + one[1] > STATEMENT_BYTES:
            yield group
            group, size = [], 0
        group.append(one)
        size += one[1]
    if group:
        yield group


def _revision(project: Project, author: User | None, origin: str, message: str) -> Revision:
    text = message.replace("\0", "\N{REPLACEMENT CHARACTER}").strip()[:MESSAGE_LENGTH]
    project.head += 1
    made = Revision(
        project=project, number=project.head, author=author, origin=origin, message=text, client=caller.current()
    )
    statements.add_revision(made)
    return made


def _write(project: Project, locked: Project, steps: Sequence[Step], revision: Revision) -> Revision:
    _write_files(locked, steps, revision.created_at)
    statements.add_changes(
        [(locked.pk, revision.pk, step.path, step.before, step.after, step.renamed_from) for step in steps]
    )
    statements.set_totals(locked, timezone.now())
    project.head, project.file_count, project.total_bytes = locked.head, locked.file_count, locked.total_bytes
    transaction.on_commit(lambda: hub.tell(locked.pk), robust=True)
    transaction.on_commit(lambda: files_changed(locked.pk), robust=True)
    return revision


def _write_files(project: Project, steps: Sequence[Step], now: datetime) -> None:
    # Away first: a file that is renamed in its case alone would be in its own way.
    if gone := [step.path for step in steps if step.after is None]:
        project.files.filter(path__in=gone).delete()
    kept = [(step.path, paths.folded(step.path), step.after) for step in steps if step.after is not None]
    statements.put_files(project.pk, kept, now)
