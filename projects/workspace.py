"""The project as `chat` sees it (the protocol is in `chat/workspace.py`)."""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING

from chat.workspace import FileEntry, ProjectDescription

if TYPE_CHECKING:
    from collections.abc import Sequence

    from projects.models import Project


class ProjectWorkspace:
    def __init__(self, project: Project) -> None:
        self.project = project

    def describe(self) -> ProjectDescription:
        return ProjectDescription(
            name=self.project.name,
            project_type=self.project.project_type,
            technologies=tuple(self.project.technologies),
            note=self.project.description,
        )

    def list_files(self) -> list[FileEntry]:
        rows = self.project.files.values_list("path", "content")
        return [_entry(path, content.encode()) for path, content in rows]

    def read_files(self, paths: Sequence[str]) -> dict[str, bytes]:
        """The bytes of files, by path; one that is gone is left out."""
        rows = self.project.files.filter(path__in=paths).values_list("path", "content")
        return {path: content.encode() for path, content in rows}


def _entry(path: str, content: bytes) -> FileEntry:
    return FileEntry(path=path, size=len(content), digest=hashlib.sha256(content).hexdigest())
