"""What of a project may be shown to a model: its files but those that are ignored or excluded, and its own note."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from chat.context.engine import decoded
from chat.context.ignore import ignored_by, rule_files
from chat.workspace import FileEntry, ProjectDescription, Workspace

#: A file of this name at the top is the project's standing instruction, and always goes in.
NOTE = "webox.md"
NOTE_CHARACTERS = 20_000


@dataclass(frozen=True, slots=True)
class Sources:
    """`files` may be shown; `hidden` are kept back; `pinned` are the paths that always go in."""

    files: list[FileEntry]
    hidden: frozenset[str]
    pinned: tuple[str, ...]
    note: str = ""
    note_path: str = ""


def sources(
    workspace: Workspace, project: ProjectDescription, pinned: Sequence[str], excluded: Sequence[str]
) -> Sources:
    """What may be shown for a request.  Who pins a file himself gets it, whatever ignores it."""
    listed = list(workspace.list_files())
    note_path = next((file.path for file in listed if file.path.lower() == NOTE), "")
    rules = rule_files(file.path for file in listed)
    read = _texts(workspace, [*rules, *([note_path] if note_path else [])])
    ignored = ignored_by({path: read[path] for path in rules if path in read}, project.excluded)
    wanted, unwanted = set(pinned), set(excluded)
    hidden = frozenset(
        file.path
        for file in listed
        if file.path in unwanted or (file.path not in wanted and ignored(file.path)) or file.path == note_path
    )
    files = [file for file in listed if file.path not in hidden]
    always = _matching(project.pinned, files)
    kept = dict.fromkeys([*pinned, *(file.path for file in files if always(file.path))])
    note = "\n\n".join(text for text in (project.note.strip(), read.get(note_path, "").strip()) if text)
    return Sources(files, hidden - {note_path}, tuple(kept), note[:NOTE_CHARACTERS], note_path)


def _matching(globs: Sequence[str], files: Sequence[FileEntry]) -> Callable[[str], bool]:
    names = {file.path for file in files}
    plain, patterns = {glob for glob in globs if glob in names}, [glob for glob in globs if glob not in names]
    match = ignored_by({}, patterns)
    return lambda path: path in plain or match(path)


def _texts(workspace: Workspace, paths: Sequence[str]) -> Mapping[str, str]:
    if not paths:
        return {}
    found = {path: decoded(data) for path, data in workspace.read_files(paths).items()}
    return {path: text for path, text in found.items() if text is not None}
