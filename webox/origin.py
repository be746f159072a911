"""Where people reach the studio, for links that are mailed: never what a request claims by its `Host`."""

from __future__ import annotations

from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from django.conf import settings

if TYPE_CHECKING:
    from django.http import HttpRequest


def public(request: HttpRequest) -> tuple[str, str]:
    """Scheme and host with port: `PUBLIC_ORIGIN`, or in development, without one, those of the request."""
    given = urlsplit(str(settings.PUBLIC_ORIGIN))
    if given.netloc:
        return given.scheme, given.netloc
    if not settings.DEBUG:
        raise RuntimeError("PUBLIC_ORIGIN is not set: no link can be mailed")
    return str(request.scheme), request.get_host()
