"""A write of one file by HTTP: what was sent, which version it replaces, and the answer.

    Saving(request, asked, path)   everything that needs no lock: the body, what is there, the digest
      .commit()                    one revision, or `Stale`
      .answer()                    what was saved; for a stale save what is there now, and the merge where it is clean

Apart, so that saves that wait for each other can be committed together (`saves.py`).
"""

from __future__ import annotations

import base64
import binascii
from typing import Any

import msgspec
from django.http import HttpRequest, HttpResponse

from projects import content, history, merge, paths, tree
from projects.errors import FilesError, Stale
from projects.files import Base, Write, commit
from projects.http import ApiError, Asked, answer, body_of, failure, read_body
from projects.limits import limit
from projects.models import Blob, Project, Revision

ANY = "*"
# So much is shown of a text that is too long to be edited.
HEAD_BYTES = 256 * 1024
# A project may be held for long (an import, a purge): who saves is told to try again, and holds up nobody else.
PATIENCE_MS = 4000


class FileBody(msgspec.Struct, frozen=True):
    """`PUT …/files/{path}`: a text, or bytes in base64. `encoding` is that of the file there, unless said."""

    text: str | None = None
    data: str | None = None
    encoding: str = ""
    message: str = ""


class Saving:
    """One save on its way. Making it reads the body and what is there. Raises what `http.error_answer` knows."""

    def __init__(self, request: HttpRequest, asked: Asked, path: str) -> None:
        self._asked, self._path = asked, path
        self._there = tree.at(asked.project, [path]).get(paths.normal(path))
        data, self._message = _sent(request, self._there)
        self._base = base_of(request, path, self._there)
        self._write = Write(path, data)
        self._made: Revision | None = None
        self._stale: Stale | None = None

    def commit(self) -> None:
        """Makes it a revision. Raises `FilesError`; a file that has changed since is for `answer` to tell."""
        project, user = self._asked.project, self._asked.user
        self._made = self._stale = None  # it may be tried again, when a group's transaction was lost
        try:
            self._made = commit(
                project, user, [self._write], message=self._message, base=self._base, patience_ms=PATIENCE_MS
            )
        except Stale as stale:
            self._stale = stale

    def answer(self) -> HttpResponse:
        """200, 201 for a new file, or 412."""
        digest, size = self._write.digest, len(self._write.data)
        if self._stale is not None:
            return stale_answer(self._asked.project, self._stale, self._write.data)
        body = {
            "success": True, "path": self._path, "digest": digest, "size": size, "revision": number_of(self._made),
        }  # fmt: skip
        return answer(body, status=201 if self._there is None else 200, etag=digest)


def number_of(made: Revision | None) -> int | None:
    """The new revision's number; null where nothing changed."""
    return None if made is None else made.number


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


def body_limit(size: int) -> int:
    """Base64 takes a third more, and JSON up to six times as much for a text of control characters."""
    return max(size * 4 // 3, limit("MAX_TEXT_BYTES") * 6) + 100_000


def _sent(request: HttpRequest, there: tree.Entry | None) -> tuple[bytes, str]:
    """The bytes to save: of a JSON body, or the body itself."""
    if request.content_type != "application/json":
        return read_body(request, limit("MAX_ASSET_BYTES")), ""
    body = body_of(request, FileBody, body_limit(limit("MAX_ASSET_BYTES")))
    return bytes_of(body.text, body.data, body.encoding or (there.encoding if there else "")), body.message


def bytes_of(text: str | None, data: str | None, encoding: str) -> bytes:
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


def tags_of(request: HttpRequest, header: str) -> list[str]:
    """The entity tags of a header, without quotes and weakness."""
    found = (tag.strip().removeprefix("W/").strip('"') for tag in request.headers.get(header, "").split(","))
    return [tag for tag in found if tag]


def base_of(request: HttpRequest, path: str, there: tree.Entry | None) -> Base | None:
    """What the caller saw. Without a word about it, a new file may be made, but none may be replaced."""
    tags = tags_of(request, "If-Match")
    if tags:
        seen = next((tag for tag in tags if there is not None and tag == there.digest), tags[0])
        if seen != ANY:
            return {path: seen}
        return {path: there.digest if there else ANY}
    if ANY in tags_of(request, "If-None-Match") or there is None:
        return {path: None}
    raise FilesError("precondition_required", path=path, current=there.digest)


def stale_answer(project: Project, stale: Stale, ours: bytes | None) -> HttpResponse:
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
