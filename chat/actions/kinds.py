"""The action types: how each reads its arguments, and what it would do to the files.  One class per type.

A host adds its own by a subclass of `ActionType` that its settings name (`CHAT["ACTIONS"]`, `docs/actions.md`).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, ClassVar

from chat.actions.elision import elided, left_in
from chat.actions.matching import apply_edits
from chat.actions.text import TextFile, read_text, written
from chat.actions.types import (
    ActionError,
    CreateFile,
    DeleteFile,
    Edit,
    ModifyFile,
    OtherAction,
    Proposal,
    RenameFile,
)


class Refused(Exception):
    """A proposal that cannot be carried out."""

    def __init__(self, code: Any, **values: Any) -> None:
        super().__init__(code)
        self.error = code if isinstance(code, ActionError) else ActionError(code, values)


@dataclass(frozen=True, slots=True)
class Change:
    """What an action would do: the file at `path` becomes `after` (`None`: it goes), at `to` where it moves.

    `error` is set where `after` can be shown but not be applied.
    """

    before: bytes | None
    after: bytes | None
    to: str | None = None
    matched: str = "exact"
    error: ActionError | None = None


@dataclass(frozen=True, slots=True)
class Call:
    """Where a proposal comes from; every proposal is made with it."""

    position: int = 0
    call_id: str | None = None
    complete: bool = True

    def fields(self) -> dict[str, Any]:
        """For a proposal's constructor."""
        return {"position": self.position, "call_id": self.call_id, "complete": self.complete}


class ActionType:
    """One kind of action.

    `parameters` is the JSON schema of its arguments (an object; `path` names the file); `shown` are the arguments
    whose text is shown while it is written.
    """

    name: ClassVar[str]
    #: For the model.
    description: ClassVar[str]
    parameters: ClassVar[dict[str, Any]] = {"path": {"type": "string"}}
    shown: ClassVar[tuple[str, ...]] = ()
    #: For a person: `{path}` and `{to}` are filled in. A host gives a lazy translation.
    label: Any = "{path}"
    #: A person has to agree, whatever the mode.
    always_asks: bool = False

    def validate(self, arguments: Mapping[str, Any], call: Call) -> Proposal:
        """The proposal that checked arguments mean.  Raises `Refused`."""
        data = {name: arguments[name] for name in self.parameters if name in arguments and name != "path"}
        return OtherAction(text_of(arguments, "path"), self.name, data, **call.fields())

    def plan(self, proposal: Any, files: Mapping[str, bytes]) -> Change:
        """What it would do to the files.  Raises `Refused`; changes nothing."""
        raise Refused("unknown_tool", tool=self.name)

    def describe(self, proposal: Proposal) -> str:
        """The action in a few words, for a person."""
        return str(self.label).format(path=proposal.path, to=getattr(proposal, "to", ""))


class CreateFileType(ActionType):
    """A file, whole."""

    name = "create_file"
    description = (
        "Propose un fichier entier : nouveau, ou à la place de celui qui existe. Le contenu doit être complet, "
        "sans « … reste du code »."
    )
    parameters = {
        "path": {"type": "string", "description": "Chemin relatif au projet, avec « / »."},
        "content": {"type": "string", "description": "Tout le contenu du fichier."},
    }
    shown = ("content",)
    label: Any = "create {path}"

    def validate(self, arguments: Mapping[str, Any], call: Call) -> CreateFile:
        return CreateFile(text_of(arguments, "path"), text_of(arguments, "content", empty=True), **call.fields())

    def plan(self, proposal: CreateFile, files: Mapping[str, bytes]) -> Change:
        return whole_file(files.get(proposal.path), proposal.content, proposal.path)


