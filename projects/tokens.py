"""API tokens (`Authorization: Token …`, django-rest-knox): only their digest is kept, the text is shown once.

A token acts for its person in the API, and never as an administrator: it opens no page, no admin, makes no further
token, and of all projects it reaches those where the person is owner or member.
"""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, cast

from django.utils import timezone
from knox.auth import TokenAuthentication
from rest_framework.exceptions import AuthenticationFailed

from projects import standing
from projects.models import ApiToken

if TYPE_CHECKING:
    from django.contrib.auth.models import User
    from django.db.models import QuerySet
    from django.http import HttpRequest

SCHEME = "token"
# A key is 70 characters; nothing longer is looked for.
MOST_CHARACTERS = 200
MOST_TOKENS = 50
LIFETIMES = (7, 30, 90, 365)


def is_given(request: HttpRequest) -> bool:
    """Whether the caller shows a token: then the token decides, whatever cookie comes with it."""
    return _words(request)[:1] == [SCHEME]


def user_of(request: HttpRequest) -> User | None:
    """The person behind the token; None where it is unknown, revoked, over, or the account is closed."""
    words = _words(request)
    if len(words) != 2 or not words[1].isascii() or len(words[1]) > MOST_CHARACTERS:
        return None
    try:
        user, token = TokenAuthentication().authenticate_credentials(words[1].encode())
    except AuthenticationFailed:
        return None
    standing.mark_token(user, token.digest)
    return cast("User", user)


def living(tokens: QuerySet[ApiToken]) -> QuerySet[ApiToken]:
    return tokens.exclude(expiry__lte=timezone.now())


def tokens_of(user: User) -> QuerySet[ApiToken]:
    return living(ApiToken.objects.filter(user=user))


def create(user: User, name: str, days: int | None) -> str:
    """The text of a new token, which is told this once."""
    lifetime = None if days is None else timedelta(days=days)
    _row, text = ApiToken.objects.create(user=user, expiry=lifetime, name=name)
    return str(text)


def revoke_all(user: User) -> int:
    """Ends every token of a person, and the streams that were let in by one; how many there were."""
    gone: int = ApiToken.objects.filter(user=user).delete()[0]
    return gone


def _words(request: HttpRequest) -> list[str]:
    scheme, *rest = request.headers.get("Authorization", "").split(" ") or [""]
    return [scheme.lower(), *rest]
