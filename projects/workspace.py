"""The project as `chat` sees it (the protocol is in `chat/workspace.py`)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from chat.workspace import FileEntry, ProjectDescription
from projects import tree

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
            note=self.project.note or self.project.description,
            default_model=self.project.default_model,
        )

    def list_files(self) -> list[FileEntry]:
        """Every file, by path. A small project is read along: what is read later is then just what was listed."""
        if self.project.total_bytes <= KEPT_BYTES:
            return self._list_and_read()
        return [FileEntry(path=file.path, size=file.size, digest=file.digest) for file in tree.entries(self.project)]

    def read_files(self, paths: Sequence[str]) -> dict[str, bytes]:
        """The bytes of files, by path; one that is gone is left out."""
        if self._listed is not None:
            return {path: self._listed[path] for path in paths if path in self._listed}
        return tree.read(self.project, paths)

    def _list_and_read(self) -> list[FileEntry]:
        rows = list(self.project.files.values_list("path", "blob_id", "blob__data"))
        self._listed = {path: bytes(data) for path, _, data in rows}
        return [FileEntry(path=path, size=len(data), digest=digest) for path, digest, data in rows]