class ModifyFileType(ActionType):
    """Edits of a file that is there."""

    name = "modify_file"
    description = (
        "Propose des modifications d'un fichier existant. Chaque « search » est copié du fichier, mot pour mot, avec "
        "assez de lignes pour n'y apparaître qu'une fois ; « replace » prend sa place."
    )
    parameters = {
        "path": {"type": "string", "description": "Chemin relatif au projet, avec « / »."},
        "edits": {
            "type": "array",
            "items": {
                "type": "object",
                "properties": {
                    "search": {"type": "string", "description": "Le texte à remplacer, présent une seule fois."},
                    "replace": {"type": "string", "description": "Le nouveau texte ; vide pour supprimer."},
                },
                "required": ["search", "replace"],
                "additionalProperties": False,
            },
        },
    }
    shown = ("content",)
    label: Any = "modify {path}"

    def validate(self, arguments: Mapping[str, Any], call: Call) -> ModifyFile:
        path, edits, content = text_of(arguments, "path"), arguments.get("edits"), arguments.get("content")
        if not edits and isinstance(content, str):
            return ModifyFile(path, (), content, **call.fields())
        if content is not None or not isinstance(edits, list) or not edits:
            raise Refused("malformed", reason="argument", argument="edits")
        return ModifyFile(path, tuple(map(_edit, edits)), **call.fields())

    def plan(self, proposal: ModifyFile, files: Mapping[str, bytes]) -> Change:
        before = files.get(proposal.path)
        first = proposal.edits[0] if len(proposal.edits) == 1 else None
        if before is None and first is not None and not first.search.strip():
            return whole_file(None, first.replace, proposal.path)
        if before is None:
            raise Refused("missing_file")
        if not proposal.edits:
            return whole_file(before, proposal.content or "", proposal.path)
        return edited_file(before, proposal.edits, proposal.path)


class DeleteFileType(ActionType):
    """A file goes."""

    name = "delete_file"
    description = "Propose de supprimer un fichier."
    parameters = {"path": {"type": "string", "description": "Chemin relatif au projet, avec « / »."}}
    label: Any = "delete {path}"

    def validate(self, arguments: Mapping[str, Any], call: Call) -> DeleteFile:
        return DeleteFile(text_of(arguments, "path"), **call.fields())

    def plan(self, proposal: DeleteFile, files: Mapping[str, bytes]) -> Change:
        return Change(there(files, proposal.path), None)


class RenameFileType(ActionType):
    """A file gets another path."""

    name = "rename_file"
    description = "Propose de renommer ou de déplacer un fichier ; son contenu reste."
    parameters = {
        "path": {"type": "string", "description": "Le chemin actuel."},
        "to": {"type": "string", "description": "Le nouveau chemin, où rien n'existe encore."},
    }
    label: Any = "rename {path} to {to}"

    def validate(self, arguments: Mapping[str, Any], call: Call) -> RenameFile:
        return RenameFile(text_of(arguments, "path"), text_of(arguments, "to"), **call.fields())

    def plan(self, proposal: RenameFile, files: Mapping[str, bytes]) -> Change:
        data = there(files, proposal.path)
        if proposal.to == proposal.path:
            raise Refused("path_conflict", reason="same", path=proposal.to)
        if proposal.to in files:
            raise Refused("path_conflict", reason="exists", path=proposal.to)
        return Change(data, data, proposal.to)


BUILT_IN: Mapping[str, ActionType] = {
    kind.name: kind for kind in (CreateFileType(), ModifyFileType(), DeleteFileType(), RenameFileType())
}


# --- What types share -----------------------------------------------------------------------------------------------


def text_of(arguments: Mapping[str, Any], name: str, *, empty: bool = False) -> str:
    """A text argument that has to be there."""
    value = arguments.get(name)
    if not isinstance(value, str) or not (value.strip() or empty):
        raise Refused("malformed", reason="argument", argument=name)
    return value


def there(files: Mapping[str, bytes], path: str) -> bytes:
    """The bytes of a file that has to be there."""
    data = files.get(path)
    if data is None:
        raise Refused("missing_file")
    return data


def _edit(value: Any) -> Edit:
    if not isinstance(value, dict):
        raise Refused("malformed", reason="argument", argument="edits")
    return Edit(text_of(value, "search", empty=True), text_of(value, "replace", empty=True))


def whole_file(before: bytes | None, content: str, path: str) -> Change:
    """A file written whole, in the encoding and with the line ends of the one that is there."""
    old = TextFile("") if before is None else read_text(before)
    if isinstance(old, ActionError):
        raise Refused(old)
    if not content.strip() and old.text.strip():
        raise Refused("empties_file", lines=len(old.text.splitlines()))
    after = written(content, old)
    error = elided(content, old.text) or left_in(content, old.text, path)
    return Change(before, after, error=error)


def edited_file(before: bytes, edits: tuple[Edit, ...], path: str) -> Change:
    """A file with edits made."""
    old = read_text(before)
    if isinstance(old, ActionError):
        raise Refused(old)
    result = apply_edits(old.text, edits)
    if isinstance(result, ActionError):
        raise Refused(result)
    if not result.text.strip() and old.text.strip():
        raise Refused("empties_file", lines=len(old.text.splitlines()))
    new = "\n".join(edit.replace for edit in edits)
    error = elided(new, old.text) or left_in(new, old.text, path)
    return Change(before, old.encoded(result.text), matched=result.matched, error=error)
