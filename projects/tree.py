"""Reading a project's files as they are now, in a constant number of queries; of many only some megabytes at a time."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import NamedTuple, TypeVar

from projects import content, paths, statements
from projects.limits import limit
from projects.models import Blob, Project

Item = TypeVar("Item")
# So much is in memory together, of however much there is.
AT_ONCE_FILES = 500
AT_ONCE_BYTES = 8 * 1024 * 1024


class Facts(NamedTuple):
    """What is known of a content without reading it. `encoding` is empty where it is no text."""

    size: int
    encoding: str

    @property
    def editable(self) -> bool:
        return can_be_edited(self.encoding, self.size)


# Of a content that is not there any more.
NOTHING = Facts(0, content.BINARY)


@dataclass(frozen=True, slots=True)
class Entry:
    """One file as listed. `encoding` is empty where it is no text."""

    path: str
    size: int
    digest: str
    encoding: str

    @property
    def editable(self) -> bool:
        return can_be_edited(self.encoding, self.size)


def entries(project: Project, *, after: str = "", most: int | None = None) -> list[Entry]:
    """The files by path, from behind a path on."""
    rows = project.files.order_by("path").values_list("path", "blob__size", "blob_id", "blob__encoding")
    if after:
        rows = rows.filter(path__gt=after)
    return [Entry(*row) for row in rows[:most]]


def at(project: Project, names: Iterable[str]) -> dict[str, Entry]:
    """Some files, by path; one that is not there is left out."""
    wanted = {paths.normal(name) for name in names if paths.can_be_stored(name)}
    return {row[0]: Entry(*row) for row in statements.files_at(project.pk, wanted)}


def find(project: Project, path: str) -> Blob | None:
    """What a file holds; `None` where there is none."""
    if not paths.can_be_stored(path):
        return None
    file = project.files.filter(path=paths.normal(path)).select_related("blob").first()
    return None if file is None else file.blob


def read(project: Project, names: Sequence[str]) -> dict[str, bytes]:
    """The bytes of files, by path; one that is gone is left out."""
    rows = project.files.filter(path__in=list(names)).values_list("path", "blob__data")
    return {path: bytes(data) for path, data in rows}


def blobs(digests: Iterable[str]) -> dict[str, bytes]:
    """Contents by digest."""
    rows = Blob.objects.filter(digest__in=set(digests)).values_list("digest", "data")
    return {digest: bytes(data) for digest, data in rows}


def facts(digests: Iterable[str]) -> dict[str, Facts]:
    """Sizes and encodings of contents, by digest: what decides whether they are read."""
    rows = Blob.objects.filter(digest__in=set(digests)).values_list("digest", "size", "encoding")
    return {digest: Facts(size, encoding) for digest, size, encoding in rows}


def contents(files: Iterable[Entry]) -> Iterator[tuple[Entry, bytes]]:
    """Files with what they hold, one after the other; one is left out whose content was purged meanwhile."""
    for group in groups(files, lambda file: file.size):
        data = blobs(file.digest for file in group)
        yield from ((file, data[file.digest]) for file in group if file.digest in data)


def groups(items: Iterable[Item], size_of: Callable[[Item], int]) -> Iterator[list[Item]]:
    """What may be in memory together: `AT_ONCE_BYTES` at most, unless one alone is more."""
    group: list[Item] = []
    total = 0
    for item in items:
        size = size_of(item)
        if group and (total + size > AT_ONCE_BYTES or len(group) >= AT_ONCE_FILES):
            yield group
            group, total = [], 0
        group.append(item)
        total += size
    if group:
        yield group


def can_be_edited(encoding: str, size: int) -> bool:
    """Whether it is UTF-8, and short enough to be held in an editor, compared and merged."""
    return encoding in content.EDITABLE and size <= limit("MAX_TEXT_BYTES")


def head_of(blob: Blob, size: int) -> str | None:
    """How a text begins; `None` for what is no text."""
    return bytes(blob.data[:size]).decode(blob.encoding, "ignore") if blob.encoding else None


def text_of(blob: Blob) -> str | None:
    """The text; `None` for what is no text."""
    return content.decode(bytes(blob.data), blob.encoding) if blob.encoding else None
