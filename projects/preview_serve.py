"""The preview's origin: a request in, a file of a project out. No session, no cookie, no API, nothing of the studio.

/preview/<signed token>/<path>      a file of that preview
/preview/runtime/<name>             our script and the packages that pages may import
"""

from __future__ import annotations

import hashlib
import logging
import re
from collections.abc import Mapping
from typing import TYPE_CHECKING

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import redirect
from django.template.loader import render_to_string
from django.urls import get_script_prefix
from django.utils import translation
from django.utils.encoding import escape_uri_path
from django.utils.html import format_html
from django.utils.http import parse_etags
from django.utils.translation import gettext as _
from django.utils.translation.trans_real import get_supported_language_variant, parse_accept_lang_header

from projects import preview_files, preview_headers, preview_host, preview_html, preview_runtime, preview_tokens
from projects.preview_cdn import Shelf
from projects.preview_files import Folder, Found
from projects.preview_host import PREFIX
from projects.preview_types import COMPILED, CSS, HTML, JAVASCRIPT, STYLES, extension, media_type

if TYPE_CHECKING:
    from projects.models import Preview

logger = logging.getLogger(__name__)
RUNTIME = f"{PREFIX}runtime/"
FOR_EVER = "public, max-age=31536000, immutable"
RANGE = re.compile(r"bytes=(\d{0,15})-(\d{0,15})")


def answer(request: HttpRequest) -> HttpResponse:
    """The answer to any request of the preview's origin; a bug is an answer too, and keeps the headers."""
    with translation.override(_language(request)):
        try:
            made = _answer(request)
        except Exception:  # Django's own page for a bug would come without the sandbox
            logger.exception("the preview failed")
            made = _message(500, _("Une erreur inattendue s'est produite."))
    for name, value in preview_headers.ALWAYS.items():
        made.headers.setdefault(name, value)
    made.headers.setdefault("Cache-Control", "private, no-cache")
    made.headers.setdefault("Content-Security-Policy", preview_headers.message_policy())
    return made


def _answer(request: HttpRequest) -> HttpResponse:
    path = request.path_info
    if not path.startswith(PREFIX):
        return _message(404, _("Il n'y a rien ici : cette adresse ne sert qu'aux aperçus."))
    if request.method not in ("GET", "HEAD"):
        return _message(405, _("Un aperçu n'a pas de serveur : seul GET y a une réponse."))
    if path.startswith(RUNTIME):
        return _runtime(request, path.removeprefix(RUNTIME))
    token, slash, asked = path.removeprefix(PREFIX).partition("/")
    preview = preview_tokens.find(token)
    if preview is None or not preview_host.shows_previews(preview_host.host_of(request), preview.origin):
        status = 410 if preview_tokens.is_signed(token) else 404
        return _message(status, _("Cet aperçu est terminé. Rechargez-le depuis le studio."))
    if not slash:
        return redirect(f"{path}/")
    return _file(request, preview, asked)


def _file(request: HttpRequest, preview: Preview, asked: str) -> HttpResponse:
    found = preview_files.look_up(preview, asked, fallback=preview.project.preview_spa and _is_page(request, asked))
    if isinstance(found, Folder):
        made: HttpResponse = _elsewhere(request)
    elif found is None:
        made = _missing(preview, asked)
    else:
        made = _shown(request, preview, found)
    base = f"{preview.origin}{_root(preview)}"
    hosts = preview_headers.allowed_hosts(
        preview.project.preview_hosts, (preview.studio, base, *preview_host.own_names())
    )
    made.headers["Content-Security-Policy"] = preview_headers.policy(
        base=base, runtime=f"{preview.origin}{RUNTIME}", hosts=hosts
    )
    made.headers["Connection-Allowlist"] = preview_headers.connections(hosts)
    return made


def _shown(request: HttpRequest, preview: Preview, found: Found) -> HttpResponse:
    kind = _kind(request, found)
    rewritten = kind.startswith((HTML, CSS))
    tag = _tag(preview, found) if rewritten else found.digest[:40]
    if tag in [known.strip('W/"') for known in parse_etags(request.headers.get("If-None-Match", ""))]:
        made = HttpResponse(status=304)
    elif extension(found.path) in COMPILED and kind.startswith(JAVASCRIPT) and not found.built:
        made = HttpResponse(_not_compiled(found.path), content_type=kind)
    else:
        made = _part(request, _data(request, preview, found, kind), kind)
    made.headers["ETag"] = f'"{tag}"'
    return made


def _kind(request: HttpRequest, found: Found) -> str:
    kind = extension(found.path)
    if kind in COMPILED and (found.built or request.headers.get("Sec-Fetch-Dest") == "script"):
        return f"{JAVASCRIPT}; charset=utf-8"
    if kind in STYLES and found.built:
        return f"{CSS}; charset=utf-8"
    return media_type(found.path, found.encoding)


def _data(request: HttpRequest, preview: Preview, found: Found, kind: str) -> bytes:
    data = found.read()
    if found.encoding.startswith("utf-16") or found.encoding.startswith("utf-32"):
        return data
    if kind.startswith(HTML):
        runtime = preview_runtime.manifest()
        imports, shelf = _ours(runtime.imports), runtime.shelf
        shelf = Shelf(globals=_ours(shelf.globals), modules=_ours(shelf.modules))
        head = _shim(preview, runtime.shim, base=_base(request, preview, found.path, data))
        return preview_html.page(data, root=_root(preview), head=head, imports=imports, shelf=shelf)
    return preview_html.style_sheet(data, _root(preview)) if kind.startswith(CSS) else data


