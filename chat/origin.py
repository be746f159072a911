"""Whether a request that changes something was meant by the person whose cookies it carries.

chat's views are exempt from Django's own check, which would refuse the given calls of a program (no cookie, no token);
this one stands in its place, whatever a host's `ACCESS` does.
"""

from __future__ import annotations

from django.conf import settings
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.middleware.csrf import CsrfViewMiddleware

SAFE_METHODS = frozenset({"GET", "HEAD", "OPTIONS", "TRACE"})


def refuse_foreign(request: HttpRequest) -> None:
    """Lets a change pass when the browser vouches for its origin, or it carries nothing that a browser sends by itself.

    Raises `PermissionDenied`.
    """
    if request.method in SAFE_METHODS or _brings_its_own(request):
        return
    same_origin = comes_from_here(request)
    if same_origin is None and request.COOKIES:
        same_origin = csrf_token_is_right(request)
    if same_origin is False:
        raise PermissionDenied


def comes_from_here(request: HttpRequest) -> bool | None:
    """What the browser says about where the request comes from (Fetch Metadata, `Origin`); None: it says nothing."""
    site = request.headers.get("Sec-Fetch-Site")
    if site is not None and site not in ("same-origin", "none"):
        return False
    origin = request.headers.get("Origin")
    if origin is None:
        return None if site is None else True
    return origin == f"{request.scheme}://{request.get_host()}" or origin in settings.CSRF_TRUSTED_ORIGINS


def csrf_token_is_right(request: HttpRequest) -> bool:
    """Whether Django's own check lets the request pass."""

    def unused(request: HttpRequest) -> HttpResponse:
        return HttpResponse()

    check = CsrfViewMiddleware(unused)
    check.process_request(request)
    return check.process_view(request, unused, (), {}) is None


def _brings_its_own(request: HttpRequest) -> bool:
    """Whether there are credentials that no browser adds by itself, as it does those of HTTP Basic and Digest."""
    kind = request.headers.get("Authorization", "").partition(" ")[0].lower()
    return kind not in {"", "basic", "digest", "negotiate", "ntlm"}
