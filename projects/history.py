"""A project's history: looking at it, and going back in it. Going back is a new revision; nothing is ever rewritten.

state      what a revision left behind: path → digest        replay   the same, by adding up every change
compare    two states                                        restore  an old state, or one file's, comes again
revert     one revision undone, the later ones kept: a 3-way merge, or a `Conflict` with all three texts
"""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING

from django.db import transaction
from django.db.models import Count, Max, QuerySet

from chat.workspace import PastChange
from projects import paths
from projects.draft import Change, Delete, Put
from projects.errors import FilesError
from projects.files import commit, lock
from projects.models import Project, Revision, RevisionChange

if TYPE_CHECKING:
    from django.contrib.auth.models import User

State = dict[str, str]


@dataclass(frozen=True, slots=True)
class Difference:
    """One path of two states: digests, `None` where there is no file."""

    path: str
    before: str | None
    after: str | None
    renamed_from: str = ""


def revisions(project: Project, *, path: str | None = None, before: int | None = None) -> QuerySet[Revision]:
    """The newest first, with their authors and how many paths each changed (`change_count`)."""
    found = Revision.objects.filter(project=project).select_related("author").order_by("-number")
    if path is not None:
        changes = RevisionChange.objects.filter(project=project, path=_asked(path))
        found = found.filter(pk__in=changes.values("revision"))
    if before is not None:
        found = found.filter(number__lt=before)
    return found.annotate(change_count=Count("changes"))


def paths_of(revisions: Iterable[Revision]) -> dict[int, list[str]]:
    """By its key, the paths of each revision that changed few; in one query."""
    return _paths(one.pk for one in revisions if one.change_count <= FEW)  # type: ignore[attr-defined]


def _paths(keys: Iterable[int]) -> dict[int, list[str]]:
    found: dict[int, list[str]] = {}
    for pk, path in RevisionChange.objects.filter(revision__in=list(keys)).values_list("revision_id", "path"):
        found.setdefault(pk, []).append(path)
    return found


#: Of a revision with more files than this the count says more than the names.
FEW = 3
#: A change of more files than this says nothing of any of them.
WIDEST_TOLD = 30
#: Changes of so many projects are kept in this process.
KEPT_PROJECTS = 64
_telling = threading.Lock()
_told: OrderedDict[tuple[int, datetime], tuple[int, list[PastChange]]] = OrderedDict()


def told(project: Project, most: int) -> list[PastChange]:
    """The last revisions, newest first, as past changes; only those since the last call are asked for.

    The same list as long as nothing has changed. A revision of very many files has no paths here.
    """
    key = (project.pk, project.created_at)
    head, known = _told.get(key, (0, []))
    if head != project.head or not known:
        new = _since(project, head, most) if head < project.head else _since(project, 0, most)
        known = [*new, *(known if head < project.head else ())][:most]
        with _telling:
            _told.pop(key, None)
            _told[key] = (project.head, known)
            while len(_told) > KEPT_PROJECTS:
                _told.popitem(last=False)
    return known


def _since(project: Project, number: int, most: int) -> list[PastChange]:
    found = list(
        Revision.objects.filter(project=project, number__gt=number, number__lte=project.head)
        .annotate(width=Count("changes"))
        .order_by("-number")
        .values_list("pk", "message", "width")[:most]
    )
    paths = _paths(pk for pk, _, width in found if width <= WIDEST_TOLD)
    return [PastChange(message, tuple(paths.get(pk, ()))) for pk, message, _ in found]


def revision(project: Project, number: int) -> Revision:
    """Raises `FilesError("unknown_revision")`."""
    found = Revision.objects.filter(project=project, number=number).select_related("author").first()
    if found is None:
        raise FilesError("unknown_revision", number=number)
    return found


def changes_of(found: Revision) -> list[Difference]:
    """What a revision did, by path."""
    rows = found.changes.order_by("path").values_list("path", "before_id", "after_id", "renamed_from")
    return [Difference(*row) for row in rows]


def state(project: Project, number: int) -> State:
    """The files as a revision left them; 0 is the empty project. One query over rows that never change."""
    if number:
        revision(project, number)
    upto = RevisionChange.objects.filter(project=project, revision__number__lte=number)
    # A project's commits come one after the other, so the last row of a path is its last change (a purge keeps it so).
    last = upto.order_by().values("path").annotate(last=Max("pk")).values("last")
    rows = RevisionChange.objects.filter(pk__in=last, after__isnull=False)
    return dict(rows.values_list("path", "after_id"))


