"""Bytes of a file as they are, for pictures, fonts, sounds and downloads, so that nothing of them can run here.

What a browser shows is shown by a closed list of types, with `nosniff` and a policy that allows nothing; everything
else is a download. A page or a script of a project is never served from the studio's own origin.
"""

from __future__ import annotations

import re
from urllib.parse import quote

from django.http import HttpRequest, HttpResponse

TYPES = {
    "png": "image/png", "jpg": "image/jpeg", "jpeg": "image/jpeg", "gif": "image/gif", "webp": "image/webp",
    "avif": "image/avif", "bmp": "image/bmp", "ico": "image/x-icon", "svg": "image/svg+xml",
    "woff": "font/woff", "woff2": "font/woff2", "ttf": "font/ttf", "otf": "font/otf",
    "mp3": "audio/mpeg", "ogg": "audio/ogg", "wav": "audio/wav", "flac": "audio/flac", "m4a": "audio/mp4",
    "mp4": "video/mp4", "webm": "video/webm", "mov": "video/quicktime", "m4v": "video/mp4",
    "pdf": "application/pdf",
}  # fmt: skip
CLOSED = "default-src 'none'; frame-ancestors 'self'; form-action 'none'; base-uri 'none'"
# A picture may carry its own styles. Browsers show no PDF in a sandbox; its type alone keeps it from being a page.
POLICY = f"{CLOSED}; style-src 'unsafe-inline'; img-src data:; sandbox"
PDF_POLICY = f"{CLOSED}; style-src 'unsafe-inline'; object-src 'self'; plugin-types application/pdf"
RANGE = re.compile(r"bytes=(\d{0,12})-(\d{0,12})")


def answer(request: HttpRequest, path: str, data: bytes, digest: str) -> HttpResponse:
    """The bytes, or the part of them that was asked for."""
    name = path.rpartition("/")[2]
    kind = TYPES.get(name.rpartition(".")[2].lower())
    download = kind is None or request.GET.get("download") == "1"
    made = _part(request, data)
    made.headers["Content-Type"] = kind or "application/octet-stream"
    how = "attachment" if download else "inline"
    made.headers["Content-Disposition"] = f"{how}; filename*=UTF-8''{quote(name)}"
    made.headers["Content-Security-Policy"] = PDF_POLICY if kind == "application/pdf" else POLICY
    made.headers["Cross-Origin-Resource-Policy"] = "same-origin"
    made.headers["X-Frame-Options"] = "SAMEORIGIN"
    made.headers["Accept-Ranges"] = "bytes"
    made.headers["ETag"] = f'"{digest}"'
    return made


def _part(request: HttpRequest, data: bytes) -> HttpResponse:
    """One range, which a player asks for; anything odder gets the whole."""
    found = RANGE.fullmatch(request.headers.get("Range", ""))
    if found is None or not any(found.groups()):
        return HttpResponse(data)
    first, last = _bounds(found[1], found[2], len(data))
    if first > last:
        made = HttpResponse(status=416)
        made.headers["Content-Range"] = f"bytes */{len(data)}"
        return made
    made = HttpResponse(data[first : last + 1], status=206)
    made.headers["Content-Range"] = f"bytes {first}-{last}/{len(data)}"
    return made


def _bounds(first: str, last: str, size: int) -> tuple[int, int]:
    if not first:
        return max(size - int(last), 0), size - 1
    return int(first), min(int(last), size - 1) if last else size - 1
