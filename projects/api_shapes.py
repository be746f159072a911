"""What the files' API answers, as types: for `/api/schema` alone. `tests/integration/test_files_schema.py` holds real
answers against them."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Any, Literal

import msgspec
from msgspec import UNSET, Meta, UnsetType

Digest = Annotated[str, Meta(description="SHA-256 in hex.", pattern="^[0-9a-f]{64}$")]
NewRevision = Annotated[int | None, Meta(description="The new revision's number; null where nothing had to change.")]


class FileEntry(msgspec.Struct):
    """A file in a list."""

    path: str
    size: int
    digest: Digest
    encoding: Annotated[str, Meta(description="Empty for what is no text.")]
    editable: Annotated[bool, Meta(description="Text in UTF-8.")]


class FileList(msgspec.Struct):
    """A page of a project's files, by path."""

    files: list[FileEntry]
    next: Annotated[str | None, Meta(description="The `after` of the next page; null on the last one.")]
    revision: int
    file_count: int
    total_bytes: int


class FileContent(msgspec.Struct):
    """A file: its text without byte order mark, or its bytes in base64."""

    success: Literal[True]
    path: str
    digest: Digest
    size: int
    encoding: str
    editable: bool
    line_ends: Literal["lf", "crlf", "mixed", "none"] | None
    text: str | None
    data: str | None
    head: str | None


class FileSaved(msgspec.Struct):
    """A file was saved; its `ETag` is the digest."""

    success: Literal[True]
    path: str
    digest: Digest
    size: int
    revision: NewRevision


class Committed(msgspec.Struct):
    """It is done, as one revision."""

    success: Literal[True]
    revision: NewRevision


class Moved(msgspec.Struct):
    """The files that moved, by their old path."""

    success: Literal[True]
    revision: NewRevision
    moved: dict[str, str]


class RevisionListed(msgspec.Struct):
    """A revision in a list."""

    number: int
    author: str | None
    origin: Literal["user", "assistant", "import", "restore"]
    message: str
    created_at: datetime
    change_count: int
    paths: Annotated[list[str], Meta(description="What it changed, where that is few files; none where it is more.")]


class RevisionList(msgspec.Struct):
    """A page of the history, the newest first."""

    revisions: list[RevisionListed]
    next: Annotated[int | None, Meta(description="The `before` of the next page; null on the last one.")]


class PathChange(msgspec.Struct):
    """One path of a revision; null is no file."""

    path: str
    before: Digest | None
    after: Digest | None
    renamed_from: str | None


class RevisionShown(msgspec.Struct):
    """A revision with what it changed."""

    number: int
    author: str | None
    origin: Literal["user", "assistant", "import", "restore"]
    message: str
    created_at: datetime
    changes: list[PathChange]


class PathCompared(PathChange):
    """A path in a comparison; `unified` is null where it is no text, too different, or too much for one answer."""

    unified: str | None


class Comparison(msgspec.Struct, rename={"start": "from"}):
    """What is different between two revisions; 0 is the empty project."""

    start: int
    to: int
    changes: list[PathCompared]


class DeletedFile(msgspec.Struct):
    """A file that is no more."""

    path: str
    revision: Annotated[int, Meta(description="The revision that deleted it.")]
    deleted_at: datetime


class DeletedList(msgspec.Struct):
    """The files that are no more, the last deleted first."""

    deleted: list[DeletedFile]


class LineMatch(msgspec.Struct):
    """One match; lines and columns count from 1. `text` is the line, of a long one the part from `start` on."""

    line: int
    column: int
    length: int
    text: str
    start: int


class FileMatches(msgspec.Struct):
    """The matches in a file."""

    path: str
    matches: list[LineMatch]


class SearchResult(msgspec.Struct):
    """What was found."""

    files: list[FileMatches]
    count: int
    complete: Annotated[bool, Meta(description="False where there are more than `limit`.")]


class Replaced(msgspec.Struct):
    """Every match was replaced, as one revision."""

    success: Literal[True]
    revision: NewRevision
    files: int


class Imported(msgspec.Struct):
    """The archive's files are the project's."""

    success: Literal[True]
    revision: NewRevision
    files: int


class PreviewOpened(msgspec.Struct):
    """Where the preview is shown, until when."""

    success: Literal[True]
    url: str
    origin: str
    token: str
    expires_at: datetime
    seconds: float


class PreviewSources(msgspec.Struct):
    """Texts by path; null for what is there and is not read."""

    success: Literal[True]
    revision: int
    whole: Annotated[bool, Meta(description="All of them; otherwise those that changed.")]
    files: dict[str, str | None]
    gone: list[str]


class Acknowledged(msgspec.Struct):
    """It is done."""

    success: Literal[True]


class FileSide(msgspec.Struct):
    """One text of a conflict; `text` is null for what is none, or is too long to show."""

    digest: Digest
    size: int
    text: str | None


class FileConflict(msgspec.Struct):
    """The same lines changed on both sides: the text before, and both after; null is no file."""

    path: str
    base: FileSide | None
    mine: FileSide | None
    theirs: FileSide | None


class FilesProblem(msgspec.Struct):
    """What went wrong. Codes are stable; the message is in the caller's language."""

    code: str
    message: str
    fields: Annotated[dict[str, str], Meta(description="With `invalid`: what is wrong, by field.")] | UnsetType = UNSET
    path: str | UnsetType = UNSET
    reason: Annotated[str, Meta(description="With `bad_path` and `path_conflict`.")] | UnsetType = UNSET
    other: Annotated[str, Meta(description="With `path_conflict`: the name in the way.")] | UnsetType = UNSET
    expected: Annotated[str | None, Meta(description="With `stale`: the digest you sent.")] | UnsetType = UNSET
    current: Annotated[str | None, Meta(description="The digest that is there now.")] | UnsetType = UNSET
    file: Annotated[Any, Meta(description="With `stale`: the file as it is now, or null.")] | UnsetType = UNSET
    merge: Annotated[Any, Meta(description="With `stale`: `{text, digest}` where it is clean.")] | UnsetType = UNSET
    conflicts: Annotated[list[FileConflict], Meta(description="With `conflict`.")] | UnsetType = UNSET
    limit: Annotated[int, Meta(description="How much would be allowed.")] | UnsetType = UNSET


class FilesRefusal(msgspec.Struct):
    """Every error of the files' API."""

    success: Literal[False]
    error: FilesProblem


class Purged(msgspec.Struct):
    """What is gone for ever."""

    success: Literal[True]
    revisions: int
    contents: int
    bytes: int
