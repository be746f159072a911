"""System checks: a wrong origin, the previews' or the studio's own, is found at start, and named."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlsplit

from django.conf import settings
from django.core import checks
from django.core.checks import CheckMessage, Error, Tags, register
from django.http.request import validate_host

from projects.preview_host import fixed_origin

HINT = "PREVIEW_ORIGIN=https://preview.example, a name that leads to this server and serves nothing else"


@register("projects")
def check_preview_origin(**_: Any) -> list[CheckMessage]:
    """The previews' origin, where it is set, is one, and not the studio's."""
    given = str(settings.PREVIEW_ORIGIN)
    if not given:
        return []
    found = urlsplit(given)
    if found.scheme not in ("http", "https") or not found.hostname or found.path.strip("/") or found.query:
        return [Error(f"PREVIEW_ORIGIN is no origin: {given!r}", hint=HINT, id="projects.E001")]
    loopback = settings.DEBUG and found.hostname in ("localhost", "127.0.0.1")
    if not loopback and validate_host(found.hostname, settings.ALLOWED_HOSTS):
        said = "PREVIEW_ORIGIN is one of the studio's own names (ALLOWED_HOSTS): hostile pages would be at home there"
        return [Error(said, hint=HINT, id="projects.E002")]
    return []


@register("webox")
def check_public_origin(**_: Any) -> list[CheckMessage]:
    """The studio's own origin, where it is set, is one, and a name that the studio answers to."""
    given = str(settings.PUBLIC_ORIGIN)
    found = urlsplit(given)
    if not given or (
        found.scheme in ("http", "https")
        and not (found.path or found.query or found.fragment or found.username)
        and validate_host(found.hostname or "", settings.ALLOWED_HOSTS)
    ):
        return []
    hint = "PUBLIC_ORIGIN=https://studio.example, one of ALLOWED_HOSTS, with no path"
    return [Error(f"PUBLIC_ORIGIN is not where the studio is: {given!r}", hint=hint, id="projects.E003")]


@register(Tags.security, deploy=True)
def check_preview_deployed(**_: Any) -> list[CheckMessage]:
    """In production the previews have a name of their own."""
    if not fixed_origin():
        return [checks.Warning("PREVIEW_ORIGIN is not set: there are no previews", hint=HINT, id="projects.W001")]
    if settings.SECURE_SSL_REDIRECT and not fixed_origin().startswith("https:"):
        return [
            checks.Warning("PREVIEW_ORIGIN is not https: browsers show no such preview", hint=HINT, id="projects.W002")
        ]
    return []
