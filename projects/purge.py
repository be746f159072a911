"""The owner's explicit purge: old history is forgotten, and with it the bytes that nothing else names.

    purge(project, before=40)   revisions 1 … 39 become one, which has the files as 39 left them
    project.delete()            all of it goes, and the bytes that no other project names

The only thing that takes anything from a history. What is left replays to the same files; the numbers stay, so that
nothing that names a revision means another one. It cannot be undone, and is itself written into the history.
"""

from __future__ import annotations

from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial
from typing import TYPE_CHECKING, Any

from django.db import transaction
from django.db.models import Count, Max, Q
from django.db.models.signals import post_delete, pre_delete
from django.utils import timezone
from django.utils.translation import gettext as _

from chat.workspace import contents_dropped
from projects import history
from projects.files import lock
from projects.models import Blob, Project, ProjectFile, Revision, RevisionChange

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable

    from django.contrib.auth.models import User

AT_ONCE = 500
# How old what goes may be, in days; 0 is all that there is.
AGES = (365, 90, 30, 7, 0)


@dataclass(frozen=True, slots=True)
class Purged:
    """How much is gone."""

    revisions: int
    contents: int
    bytes: int


NOTHING = Purged(0, 0, 0)


@transaction.atomic
def purge(project: Project, author: User | None, *, before: int) -> Purged:
    """Forgets what the revisions before one have changed. Raises `FilesError("unknown_revision")`."""
    lock(project)
    last = history.revision(project, before - 1)
    old = Revision.objects.filter(project=project, number__lt=last.number)
    count = old.count()
    if not count:
        return NOTHING
    left = history.state(project, last.number)
    forgotten = _digests(project, last.number)
    _begin_with(project, last, author)
    old.delete()
    contents, size = drop_unused(forgotten - set(left.values()))
    return Purged(count, contents, size)


def older(project: Project) -> dict[int, int]:
    """For each of `AGES` how many revisions a purge would take away."""
    counts = {f"d{days}": Count("pk", filter=Q(created_at__lte=_moment(days))) for days in AGES}
    found = Revision.objects.filter(project=project).aggregate(**counts)
    return {days: max(found[f"d{days}"] - 1, 0) for days in AGES}


def first_kept(project: Project, days: int) -> int:
    """What `purge` takes as `before`: the first revision younger than so many days."""
    old = Revision.objects.filter(project=project, created_at__lte=_moment(days)).order_by("-number")
    return (old.values_list("number", flat=True).first() or 0) + 1


def _moment(days: int) -> datetime:
    return timezone.now() - timedelta(days=days)


def _digests(project: Project, upto: int | None = None) -> set[str]:
    """Whatever the history names, up to a revision or as a whole. The files as they are, are its last state."""
    changes = RevisionChange.objects.filter(project=project)
    if upto is not None:
        changes = changes.filter(revision__number__lte=upto)
    found: set[str | None] = set()
    for side in ("before_id", "after_id"):
        found |= set(changes.values_list(side, flat=True))
    return {digest for digest in found if digest is not None}


def _begin_with(project: Project, last: Revision, author: User | None) -> None:
    """The revision that is kept holds all files as it left them, and says by whom the rest was purged.

    The very rows that made the files so become its own: new ones would come after those of later revisions, and the
    last row of a path is its last change.
    """
    changes = RevisionChange.objects.filter(project=project, revision__number__lte=last.number)
    made = changes.order_by().values("path").annotate(last=Max("pk")).values_list("last", flat=True)
    kept = set(RevisionChange.objects.filter(pk__in=made, after__isnull=False).values_list("pk", flat=True))
    gone = [pk for pk in changes.values_list("pk", flat=True) if pk not in kept]
    for start in range(0, len(gone), AT_ONCE):
        RevisionChange.objects.filter(pk__in=gone[start : start + AT_ONCE]).delete()
    changes.update(revision=last, before=None, renamed_from="")
    who = author.get_username() if author else _("système")
    told = _("Historique purgé jusqu'ici par {who}.").format(who=who)
    Revision.objects.filter(pk=last.pk).update(message=f"{last.message} · {told}".strip(" ·")[:1000])


@transaction.atomic
def drop_unused(digests: Iterable[str]) -> tuple[int, int]:
    """Deletes the contents among these that no file and no revision of any project names; how many, how large.

    Where a database can they are locked before it is asked who names them. What a commit is about to name is locked by
    that commit (`statements.add_blobs`, `hold_blobs`) and left alone; a commit that comes later waits, and then keeps
    what it needs anew. So none ever names what is gone, and none waits for the other in turn.
    """
    found = sorted(digests)
    count = size = 0
    for start in range(0, len(found), AT_ONCE):
        group = Blob.objects.select_for_update(skip_locked=True).filter(digest__in=found[start : start + AT_ONCE])
        sizes = dict(group.values_list("digest", "size"))
        unused = sorted(sizes.keys() - named(sizes.keys()))
        Blob.objects.filter(digest__in=unused).delete()
        transaction.on_commit(partial(contents_dropped, unused), robust=True)
        count, size = count + len(unused), size + sum(sizes[digest] for digest in unused)
    return count, size


def drop_all_unused() -> tuple[int, int]:
    """The same for all contents, some at a time: what earlier versions, or an import whose server died, left
    behind. How many, how large."""
    count = size = 0
    last = ""
    while some := list(Blob.objects.filter(pk__gt=last).order_by("pk").values_list("pk", flat=True)[:AT_ONCE]):
        last = some[-1]
        with transaction.atomic():
            contents, freed = drop_unused(some)
        count, size = count + contents, size + freed
    return count, size


def with_their_project() -> None:
    """From now on a project that is deleted, however it is, takes the contents along that no other one names."""
    pre_delete.connect(_remember, sender=Project, dispatch_uid="contents of a project")
    post_delete.connect(_forget, sender=Project, dispatch_uid="contents of a project")


def _remember(instance: Project, **_: Any) -> None:
    """Locked first: a commit that is under way is waited for, and what it adds is known."""
    with suppress(Project.DoesNotExist):
        lock(instance)
        instance.contents = _digests(instance) | set(instance.files.values_list("blob_id", flat=True))  # type: ignore[attr-defined]


def _forget(instance: Project, **_: Any) -> None:
    drop_unused(getattr(instance, "contents", ()))


def named(digests: Collection[str]) -> set[str]:
    """Those among some contents that a file or a revision of any project names."""
    found = set(ProjectFile.objects.filter(blob__in=digests).values_list("blob_id", flat=True))
    for side in ("before", "after"):
        found |= set(RevisionChange.objects.filter(**{f"{side}__in": digests}).values_list(side, flat=True))
    return found
