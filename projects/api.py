"""The files' HTTP API: reading, saving, deleting, moving, several changes at once. `docs/files.md` describes it.

Bytes never leave as a page of this origin: a file is JSON, with its text, or base64 where it is none. Every save says
which version it replaces (`If-Match`); a stale one is answered with what is there now, and with the merge where it is
clean.
"""

from __future__ import annotations

import base64
import binascii
from typing import Any

import msgspec
from django.http import HttpRequest, HttpResponse

from projects import content, history, merge, paths, tree
from projects.errors import FilesError, Stale
from projects.files import Base, Change, Delete, Put, Rename, Write, commit
from projects.http import ApiError, Asked, Right, answer, answers, body_of, failure, number, read_body
from projects.limits import limit
from projects.models import Blob, Project, Revision

PAGE = 2_000
ANY = "*"
# So much is shown of a text that is too long to be edited.
HEAD_BYTES = 256 * 1024


class FileBody(msgspec.Struct, frozen=True):
    """`PUT …/files/{path}`: a text, or bytes in base64. `encoding` is that of the file there, unless said."""

    text: str | None = None
    data: str | None = None
    encoding: str = ""
    message: str = ""


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
    if blob.digest in _tags(request, "If-None-Match"):
        made = HttpResponse(status=304)
        made.headers["ETag"] = f'"{blob.digest}"'
        return made
    return answer({"success": True, "path": path, **content_json(blob)}, etag=blob.digest)


def file_put(request: HttpRequest, asked: Asked, path: str) -> HttpResponse:
    there = tree.at(asked.project, [path]).get(paths.normal(path))
    data, message = _sent(request, there)
    base = _base(request, path, there)
    try:
        made = commit(asked.project, asked.user, [Write(path, data)], message=message, base=base)
    except Stale as stale:
        return _stale(asked.project, stale, data)
    digest = content.digest_of(data)
    body = {"success": True, "path": path, "digest": digest, "size": len(data), "revision": _number(made)}
    return answer(body, status=201 if there is None else 200, etag=digest)


def file_delete(request: HttpRequest, asked: Asked, path: str) -> HttpResponse:
    there = tree.at(asked.project, [path]).get(paths.normal(path))
    if there is None:
        raise FilesError("missing_file", path=path)
    try:
        made = commit(asked.project, asked.user, [Delete(path)], base=_base(request, path, there))
    except Stale as stale:
        return _stale(asked.project, stale, None)
    return answer({"success": True, "revision": _number(made)})


def move(request: HttpRequest, asked: Asked) -> HttpResponse:
    body = body_of(request, MoveBody, 10_000)
    changes = _moves(asked.project, body.source, body.to)
    made = commit(asked.project, asked.user, changes, message=body.message, base=_base_of_move(request, changes))
    return answer({"success": True, "revision": _number(made), "moved": {c.path: c.to for c in changes}})


def commit_changes(request: HttpRequest, asked: Asked) -> HttpResponse:
    body = body_of(request, CommitBody, _body_limit(limit("MAX_ASSET_BYTES")))
    if not body.changes:
        raise ApiError("invalid", fields={"changes": "none"})
    there = tree.at(asked.project, (change.path for change in body.changes))
    changes = [_change(change, there.get(paths.normal(change.path))) for change in body.changes]
    base = {change.path: change.base for change in body.changes if change.base != ANY and change.action != "copy"}
    base |= {change.to: None for change in body.changes if change.action == "copy"}
    made = commit(asked.project, asked.user, changes, message=body.message, base=base)
    return answer({"success": True, "revision": _number(made)})


def _number(made: Revision | None) -> int | None:
    """The new revision's number; null where nothing changed."""
    return None if made is None else made.number


def _entry(file: tree.Entry) -> dict[str, Any]:
    names = ("path", "size", "digest", "encoding", "editable")
    return {name: getattr(file, name) for name in names}


def content_json(blob: Blob) -> dict[str, Any]:
    """A content as JSON: text without its byte order mark, or base64. What is very large is not sent whole.

    A large text has its beginning in `head`; the bytes of everything are at `raw/{path}`.
    """
    data = bytes(blob.data)
    is_large = blob.size > limit("MAX_TEXT_BYTES")
    text = None if is_large else tree.text_of(blob)
    return {
        "digest": blob.digest,
        "size": blob.size,
        "encoding": blob.encoding,
        "editable": tree.can_be_edited(blob.encoding, blob.size),
        "line_ends": content.line_ends(data) if text is not None else None,
        "text": text,
        "data": None if text is not None or is_large else base64.b64encode(data).decode(),
        "head": tree.head_of(blob, HEAD_BYTES) if is_large else None,
    }


