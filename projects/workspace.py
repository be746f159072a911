"""The project as `chat` sees it (the protocol is in `chat/workspace.py`)."""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING

from chat.workspace import FileEntry, ProjectDescription

if TYPE_CHECKING:
    from collections.abc import Sequence

    from projects.models import Project

KEPT_BYTES = 1_000_000


class ProjectWorkspace:
    def __init__(self, project: Project) -> None:
        self.project = project
        self._listed: dict[str, bytes] | None = None

    def describe(self) -> ProjectDescription:
        return ProjectDescription(
            name=self.project.name,
            project_type=self.project.project_type,
            technologies=tuple(self.project.technologies),
            note=self.project.description,
        )

    def list_files(self) -> list[FileEntry]:
        rows = [(path, content.encode()) for path, content in self.project.files.values_list("path", "content")]
        if sum(len(content) for _, content in rows) <= KEPT_BYTES:
            self._listed = dict(rows)
        return [_entry(path, content) for path, content in rows]

    def read_files(self, paths: Sequence[str]) -> dict[str, bytes]:
        """The bytes of files, by path; one that is gone is left out.

        A small project was read whole when it was listed: what is read is then just what was listed.
        """
        if self._listed is not None:
            return {path: self._listed[path] for path in paths if path in self._listed}
        rows = self.project.files.filter(path__in=paths).values_list("path", "content")
        return {path: content.encode() for path, content in rows}


def _entry(path: str, content: bytes) -> FileEntry:
    return FileEntry(path=path, size=len(content), digest=hashlib.sha256(content).hexdigest())
