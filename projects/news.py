"""What has happened to projects, read for all who follow them on this server: in a constant number of queries.

`look` is one look at everything that is followed; `joined` is what one new follower missed. No HTTP, no event loop.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

import msgspec
from django.db.models import Count, Q, QuerySet

from projects import presence
from projects.models import Project, Revision, RevisionChange

#: A longer list is of no use to a page: it reads the project again.
MOST_PATHS = 500
MOST_REVISIONS = 100

Frames = list[tuple[int, bytes]]
#: A path of a revision, whether it is gone, and where it came from.
Told = tuple[str, bool, str]


@dataclass(slots=True)
class Seen:
    """One look. A project that is not in `heads` is no more."""

    heads: dict[int, int]
    people: dict[int, bytes]
    frames: dict[int, Frames] = field(default_factory=dict)


def frame(event: str, data: Mapping[str, Any], number: int | None = None) -> bytes:
    """One server-sent event; numbered where a reader can resume after it."""
    head = b"" if number is None else b"id: %d\n" % number
    return head + b"event: " + event.encode() + b"\ndata: " + msgspec.json.encode(data) + b"\n\n"


def ready(head: int) -> bytes:
    """Everything up to this revision has been told: whoever comes again goes on from here."""
    return frame("ready", {"revision": head}, head)


def look(known: Mapping[int, int]) -> Seen:
    """What is new in projects of which so many revisions are known."""
    heads = dict(Project.objects.filter(pk__in=list(known)).values_list("pk", "head"))
    there = presence.of_projects(known)
    people = {project: frame("presence", {"people": there.get(project, [])}) for project in heads}
    later = {project: known[project] for project, head in heads.items() if head > known[project]}
    return Seen(heads, people, after(later, heads))


def joined(project_id: int, known: int | None) -> tuple[int, Frames]:
    """The newest revision, and what has happened since the one that the reader knows."""
    head = Project.objects.values_list("head", flat=True).get(pk=project_id)
    if known is None or known >= head:
        return head, []
    return head, after({project_id: known}, {project_id: head}).get(project_id, [])


def after(known: Mapping[int, int], heads: Mapping[int, int]) -> dict[int, Frames]:
    """The revisions after those known, as events, by project; for too many of them one that names no paths."""
    if not known:
        return {}
    few = {project: number for project, number in known.items() if heads[project] - number <= MOST_REVISIONS}
    frames: dict[int, Frames] = {project: [everything(heads[project])] for project in known.keys() - few.keys()}
    revisions = list(_revisions(few)) if few else []
    changes = _changes(revisions)
    for revision in revisions:
        told = frame("files.changed", _told(revision, changes.get(revision.pk)), revision.number)
        frames.setdefault(revision.project_id, []).append((revision.number, told))
    return frames


def everything(head: int) -> tuple[int, bytes]:
    """More has happened than can be told."""
    data: dict[str, Any] = {
        "revision": head,
        "paths": None,
        "gone": [],
        "renamed": {},
        "origin": None,
        "author": None,
        "author_id": None,
        "client": "",
    }
    return head, frame("files.changed", data, head)


def _revisions(known: Mapping[int, int]) -> QuerySet[Revision]:
    wanted = Q()
    for project, number in known.items():
        wanted |= Q(project=project, number__gt=number)
    found = Revision.objects.filter(wanted).select_related("author").order_by("project", "number")
    return found.annotate(change_count=Count("changes"))


def _changes(revisions: Iterable[Revision]) -> dict[int, list[Told]]:
    """The paths of revisions that are not too long to tell."""
    short = [one.pk for one in revisions if one.change_count <= MOST_PATHS]  # type: ignore[attr-defined]
    if not short:
        return {}
    rows = RevisionChange.objects.filter(revision__in=short).order_by("revision", "path")
    found: dict[int, list[Told]] = {}
    for revision, path, digest, source in rows.values_list("revision_id", "path", "after_id", "renamed_from"):
        found.setdefault(revision, []).append((path, digest is None, source))
    return found


def _told(revision: Revision, changes: list[Told] | None) -> dict[str, Any]:
    return {
        "revision": revision.number,
        "paths": None if changes is None else [path for path, _, _ in changes],
        "gone": [path for path, gone, _ in changes or [] if gone],
        "renamed": {source: path for path, _, source in changes or [] if source},
        "origin": revision.origin,
        "author": revision.author.get_username() if revision.author else None,
        "author_id": revision.author_id,
        "client": revision.client,
    }
