"""The archive's HTTP API: a zip in, a zip out."""

from __future__ import annotations

import io

from django.http import HttpRequest, HttpResponse
from django.utils.text import slugify

from projects.http import Asked, Right, answer, answers, read_body
from projects.limits import limit
from projects.transfer import import_files, read_zip, write_zip


def export_zip(request: HttpRequest, asked: Asked) -> HttpResponse:
    """In one piece: Django reads a synchronous stream whole under ASGI, too."""
    target = io.BytesIO()
    write_zip(asked.project, target)
    name = f"{slugify(asked.project.name) or 'project'}.zip"
    made = HttpResponse(target.getvalue(), content_type="application/zip")
    made.headers["Content-Disposition"] = f'attachment; filename="{name}"'
    return made


def import_zip(request: HttpRequest, asked: Asked) -> HttpResponse:
    """The body is the archive; `?folder=` puts it below a folder, `?replace=1` lets it replace what is there."""
    contents = read_zip(io.BytesIO(read_body(request, limit("MAX_ARCHIVE_BYTES"))))
    where, replace = request.GET.get("folder", ""), request.GET.get("replace") == "1"
    made = import_files(asked.project, asked.user, contents, folder=where, replace=replace)
    return answer({"success": True, "revision": made.number if made else None, "files": len(contents)})


exports = answers({"GET": (Right.READ, export_zip)})
imports = answers({"POST": (Right.WRITE, import_zip)})
