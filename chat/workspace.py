"""What chat needs of a project.  A host implements `Workspace` over its own models and storage.

Methods are synchronous and may query the database; chat calls them in a worker thread.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Protocol


@dataclass(frozen=True, slots=True)
class ProjectDescription:
    """What the system prompt says of a project.  `note` is the project's own standing instruction."""

    name: str
    project_type: str = ""
    technologies: tuple[str, ...] = ()
    note: str = ""
    #: The model for those who choose none; empty: the site's.
    default_model: str = ""


@dataclass(frozen=True, slots=True)
class FileEntry:
    """One file as listed.  `path` is relative with `/`, `size` in bytes, `digest` the SHA-256 of its bytes in hex."""

    path: str
    size: int
    digest: str


class Workspace(Protocol):
    """A project as chat sees it."""

    def __init__(self, project: Any) -> None: ...

    def describe(self) -> ProjectDescription:
        """Name, type and technologies."""
        ...

    def list_files(self) -> Sequence[FileEntry]:
        """Every file, by path."""
        ...

    def read_files(self, paths: Sequence[str]) -> Mapping[str, bytes]:
        """The bytes of files, by path, in a constant number of queries; one that is gone is left out."""
        ...


class Access(Protocol):
    """Who may see and use which projects.  The host decides; chat asks for every request.

    `user` is `None` where the host lets someone in without one.
    """

    def request_user(self, request: Any) -> Any | None:
        """The user that a request acts for, or `None` where nobody is logged in."""
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
