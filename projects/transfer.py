"""A project's files as an archive: out, and in. An archive is hostile until every entry has been looked at.

What its directory says is checked first (names, links, passwords, sizes, ratios), then what really comes out of it;
only then one commit writes all of it. Nothing is ever half imported.
"""

from __future__ import annotations

import io
import itertools
import stat
import struct
import zipfile
import zlib
from collections.abc import Collection, Generator, Iterable, Iterator, Mapping
from pathlib import Path
from typing import IO, TYPE_CHECKING, Any

from django.db import transaction
from django.utils.translation import gettext as _

from projects import paths, tree
from projects.aside import Aside, kept_apart, laid_aside
from projects.errors import CONFLICT_EXISTS, FilesError, PathError
from projects.files import Put, check_size, commit, lock
from projects.limits import limit
from projects.models import Project, Revision

if TYPE_CHECKING:
    from django.contrib.auth.models import User

# Ordinary text is packed to a tenth, repetitive text to a hundredth; a bomb's entry to a thousandth.
MAX_RATIO = 200
RATIO_COUNTS_FROM = 1024 * 1024
ENCRYPTED = 0x1
SENT_AT_ONCE = 256 * 1024
UNREADABLE = (
    zipfile.BadZipFile,
    zlib.error,
    struct.error,
    EOFError,
    OSError,
    NotImplementedError,
    RuntimeError,
    ValueError,
)
# What macOS puts beside each file of an archive.
SHADOW_FOLDER = "__MACOSX/"
# Beside what could not be exported whole; a number is added where a project has a file of that name.
PURGED_NOTE = "EXPORT-INCOMPLET"


def zip_files(source: IO[bytes]) -> Iterator[tuple[str, bytes]]:
    """The files of an archive with their paths, one after the other; the directory is checked before the first.

    Raises `FilesError`: whatever is odd about one entry refuses all of them.
    """
    try:
        with zipfile.ZipFile(source) as archive:
            for path, entry in _checked(archive.infolist()).items():
                yield path, _data(archive, path, entry)
    except UNREADABLE as error:
        raise FilesError("bad_archive", detail=str(error)[:200]) from error


def _checked(entries: list[zipfile.ZipInfo]) -> dict[str, zipfile.ZipInfo]:
    """The files among the entries, by path, none of them a trap."""
    entries = [entry for entry in entries if not entry.orig_filename.startswith(SHADOW_FOLDER)]
    if len(entries) > limit("MAX_FILES"):
        raise FilesError("too_many_files", count=len(entries), limit=limit("MAX_FILES"))
    if (total := sum(entry.file_size for entry in entries)) > limit("MAX_PROJECT_BYTES"):
        raise FilesError("project_full", size=total, limit=limit("MAX_PROJECT_BYTES"))
    found: dict[str, zipfile.ZipInfo] = {}
    for entry in entries:
        # Not `filename`: zipfile ends it at the first NUL.
        path = paths.parse(entry.orig_filename.removesuffix("/"))
        _check_entry(path, entry)
        if entry.orig_filename.endswith("/"):
            continue
        if path in found:
            raise FilesError("duplicate", path=path)
        found[path] = entry
    paths.check_together(found, [])
    return found


def _check_entry(path: str, entry: zipfile.ZipInfo) -> None:
    if entry.flag_bits & ENCRYPTED:
        raise FilesError("archive_encrypted", path=path)
    if stat.S_IFMT(entry.external_attr >> 16) not in (0, stat.S_IFREG, stat.S_IFDIR):
        raise FilesError("archive_link", path=path)
    if entry.file_size > limit("MAX_ASSET_BYTES"):
        raise FilesError("too_large", path=path, size=entry.file_size, limit=limit("MAX_ASSET_BYTES"), kind="asset")
    if entry.file_size > RATIO_COUNTS_FROM and entry.file_size > MAX_RATIO * max(entry.compress_size, 1):
        raise FilesError("archive_bomb", path=path)


def _data(archive: zipfile.ZipFile, path: str, entry: zipfile.ZipInfo) -> bytes:
    """What really comes out; never more than was announced."""
    with archive.open(entry) as source:
        data = source.read(entry.file_size + 1)
    if len(data) != entry.file_size:
        raise FilesError("bad_archive", path=path)
    check_size(path, data)
    return data


