"""Which bytes a path of a preview stands for, in a constant number of queries.

what the compiler made → what the proposal would leave → the project's files, now or at a revision
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from django.db.models import Max

from projects import content, paths
from projects.models import Blob, Preview, PreviewFile, ProjectFile, RevisionChange

INDEX = "index.html"
# Where Vite and others keep what is served as it is.
PUBLIC = "public"
MOST_PAGES = 30


@dataclass(frozen=True, slots=True)
class Found:
    """A file to show. `built`: made by the compiler, at the path of its source."""

    path: str
    digest: str
    encoding: str
    data: bytes | None = None  # None: in the blob
    built: bool = False

    def read(self) -> bytes:
        if self.data is not None:
            return self.data
        return bytes(Blob.objects.values_list("data", flat=True).get(digest=self.digest))


@dataclass(frozen=True, slots=True)
class Folder:
    """A folder asked for without its slash: relative addresses in its page would lead astray."""

    path: str


def look_up(preview: Preview, asked: str, *, fallback: bool) -> Found | Folder | None:
    """The file; a folder's page; with `fallback`, the first page for what is no file (single page applications)."""
    path = paths.normal(asked)
    wanted = _candidates(path) + ([INDEX] if fallback else [])
    if not all(paths.can_be_stored(name) for name in wanted):
        return None
    there = _own(preview, wanted, _stored(preview, wanted))
    for name in wanted:
        if name in there:
            inside = name.endswith(f"/{INDEX}") and name[: -len(INDEX) - 1] in (path, f"{PUBLIC}/{path}")
            return Folder(path) if inside and path and not path.endswith("/") else there[name]
    return None


def pages(preview: Preview) -> list[str]:
    """Some of the pages that there are: for who took a wrong turn."""
    names = set(_listed(preview))
    for path, data in preview.files.filter(kind=PreviewFile.Kind.OVERLAY).values_list("path", "data"):
        names = names - {path} if data is None else names | {path}
    found = [name for name in names if name.lower().endswith((".html", ".htm"))]
    return sorted(found, key=lambda name: (name.count("/"), name))[:MOST_PAGES]


def _candidates(path: str) -> list[str]:
    trimmed = path.rstrip("/")
    if not trimmed:
        return [INDEX, f"{PUBLIC}/{INDEX}"]
    if path.endswith("/"):
        return [f"{trimmed}/{INDEX}", f"{PUBLIC}/{trimmed}/{INDEX}"]
    return [trimmed, f"{trimmed}/{INDEX}", f"{PUBLIC}/{trimmed}", f"{PUBLIC}/{trimmed}/{INDEX}"]


def _own(preview: Preview, wanted: Sequence[str], there: Mapping[str, Found]) -> dict[str, Found]:
    """The preview's own files over the project's: what is compiled last, as it stands for its source."""
    rows = list(preview.files.filter(path__in=wanted).values_list("kind", "path", "data"))
    found = dict(there)
    for kind, path, data in sorted(rows, key=lambda row: row[0], reverse=True):
        if data is None:
            found.pop(path, None)
            continue
        text = bytes(data)
        built = kind == PreviewFile.Kind.BUILT
        found[path] = Found(path, content.digest_of(text), content.encoding_of(text), text, built)
    return found


def _stored(preview: Preview, wanted: Sequence[str]) -> dict[str, Found]:
    if preview.revision is None:
        rows = ProjectFile.objects.filter(project=preview.project_id, path__in=wanted)
        return {row[0]: Found(*row) for row in rows.values_list("path", "blob_id", "blob__encoding")}
    upto = RevisionChange.objects.filter(project=preview.project_id, revision__number__lte=preview.revision)
    last = upto.filter(path__in=wanted).order_by().values("path").annotate(last=Max("pk")).values("last")
    left = RevisionChange.objects.filter(pk__in=last, after__isnull=False)
    return {row[0]: Found(*row) for row in left.values_list("path", "after_id", "after__encoding")}


def _listed(preview: Preview) -> Sequence[str]:
    if preview.revision is None:
        rows = ProjectFile.objects.filter(project=preview.project_id, path__iregex=r"\.html?$")
        return list(rows.order_by("path").values_list("path", flat=True)[: MOST_PAGES * 10])
    upto = RevisionChange.objects.filter(project=preview.project_id, revision__number__lte=preview.revision)
    last = upto.filter(path__iregex=r"\.html?$").order_by().values("path").annotate(last=Max("pk")).values("last")
    left = RevisionChange.objects.filter(pk__in=last, after__isnull=False)
    return list(left.order_by("path").values_list("path", flat=True)[: MOST_PAGES * 10])
