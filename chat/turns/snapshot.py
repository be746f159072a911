"""The project as a turn sees it: as it was listed when the prompt was built, whatever is saved meanwhile.

A turn that is taken up after its server died gives the digests that the model was `shown` of some files, `None` where
none was there: those files are what they were, or lost where the host keeps them no more.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

from chat.actions.types import digest_of
from chat.workspace import FileEntry, Workspace


class Snapshot:
    """A workspace that remembers what it listed.  Files are read by the digests of that listing where the host keeps
    contents by digest, and otherwise as they are.  Synchronous, for a worker thread."""

    def __init__(self, workspace: Workspace, shown: Mapping[str, str | None] | None = None) -> None:
        self.workspace = workspace
        self._shown = dict(shown or {})
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
            self._entries = {file.path: file for file in found} | self._moved(found)
            for path in [path for path, digest in self._shown.items() if digest is None]:
                self._entries.pop(path, None)
        return found

    def is_lost(self, path: str) -> bool:
        """Whether a file that was shown has changed since, and can't be read as it was."""
        return path in self.entries and path in self._shown and path not in self.read([path])

    def _moved(self, found: Sequence[FileEntry]) -> dict[str, FileEntry]:
        """The files that were shown and are others now, or gone."""
        now = {file.path: file for file in found}
        shown = {path: FileEntry(path, 0, digest) for path, digest in self._shown.items() if digest is not None}
        return {path: replace(now.get(path, file), digest=file.digest) for path, file in shown.items()}

    def read(self, paths: Sequence[str]) -> dict[str, bytes]:
        """The bytes of files as they were listed."""
        wanted = {path: self.entries[path].digest for path in paths if path in self.entries}
        kept = self.workspace.read_digests(list(set(wanted.values())))
        found = {path: kept[digest] for path, digest in wanted.items() if digest in kept}
        missing = [path for path in wanted if path not in found]
        return found | (self._read_now(missing) if missing else {})

    def _read_now(self, paths: Sequence[str]) -> dict[str, bytes]:
        """The bytes of files as they are; not of what was shown otherwise."""
        now = self.workspace.read_files(paths)
        return {path: data for path, data in now.items() if self._shown.get(path) in (None, digest_of(data))}
