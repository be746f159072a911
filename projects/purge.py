"""The owner's explicit purge: old history is forgotten, and with it the bytes that nothing else names.

    purge(project, before=40)   revisions 1 … 39 become one, which has the files as 39 left them

The only thing that takes anything from a history. What is left replays to the same files; the numbers stay, so that
nothing that names a revision means another one. It cannot be undone, and is itself written into the history.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial
from typing import TYPE_CHECKING

from django.db import transaction
from django.db.models import Count, Q
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
    RevisionChange.objects.filter(project=project, revision__number__lte=last.number).delete()
    old.delete()
    _begin_with(project, last, left, author)
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


def _digests(project: Project, upto: int) -> set[str]:
    changes = RevisionChange.objects.filter(project=project, revision__number__lte=upto)
    found: set[str | None] = set()
    for side in ("before_id", "after_id"):
        found |= set(changes.values_list(side, flat=True))
    return {digest for digest in found if digest is not None}


def _begin_with(project: Project, last: Revision, left: history.State, author: User | None) -> None:
    """The revision that is kept holds all files as it left them, and says by whom the rest was purged."""
    who = author.get_username() if author else _("système")
    told = _("Historique purgé jusqu'ici par {who}.").format(who=who)
    Revision.objects.filter(pk=last.pk).update(message=f"{last.message} · {told}".strip(" ·")[:1000])
    RevisionChange.objects.bulk_create(
        RevisionChange(project=project, revision=last, path=path, after_id=digest)
        for path, digest in sorted(left.items())
    )


def drop_unused(digests: Iterable[str]) -> tuple[int, int]:
    """Deletes the contents among these that no file and no revision of any project names; how many, how large."""
    found = sorted(digests)
    count = size = 0
    for start in range(0, len(found), AT_ONCE):
        group = set(found[start : start + AT_ONCE])
        group -= named(group)
        # Locked, where a database can: whoever is about to name one of them waits, and then keeps it anew.
        unused = dict(Blob.objects.select_for_update().filter(digest__in=group).values_list("digest", "size"))
        Blob.objects.filter(digest__in=list(unused)).delete()
        transaction.on_commit(partial(contents_dropped, list(unused)), robust=True)
        count, size = count + len(unused), size + sum(unused.values())
    return count, size


def named(digests: Collection[str]) -> set[str]:
    """Those among some contents that a file or a revision of any project names."""
    found = set(ProjectFile.objects.filter(blob__in=digests).values_list("blob_id", flat=True))
    for side in ("before", "after"):
        found |= set(RevisionChange.objects.filter(**{f"{side}__in": digests}).values_list(side, flat=True))
    return found
