"""What of a project may be shown to a model: its files but those that are ignored or excluded, and its own note."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field

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
    #: Every file that there is, and its size.
    sizes: Mapping[str, int] = field(default_factory=dict)
    #: The note is longer than goes in; and which lines of its file do, where it is there that it is cut.
    note_cut: bool = False
    note_lines: tuple[tuple[int, int], ...] = ()


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
    note, cut, lines = _note(project.note.strip(), read, note_path)
    sizes = {file.path: file.size for file in listed}
    return Sources(files, hidden - {note_path}, tuple(kept), note, note_path, sizes, cut, lines)


def _note(field: str, read: Mapping[str, str], path: str) -> tuple[str, bool, tuple[tuple[int, int], ...]]:
    """The standing instruction, as far as it goes in; whether it was cut, and which lines of its file are there."""
    text = read.get(path, "")
    note = "\n\n".join(part for part in (field, text.strip()) if part)
    shown = beginning(note, NOTE_CHARACTERS)
    inside = shown[len(field) :].strip() if text else ""
    if len(shown) == len(note) or not inside:
        return shown, len(shown) < len(note), ()
    above = len(text) - len(text.lstrip())
    return shown, True, ((1, text.count("\n", 0, above) + inside.count("\n") + 1),)


def beginning(text: str, most: int) -> str:
    """The first characters of a text, up to the end of a line, else of a word: half a key would not be known as one."""
    if len(text) <= most:
        return text
    found = max(text.rfind("\n", 0, most + 1), 0) or max(text.rfind(" ", 0, most + 1), 0)
    return text[: found or most].rstrip()


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
