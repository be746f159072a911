"""The files' HTTP API: reading, saving, deleting, moving, several changes at once. `docs/files.md` describes it.

Bytes never leave as a page of this origin: a file is JSON, with its text, or base64 where it is none. Every save says
which version it replaces (`If-Match`); a stale one is answered with what is there now, and with the merge where it is
clean.
"""

from __future__ import annotations

from typing import Any

import msgspec
from django.http import HttpRequest, HttpResponse

from projects import paths, tree
from projects.api_save import ANY, Saving, base_of, body_limit, bytes_of, content_json, number_of, stale_answer, tags_of
from projects.errors import FilesError, Stale
from projects.files import Base, Change, Delete, Put, Rename, Write, commit
from projects.http import ApiError, Asked, Right, answer, answers, body_of, number
from projects.limits import limit
from projects.models import Project

PAGE = 2_000


class ChangeBody(msgspec.Struct, frozen=True):
    """One change of a commit. `base` is the digest that the caller saw, null for no file; `"*"` looks at nothing.

    A copy goes where no file is.
    """

    path: str
    action: str
    text: str | None = None
    data: str | None = None
    encoding: str = ""
    to: str = ""
    base: str | None = None


class CommitBody(msgspec.Struct, frozen=True):
    """`POST …/commit`."""

    changes: list[ChangeBody]
    message: str = ""


class MoveBody(msgspec.Struct, frozen=True, rename={"source": "from"}):
    """`POST …/move`: a file, or a folder with all that is in it."""

    source: str
    to: str
    message: str = ""


def file_list(request: HttpRequest, asked: Asked) -> HttpResponse:
    most = number(request, "limit", PAGE, most=10_000) or PAGE
    found = tree.entries(asked.project, after=request.GET.get("after", "").replace("\0", ""), most=most + 1)
    page, more = found[:most], len(found) > most
    return answer({
        "files": [_entry(file) for file in page],
        "next": page[-1].path if more else None,
        "revision": asked.project.head,
        "file_count": asked.project.file_count,
        "total_bytes": asked.project.total_bytes,
    })  # fmt: skip


def file_get(request: HttpRequest, asked: Asked, path: str) -> HttpResponse:
    blob = tree.find(asked.project, path)
    if blob is None:
        raise FilesError("missing_file", path=path)
    if blob.digest in tags_of(request, "If-None-Match"):
        made = HttpResponse(status=304)
        made.headers["ETag"] = f'"{blob.digest}"'
        return made
    return answer({"success": True, "path": path, **content_json(blob)}, etag=blob.digest)


def file_put(request: HttpRequest, asked: Asked, path: str) -> HttpResponse:
    saving = Saving(request, asked, path)
    saving.commit()
    return saving.answer()


def file_delete(request: HttpRequest, asked: Asked, path: str) -> HttpResponse:
    there = tree.at(asked.project, [path]).get(paths.normal(path))
    if there is None:
        raise FilesError("missing_file", path=path)
    try:
        made = commit(asked.project, asked.user, [Delete(path)], base=base_of(request, path, there))
    except Stale as stale:
        return stale_answer(asked.project, stale, None)
    return answer({"success": True, "revision": number_of(made)})


def move(request: HttpRequest, asked: Asked) -> HttpResponse:
    body = body_of(request, MoveBody, 10_000)
    changes = _moves(asked.project, body.source, body.to)
    made = commit(asked.project, asked.user, changes, message=body.message, base=_base_of_move(request, changes))
    return answer({"success": True, "revision": number_of(made), "moved": {c.path: c.to for c in changes}})


def commit_changes(request: HttpRequest, asked: Asked) -> HttpResponse:
    body = body_of(request, CommitBody, body_limit(limit("MAX_ASSET_BYTES")))
    if not body.changes:
        raise ApiError("invalid", fields={"changes": "none"})
    there = tree.at(asked.project, (change.path for change in body.changes))
    changes = [_change(change, there.get(paths.normal(change.path))) for change in body.changes]
    base = {change.path: change.base for change in body.changes if change.base != ANY and change.action != "copy"}
    base |= {change.to: None for change in body.changes if change.action == "copy"}
    made = commit(asked.project, asked.user, changes, message=body.message, base=base)
    return answer({"success": True, "revision": number_of(made)})


def _entry(file: tree.Entry) -> dict[str, Any]:
    names = ("path", "size", "digest", "encoding", "editable")
    return {name: getattr(file, name) for name in names}


def _change(body: ChangeBody, there: tree.Entry | None) -> Change:
    match body.action:
        case "write":
            encoding = body.encoding or (there.encoding if there else "")
            return Write(body.path, bytes_of(body.text, body.data, encoding))
        case "copy":
            if there is None:
                raise FilesError("missing_file", path=body.path)
            return Put(body.to, there.digest)
        case "delete":
            return Delete(body.path)
        case "rename":
            return Rename(body.path, body.to)
    raise ApiError("invalid", fields={"action": "write, delete, rename or copy"})


def _moves(project: Project, source: str, to: str) -> list[Rename]:
    """A file's rename; for a folder, that of each file in it."""
    source, to = paths.normal(source).rstrip("/"), to.rstrip("/")
    inside = [file.path for file in tree.entries(project) if file.path == source or file.path.startswith(f"{source}/")]
    if not inside:
        raise FilesError("missing_file", path=source)
    return [Rename(path, to + path[len(source) :]) for path in inside]


def _base_of_move(request: HttpRequest, changes: list[Rename]) -> Base | None:
    """`If-Match` is for one file; a folder moves as it is."""
    tags = tags_of(request, "If-Match")
    return {changes[0].path: tags[0]} if len(changes) == 1 and tags and tags[0] != ANY else None


files = answers({"GET": (Right.READ, file_list)})
file = answers({"GET": (Right.READ, file_get), "PUT": (Right.WRITE, file_put), "DELETE": (Right.WRITE, file_delete)})
moves = answers({"POST": (Right.WRITE, move)})
commits = answers({"POST": (Right.WRITE, commit_changes)})
