"""Opening a preview, and what the compiler in the browser reads and leaves (`docs/preview.md`)."""

from __future__ import annotations

from typing import Any

import msgspec
from django.http import HttpRequest, HttpResponse

from projects import preview_host, preview_sources, preview_tokens
from projects.http import ApiError, Asked, Right, answer, answers, body_of, number
from projects.limits import limit
from projects.models import Preview
from projects.preview_tokens import Place

MOST_OUTPUTS = 500


class OpenBody(msgspec.Struct, frozen=True):
    """`POST …/preview`: a proposal's files over the project's, or an address to be renewed."""

    overlay: dict[str, str | None] | None = None
    revision: int | None = None
    renew: str = ""


class BuildBody(msgspec.Struct, frozen=True):
    """`PUT …/preview/build`: what the compiler made, by the path it stands for."""

    token: str
    outputs: dict[str, str]


def preview_get(request: HttpRequest, asked: Asked) -> HttpResponse:
    revision = number(request, "revision", None) if request.GET.get("revision") else None
    return _opened(preview_tokens.open_preview(asked.project, asked.user, _place(request), revision=revision))


def preview_post(request: HttpRequest, asked: Asked) -> HttpResponse:
    body = body_of(request, OpenBody, limit("MAX_ASSET_BYTES"))
    if body.renew:
        return _opened(_mine(asked, body.renew))
    if len(body.overlay or {}) > limit("MAX_FILES"):
        raise ApiError("too_many_files")
    made = preview_tokens.open_preview(
        asked.project, asked.user, _place(request), revision=body.revision, overlay=body.overlay
    )
    return _opened(made)


def sources_get(request: HttpRequest, asked: Asked) -> HttpResponse:
    """The texts that a compiler needs; with `since`, those that have changed after that revision."""
    preview = _mine(asked, request.GET.get("token", ""))
    since = number(request, "since", None) if request.GET.get("since") else None
    return answer({"success": True, **preview_sources.read(preview, asked.project, since)})


def build_put(request: HttpRequest, asked: Asked) -> HttpResponse:
    body = body_of(request, BuildBody, limit("MAX_ASSET_BYTES"))
    if len(body.outputs) > MOST_OUTPUTS:
        raise ApiError("too_many_files")
    preview_tokens.keep_build(_mine(asked, body.token), body.outputs)
    return answer({"success": True})


def _place(request: HttpRequest) -> Place:
    origin = preview_host.origin_for(request)
    if origin is None:
        raise ApiError("no_preview_origin")
    return Place(origin, preview_host.studio_of(request))


def _mine(asked: Asked, token: str) -> Preview:
    found = preview_tokens.renew(asked.project, asked.user, token)
    if found is None:
        raise ApiError("preview_ended")
    return found


def _opened(preview: Preview) -> HttpResponse:
    token = preview_tokens.token_of(preview)
    body: dict[str, Any] = {
        "success": True,
        "url": f"{preview.origin}{preview_host.PREFIX}{token}/",
        "origin": preview.origin,
        "token": token,
        "expires_at": preview.expires_at.isoformat(),
        "seconds": preview_tokens.seconds(),
    }
    return answer(body)


previews = answers({"GET": (Right.READ, preview_get), "POST": (Right.READ, preview_post)})
sources = answers({"GET": (Right.READ, sources_get)})
builds = answers({"PUT": (Right.READ, build_put)})
