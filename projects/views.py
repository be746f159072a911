"""The editor page."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from csp.decorators import csp_update
from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.middleware.csrf import get_token
from django.shortcuts import render
from django.templatetags.static import static
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from projects import access, tree
from projects.api_save import HEAD_BYTES, content_json
from projects.models import Blob, Project
from projects.pages import for_person, project_or_404
from projects.preview_host import origin_for
from projects.preview_pages import frames_previews, preview_given

if TYPE_CHECKING:
    from django.contrib.auth.models import User

SENT_ALONG = 256 * 1024
PANES = frozenset({"files", "search", "history", "editor", "preview", "bottom", "chat"})


@require_safe
# Scripts on this page show what a model wrote: only the panel's own policy, behind its sanitiser, makes markup.
@frames_previews
@csp_update({"require-trusted-types-for": ["'script'"], "trusted-types": ["webox-chat", "webox-studio", "dompurify"]})  # type: ignore[arg-type]
@for_person
def editor(request: HttpRequest, user: User, project_id: int) -> HttpResponse:
    project = project_or_404(user, project_id)
    paths = list(project.files.values_list("path", flat=True))
    path = _shown_path(paths, request.GET.get("file"))
    blob = tree.find(project, path) if path else None
    shown = _shown(path, blob) if path and blob else None
    context = {
        "project": project,
        "paths": paths,
        "shown": shown,
        "viewer": user,
        "panes": _panes(request, has_page="index.html" in paths),
        "data": {
            "paths": paths,
            "file": _sent_along(path, blob),
            **_given(request, user, project),
        },
    }
    return render(request, "projects/editor.html", context)


@require_safe
@frames_previews
@csp_update({"require-trusted-types-for": ["'script'"], "trusted-types": ["webox-studio"]})  # type: ignore[arg-type]
@for_person
def preview(request: HttpRequest, user: User, project_id: int) -> HttpResponse:
    """The preview in a tab of its own: a page of the studio around it, so that it can go nowhere else."""
    project = project_or_404(user, project_id)
    paths = list(project.files.values_list("path", flat=True))
    context = {"project": project, "viewer": user, "data": {"paths": paths, **_given(request, user, project)}}
    return render(request, "projects/preview.html", context)


def _given(request: HttpRequest, user: User, project: Project) -> dict[str, Any]:
    """What the page's script needs to know."""
    can_write, role = access.can_write(user, project), access.role_in(user, project)
    header = settings.CSRF_HEADER_NAME.removeprefix("HTTP_").replace("_", "-")
    preview = preview_given(project)
    return {
        "user": user.pk,
        "revision": project.head,
        "project": {
            "id": project.pk,
            "name": project.name,
            "canWrite": can_write,
            "role": role,
        },
        "api": reverse("files:files", args=[project.pk]).removesuffix("files"),
        **preview,
        "workers": {**{name: static(f"dist/{name}.js") for name in ("format", "lint")}, **preview["workers"]},
        "csrf": {"cookie": settings.CSRF_COOKIE_NAME, "header": header, "token": get_token(request)},
    }


def _shown(path: str, blob: Blob) -> dict[str, str]:
    """The file as the page shows it before any script runs."""
    text = _text_or_notice(blob)
    lines = text.count("\n") + 1
    numbers = "\n".join(str(number) for number in range(1, lines + 1))
    return {"path": path, "name": path.rpartition("/")[2], "content": text, "numbers": numbers}


def _sent_along(path: str | None, blob: Blob | None) -> dict[str, Any] | None:
    """The same file for the script, which need not ask for it then. A large one it fetches."""
    if path is None or blob is None or not blob.encoding or blob.size > SENT_ALONG:
        return None
    return {"path": path, **content_json(blob)}


def _panes(request: HttpRequest, *, has_page: bool) -> dict[str, Any]:
    """The panes to draw: the one that a narrow screen shows, and those of a wide one (`static/editor/panes.js`).

    Who has not chosen yet sees a project's page `by_width`: beside the others, where the screen is wide enough.
    """
    known = request.COOKIES.get("webox_panes")
    current, *shown = (known or "editor.files.editor.chat").split(".")
    by_width = ["preview"] if known is None and has_page and origin_for(request) is not None else []
    return {
        "current": current if current in PANES else "editor",
        "shown": [*(name for name in shown if name in PANES), *by_width],
        "by_width": by_width,
    }


def _shown_path(paths: list[str], asked: str | None) -> str | None:
    """The file asked for; else the page a visitor would see first; else any."""
    if asked is not None and asked not in paths:
        raise Http404
    return asked or ("index.html" if "index.html" in paths else next(iter(paths), None))


def _text_or_notice(blob: Blob) -> str:
    text = tree.head_of(blob, HEAD_BYTES)
    return _("Ce fichier n'est pas du texte.") if text is None else text