def is_purged(project: Project, number: int) -> bool:
    """Whether a revision is one that the owner has purged: what is left of the history begins after it."""
    first = Revision.objects.filter(project=project).order_by("number").values_list("number", flat=True).first()
    return first is not None and 0 < number < first


def replay(project: Project) -> State:
    """The files by adding up all changes from the first on: what `ProjectFile` must hold.

    Raises `AssertionError` where a change begins with something else than what was left before it.
    """
    found: State = {}
    ordered = RevisionChange.objects.filter(project=project).order_by("revision__number", "pk")
    rows: Iterable[tuple[str, str | None, str | None]] = ordered.values_list("path", "before_id", "after_id")
    for path, before, after in rows:
        if found.get(path) != before:
            raise AssertionError(f"{path}: {found.get(path)} was left, {before} is where the next change begins")
        if after is None:
            del found[path]
        else:
            found[path] = after
    return found


def compare(before: State, after: State) -> list[Difference]:
    """What differs, by path. A file that went and came with the same bytes was renamed."""
    gone = {digest: path for path, digest in sorted(before.items(), reverse=True) if path not in after}
    found = []
    for path in sorted(before.keys() | after.keys()):
        old, new = before.get(path), after.get(path)
        if old != new:
            source = gone.pop(new, "") if old is None and new is not None else ""
            found.append(Difference(path, old, new, source))
    return found


@transaction.atomic
def restore(
    project: Project, author: User | None, number: int, *, path: str | None = None, message: str = ""
) -> Revision | None:
    """Brings the project, or one of its files, back to what a revision left; `None` where it is so already."""
    lock(project)
    wanted, there = state(project, number), _files(project)
    if path is not None:
        wanted, there = _only(wanted, path), _only(there, path)
        if not wanted and not there:
            raise FilesError("missing_file", path=paths.shown(path))
    changes = [_change(difference.path, difference.after) for difference in compare(there, wanted)]
    return commit(project, author, changes, origin=Revision.Origin.RESTORE, message=message)


def undelete(project: Project, author: User | None, path: str, *, message: str = "") -> Revision | None:
    """Brings a deleted file back as it was when it went. Raises `FilesError("missing_file")` when it never was."""
    gone = RevisionChange.objects.filter(project=project, path=_asked(path), after__isnull=True)
    last = gone.select_related("revision").order_by("-pk").first()
    if last is None:
        raise FilesError("missing_file", path=paths.shown(path))
    return restore(project, author, last.revision.number - 1, path=path, message=message)


def deleted(project: Project) -> list[RevisionChange]:
    """The last change of every path that is no more, the newest first; renamed files are not among them."""
    last = RevisionChange.objects.filter(project=project).order_by().values("path").annotate(last=Max("pk"))
    rows = RevisionChange.objects.filter(pk__in=last.values("last"), after__isnull=True).select_related("revision")
    moved = RevisionChange.objects.filter(project=project).exclude(renamed_from="")
    renamed = set(moved.values_list("revision_id", "renamed_from"))
    return [row for row in rows.order_by("-pk") if (row.revision_id, row.path) not in renamed]


def was_here(project: Project, digest: str) -> bool:
    """Whether this project ever held these bytes: those of others are nobody's business."""
    return bool(known(project, [digest]))


def known(project: Project, digests: Iterable[str]) -> set[str]:
    """Which of these contents this project holds or ever held."""
    asked = list(set(digests))
    changes = RevisionChange.objects.filter(project=project, after__in=asked)
    return {str(digest) for digest in changes.values_list("after_id", flat=True)}


def _files(project: Project) -> State:
    return dict(project.files.values_list("path", "blob_id"))


def _only(found: State, path: str) -> State:
    name = paths.normal(path)
    return {name: found[name]} if name in found else {}


def _asked(path: str) -> str:
    """A path to look for; one that no database takes is nowhere."""
    return paths.normal(path) if paths.can_be_stored(path) else ""


def _change(path: str, digest: str | None) -> Change:
    return Delete(path) if digest is None else Put(path, digest)
