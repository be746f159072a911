"""The project as `chat` sees it (the protocol is in `chat/workspace.py`)."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from itertools import islice
from typing import TYPE_CHECKING, Any

from chat.workspace import (
    FileChange,
    FileEntry,
    MoveFile,
    PastChange,
    ProjectDescription,
    RemoveFile,
    SearchHit,
    WorkspaceError,
    WriteFile,
)
from projects import files, history, merge, paths, search, tree
from projects.errors import FilesError
from projects.listing import Listing, listings
from projects.purge import named

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Mapping, Sequence

    from projects.models import Project


class ProjectWorkspace:
    def __init__(self, project: Project) -> None:
        self.project = project
        self._listed: Listing | None = None

    def describe(self) -> ProjectDescription:
        return ProjectDescription(
            name=self.project.name,
            project_type=self.project.project_type,
            technologies=tuple(self.project.technologies),
            note=self.project.note or self.project.description,
            default_model=self.project.default_model,
            excluded=tuple(self.project.context_exclude),
            pinned=tuple(self.project.context_pin),
        )

    def list_files(self) -> list[FileEntry]:
        """Every file, by path. A small project is read along: what is read later is then just what was listed."""
        self._listed = listings.of(self.project)
        if self._listed is None:
            entries = tree.entries(self.project)
            return [FileEntry(path=file.path, size=file.size, digest=file.digest) for file in entries]
        files = self._listed.files.items()
        return [FileEntry(path=path, size=len(file.data), digest=file.digest) for path, file in files]

    def read_files(self, names: Sequence[str]) -> dict[str, bytes]:
        """The bytes of files, by path; one that is gone is left out."""
        if self._listed is not None:
            files_now = self._listed.files
            return {path: files_now[path].data for path in names if path in files_now}
        return tree.read(self.project, names)

    def read_digests(self, digests: Sequence[str]) -> dict[str, bytes]:
        """Contents that this project has or had: those of other projects are nobody's business."""
        return tree.blobs(history.known(self.project, digests))

    @property
    def key(self) -> str:
        return str(self.project.pk)

    def changes(self, limit: int) -> list[PastChange]:
        return history.told(self.project, limit)

    @staticmethod
    def kept(digests: Collection[str]) -> set[str]:
        """Those that a file or a revision of any project names."""
        return named(digests)

    def search(self, text: str, include: str, limit: int) -> list[SearchHit]:
        """The lines that have this text, upper and lower case alike."""
        query = search.Query(text, include=(include,) if include else ())
        with _told():
            found = list(islice(search.find(self.project, query, most=limit), limit))
        hits = [SearchHit(file.path, match.line, match.text) for file in found for match in file.matches]
        return hits[:limit]

    def check_path(self, path: str) -> str:
        with _told():
            return paths.parse(path)

    def check_names(self, added: Iterable[str], there: Iterable[str]) -> None:
        with _told():
            paths.check_together(added, there)

    def protected(self) -> list[str]:
        """The project's own globs, beside what chat protects by itself."""
        return [str(glob) for glob in self.project.protected_paths]

    def lock(self) -> None:
        """Commits of one project come one after the other; what was listed before is forgotten."""
        files.lock(self.project)
        self._listed = None

    def commit(
        self,
        changes: Sequence[FileChange],
        *,
        user: Any,
        base: Mapping[str, str | None],
        origin: str,
        message: str,
    ) -> int | None:
        """One revision; its number."""
        with _told():
            made = files.commit(
                self.project, user, [_change(change) for change in changes], origin=origin, message=message, base=base
            )
        return None if made is None else made.number

    def merge(self, base: bytes, mine: bytes, theirs: bytes) -> bytes | None:
        return merge.merged(base, mine, theirs)


def _change(change: FileChange) -> files.Change:
    match change:
        case WriteFile(path, data):
            return files.Write(path, data)
        case RemoveFile(path):
            return files.Delete(path)
        case MoveFile(path, to):
            return files.Rename(path, to)


@contextmanager
def _told() -> Iterator[None]:
    """What the files' own errors are to chat: the same codes and words."""
    try:
        yield
    except FilesError as error:
        raise WorkspaceError(error.code, str(error.message), **error.extra) from error
