"""The archive's HTTP API: a zip in; a zip, or the whole history as a git repository, out."""

from __future__ import annotations

import tempfile
from pathlib import Path

from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.utils.text import slugify

from projects.http import ApiError, Asked, Right, answer, answers, body_file
from projects.limits import limit
from projects.models import Project
from projects.streams import Pieces, streamed
from projects.transfer import folder_files, import_files, project_files, zip_files, zip_pieces

FORMATS = ("zip", "git")


def export(request: HttpRequest, asked: Asked) -> HttpResponseBase:
    """`?format=git` gives a bare repository in a zip: `git clone NAME.git`."""
    kind = request.GET.get("format") or "zip"
    if kind not in FORMATS:
        raise ApiError("invalid", fields={"format": "zip or git"})
    name = slugify(asked.project.name) or "project"
    pieces = zip_pieces(project_files(asked.project)) if kind == "zip" else _repository(asked.project, name)
    made = streamed(request, pieces, "application/zip")
    ending = ".git.zip" if kind == "git" else ".zip"
    made.headers["Content-Disposition"] = f'attachment; filename="{name}{ending}"'
    return made


def _repository(project: Project, name: str) -> Pieces:
    from projects.git_export import write_repository  # git's parts take 5 MiB, and few ever export

    with tempfile.TemporaryDirectory() as folder:
        root = Path(folder) / f"{name}.git"
        write_repository(project, root)
        yield from zip_pieces(folder_files(root))


def import_zip(request: HttpRequest, asked: Asked) -> HttpResponse:
    """The body is the archive; `?folder=` puts it below a folder, `?replace=1` lets it replace what is there."""
    where, replace = request.GET.get("folder", ""), request.GET.get("replace") == "1"
    with body_file(request, limit("MAX_ARCHIVE_BYTES")) as archive:
        made = import_files(asked.project, asked.user, zip_files(archive), folder=where, replace=replace)
    files = made.changes.count() if made else 0
    return answer({"success": True, "revision": made.number if made else None, "files": files})


exports = answers({"GET": (Right.READ, export)})
imports = answers({"POST": (Right.WRITE, import_zip)})