def import_files(
    project: Project,
    author: User | None,
    contents: Iterable[tuple[str, bytes]],
    *,
    folder: str = "",
    replace: bool = False,
    message: str = "",
) -> Revision | None:
    """Makes files one revision, below a folder. A file that is there already refuses all, unless it may be replaced.

    They are read and checked first, then kept some megabytes at a time: nobody's save waits for an archive.
    """
    with laid_aside(contents) as files:
        _check_replaced(_puts(files, folder), _there(project), replace=replace)  # before anything is kept
        with kept_apart(files), transaction.atomic():
            return import_kept(project, author, files, folder=folder, replace=replace, message=message)


def import_kept(
    project: Project,
    author: User | None,
    files: Aside,
    *,
    folder: str = "",
    replace: bool = False,
    message: str = "",
) -> Revision | None:
    """The last part of it: the revision, in the caller's transaction."""
    lock(project)
    files.hold()
    changes, there = _puts(files, folder), _there(project)
    _check_replaced(changes, there, replace=replace)
    base = {change.path: there.get(change.path) for change in changes}
    text = message or _("Import de fichiers")
    return commit(project, author, changes, origin=Revision.Origin.IMPORT, message=text, base=base)


def _puts(files: Aside, folder: str) -> list[Put]:
    return files.puts(f"{folder.strip('/')}/" if folder.strip("/") else "")


def _there(project: Project) -> dict[str, str]:
    return dict(project.files.values_list("path", "blob_id"))


def _check_replaced(changes: list[Put], there: Mapping[str, str], *, replace: bool) -> None:
    taken = next((one.path for one in changes if there.get(one.path) not in (None, one.digest)), None)
    if taken is not None and not replace:
        told = str(CONFLICT_EXISTS).format(path=taken)
        raise PathError("path_conflict", told, path=taken, reason="exists", other=taken)


def write_zip(project: Project, target: IO[bytes]) -> int:
    """Writes the files as an archive; how many it has."""
    for piece in zip_pieces(project_files(project)):
        target.write(piece)
    with zipfile.ZipFile(target) as archive:
        return len(archive.namelist())


def project_files(project: Project) -> Iterator[tuple[str, bytes]]:
    """The files as they are now, by path, of this moment, though they are read some megabytes at a time.

    What is changed meanwhile is kept by the history, unless its owner purges it: such a file cannot be there any more,
    and one file more says so.
    """
    entries = tree.entries(project)
    left_out = {file.path for file in entries}
    for file, data in tree.contents(entries):
        left_out.remove(file.path)
        yield file.path, data
    if left_out:
        yield _note_of(left_out, {file.path for file in entries})


def _note_of(left_out: Collection[str], taken: Collection[str]) -> tuple[str, bytes]:
    names = (f"{PURGED_NOTE}{number or ''}.txt" for number in itertools.count())
    told = _("Pendant cet export, ces fichiers ont été changés et leur historique purgé. Ils manquent ici :")
    return next(name for name in names if name not in taken), "\n".join([told, "", *sorted(left_out), ""]).encode()


def folder_files(root: Path) -> Iterator[tuple[str, bytes]]:
    """The files of a folder on disk, by path."""
    for file in sorted(root.rglob("*")):
        if file.is_file():
            yield file.relative_to(root.parent).as_posix(), file.read_bytes()


def zip_pieces(files: Iterable[tuple[str, bytes]]) -> Generator[bytes, None, None]:
    """An archive of files, made while it is read; the same files give the same bytes."""
    sink = _Sink()
    with zipfile.ZipFile(sink, "w", zipfile.ZIP_DEFLATED) as archive:
        for path, data in files:
            archive.writestr(zipfile.ZipInfo(path, (1980, 1, 1, 0, 0, 0)), data, zipfile.ZIP_DEFLATED)
            if sink.waiting >= SENT_AT_ONCE:
                yield sink.take()
    yield sink.take()


class _Sink(io.RawIOBase):
    """Where an archive is written that nobody can seek in; what is there is taken away."""

    def __init__(self) -> None:
        self._parts: list[bytes] = []
        self.waiting = 0

    def writable(self) -> bool:
        return True

    def write(self, data: Any) -> int:
        part = bytes(data)
        self._parts.append(part)
        self.waiting += len(part)
        return len(part)

    def take(self) -> bytes:
        parts, self._parts, self.waiting = self._parts, [], 0
        return b"".join(parts)
