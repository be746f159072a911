"""Every operation of the files' API, for `/api/schema` (`api_schema.py`): what is sent, what comes, which codes."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import msgspec

from projects import api_shapes as shapes
from projects.api import CommitBody, MoveBody
from projects.api_events import PresenceBody
from projects.api_history import PurgeBody, RestoreBody, RevertBody
from projects.api_preview import BuildBody, OpenBody
from projects.api_save import FileBody
from projects.api_search import LINES, ReplaceBody

Shape = type[msgspec.Struct]

EVERYWHERE = (
    "bad_host", "login_required", "not_found", "method_not_allowed", "server_error", "database_unavailable",
)  # fmt: skip
A_CHANGE = ("permission_denied", "csrf")
A_BODY = ("invalid", "malformed_json", "body_too_large")
A_COMMIT = (*A_CHANGE, "bad_path", "path_conflict", "too_large", "too_many_files", "project_full")
A_TEXT = ("binary", "encoding")
A_SEARCH = ("invalid", "bad_pattern", "search_too_slow")
AN_ARCHIVE = ("bad_archive", "archive_bomb", "archive_link", "archive_encrypted", "duplicate", "body_too_large")

A_PROPOSAL = ("bad_path", "too_many_files", "preview_ended", "no_preview_origin")

BYTES = "application/octet-stream"
ZIP = "application/zip"
EVENTS = "text/event-stream"
ABOUT_MATCH = "A file that exists is replaced by its digest in `If-Match`; `*` overwrites on purpose."
ABOUT_EVENTS = (
    "`files.changed {revision, paths, gone, renamed, origin, author, author_id, client}` numbered by the revision, "
    "`proposals.changed {conversation_id, message_id, actions, revision}`, `conversation.changed {conversation_id, "
    "message_id, what, by}`, `ready {revision}`, `presence {people}`, `access.ended`. It ends now and then: come again "
    "with `Last-Event-ID`."
)


@dataclass(frozen=True, slots=True)
class Parameter:
    """A parameter beside those in the path."""

    name: str
    about: str
    schema: dict[str, Any]
    place: str = "query"
    required: bool = False


@dataclass(frozen=True, slots=True)
class Operation:
    """One method of one address; `route` is the name in `api_urls.py`, `other` the types of what is no JSON."""

    route: str
    method: str
    id: str
    summary: str
    answer: Shape | None
    codes: tuple[str, ...]
    body: Shape | None = None
    about: str = ""
    parameters: tuple[Parameter, ...] = ()
    statuses: tuple[int, ...] = (200,)
    other: tuple[str, ...] = ()
    other_body: str = ""


def number(name: str, about: str, *, required: bool = False) -> Parameter:
    return Parameter(name, about, {"type": "integer", "minimum": 0}, required=required)


def text(name: str, about: str, *, place: str = "query", required: bool = False) -> Parameter:
    return Parameter(name, about, {"type": "string"}, place, required=required)


def switch(name: str, about: str) -> Parameter:
    return Parameter(name, about, {"type": "string", "enum": ["0", "1"]})


LIMIT = number("limit", "How many at most.")
IF_MATCH = text("If-Match", "The digest of what is replaced, in quotes.", place="header")
GLOBS = (
    Parameter("include", "Globs as in .gitignore; only these files.", {"type": "array", "items": {"type": "string"}}),
    Parameter("exclude", "Globs as in .gitignore; not these.", {"type": "array", "items": {"type": "string"}}),
)
RESUME = text("Last-Event-ID", "Number of the last event seen; the browser sends it.", place="header")

OPERATIONS = (
    Operation(
        "files", "get", "listFiles", "List a project's files", shapes.FileList, (*EVERYWHERE, "invalid"),
        parameters=(LIMIT, text("after", "`next` of the page before.")),
    ),
    Operation(
        "file", "get", "readFile", "Read a file", shapes.FileContent, (*EVERYWHERE, "missing_file"),
        parameters=(text("If-None-Match", "Answered with 304 where it is still the same.", place="header"),),
        statuses=(200, 304),
    ),
    Operation(
        "file", "put", "saveFile", "Save a file", shapes.FileSaved,
        (*EVERYWHERE, *A_COMMIT, *A_BODY, *A_TEXT, "stale", "precondition_required"), body=FileBody,
        about=f"JSON, or any other type for bytes as they are. {ABOUT_MATCH}", parameters=(IF_MATCH,),
        statuses=(200, 201), other_body=BYTES,
    ),
    Operation(
        "file", "delete", "deleteFile", "Delete a file", shapes.Committed,
        (*EVERYWHERE, *A_CHANGE, "missing_file", "stale", "precondition_required"), parameters=(IF_MATCH,),
        about="It can be brought back by `restore`.",
    ),
    Operation(
        "raw", "get", "readBytes", "Read a file's bytes", None,
        (*EVERYWHERE, "invalid", "missing_file", "unknown_revision"), other=("*/*",), statuses=(200, 206, 304, 416),
        parameters=(number("revision", "As this revision left it."), switch("download", "As a download.")),
        about="By ranges too. What is shown and not downloaded is a closed list of types, under a policy that lets "
        "nothing run.",
    ),
    Operation(
        "move", "post", "moveFile", "Move or rename a file or a folder", shapes.Moved,
        (*EVERYWHERE, *A_COMMIT, *A_BODY, "missing_file", "duplicate", "stale"), body=MoveBody, parameters=(IF_MATCH,),
    ),
    Operation(
        "commit", "post", "commitChanges", "Make several changes one revision", shapes.Committed,
        (*EVERYWHERE, *A_COMMIT, *A_BODY, *A_TEXT, "missing_file", "duplicate", "stale"), body=CommitBody,
    ),
    Operation(
        "events", "get", "followProject", "Follow a project", None, (*EVERYWHERE, "csrf", "invalid"),
        other=(EVENTS,), about=ABOUT_EVENTS,
        parameters=(
            text("client", "The page's own id.", required=True), text("path", "The file it shows."),
            number("after", "The same as Last-Event-ID."), RESUME,
            text("wait", "`0`: what is new, and no more."),
        ),
    ),
    Operation(
        "presence", "post", "showPresence", "Say which file a page shows", shapes.Acknowledged,
        (*EVERYWHERE, "csrf", *A_BODY), body=PresenceBody,
    ),
    Operation(
        "revisions", "get", "listRevisions", "List the history", shapes.RevisionList, (*EVERYWHERE, "invalid"),
        parameters=(LIMIT, number("before", "`next` of the page before."), text("path", "Of this file alone.")),
    ),
    Operation(
        "revision", "get", "readRevision", "Read a revision", shapes.RevisionShown, (*EVERYWHERE, "unknown_revision"),
    ),
    Operation(
        "revert", "post", "revertRevision", "Undo one revision, keep the later ones", shapes.Committed,
        (*EVERYWHERE, *A_COMMIT, *A_BODY, "unknown_revision", "conflict"), body=RevertBody,
        about="A conflict is settled by sending it again with `settled`.",
    ),
    Operation(
        "diff", "get", "compareRevisions", "Compare two revisions", shapes.Comparison,
        (*EVERYWHERE, "invalid", "unknown_revision"),
        parameters=(
            number("from", "A revision; 0 is the empty project.", required=True),
            number("to", "Another; without it, the last."), text("path", "This file alone."),
        ),
    ),
    Operation(
        "deleted", "get", "listDeleted", "List deleted files", shapes.DeletedList, (*EVERYWHERE, "invalid"),
        parameters=(LIMIT,),
    ),
    Operation(
        "restore", "post", "restoreFiles", "Go back to a revision, or bring a deleted file back", shapes.Committed,
        (*EVERYWHERE, *A_COMMIT, *A_BODY, "unknown_revision", "missing_file"), body=RestoreBody,
        about="It is a new revision: nothing of the history is lost.",
    ),
    Operation(
        "preview", "get", "openPreview", "Open a preview", shapes.PreviewOpened,
        (*EVERYWHERE, "invalid", "unknown_revision", "no_preview_origin"),
        parameters=(number("revision", "As this revision left the files."),),
    ),
    Operation(
        "preview", "post", "previewProposal", "Open a preview with a proposal's files, or renew one",
        shapes.PreviewOpened,
        (*EVERYWHERE, "csrf", *A_BODY, *A_PROPOSAL, "unknown_revision"),
        body=OpenBody,
    ),
    Operation(
        "preview_sources", "get", "readPreviewSources", "Read what a preview is compiled from", shapes.PreviewSources,
        (*EVERYWHERE, "invalid", "preview_ended"),
        parameters=(text("token", "The preview's.", required=True), number("since", "What changed after a revision.")),
    ),
    Operation(
        "preview_build", "put", "keepPreviewBuild", "Keep what the browser has compiled", shapes.Acknowledged,
        (*EVERYWHERE, "csrf", *A_BODY, "too_many_files", "preview_ended"), body=BuildBody,
    ),
    Operation(
        "purge", "post", "purgeHistory", "Forget the history before a revision, for ever", shapes.Purged,
        (*EVERYWHERE, "csrf", "permission_denied", *A_BODY, "unknown_revision"), body=PurgeBody,
        about="For owners. The files stay, and so do the numbers of later revisions.",
    ),
    Operation(
        "export", "get", "exportFiles", "Download the files as a zip", None, (*EVERYWHERE, "invalid"), other=(ZIP,),
        parameters=(text("format", "`git` for a bare repository with the whole history, in a zip."),),
    ),
    Operation(
        "import", "post", "importFiles", "Import a zip, all or nothing", shapes.Imported,
        (*EVERYWHERE, *A_COMMIT, *AN_ARCHIVE, "stale"), other_body=ZIP,
        parameters=(text("folder", "Below this folder."), switch("replace", "Replace files that are there.")),
    ),
    Operation(
        "search", "get", "searchFiles", "Search in the files", shapes.SearchResult, (*EVERYWHERE, *A_SEARCH),
        parameters=(
            text("q", "What to find.", required=True), switch("regex", "It is a regular expression."),
            switch("case", "Capitals matter."), *GLOBS, LIMIT,
        ),
        other=(LINES,), about="With `Accept: application/x-ndjson` a line for each file, as it is found.",
    ),
    Operation(
        "replace", "post", "replaceMatches", "Replace every match, as one revision", shapes.Replaced,
        (*EVERYWHERE, *A_COMMIT, *A_BODY, *A_SEARCH, "stale"), body=ReplaceBody,
    ),
)  # fmt: skip
