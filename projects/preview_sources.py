"""What the compiler in the studio's page reads: the texts of one preview's state that code can import."""

from __future__ import annotations

from typing import Any

from projects import content, history, tree
from projects.models import Preview, PreviewFile, Project, RevisionChange
from projects.preview_types import COMPILED, STYLES, extension

# Texts that are compiled, imported, or say what is to be compiled.
READ = (
    COMPILED | STYLES | {"js", "mjs", "cjs", "css", "json", "html", "htm", "txt", "svg", "md", "glsl", "frag", "vert"}
)
MOST_BYTES = 1024 * 1024
MOST_TOGETHER = 16 * 1024 * 1024


def read(preview: Preview, project: Project, since: int | None) -> dict[str, Any]:
    """`files`: path → text; null for what is there but is not read, or is gone. `paths`: every name, if whole."""
    if since is None or since > project.head or preview.revision is not None or preview.overlay:
        return _whole(preview, project)
    rows = RevisionChange.objects.filter(project=project, revision__number__gt=since)
    changed = set(rows.values_list("path", flat=True).distinct())
    there = dict(project.files.filter(path__in=changed).values_list("path", "blob_id"))
    texts = _texts({path: digest for path, digest in there.items() if _is_read(path)})
    gone = sorted(changed - there.keys())
    return {"revision": project.head, "whole": False, "files": {**dict.fromkeys(there), **texts}, "gone": gone}


def _whole(preview: Preview, project: Project) -> dict[str, Any]:
    state = _state(preview, project)
    texts: dict[str, str | None] = dict.fromkeys(state)
    texts.update(_texts({path: digest for path, digest in state.items() if _is_read(path)}))
    for path, data in preview.files.filter(kind=PreviewFile.Kind.OVERLAY).values_list("path", "data"):
        if data is None:
            texts.pop(path, None)
        else:
            texts[path] = bytes(data).decode()
    return {"revision": project.head, "whole": True, "files": texts, "gone": []}


def _state(preview: Preview, project: Project) -> dict[str, str]:
    if preview.revision is not None:
        return history.state(project, preview.revision)
    return dict(project.files.values_list("path", "blob_id"))


def _is_read(path: str) -> bool:
    return extension(path) in READ and "node_modules/" not in path


def _texts(files: dict[str, str]) -> dict[str, str]:
    """As many as fit: a project that has more of them is not compiled in a browser."""
    fits: dict[str, str] = {}
    room, facts = MOST_TOGETHER, tree.facts(files.values())
    for path, digest in sorted(files.items()):
        size, encoding = facts.get(digest, tree.NOTHING)
        if encoding in content.EDITABLE and size <= min(MOST_BYTES, room):
            fits[path] = digest
            room -= size
    blobs = tree.blobs(fits.values())
    return {path: blobs[digest].decode("utf-8-sig") for path, digest in fits.items() if digest in blobs}
