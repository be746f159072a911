"""A project in memory."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence

from chat.workspace import FileEntry, PastChange, ProjectDescription

DEMO = ProjectDescription("Boutique", "Site statique", ("HTML", "CSS"))


class MemoryWorkspace:
    """Files by path; `reads` are the paths that were asked for."""

    def __init__(self, files: Mapping[str, str | bytes] | None = None, project: ProjectDescription = DEMO) -> None:
        self.files = {path: data.encode() if isinstance(data, str) else data for path, data in (files or {}).items()}
        self.project = project
        self.reads: list[Sequence[str]] = []
        self.key = f"memory-{id(self)}"
        self.past: list[PastChange] = []

    def describe(self) -> ProjectDescription:
        """The project."""
        return self.project

    def list_files(self) -> list[FileEntry]:
        """Every file."""
        return [FileEntry(p, len(data), hashlib.sha256(data).hexdigest()) for p, data in self.files.items()]

    def changes(self, limit: int) -> list[PastChange]:
        """What the test says."""
        return self.past[:limit]

    def read_files(self, paths: Sequence[str]) -> dict[str, bytes]:
        """Those that are there."""
        self.reads.append(paths)
        return {path: self.files[path] for path in paths if path in self.files}
