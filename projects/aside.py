"""Many files at once, of which nobody else waits for more than their rows, and nothing is ever half kept.

laid_aside     read and checked, on disk: whatever is wrong with one of them is found before anything is kept
kept_apart     their contents are kept, some megabytes at a time, each time in a short transaction of its own
puts           one transaction then names them: `commit` writes the rows
"""

from __future__ import annotations

import contextlib
import tempfile
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from typing import IO

from django.db import DatabaseError

from projects import statements, tree
from projects.content import digest_of
from projects.files import Put, check_size, keep
from projects.purge import drop_unused


class Aside:
    """Files with their digests; their bytes are read once more from disk."""

    def __init__(self, room: IO[bytes], files: Iterable[tuple[str, bytes]]) -> None:
        self._room = room
        self._files = [(path, digest_of(data), room.write(data)) for path, data in _checked(files)]

    def __iter__(self) -> Iterator[tuple[str, bytes]]:
        """Each content once, with its digest."""
        self._room.seek(0)
        told: set[str] = set()
        for _, digest, size in self._files:
            data = self._room.read(size)
            if digest not in told:
                told.add(digest)
                yield digest, data

    @property
    def digests(self) -> set[str]:
        return {digest for _, digest, _ in self._files}

    def puts(self, prefix: str = "") -> list[Put]:
        """What makes them files, for one `commit`."""
        return [Put(prefix + path, digest) for path, digest, _ in self._files]

    def hold(self) -> None:
        """First in the transaction that names them: a content that was dropped since it was kept is kept anew.

        Two people may keep the same bytes at once, and one of them give up. Until the transaction ends they stay.
        """
        missing = self.digests - statements.hold_blobs(self.digests).keys()
        if missing:
            _keep((digest, data) for digest, data in self if digest in missing)


@contextmanager
def laid_aside(files: Iterable[tuple[str, bytes]]) -> Iterator[Aside]:
    """The files of an iterator that may be long. Raises what it raises, and `FilesError("too_large")`."""
    with tempfile.TemporaryFile() as room:
        yield Aside(room, files)


@contextmanager
def kept_apart(files: Aside) -> Iterator[None]:
    """Keeps the contents; inside, they are held and named. Where that fails they go again, unless others name them."""
    try:
        _keep(files)
        yield
    except BaseException:
        # A database that is away cannot be tidied: `manage.py drop_unused_contents` does that.
        with contextlib.suppress(DatabaseError):
            drop_unused(files.digests)
        raise


def _keep(contents: Iterable[tuple[str, bytes]]) -> None:
    for group in tree.groups(contents, lambda one: len(one[1])):
        keep(data for _, data in group)


def _checked(files: Iterable[tuple[str, bytes]]) -> Iterator[tuple[str, bytes]]:
    for path, data in files:
        check_size(path, data)
        yield path, data
