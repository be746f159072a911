"""The read-only tools: what a model may look at by itself."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from chat.actions.types import ActionError


@dataclass(frozen=True, slots=True)
class ReadTool:
    """A tool that changes nothing. `parameters`: name → schema; those in `optional` may be null or left out."""

    name: str
    description: str
    parameters: Mapping[str, Mapping[str, Any]]
    optional: tuple[str, ...] = ()

    def checked(self, arguments: Mapping[str, Any]) -> dict[str, Any] | ActionError:
        """The arguments that it knows, of the right type; everything else is dropped."""
        kept: dict[str, Any] = {}
        for name, schema in self.parameters.items():
            value = arguments.get(name)
            if value is None and name in self.optional:
                continue
            if not _is(value, schema["type"]):
                return ActionError("malformed", {"reason": "argument", "argument": name})
            kept[name] = value
        return kept


def _is(value: Any, kind: str) -> bool:
    types: dict[str, type] = {"string": str, "integer": int, "boolean": bool}
    return isinstance(value, types[kind]) and (kind == "boolean" or not isinstance(value, bool))


LIST_FILES = ReadTool(
    "list_files",
    "Liste les fichiers du projet avec leur taille.",
    {"under": {"type": "string", "description": "Seulement ce dossier ; null pour tout le projet."}},
    optional=("under",),
)
READ_FILE = ReadTool(
    "read_file",
    "Lit un fichier texte du projet, en entier ou quelques lignes.",
    {
        "path": {"type": "string", "description": "Chemin relatif au projet, avec « / »."},
        "from_line": {"type": "integer", "description": "Première ligne, à partir de 1 ; null pour le début."},
        "to_line": {"type": "integer", "description": "Dernière ligne ; null pour la fin."},
        "from_column": {"type": "integer", "description": "Premier caractère de la première ligne ; null pour 1."},
    },
    optional=("from_line", "to_line", "from_column"),
)
SEARCH = ReadTool(
    "search",
    "Cherche un texte dans les fichiers du projet et donne les lignes trouvées.",
    {
        "query": {"type": "string", "description": "Le texte cherché, tel quel."},
        "include": {"type": "string", "description": "Seulement ces fichiers, par exemple « *.css » ; null pour tous."},
    },
    optional=("include",),
)
READ_TOOLS: Mapping[str, ReadTool] = {tool.name: tool for tool in (LIST_FILES, READ_FILE, SEARCH)}
