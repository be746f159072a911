"""What the studio's pages need to show a preview: leave to frame its origin, and where its parts are."""

from __future__ import annotations

import functools
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from django.http import HttpRequest, HttpResponseBase
from django.templatetags.static import static
from django.urls import reverse

from projects import preview_host, preview_runtime

if TYPE_CHECKING:
    from projects.models import Project

Page = Callable[..., HttpResponseBase]


def frames_previews(view: Page) -> Page:
    """The page may frame the preview's origin, and the frame can go nowhere else."""

    @functools.wraps(view)
    def page(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        answer = view(request, *args, **kwargs)
        origin = preview_host.origin_for(request)
        policy = {
            **getattr(answer, "_csp_update", {}),
            # our own: a PDF of the project (`media.py` says what it may)
            "frame-src": ["'self'", *([origin + preview_host.PREFIX] if origin else [])],
            "media-src": ["'self'"],
        }
        answer._csp_update = policy  # type: ignore[attr-defined]  # noqa: SLF001 - as django-csp's own decorators do
        return answer

    return page


def _shelf() -> list[str]:
    """`react@18`: what the preview has, to be named where a page asks for something else."""
    shelf = preview_runtime.manifest().shelf
    return sorted({name for name in {*shelf.globals, *shelf.modules} if not name.rpartition("@")[2].count("/")})


def preview_given(project: Project) -> dict[str, Any]:
    """For the page's script."""
    return {
        "preview": {
            "page": reverse("projects:preview", args=[project.pk]),
            "packages": sorted(preview_runtime.manifest().imports),
            "shelf": _shelf(),
            "wasm": static("dist/compiler/esbuild.wasm"),
        },
        "workers": {"preview": static("dist/compiler/worker.js")},
    }
