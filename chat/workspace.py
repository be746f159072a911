"""What chat needs of a project.  A host implements `Workspace` over its own models and storage.

Methods are synchronous and may query the database; chat calls them in a worker thread.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Protocol

logger = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class ProjectDescription:
    """What the system prompt says of a project.  `note` is the project's own standing instruction."""

    name: str
    project_type: str = ""
    technologies: tuple[str, ...] = ()
    note: str = ""
    #: The model for those who choose none; empty: the site's.
    default_model: str = ""
    #: Globs (as in `.gitignore`) of files that a model is never given, and paths or globs of those it always is.
    excluded: tuple[str, ...] = ()
    pinned: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class FileEntry:
    """One file as listed.  `path` is relative with `/`, `size` in bytes, `digest` the SHA-256 of its bytes in hex."""

    path: str
    size: int
    digest: str


@dataclass(frozen=True, slots=True)
class PastChange:
    """One earlier change of a project: what was asked or said, and the paths that it wrote or took away."""

    message: str
    paths: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class SearchHit:
    """One line that a search found; `line` counts from 1."""

    path: str
    line: int
    text: str


@dataclass(frozen=True, slots=True)
class WriteFile:
    """The file gets these bytes; a new one where there was none."""

    path: str
    data: bytes


@dataclass(frozen=True, slots=True)
class RemoveFile:
    """The file goes."""

    path: str


@dataclass(frozen=True, slots=True)
class MoveFile:
    """The file's bytes go to another path, where no file is."""

    path: str
    to: str


FileChange = WriteFile | RemoveFile | MoveFile


class WorkspaceError(Exception):
    """A refusal: a stable code (`bad_path`, `path_conflict`, `missing_file`, `stale`, `too_large`, …), a text for
    people, and what a caller needs to go on."""

    def __init__(self, code: str, message: str = "", **extra: Any) -> None:
        super().__init__(message or code)
        self.code = code
        self.message = message
        self.extra = extra


class Workspace(Protocol):
    """A project as chat sees it."""

    def __init__(self, project: Any) -> None: ...

    @property
    def key(self) -> str:
        """Names the project wherever something is kept for it in memory."""
        ...

    def describe(self) -> ProjectDescription:
        """Name, type and technologies."""
        ...

    def list_files(self) -> Sequence[FileEntry]:
        """Every file, by path."""
        ...

    def read_files(self, paths: Sequence[str]) -> Mapping[str, bytes]:
        """The bytes of files, by path, in a constant number of queries; one that is gone is left out."""
        ...

    def read_digests(self, digests: Sequence[str]) -> Mapping[str, bytes]:
        """Contents that this project has or had, by digest; what is not kept is left out."""
        ...

    def changes(self, limit: int) -> Sequence[PastChange]:
        """The project's last changes, newest first: they tell what is changed for what.  One that is very wide may have
        no paths.  None at all will do."""
        ...

    def search(self, text: str, include: str, limit: int) -> Sequence[SearchHit]:
        """Lines that have this text, upper and lower case alike; `limit` of them at most.  `include` is a glob as in
        `.gitignore`, empty for all files."""
        ...

    def check_path(self, path: str) -> str:
        """The name of a file as the project would keep it.  Raises `WorkspaceError("bad_path")`."""
        ...

    def check_names(self, added: Iterable[str], there: Iterable[str]) -> None:
        """Raises `WorkspaceError("path_conflict")` where an added name can't stand beside the others."""
        ...

    def protected(self) -> Sequence[str]:
        """Globs, as in `.gitignore`, of files that nothing may change unless a person says so each time.  What chat
        protects by itself (hidden files, CI, lock and dependency files) need not be named."""
        ...

    def lock(self) -> None:
        """Within a transaction: what is read from now on stays so until the transaction ends."""
        ...

    def commit(
        self,
        changes: Sequence[FileChange],
        *,
        user: Any,
        base: Mapping[str, str | None],
        origin: str,
        message: str,
    ) -> int | None:
        """Makes the changes, all or none, one revision; its number, `None` where they change nothing.

        It joins the transaction that it is called in.  `base` is for each path the digest that the caller saw, `None`
        for no file; `origin` is `assistant`, or `restore` for an undo.  Raises `WorkspaceError`.
        """
        ...

    @staticmethod
    def kept(digests: Collection[str]) -> Collection[str]:
        """Of some contents, by digest, those that a file or the history of whichever project still has.

        Optional: without it the files of every project are listed.
        """
        ...

    def merge(self, base: bytes, mine: bytes, theirs: bytes) -> bytes | None:
        """Both changes of `base` in one; `None` where they meet."""
        ...


@dataclass(frozen=True, slots=True)
class ConversationNews:
    """Somebody has changed something of a conversation; it is in the database.

    `what` is `proposals` (made, or decided on: `actions` are `{id, status}`, `revision` is `None` where no file
    changed), `message` (a turn began, `message_id` is its answer), `conversation` (begun, renamed, another mode) or
    `deleted` (`by` whom, as people are called).
    """

    project_id: int
    conversation_id: int
    what: str
    message_id: int | None = None
    actions: Sequence[Mapping[str, Any]] = ()
    revision: int | None = None
    by: str = ""


#: Called with such news, from any thread, so that a host can tell its open pages: plain functions, and quick.
conversation_listeners: list[Callable[[ConversationNews], None]] = []


def tell_host(news: ConversationNews) -> None:
    """For chat to call.  A host that fails to listen breaks nothing."""
    for listener in conversation_listeners:
        try:
            listener(news)
        except Exception:
            logger.exception("a listener failed: %s", listener)


#: Called with a project's id when its files have changed and the change is there to stay.
listeners: list[Callable[[int], None]] = []


def files_changed(project_id: int) -> None:
    """For the host to call, once a change of a project's files is committed."""
    for listener in listeners:
        listener(project_id)


#: Called with the digests of contents that no project has any more.
drop_listeners: list[Callable[[Collection[str]], object]] = []


def contents_dropped(digests: Collection[str]) -> None:
    """For the host to call, once it has deleted contents for good."""
    for listener in drop_listeners:
        listener(digests)


class Access(Protocol):
    """Who may see and use which projects.  The host decides; chat asks for every request.

    `user` is `None` where the host lets someone in without one.
    """

    def request_user(self, request: Any) -> Any | None:
        """The user that a request acts for, or `None` where nobody is logged in.

        A change that another site asks for is refused before.  On the short way (`chat/api/short.py`) no middleware has
        run, but there are `request.session` and `request.user`.
        """
        ...

    def visible_projects(self, user: Any) -> Any:
        """A queryset of the projects that a user may see."""
        ...

    def project_for(self, user: Any, project_id: int) -> Any:
        """A project.  Raises `DoesNotExist` of its model where it is unknown or not visible."""
        ...

    def can_write(self, user: Any, project: Any) -> bool:
        """Whether a user may change the project's files."""
        ...

    def still_see(self, readers: Sequence[tuple[Any, int]]) -> Sequence[bool]:
        """Of users and projects that they were let into: whether they would be let in now.

        Asked every few seconds about the open streams.  Optional: without it `project_for` is asked for each.
        """
        ...