def _body_limit(size: int) -> int:
    """Base64 takes a third more, and JSON up to six times as much for a text of control characters."""
    return max(size * 4 // 3, limit("MAX_TEXT_BYTES") * 6) + 100_000


def _sent(request: HttpRequest, there: tree.Entry | None) -> tuple[bytes, str]:
    """The bytes to save: of a JSON body, or the body itself."""
    if request.content_type != "application/json":
        return read_body(request, limit("MAX_ASSET_BYTES")), ""
    body = body_of(request, FileBody, _body_limit(limit("MAX_ASSET_BYTES")))
    return _bytes(body.text, body.data, body.encoding or (there.encoding if there else "")), body.message


def _bytes(text: str | None, data: str | None, encoding: str) -> bytes:
    """What a caller wrote. A text keeps the file's byte order mark; another encoding is not written by halves."""
    if (text is None) == (data is None):
        raise ApiError("invalid", fields={"text": "text or data, one of them"})
    if text is None:
        return _decoded(data or "")
    if "\0" in text:
        raise FilesError("binary")
    if encoding and encoding not in content.EDITABLE:
        raise FilesError("encoding", encoding=encoding)
    made = content.encode(text, encoding or "utf-8")
    if len(made) > (most := limit("MAX_TEXT_BYTES")):
        raise FilesError("too_large", size=len(made), limit=most, kind="text")
    return made


def _decoded(data: str) -> bytes:
    try:
        return base64.b64decode(data, validate=True)
    except (binascii.Error, ValueError) as error:
        raise ApiError("invalid", fields={"data": "base64"}) from error


def _change(body: ChangeBody, there: tree.Entry | None) -> Change:
    match body.action:
        case "write":
            encoding = body.encoding or (there.encoding if there else "")
            return Write(body.path, _bytes(body.text, body.data, encoding))
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
    tags = _tags(request, "If-Match")
    return {changes[0].path: tags[0]} if len(changes) == 1 and tags and tags[0] != ANY else None


def _tags(request: HttpRequest, header: str) -> list[str]:
    """The entity tags of a header, without quotes and weakness."""
    found = (tag.strip().removeprefix("W/").strip('"') for tag in request.headers.get(header, "").split(","))
    return [tag for tag in found if tag]


def _base(request: HttpRequest, path: str, there: tree.Entry | None) -> Base | None:
    """What the caller saw. Without a word about it, a new file may be made, but none may be replaced."""
    tags = _tags(request, "If-Match")
    if tags:
        seen = next((tag for tag in tags if there is not None and tag == there.digest), tags[0])
        if seen != ANY:
            return {path: seen}
        return {path: there.digest if there else ANY}
    if ANY in _tags(request, "If-None-Match") or there is None:
        return {path: None}
    raise FilesError("precondition_required", path=path, current=there.digest)


def _stale(project: Project, stale: Stale, ours: bytes | None) -> HttpResponse:
    """What is there now, and the merge of both where it is clean."""
    now = tree.find(project, stale.path)
    shown = None if now is None else {"path": stale.path, **content_json(now)}
    return failure(stale, file=shown, merge=_merge(project, stale.expected, ours, now))


def _merge(project: Project, expected: str | None, ours: bytes | None, now: Blob | None) -> dict[str, Any] | None:
    # Only what this project held may be a base: else any digest would tell what it stands for.
    if not expected or ours is None or now is None or not history.was_here(project, expected):
        return None
    base = tree.blobs([expected]).get(expected)
    merged = None if base is None else merge.merged(base, ours, bytes(now.data))
    if merged is None:
        return None
    return {"text": content.decode(merged, content.encoding_of(merged)), "digest": content.digest_of(merged)}


files = answers({"GET": (Right.READ, file_list)})
file = answers({"GET": (Right.READ, file_get), "PUT": (Right.WRITE, file_put), "DELETE": (Right.WRITE, file_delete)})
moves = answers({"POST": (Right.WRITE, move)})
commits = answers({"POST": (Right.WRITE, commit_changes)})
