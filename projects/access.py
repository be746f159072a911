"""Who is asking, and which projects they may see and change.

    request ─ a session of a logged-in person ............ that person
            ─ DEBUG, from this very machine, no login .... the user "local"
            ─ anything else .............................. None

A request that changes something must not come from another site: `ForeignRequest` otherwise. Browsers say where a
request comes from (`Sec-Fetch-Site`, `Origin`); curl says nothing, holds no cookie, and is only ever "local".

Plain functions of an `HttpRequest`, so that Django views, DRF and the chat's async way in share them.
"""

from __future__ import annotations

import ipaddress
from collections.abc import Collection
from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.conf import settings
from django.contrib.auth import HASH_SESSION_KEY, get_user, get_user_model
from django.contrib.sessions.models import Session
from django.core.exceptions import PermissionDenied
from django.db.models import Q, QuerySet
from django.http import HttpRequest, HttpResponse
from django.middleware.csrf import CsrfViewMiddleware
from django.utils import timezone

from projects.models import Membership, Project

if TYPE_CHECKING:
    from django.contrib.auth.models import AnonymousUser, User

LOCAL_USERNAME = "local"
LOOPBACK_NAMES = frozenset({"localhost", "127.0.0.1", "[::1]"})
SAFE_METHODS = frozenset({"GET", "HEAD", "OPTIONS", "TRACE"})
# Any of these means that a proxy stands in front: the caller is not on this machine, whatever the address says.
PROXY_HEADERS = ("X-Forwarded-For", "X-Forwarded-Host", "X-Real-IP", "Forwarded", "Via")


class ForeignRequest(PermissionDenied):
    """A request that changes something was sent by another site."""


def request_user(request: HttpRequest) -> User | None:
    """The person behind a request, or None. Raises `ForeignRequest` for a change asked for by another site."""
    person = session_user(request)
    if person is None and not is_local(request):
        return None
    if request.method not in SAFE_METHODS:
        refuse_foreign(request, holds_session=person is not None)
    return person or local_user()


def session_user(request: HttpRequest) -> User | None:
    user: User | AnonymousUser = getattr(request, "user", None) or get_user(request)
    return user if user.is_authenticated and user.is_active else None


def is_local(request: HttpRequest) -> bool:
    """DEBUG, a caller on this machine, and an address bar that says so (another name could be a rebound DNS name)."""
    return (
        settings.DEBUG
        and _is_loopback(request.META.get("REMOTE_ADDR", ""))
        and not any(name in request.headers for name in PROXY_HEADERS)
        and _host_name(request.get_host()) in LOOPBACK_NAMES
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
        same_origin = _csrf_token_is_right(request)
    if same_origin is False:
        raise ForeignRequest


def comes_from_here(request: HttpRequest) -> bool | None:
    """What the browser says about where the request comes from; None when it says nothing."""
    site = request.headers.get("Sec-Fetch-Site")
    if site is not None and site not in ("same-origin", "none"):
        return False
    origin = request.headers.get("Origin")
    if origin is None:
        return None if site is None else True
    return origin == f"{request.scheme}://{request.get_host()}" or origin in settings.CSRF_TRUSTED_ORIGINS


def visible_projects(user: User) -> QuerySet[Project]:
    """What a person owns or is a member of; those who administer the studio see everything."""
    if user.is_superuser:
        return Project.objects.all()
    mine = Q(owner=user) | Q(pk__in=Membership.objects.filter(user=user).values("project"))
    return Project.objects.filter(mine)


def project_for(user: User, project_id: int) -> Project:
    """The project, or `Project.DoesNotExist`: to a stranger, somebody else's project looks like none.

    Two plain queries at most, and one for its owner: this stands in the way of every message.
    """
    project = Project.objects.get(pk=project_id)
    if _is_in_charge(user, project) or Membership.objects.filter(project=project, user=user).exists():
        return project
    raise Project.DoesNotExist


def can_write(user: User, project: Project) -> bool:
    if _is_in_charge(user, project):
        return True
    writers = (Membership.Role.OWNER, Membership.Role.EDITOR)
    return Membership.objects.filter(project=project, user=user, role__in=writers).exists()


@dataclass(frozen=True, slots=True)
class Credentials:
    """What an open stream was let in with, to be looked at again while it is open."""

    user_id: int
    session: str = ""
    password: str = ""


def credentials(request: HttpRequest, user: User) -> Credentials:
    """A session's key and what it knows of the password; nothing for somebody who needed none."""
    if session_user(request) is None:
        return Credentials(user.pk)
    return Credentials(user.pk, request.session.session_key or "", request.session.get(HASH_SESSION_KEY, ""))


def still_may(asked: Collection[tuple[int, Credentials]]) -> set[tuple[int, Credentials]]:
    """Those of many (project, credentials) who may still see it, as `project_for` and the login would have it.

    Four queries, however many ask.
    """
    ids = {who.user_id for _, who in asked}
    projects = {project for project, _ in asked}
    users = {user.pk: user for user in get_user_model().objects.filter(pk__in=ids, is_active=True)}
    owners = dict(Project.objects.filter(pk__in=projects).values_list("pk", "owner_id"))
    members = set(Membership.objects.filter(project__in=projects, user__in=ids).values_list("project_id", "user_id"))
    sessions = _live_sessions({who.session for _, who in asked if who.session})
    return {
        (project, who)
        for project, who in asked
        if (user := users.get(who.user_id)) is not None
        and project in owners
        and (user.is_superuser or owners[project] == user.pk or (project, user.pk) in members)
        and (not who.session or who.session in sessions)
        and (not who.password or who.password == user.get_session_auth_hash())
    }


def _live_sessions(keys: set[str]) -> set[str]:
    """Where sessions are no rows, none is taken for dead."""
    if not keys or not settings.SESSION_ENGINE.endswith(("db", ".cached_db")):
        return keys
    return set(Session.objects.filter(pk__in=keys, expire_date__gt=timezone.now()).values_list("pk", flat=True))


class ProjectAccess:
    """The same, as the object that `CHAT["ACCESS"]` names."""

    request_user = staticmethod(request_user)
    visible_projects = staticmethod(visible_projects)
    project_for = staticmethod(project_for)
    can_write = staticmethod(can_write)


def _is_in_charge(user: User, project: Project) -> bool:
    return user.is_superuser or project.owner_id == user.pk


def _is_loopback(address: str) -> bool:
    try:
        return ipaddress.ip_address(address).is_loopback
    except ValueError:
        return False


def _host_name(host: str) -> str:
    return host if host.endswith("]") else host.rpartition(":")[0] or host


def _csrf_token_is_right(request: HttpRequest) -> bool:
    def unused(request: HttpRequest) -> HttpResponse:
        return HttpResponse()

    check = CsrfViewMiddleware(unused)
    check.process_request(request)
    return check.process_view(request, unused, (), {}) is None
