"""The files of a folder on disk that belong to a project: what git would take, without links and without `.git`."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from pathspec import GitIgnoreSpec

from projects import paths
from projects.errors import FilesError
from projects.limits import limit

Rules = tuple[tuple[Path, GitIgnoreSpec], ...]


def read_folder(root: Path) -> Iterator[tuple[str, bytes]]:
    """Paths and contents, one after the other. Raises `FilesError` for what a project does not take."""
    total = 0
    for count, file in enumerate(_files(root, ())):
        path = paths.parse(file.relative_to(root).as_posix())
        if count == limit("MAX_FILES"):
            raise FilesError("too_many_files", limit=limit("MAX_FILES"))
        total += file.stat().st_size
        if total > limit("MAX_PROJECT_BYTES"):
            raise FilesError("project_full", size=total, limit=limit("MAX_PROJECT_BYTES"))
        yield path, file.read_bytes()


def _files(folder: Path, rules: Rules) -> Iterator[Path]:
    """Depth first; a folder that is ignored is not entered, as git does not."""
    ignore = folder / ".gitignore"
    if ignore.is_file() and not ignore.is_symlink():
        lines = ignore.read_text("utf-8", "replace").splitlines()
        rules = ((folder, GitIgnoreSpec.from_lines(lines)), *rules)
    for entry in sorted(folder.iterdir()):
        if entry.is_symlink() or entry.name.casefold() == ".git" or _is_ignored(entry, rules):
            continue
        if entry.is_dir():
            yield from _files(entry, rules)
        elif entry.is_file():
            yield entry


def _is_ignored(entry: Path, rules: Rules) -> bool:
    """The nearest `.gitignore` that says something about an entry decides."""
    for folder, spec in rules:
        name = entry.relative_to(folder).as_posix() + ("/" if entry.is_dir() else "")
        decision = spec.check_file(name).include
        if decision is not None:
            return decision
    return False
