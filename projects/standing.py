"""Whether those who were let in would be let in now: what open streams are asked about every few seconds."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.conf import settings
from django.contrib.auth import HASH_SESSION_KEY, get_user_model
from django.contrib.sessions.models import Session
from django.utils import timezone

from projects.models import ApiToken, Membership, Project

if TYPE_CHECKING:
    from django.contrib.auth.models import User
    from django.http import HttpRequest

MARK = "let_in_by"


@dataclass(frozen=True, slots=True)
class Credentials:
    """What a person was let in with; nothing for somebody who needed none. A token by its digest."""

    user_id: int
    session: str = ""
    password: str = ""
    token: str = ""


def mark_session(request: HttpRequest, user: User) -> None:
    """Notes a session's key and what it knows of the password on the person."""
    session = getattr(request, "session", None)
    if session is None:  # a person, and no session: a test of a host
        return
    made = Credentials(user.pk, session.session_key or "", session.get(HASH_SESSION_KEY, ""))
    setattr(user, MARK, made)


def mark_token(user: User, digest: str) -> None:
    """Notes the token that a person acts by."""
    setattr(user, MARK, Credentials(user.pk, token=digest))


def credentials_of(user: User) -> Credentials:
    """What was noted."""
    found: Credentials | None = getattr(user, MARK, None)
    return found or Credentials(user.pk)


def acts_by_token(user: User) -> bool:
    return bool(credentials_of(user).token)


def still_may(asked: Collection[tuple[int, Credentials]]) -> set[tuple[int, Credentials]]:
    """Those of many (project, credentials) who may still see it, as `access.project_for` and the login would have it.

    Four queries, five where there are tokens, however many ask.
    """
    ids = {who.user_id for _, who in asked}
    projects = {project for project, _ in asked}
    users = {user.pk: user for user in get_user_model().objects.filter(pk__in=ids, is_active=True)}
    owners = dict(Project.objects.filter(pk__in=projects).values_list("pk", "owner_id"))
    members = set(Membership.objects.filter(project__in=projects, user__in=ids).values_list("project_id", "user_id"))
    sessions = _live_sessions({who.session for _, who in asked if who.session})
    alive = _live_tokens({who.token for _, who in asked if who.token})
    return {
        (project, who)
        for project, who in asked
        if (user := users.get(who.user_id)) is not None
        and project in owners
        and ((user.is_superuser and not who.token) or owners[project] == user.pk or (project, user.pk) in members)
        and (not who.session or who.session in sessions)
        and (not who.password or who.password in _hashes(user))
        and (not who.token or who.token in alive)
    }


def _hashes(user: User) -> Iterable[str]:
    """The password as sessions know it, signed by this key or a former one."""
    return user.get_session_auth_hash(), *user.get_session_auth_fallback_hash()


def _live_sessions(keys: set[str]) -> set[str]:
    """Where sessions are no rows, none is taken for dead."""
    if not keys or not settings.SESSION_ENGINE.endswith(("db", ".cached_db")):
        return keys
    return set(Session.objects.filter(pk__in=keys, expire_date__gt=timezone.now()).values_list("pk", flat=True))


def _live_tokens(digests: set[str]) -> set[str]:
    if not digests:
        return digests
    alive = ApiToken.objects.filter(digest__in=digests).exclude(expiry__lte=timezone.now())
    return set(alive.values_list("digest", flat=True))
