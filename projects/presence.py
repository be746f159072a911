"""Who is in a project now, and looks at which file. A row per open page, renewed while its event stream is open."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from datetime import timedelta
from typing import Any

from django.utils import timezone

from projects import paths
from projects.models import Presence

#: The server that holds a page's stream renews its row this often; a server that died leaves rows that fade.
RENEW_SECONDS = 15.0
FADES_AFTER = timedelta(seconds=40)
MOST_PEOPLE = 100

Here = tuple[int, int, str]


def enter(project_id: int, user_id: int, client: str, path: str) -> None:
    """A page was opened, or has come back."""
    now = {"user_id": user_id, "path": _path(path), "seen_at": timezone.now()}
    Presence.objects.update_or_create(project_id=project_id, client=client, defaults=now)


def move(project_id: int, user_id: int, client: str, path: str) -> bool:
    """Another file is looked at; whether the page was there."""
    rows = Presence.objects.filter(project_id=project_id, user_id=user_id, client=client)
    return bool(rows.update(path=_path(path), seen_at=timezone.now()))


def leave(project_id: int, user_id: int, client: str) -> None:
    """The page was closed."""
    Presence.objects.filter(project_id=project_id, user_id=user_id, client=client).delete()


def renew(clients: Collection[str], projects: Iterable[int]) -> None:
    """The pages whose streams are open here are still there; what faded long ago is swept."""
    Presence.objects.filter(client__in=list(clients), project__in=list(projects)).update(seen_at=timezone.now())
    Presence.objects.filter(seen_at__lt=timezone.now() - 10 * FADES_AFTER).delete()


def of_projects(projects: Iterable[int]) -> dict[int, list[dict[str, Any]]]:
    """The people of each project, by name. One query."""
    rows = Presence.objects.filter(project__in=list(projects), seen_at__gt=timezone.now() - FADES_AFTER)
    found: dict[int, list[dict[str, Any]]] = {}
    for row in rows.select_related("user").order_by("user__username", "client"):
        name = row.user.get_full_name() or row.user.get_username()
        person = {"id": row.user_id, "name": name, "path": row.path or None, "client": row.client}
        if len(there := found.setdefault(row.project_id, [])) < MOST_PEOPLE:
            there.append(person)
    return found


def _path(path: str) -> str:
    return path[:1000] if paths.can_be_stored(path) else ""
