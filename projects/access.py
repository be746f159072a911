"""Who is asking, and which projects they may see and change. `docs/access.md` describes it.

    request ─ API, `Authorization: Token …` .............. the token's person, or None: no cookie makes up for it
            ─ a session of a logged-in person ............ that person
            ─ DEBUG, from this very machine, no login .... the user "local"
            ─ anything else .............................. None
            ─ a browser at a name that shows previews .... None, whatever it holds

A request that changes something must not come from another site: `ForeignRequest` otherwise. Browsers say where a
request comes from (`Sec-Fetch-Site`, `Origin`); curl says nothing, holds no cookie, and is only ever "local".

Plain functions of an `HttpRequest`, so that Django views, DRF and the chat's async way in share them.
"""

from __future__ import annotations

import ipaddress
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from django.conf import settings
from django.contrib.auth import get_user, get_user_model
from django.core.exceptions import PermissionDenied
from django.db.models import Q, QuerySet
from django.http import HttpRequest

from chat.origin import SAFE_METHODS, comes_from_here, csrf_token_is_right
from projects import preview_host, standing, tokens
from projects.models import Membership, Project
from projects.prepared import by_key
from projects.standing import Credentials, still_may

if TYPE_CHECKING:
    from collections.abc import Sequence

    from django.contrib.auth.models import AnonymousUser, User

LOCAL_USERNAME = "local"
LOOPBACK_NAMES = frozenset({"localhost", "127.0.0.1", "[::1]"})
WRITERS = (Membership.Role.OWNER, Membership.Role.EDITOR)
# Any of these means that a proxy stands in front: the caller is not on this machine, whatever the address says.
PROXY_HEADERS = ("X-Forwarded-", "X-Real-", "Forwarded", "Via", "X-Client-", "X-Cluster-", "True-Client-", "Cf-")


class ForeignRequest(PermissionDenied):
    """A request that changes something was sent by another site."""


def request_user(request: HttpRequest) -> User | None:
    """The person behind a request to the API, or None. Raises `ForeignRequest` for a change asked for by another site.

    No browser adds a token by itself, so a request with one is its sender's own.
    """
    return tokens.user_of(request) if tokens.is_given(request) else page_user(request)


def page_user(request: HttpRequest) -> User | None:
    """The person who looks at a page: a token opens none. Raises `ForeignRequest` as above."""
    if preview_host.is_closed(request):
        return None
    person = session_user(request)
    if person is None and not is_local(request):
        return None
    if request.method not in SAFE_METHODS:
        refuse_foreign(request, holds_session=person is not None)
    if person is None:
        return local_user()
    standing.mark_session(request, person)
    return person


def session_user(request: HttpRequest) -> User | None:
    user: User | AnonymousUser = getattr(request, "user", None) or get_user(request)
    return user if user.is_authenticated and user.is_active else None


def is_local(request: HttpRequest) -> bool:
    """A caller on this machine, and an address bar that says so (another name could be a rebound DNS name)."""
    return (
        settings.DEBUG
        and settings.WEBOX_LOCAL
        and _is_loopback(request.META.get("REMOTE_ADDR", ""))
        and _host_name(request.get_host()) in LOOPBACK_NAMES
        and not _came_by_proxy(request)
        and not preview_host.is_closed(request)
    )


def local_user() -> User:
    """The person who uses this machine. It has no password, so nobody can log in as them from elsewhere."""
    users = get_user_model()
    try:
        return users.objects.get(username=LOCAL_USERNAME)
    except users.DoesNotExist:
        user, _ = users.objects.get_or_create(username=LOCAL_USERNAME, defaults={"password": "!"})
        return user


def refuse_foreign(request: HttpRequest, *, holds_session: bool) -> None:
    """Let a change pass when the browser vouches for its origin, or the caller is no browser and holds no session."""
    same_origin = comes_from_here(request)
    if same_origin is None and holds_session:
        same_origin = csrf_token_is_right(request)
    if same_origin is False:
        raise ForeignRequest


