"""The project as a turn sees it: as it was listed when the prompt was built, whatever is saved meanwhile."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from chat.workspace import FileEntry, Workspace


class Snapshot:
    """A workspace that remembers what it listed.  Files are read by the digests of that listing where the host keeps
    contents by digest, and otherwise as they are.  Synchronous, for a worker thread."""

    def __init__(self, workspace: Workspace) -> None:
        self.workspace = workspace
        self._entries: dict[str, FileEntry] | None = None

    @property
    def entries(self) -> dict[str, FileEntry]:
        """Every file, by path."""
        if self._entries is None:
            self.list_files()
        return self._entries or {}

    def __getattr__(self, name: str) -> Any:
        """Everything else is the workspace's own."""
        return getattr(self.workspace, name)

    def list_files(self) -> Sequence[FileEntry]:
        """Every file, by path."""
        found = self.workspace.list_files()
        if self._entries is None:
            self._entries = {file.path: file for file in found}
        return found

    def read(self, paths: Sequence[str]) -> dict[str, bytes]:
        """The bytes of files as they were listed."""
        wanted = {path: self.entries[path].digest for path in paths if path in self.entries}
        kept = self.workspace.read_digests(list(set(wanted.values())))
        found = {path: kept[digest] for path, digest in wanted.items() if digest in kept}
        missing = [path for path in wanted if path not in found]
        return found | dict(self.workspace.read_files(missing) if missing else {})
