"""Who is asking, and which projects they may see and change. `docs/access.md` describes it.

    request ─ API, `Authorization: Token …` .............. the token's person, or None: no cookie makes up for it
            ─ a session of a logged-in person ............ that person
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
from urllib.parse import urlsplit

from django.conf import settings
from django.contrib.auth import HASH_SESSION_KEY, get_user, get_user_model
from django.contrib.sessions.models import Session
from django.core.exceptions import PermissionDenied
from django.db.models import Q, QuerySet
from django.http import HttpRequest, HttpResponse
from django.middleware.csrf import CsrfViewMiddleware
from django.utils import timezone

from projects import tokens
from projects.models import ApiToken, Membership, Project

if TYPE_CHECKING:
    from collections.abc import Sequence

    from django.contrib.auth.models import AnonymousUser, User

LOCAL_USERNAME = "local"
LOOPBACK_NAMES = frozenset({"localhost", "127.0.0.1", "[::1]"})
WRITERS = (Membership.Role.OWNER, Membership.Role.EDITOR)
SAFE_METHODS = frozenset({"GET", "HEAD", "OPTIONS", "TRACE"})
# Any of these means that a proxy stands in front: the caller is not on this machine, whatever the address says.
PROXY_HEADERS = (
    "X-Forwarded-",
    "X-Real-",
    "Forwarded",
    "Via",
    "X-Client-",
    "X-Cluster-",
    "True-Client-",
    "Cf-",
    "Fly-",
)


class ForeignRequest(PermissionDenied):
    """A request that changes something was sent by another site."""


def request_user(request: HttpRequest) -> User | None:
    """The person behind a request to the API, or None. Raises `ForeignRequest` for a change asked for by another site.

    No browser adds a token by itself, so a request with one is its sender's own.
    """
    return tokens.user_of(request) if tokens.is_given(request) else page_user(request)


def page_user(request: HttpRequest) -> User | None:
    """The person who looks at a page: a token opens none. Raises `ForeignRequest` as above."""
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
    """A caller on this machine, and an address bar that says so (another name could be a rebound DNS name)."""
    return (
        settings.DEBUG
        and settings.WEBOX_LOCAL
        and _is_loopback(request.META.get("REMOTE_ADDR", ""))
        and _host_name(request.get_host()) in LOOPBACK_NAMES
        and not _came_by_proxy(request)
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
    if _sees_everything(user):
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


def still_see(readers: Sequence[tuple[User, int]]) -> list[bool]:
    """Whether people who were let into projects would be let in now: account, password or token, membership.

    For open streams, many at once: as many queries for all as for one.
    """
    accounts = get_user_model().objects.filter(is_active=True).in_bulk({user.pk for user, _ in readers})
    shown = {digest for user, _ in readers if (digest := tokens.digest_of(user))}
    alive = set(tokens.living(ApiToken.objects.filter(digest__in=shown)).values_list("digest", flat=True))
    of_projects = {project_id for _, project_id in readers}
    owners = dict(Project.objects.filter(pk__in=of_projects).values_list("pk", "owner"))
    members = set(Membership.objects.filter(project__in=of_projects).values_list("project", "user"))

    def may(user: User, project_id: int) -> bool:
        now, digest = accounts.get(user.pk), tokens.digest_of(user)
        if now is None or now.password != user.password or (digest is not None and digest not in alive):
            return False
        is_let_in = owners.get(project_id) == user.pk or (project_id, user.pk) in members
        return project_id in owners and (is_let_in or (now.is_superuser and digest is None))

    return [may(user, project_id) for user, project_id in readers]


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
    still_see = staticmethod(still_see)


def _sees_everything(user: User) -> bool:
    return user.is_superuser and tokens.digest_of(user) is None


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


def _csrf_token_is_right(request: HttpRequest) -> bool:
    def unused(request: HttpRequest) -> HttpResponse:
        return HttpResponse()

    check = CsrfViewMiddleware(unused)
    check.process_request(request)
    return check.process_view(request, unused, (), {}) is None
