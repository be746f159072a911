"""Who is in a project now, and looks at which file. A row per open page and server that holds a stream of it.

A page is a person's: two people whose pages have the same name are there both. When a tab hands its browser's stream
over to another one, that may be at another server: each server renews and takes away its own row alone, and the page is
there as long as one of them has it.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import timedelta
from typing import Any, cast

from django.db import IntegrityError
from django.db.models import QuerySet
from django.utils import timezone

from projects import paths
from projects.models import Presence

#: The server that holds a page's stream renews its row this often; a server that died leaves rows that fade.
RENEW_SECONDS = 15.0
FADES_AFTER = timedelta(seconds=40)
MOST_PEOPLE = 100

#: A page: its project, its person, and the name that it gives itself.
Page = tuple[int, int, str]
PAGE = ("project_id", "user_id", "client")


def enter(page: Page, path: str, *, holder: str = "") -> None:
    """A page was opened, or has come back, at a server; `holder` is that server, none for a page that only asks."""
    project_id, user_id, client = page
    now = {"path": _path(path), "seen_at": timezone.now()}
    Presence.objects.update_or_create(
        project_id=project_id, user_id=user_id, client=client, holder=holder, defaults=now
    )
    _rows(page).exclude(holder=holder).update(path=now["path"])


def move(page: Page, path: str) -> bool:
    """Another file is looked at; whether the page was there."""
    return bool(_rows(page).update(path=_path(path), seen_at=timezone.now()))


def leave(page: Page, *, holder: str) -> None:
    """The page has no stream at this server any more."""
    _rows(page).filter(holder=holder).delete()


def renew(pages: Mapping[Page, str], *, holder: str) -> None:
    """The pages whose streams are open here are still there, with the path that each came with; what faded is swept."""
    now = timezone.now()
    clients, projects = {client for _, _, client in pages}, {project for project, _, _ in pages}
    ours = Presence.objects.filter(holder=holder, client__in=clients, project__in=projects)
    # Of these some may be no page of ours: a browser has one name in all its projects.
    named = {cast("Page", row[1:]): row[0] for row in ours.values_list("pk", *PAGE)}
    there = {page: pk for page, pk in named.items() if page in pages}
    Presence.objects.filter(pk__in=there.values()).update(seen_at=now)
    missing = pages.keys() - there.keys()  # the database was away for so long that they were swept
    _add([Presence(**dict(zip(PAGE, page, strict=True)), holder=holder, path=_path(pages[page])) for page in missing])
    Presence.objects.filter(seen_at__lt=now - 10 * FADES_AFTER).delete()


def _add(rows: Sequence[Presence]) -> None:
    """Those that can be. Whose project or person was deleted a moment ago has no row, and takes no other along."""
    try:
        Presence.objects.bulk_create(rows, ignore_conflicts=True)
    except IntegrityError:
        for row in rows if len(rows) > 1 else ():
            _add([row])


def of_projects(projects: Iterable[int]) -> dict[int, list[dict[str, Any]]]:
    """The people of each project, by name. One query."""
    rows = Presence.objects.filter(project__in=list(projects), seen_at__gt=timezone.now() - FADES_AFTER)
    found: dict[int, list[dict[str, Any]]] = {}
    told: set[Page] = set()
    for row in rows.select_related("user").order_by("user__username", "client", "-seen_at"):
        if (page := (row.project_id, row.user_id, row.client)) in told:
            continue
        told.add(page)
        name = row.user.get_full_name() or row.user.get_username()
        person = {"id": row.user_id, "name": name, "path": row.path or None, "client": row.client}
        if len(there := found.setdefault(row.project_id, [])) < MOST_PEOPLE:
            there.append(person)
    return found


def _rows(page: Page) -> QuerySet[Presence]:
    project_id, user_id, client = page
    return Presence.objects.filter(project_id=project_id, user_id=user_id, client=client)


def _path(path: str) -> str:
    return path[:1000] if paths.can_be_stored(path) else ""
