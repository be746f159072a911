"""What every answer of the preview's origin says to the browser: run it, and let nothing out. Values in, values out."""

from __future__ import annotations

import re
from collections.abc import Iterable
from urllib.parse import urlsplit

# Scripts and forms run; same-origin, popups, modals, downloads and the tab itself are not theirs.
SANDBOX = "sandbox allow-scripts allow-forms"
NO_FEATURES = ", ".join(
    f"{name}=()"
    for name in (
        "accelerometer", "autoplay", "browsing-topics", "camera", "clipboard-read", "clipboard-write",
        "compute-pressure", "display-capture", "encrypted-media", "fullscreen", "gamepad", "geolocation", "gyroscope",
        "hid", "identity-credentials-get", "idle-detection", "keyboard-map", "local-fonts", "magnetometer",
        "microphone", "midi", "otp-credentials", "payment", "picture-in-picture", "publickey-credentials-create",
        "publickey-credentials-get", "screen-wake-lock", "serial", "storage-access", "sync-xhr", "unload", "usb",
        "window-management", "xr-spatial-tracking",
    )
)  # fmt: skip
ALWAYS = {
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "Permissions-Policy": NO_FEATURES,
    "X-DNS-Prefetch-Control": "off",
    "Connection-Allowlist": "(response-origin)",
    # The page's own origin is opaque: its files are another origin's to it, modules and fonts need CORS. Nothing is
    # given away by that: whoever can name the address may read it, and no cookie or login is ever looked at.
    "Cross-Origin-Resource-Policy": "cross-origin",
    "Access-Control-Allow-Origin": "*",
}
HOST = re.compile(
    r"(?:(https?|wss?)://)?((?:\*\.)?[a-z0-9](?:[a-z0-9-]*[a-z0-9])?(?:\.[a-z0-9-]*[a-z0-9])*)(:[0-9]{1,5})?"
)


def policy(*, base: str, runtime: str, hosts: Iterable[str] = ()) -> str:
    """The policy of a project's files: what is below `base` (its signed address), the runtime, and `allowed_hosts`.

    It does not say who may frame them: the project's own pages may, and in the sandbox they have no origin that
    `frame-ancestors` could name. Whoever knows the address can read the files anyway, and finds nobody logged in here.
    """
    own = f"{base} {runtime}"
    network = " ".join(base if host == "self" else host for host in hosts) or "'none'"
    return "; ".join((
        SANDBOX,
        "default-src 'none'",
        f"script-src {own} 'unsafe-inline' 'unsafe-eval' data: blob:",
        f"style-src {own} 'unsafe-inline' data: blob:",
        f"img-src {base} data: blob:",
        f"font-src {own} data:",
        f"media-src {base} data: blob:",
        f"connect-src {network}",
        "worker-src blob:",
        f"frame-src {base}",
        f"manifest-src {base}",
        "object-src 'none'",
        f"base-uri {base}",
        f"form-action {base}",
    ))  # fmt: skip


def connections(hosts: Iterable[str] = ()) -> str:
    """What the policy cannot say: no WebRTC, and no connection made ahead of a navigation that will be refused."""
    schemes = {False: ("https://", "http://", "wss://", "ws://"), True: ("",)}
    named = [f'"{scheme}{host}"' for host in hosts if host != "self" for scheme in schemes["://" in host]]
    return f"({' '.join(['response-origin', *named])})"


def message_policy(studio: str = "") -> str:
    """Of our own words on the preview's origin: an error, a file that is not there."""
    framed = studio or "'none'"
    return f"sandbox; default-src 'none'; style-src 'unsafe-inline'; frame-ancestors {framed}"


def allowed_hosts(hosts: Iterable[str], never: Iterable[str]) -> list[str]:
    """The servers of the project's setting that a page may talk to: none of the studio's or the previews' own names."""
    closed = {_name(one) for one in never}
    found = []
    for text in hosts:
        host = text.strip().lower()
        if host == "self" or (is_host(host) and not any(_covers(host, own) for own in closed)):
            found.append(host)
    return found


def is_host(text: str) -> bool:
    """`api.example.com`, `https://api.example.com:8443`, `wss://*.example.com`; nothing else."""
    return HOST.fullmatch(text) is not None


def _covers(host: str, own: str) -> bool:
    """Whether a permission for a server would be one for this name, by any scheme and port.

    A policy's `http://name` is also `https://name`, and what else answers on the name is the studio's own machine.
    """
    found = HOST.fullmatch(host)
    if found is None:
        return True
    name = found[2]
    return own.endswith(name[1:]) if name.startswith("*.") else own == name


def _name(text: str) -> str:
    """The name alone, of an origin or of a server with or without its port."""
    found = urlsplit(text if "://" in text else f"//{text}").hostname or ""
    return found.rstrip(".")