def visible_projects(user: User) -> QuerySet[Project]:
    """What a person owns or is a member of; those who administer the studio see everything."""
    if _sees_everything(user):
        return Project.objects.all()
    mine = Q(owner=user) | Q(pk__in=Membership.objects.filter(user=user).values("project"))
    return Project.objects.filter(mine)


def project_for(user: User, project_id: int) -> Project:
    """The project, or `Project.DoesNotExist`: to a stranger, somebody else's project looks like none.

    Two plain queries at most, and one for its owner: this stands in the way of every message.
    """
    project = by_key(Project, project_id)
    if _is_in_charge(user, project) or Membership.objects.filter(project=project, user=user).exists():
        return project
    raise Project.DoesNotExist


def role_in(user: User, project: Project) -> str | None:
    """`owner`, `editor` or `viewer`; None for a stranger. Those who administer the studio are owners everywhere."""
    if _is_in_charge(user, project):
        return Membership.Role.OWNER.value
    return Membership.objects.filter(project=project, user=user).values_list("role", flat=True).first()


def can_write(user: User, project: Project) -> bool:
    """Whether a person may change the files: owners and editors, unless the project is put away."""
    return project.archived_at is None and role_in(user, project) in WRITERS


def can_manage(user: User, project: Project) -> bool:
    """Whether a person may say who the members are, and archive or delete the project."""
    return role_in(user, project) == Membership.Role.OWNER


def can_own(user: User, project: Project) -> bool:
    """Whether a person may delete the project or hand it over: its founder."""
    return _is_in_charge(user, project)


def can_purge(user: User, project: Project) -> bool:
    """Whether a person may take old revisions out of the history, for ever: its founder, unless it is put away."""
    return project.archived_at is None and can_own(user, project)


def credentials(request: HttpRequest, user: User) -> Credentials:
    """What an open stream was let in with, to be looked at again while it is open."""
    if session_user(request) is not None and not standing.acts_by_token(user):
        standing.mark_session(request, user)
    return standing.credentials_of(user)


def still_see(readers: Sequence[tuple[User, int]]) -> list[bool]:
    """The same for the chat's streams: of people and the projects that they were let into, who still would be."""
    asked = [(project_id, standing.credentials_of(user)) for user, project_id in readers]
    may = still_may(asked)
    return [one in may for one in asked]


class ProjectAccess:
    """The same, as the object that `CHAT["ACCESS"]` names."""

    request_user = staticmethod(request_user)
    visible_projects = staticmethod(visible_projects)
    project_for = staticmethod(project_for)
    can_write = staticmethod(can_write)
    still_see = staticmethod(still_see)


def _sees_everything(user: User) -> bool:
    return user.is_superuser and not standing.acts_by_token(user)


def _is_in_charge(user: User, project: Project) -> bool:
    return _sees_everything(user) or project.owner_id == user.pk


def _came_by_proxy(request: HttpRequest) -> bool:
    """What gives a proxy away that stands on this machine and passes its own address on as the host.

    Its headers; HTTP/1.0, which nginx speaks unless told otherwise, and no browser; a page of the same origin, says the
    browser, yet of another name than the one that was asked for.
    """
    if any(name.startswith(PROXY_HEADERS) for name in request.headers):
        return True
    if getattr(request, "scope", {}).get("http_version") == "1.0":
        return True
    referrer = urlsplit(request.headers.get("Referer", "")).netloc
    return bool(referrer) and request.headers.get("Sec-Fetch-Site") == "same-origin" and referrer != request.get_host()


def _is_loopback(address: str) -> bool:
    try:
        return ipaddress.ip_address(address).is_loopback
    except ValueError:
        return False


def _host_name(host: str) -> str:
    return host if host.endswith("]") else host.rpartition(":")[0] or host
