"""Which name shows previews, and which one is the studio's: they never do each other's work.

`PREVIEW_ORIGIN` names the preview's origin. Without it a studio on a loopback name has its previews on the other one:
`localhost` ⇄ `127.0.0.1`, same port. Whoever opened which first decides: a name that shows previews now is no way into
the studio for a browser.
"""

from __future__ import annotations

from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from django.conf import settings

from projects import prepared

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Iterable

    from django.http import HttpRequest

    Scope = dict[str, object]
    App = Callable[..., Awaitable[None]]

PREFIX = "/preview/"
OTHER_NAME = {"localhost": "127.0.0.1", "127.0.0.1": "localhost", "[::1]": "localhost"}
# Where a request keeps what was found out about it: no header comes under such a name.
KNOWN = "webox.shows_previews"
DEFAULT_PORTS = {"http": ":80", "https": ":443"}


def fixed_origin() -> str:
    """The setting, as a browser writes an origin; empty where it is not set."""
    found = urlsplit(str(getattr(settings, "PREVIEW_ORIGIN", "") or ""))
    return f"{found.scheme}://{_plain(found.scheme, found.netloc)}" if found.scheme and found.netloc else ""


def own_names() -> list[str]:
    """The names that the site answers to, as far as the setting names them."""
    return [name for name in settings.ALLOWED_HOSTS if not name.startswith((".", "*"))]


def origin_for(request: HttpRequest) -> str | None:
    """Where the previews of the studio that was asked are; `None` where nothing says."""
    return fixed_origin() or _other_origin(request.scheme or "http", host_of(request))


def studio_of(request: HttpRequest) -> str:
    """The studio's own origin, as this request found it."""
    scheme = request.scheme or "http"
    return f"{scheme}://{_plain(scheme, request.get_host().lower())}"


def host_of(request: HttpRequest) -> str:
    """The name in the address bar. Nothing is promised: compare it, never trust it."""
    return str(request.META.get("HTTP_HOST", "")).lower()


def shows_previews(host: str, origin: str) -> bool:
    """Whether a name is that of an origin."""
    found = urlsplit(origin)
    return bool(host) and _plain(found.scheme, host) == _plain(found.scheme, found.netloc)


def is_preview_host(host: str) -> bool:
    """Whether the setting gives this name to previews."""
    return shows_previews(host, fixed_origin())


def is_closed(request: HttpRequest) -> bool:
    """Whether a request came to a name that shows previews: nobody is let into the studio there."""
    if fixed_origin():
        return is_preview_host(host_of(request))
    if KNOWN not in request.META:
        request.META[KNOWN] = is_from_browser(request) and shows_previews_now(request)
    return bool(request.META[KNOWN])


def shows_previews_now(request: HttpRequest) -> bool:
    """Without the setting: whether somebody's previews are open on the loopback name that was asked."""
    host = host_of(request)
    if _other_origin("http", host) is None:
        return False
    origins = [f"{scheme}://{_plain(scheme, host)}" for scheme in ("http", "https")]
    return prepared.shows_previews(origins)


def is_from_browser(request: HttpRequest) -> bool:
    """Browsers say so, and no page can keep them from it; curl does not."""
    return "Sec-Fetch-Site" in request.headers or "Origin" in request.headers


def other_address(request: HttpRequest) -> str | None:
    """The same page under the other loopback name."""
    other = _other_origin(request.scheme or "http", host_of(request))
    return None if other is None else other + request.get_full_path()


class OnlyPreviews:
    """ASGI, in front of everything: the preview's name answers below `/preview/` alone, not even with static files."""

    def __init__(self, app: App) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: object, send: App) -> None:
        if scope["type"] == "http" and not str(scope["path"]).startswith(PREFIX) and _is_for_previews(scope):
            await send({"type": "http.response.start", "status": 404, "headers": NOTHING_HERE})
            await send({"type": "http.response.body", "body": b"Nothing here\n"})
            return
        await self.app(scope, receive, send)


NOTHING_HERE = [
    (b"content-type", b"text/plain; charset=utf-8"),
    (b"content-security-policy", b"sandbox; default-src 'none'"),
    (b"x-content-type-options", b"nosniff"),
]


def _is_for_previews(scope: Scope) -> bool:
    if not fixed_origin():
        return False
    headers: Iterable[tuple[bytes, bytes]] = scope["headers"]  # type: ignore[assignment]
    host = next((value for name, value in headers if name == b"host"), b"")
    return is_preview_host(host.decode("latin-1").lower())


def _other_origin(scheme: str, host: str) -> str | None:
    name, port = (host, "") if host.endswith("]") else _split(host)
    other = OTHER_NAME.get(name)
    return None if other is None else f"{scheme}://{_plain(scheme, other + port)}"


def _split(host: str) -> tuple[str, str]:
    name, colon, port = host.rpartition(":")
    return (name, f":{port}") if colon else (host, "")


def _plain(scheme: str, netloc: str) -> str:
    """A host as origins have it: no default port, lower case."""
    return netloc.lower().removesuffix(DEFAULT_PORTS.get(scheme, ":"))
