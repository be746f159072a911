"""`GET …/raw/{path}`: a file's bytes, now or as a revision left them."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse

from projects import history, media, paths, tree
from projects.errors import FilesError
from projects.http import Asked, Right, answers, number
from projects.models import Blob


def raw(request: HttpRequest, asked: Asked, path: str) -> HttpResponse:
    blob = _blob(request, asked, path)
    if blob is None:
        raise FilesError("missing_file", path=paths.shown(path))
    return media.answer(request, path, bytes(blob.data), blob.digest)


def _blob(request: HttpRequest, asked: Asked, path: str) -> Blob | None:
    if "revision" not in request.GET:
        return tree.find(asked.project, path)
    digest = history.state(asked.project, number(request, "revision", None)).get(paths.normal(path))
    return None if digest is None else Blob.objects.get(pk=digest)


raws = answers({"GET": (Right.READ, raw)})