def _ours(files: Mapping[str, str]) -> dict[str, str]:
    return {name: RUNTIME + file for name, file in files.items()}


def _shim(preview: Preview, file: str, *, base: str = "") -> str:
    """Our script: what the page says and where it is, told to the studio. With `base`, the page is told that it is at
    the project's own path, and what is relative in it still starts from `base`."""
    if not file:
        return ""
    tag = '<script src="{}" data-studio="{}" data-root="{}"></script>'
    parts = (RUNTIME + file, preview.studio, _root(preview))
    if not base:
        return format_html(tag, *parts)
    masking = '<base href="{}"><script src="{}" data-studio="{}" data-root="{}" data-masks></script>'
    return format_html(masking, base, *parts)


def _base(request: HttpRequest, preview: Preview, path: str, data: bytes) -> str:
    """Where relative addresses start in a page of a single page application; nothing where the page says so itself.

    The first page that answers for another path is read as at its own place: its parts are there."""
    if not preview.project.preview_spa or preview_html.OWN_BASE.search(data):
        return ""
    folder = request.path.rpartition("/")[0]
    at_root = path == preview_files.INDEX
    return _root(preview) if at_root else f"{escape_uri_path(folder)}/"


def _tag(preview: Preview, found: Found) -> str:
    runtime = preview_runtime.manifest()
    spa = str(preview.project.preview_spa)
    parts = (found.digest, preview.key, preview.studio, spa, *runtime.names())
    return hashlib.sha256("\n".join(parts).encode()).hexdigest()[:40]


def _part(request: HttpRequest, data: bytes, kind: str) -> HttpResponse:
    """The whole, or the range that a player asks for."""
    wanted = RANGE.fullmatch(request.headers.get("Range", ""))
    size = len(data)
    if wanted is None or not (wanted[1] or wanted[2]):
        made = HttpResponse(data, content_type=kind)
    else:
        first = int(wanted[1]) if wanted[1] else max(size - int(wanted[2]), 0)
        last = min(int(wanted[2]), size - 1) if wanted[1] and wanted[2] else size - 1
        if first > last:
            return HttpResponse(status=416, headers={"Content-Range": f"bytes */{size}"})
        made = HttpResponse(data[first : last + 1], content_type=kind, status=206)
        made.headers["Content-Range"] = f"bytes {first}-{last}/{size}"
    made.headers["Accept-Ranges"] = "bytes"
    return made


def _runtime(request: HttpRequest, name: str) -> HttpResponse:
    file = preview_runtime.runtime_file(name)
    if file is None:
        return _message(404, _("Il n'y a rien ici : cette adresse ne sert qu'aux aperçus."))
    packed = "gzip" in request.headers.get("Accept-Encoding", "")
    made = HttpResponse(file.packed if packed else file.data, content_type=file.media_type)
    if packed:
        made.headers["Content-Encoding"] = "gzip"
    made.headers["Vary"] = "Accept-Encoding"
    made.headers["Cache-Control"] = FOR_EVER
    return made


def _not_compiled(path: str) -> str:
    """Said where it is seen: in the page's console. The name is made a string of ours."""
    said = _("« {path} » n'est pas compilé : ouvrez l'aperçu depuis le studio.").format(path=path)
    return f"throw new Error({_js_string(said)});\n"


def _js_string(text: str) -> str:
    return '"' + "".join(c if c.isalnum() or c in " .,:;_-" else f"\\u{{{ord(c):x}}}" for c in text) + '"'


def _elsewhere(request: HttpRequest) -> HttpResponseRedirect:
    query = request.META.get("QUERY_STRING", "")
    return HttpResponseRedirect(f"{request.path}/{'?' + query if query else ''}")


def _missing(preview: Preview, asked: str) -> HttpResponse:
    """Which file is not there, and which pages are."""
    pages = [(path, _root(preview) + path) for path in preview_files.pages(preview)]
    shim = _shim(preview, preview_runtime.manifest().shim)
    text = _("Ce fichier n'est pas dans le projet.")
    hint = not preview.project.preview_spa and "." not in asked.rpartition("/")[2]
    return _page(404, text, path=f"/{asked}", pages=pages, shim=shim, hint=hint)


def _message(status: int, text: str) -> HttpResponse:
    return _page(status, text)


def _page(status: int, text: str, **more: object) -> HttpResponse:
    body = render_to_string("projects/preview_message.html", {"text": text, "status": status, **more})
    return HttpResponse(body, status=status)


def _root(preview: Preview) -> str:
    return f"{get_script_prefix().rstrip('/')}{PREFIX}{preview_tokens.token_of(preview)}/"


def _is_page(request: HttpRequest, asked: str) -> bool:
    """Whether a page is asked for, and not one of its parts."""
    dest = request.headers.get("Sec-Fetch-Dest")
    return dest in ("document", "iframe") if dest else "." not in asked.rpartition("/")[2]


def _language(request: HttpRequest) -> str:
    """What the browser asks for: cookies are not looked at here."""
    for code, _quality in parse_accept_lang_header(request.headers.get("Accept-Language", "")):
        try:
            return get_supported_language_variant(code)
        except LookupError:
            continue
    return "fr"
