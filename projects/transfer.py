"""A project's files as an archive: out, and in. An archive is hostile until every entry has been looked at.

What its directory says is checked first (names, links, passwords, sizes, ratios), then what really comes out of it;
only then one commit writes all of it. Nothing is ever half imported.
"""

from __future__ import annotations

import stat
import struct
import zipfile
import zlib
from collections.abc import Iterable
from typing import IO, TYPE_CHECKING

from django.utils.translation import gettext as _

from projects import paths, tree
from projects.content import digest_of
from projects.errors import CONFLICT_EXISTS, FilesError, PathError
from projects.files import Write, check_size, commit
from projects.limits import limit
from projects.models import Project, Revision

if TYPE_CHECKING:
    from django.contrib.auth.models import User

# Ordinary text is packed to a tenth, repetitive text to a hundredth; a bomb's entry to a thousandth.
MAX_RATIO = 200
RATIO_COUNTS_FROM = 1024 * 1024
ENCRYPTED = 0x1
READ_AT_ONCE = 200
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

Contents = dict[str, bytes]


def read_zip(source: IO[bytes]) -> Contents:
    """The files of an archive, by path. Raises `FilesError`: whatever is odd about one entry refuses all of them."""
    try:
        with zipfile.ZipFile(source) as archive:
            entries = _checked(archive.infolist())
            return {path: _data(archive, path, entry) for path, entry in entries.items()}
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
    contents: Contents,
    *,
    folder: str = "",
    replace: bool = False,
    message: str = "",
) -> Revision | None:
    """Makes files one revision, below a folder. A file that is there already refuses all, unless it may be replaced."""
    prefix = f"{paths.parse(folder)}/" if folder else ""
    changes = [Write(prefix + path, data) for path, data in contents.items()]
    there = dict(project.files.values_list("path", "blob_id"))
    taken = next((one for one in changes if there.get(one.path) not in (None, digest_of(one.data))), None)
    if taken and not replace:
        told = str(CONFLICT_EXISTS).format(path=taken.path)
        raise PathError("path_conflict", told, path=taken.path, reason="exists", other=taken.path)
    base = {change.path: there.get(change.path) for change in changes}
    text = message or _("Import de fichiers")
    return commit(project, author, changes, origin=Revision.Origin.IMPORT, message=text, base=base)


def write_zip(project: Project, target: IO[bytes]) -> int:
    """Writes the files as an archive; how many they were. In one transaction where they must be of one moment."""
    names = list(project.files.order_by("path").values_list("path", flat=True))
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as archive:
        for group in _groups(names):
            for path, data in sorted(tree.read(project, group).items()):
                archive.writestr(zipfile.ZipInfo(path, (1980, 1, 1, 0, 0, 0)), data, zipfile.ZIP_DEFLATED)
    return len(names)


def _groups(names: list[str]) -> Iterable[list[str]]:
    return (names[start : start + READ_AT_ONCE] for start in range(0, len(names), READ_AT_ONCE))
