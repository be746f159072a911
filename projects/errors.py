"""What can go wrong with a project's files: a stable code, a text for people, and what a caller needs to go on.

FilesError ─ any refusal, by code
├─ PathError ...... bad_path (a name), path_conflict (a name beside the names that are there)
├─ Stale .......... the file is no longer what the caller saw
└─ Conflict ....... two changes of the same lines: nothing was written
"""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext_lazy as _

TEXTS = {
    "bad_path": _("Ce chemin n'est pas permis."),
    "path_conflict": _("Ce chemin en gêne un autre."),
    "missing_file": _("Ce fichier n'existe pas ou plus."),
    "unknown_revision": _("Cette révision n'existe pas."),
    "duplicate": _("Le même fichier est changé deux fois."),
    "stale": _("Le fichier a changé depuis que vous l'avez ouvert. Rien n'a été écrit."),
    "conflict": _("Les mêmes lignes ont été changées depuis. Rien n'a été écrit."),
    "precondition_required": _("Ce fichier existe déjà : indiquez dans If-Match la version que vous remplacez."),
    "too_large": _("Ce fichier est trop grand."),
    "too_many_files": _("Ce projet contiendrait trop de fichiers."),
    "project_full": _("Ce projet serait trop grand."),
    "binary": _("Ce fichier n'est pas du texte."),
    "encoding": _("Ce fichier n'est pas en UTF-8 : il est en lecture seule."),
    "bad_archive": _("Cette archive ne peut pas être lue."),
    "archive_bomb": _("Cette archive est anormalement compressée."),
    "archive_link": _("Cette archive contient un lien ; les liens ne sont pas importés."),
    "archive_encrypted": _("Cette archive est protégée par un mot de passe."),
    "search_too_slow": _("Cette recherche prend trop de temps. Précisez-la."),
    "bad_pattern": _("Cette expression de recherche n'est pas valide."),
}
CONFLICT_EXISTS = _("« {path} » existe déjà.")


class FilesError(Exception):
    """A refusal. `message` overrides the code's own text; `extra` goes into the answer."""

    def __init__(self, code: str, message: Any = None, **extra: Any) -> None:
        super().__init__(code)
        self.code = code
        self.message = message if message is not None else TEXTS[code]
        self.extra = extra

    def __str__(self) -> str:
        path = self.extra.get("path")
        return f"{path!r}: {self.message}" if path else str(self.message)


class PathError(FilesError):
    """A name that cannot be: `reason` says why, `other` which name it is in the way of."""

    def __init__(self, code: str, message: Any, *, path: str, reason: str, **extra: Any) -> None:
        super().__init__(code, message, path=path, reason=reason, **extra)
        self.reason = reason


class Stale(FilesError):
    """The file is not what the caller saw. `current` is its digest, `None` where it is gone."""

    def __init__(self, path: str, *, expected: str | None, current: str | None) -> None:
        super().__init__("stale", path=path, expected=expected, current=current)
        self.path, self.expected, self.current = path, expected, current


class Conflict(FilesError):
    """Changes that cannot be joined: for each path the text before, theirs and ours."""

    def __init__(self, conflicts: list[dict[str, Any]]) -> None:
        super().__init__("conflict", conflicts=conflicts)
        self.conflicts = conflicts
