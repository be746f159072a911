"""The one place where text becomes a path of a project's file.

A `ProjectPath` is relative, with `/`, in NFC, and means the same file on every system that a project may be taken to:
nothing in it climbs, hides, or is read differently by Windows, macOS, git, a URL or a person. `parse` says why when a
text is not one; `check_together` says which names cannot stand beside each other.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Iterable, Iterator
from typing import Any, NewType

from django.utils.translation import gettext_lazy as _

from projects.errors import PathError

ProjectPath = NewType("ProjectPath", str)

MAX_BYTES = 1_000  # PostgreSQL indexes at most 2,704 bytes; the folded form has to fit too
MAX_SEGMENT_BYTES = 255

# Dots, slashes and colons that only look like, or are folded into, the real ones.
LOOKALIKES = frozenset(
    "\uff0e\u3002\uff61\ufe52\u2024\u2025\uff0f\u2044\u2215\u29f8\uff3c\u29f5\u2216\ufe68\uff1a\ufe55\ua789"
)
SYSTEM_CHARACTERS = frozenset('<>"|?*')
# Invisible, though Unicode calls them letters, marks or symbols.
INVISIBLE = frozenset("\u034f\u115f\u1160\u17b4\u17b5\u2800\u3164\uffa0\ufffc\ufffd") | {
    chr(code) for code in range(0xFE00, 0xFE10)
}
HIDDEN_CATEGORIES = frozenset({"Cc", "Cf", "Cs", "Zl", "Zp"})
RESERVED = re.compile(r"(?:con|prn|aux|nul|conin\$|conout\$|(?:com|lpt)[0-9¹²³])\s*(?:\..*)?", re.IGNORECASE)
# What a URL decoder would turn into a dot, a separator, a colon, a tilde or a control character, however often encoded.
ENCODED = re.compile(r"%(?:25)*(?:2[ef]|3a|5c|7[ef]|[01][0-9a-f])", re.IGNORECASE)
GIT_FOLDERS = frozenset({".git", "git~1"})

REASONS: dict[str, Any] = {
    "empty": _("Le chemin est vide ou contient un nom vide."),
    "absolute": _("Le chemin doit être relatif au projet, sans lecteur, adresse ni « ~ »."),
    "backslash": _("Les dossiers se séparent par « / », pas par « \\ »."),
    "traversal": _("« . » et « .. » ne sont pas permis dans un chemin."),
    "hidden_character": _("Le chemin contient un caractère invisible ou de contrôle."),
    "lookalike": _("Le chemin contient un caractère qui se fait passer pour un point, une barre ou deux-points."),
    "encoded": _("Le chemin contient un caractère spécial encodé avec « % »."),
    "character": _('Ces caractères ne sont pas permis dans un nom : < > " | ? * :'),
    "blank": _("Un nom ne peut ni commencer ni finir par une espace."),
    "trailing_dot": _("Un nom ne peut pas finir par un point."),
    "reserved": _("Ce nom est réservé par Windows."),
    "git": _("Le dossier .git n'est pas permis dans un projet."),
    "long_name": _("Un nom dépasse 255 octets."),
    "long_path": _("Le chemin dépasse 1 000 octets."),
}
CONFLICTS: dict[str, Any] = {
    "case": _("« {path} » et « {other} » ne diffèrent que par la casse ou les accents composés."),
    "folder_case": _("Le dossier de « {path} » s'écrit autrement dans « {other} »."),
    "file_is_folder": _("« {other} » est un fichier : « {path} » ne peut pas être dedans."),
    "folder_is_file": _("« {path} » est déjà un dossier, qui contient « {other} »."),
}


def parse(text: str) -> ProjectPath:
    """The path that a text means. Raises `PathError`: `bad_path` with its reason."""
    path = normal(text)
    for check in (_whole_problem, _character_problem):
        if reason := check(path):
            raise _bad(text, reason)
    for segment in path.split("/"):
        if reason := _segment_problem(segment):
            raise _bad(text, reason)
    return ProjectPath(path)


def normal(text: str) -> str:
    """The same name as every system writes it: NFC."""
    return unicodedata.normalize("NFC", text)


def folded(path: str) -> str:
    """What two paths have in common that a system which ignores case takes for one."""
    if path.isascii():
        return path.lower()
    return normal(unicodedata.normalize("NFD", path).casefold())


def folders_of(path: str) -> Iterator[str]:
    """The folders that a path is in, the innermost first."""
    while path := path.rpartition("/")[0]:
        yield path


def can_be_stored(path: str) -> bool:
    """Whether a text can be asked for at all: a database refuses NUL and halves of surrogate pairs."""
    return "\0" not in path and not any("\ud800" <= character <= "\udfff" for character in path)


def check_together(added: Iterable[str], there: Iterable[str]) -> None:
    """Raises `PathError`, `path_conflict`, when an added path cannot stand beside the others or another added one."""
    files: dict[str, str] = {}
    folders: dict[str, tuple[str, str]] = {}
    for path in there:
        _remember(path, files, folders)
    for path in added:
        _check_one(path, files, folders)
        _remember(path, files, folders)


def _remember(path: str, files: dict[str, str], folders: dict[str, tuple[str, str]]) -> None:
    """Folded files and folders, with how they are spelled and by which file."""
    files.setdefault(folded(path), path)
    for parent in folders_of(path):
        if folded(parent) in folders:
            break
        folders[folded(parent)] = parent, path


def _check_one(path: str, files: dict[str, str], folders: dict[str, tuple[str, str]]) -> None:
    if other := files.get(folded(path)):
        raise _clash(path, other, "case")
    if inside := folders.get(folded(path)):
        raise _clash(path, inside[1], "folder_is_file")
    for parent in folders_of(path):
        if other := files.get(folded(parent)):
            raise _clash(path, other, "file_is_folder")
        spelled = folders.get(folded(parent))
        if spelled and spelled[0] != parent:
            raise _clash(path, spelled[1], "folder_case")


def _whole_problem(path: str) -> str | None:
    if not path or not path.strip():
        return "empty"
    if "\\" in path:
        return "absolute" if path.startswith("\\\\") else "backslash"
    if path.startswith(("/", "~")) or re.match(r"[a-z][a-z0-9+.-]*:", path, re.IGNORECASE):
        return "absolute"
    return "long_path" if _is_long(path) else None


def _is_long(path: str) -> bool:
    sizes = (len(form.encode(errors="surrogatepass")) for form in (path, folded(path)))
    return max(sizes) > MAX_BYTES


CHARACTER_PROBLEMS: tuple[tuple[str, Callable[[str], bool]], ...] = (
    ("hidden_character", lambda path: any(map(_is_hidden, path))),
    ("lookalike", lambda path: not LOOKALIKES.isdisjoint(path) or _unfolds_to_separators(path)),
    ("character", lambda path: ":" in path or not SYSTEM_CHARACTERS.isdisjoint(path)),
    ("encoded", lambda path: ENCODED.search(path) is not None),
)


def _character_problem(path: str) -> str | None:
    return next((reason for reason, found in CHARACTER_PROBLEMS if found(path)), None)


def _unfolds_to_separators(path: str) -> bool:
    """Whether compatibility forms hide a separator, as ℀ does: it is "a/c" in one character."""
    unfolded = unicodedata.normalize("NFKC", path)
    return any(unfolded.count(separator) != path.count(separator) for separator in "/\\:")


def _is_hidden(character: str) -> bool:
    if " " <= character <= "~":
        return False
    category = unicodedata.category(character)
    other_blank = category == "Zs" and character != " "
    code = ord(character)
    no_character = code & 0xFFFE == 0xFFFE or 0xFDD0 <= code <= 0xFDEF
    tag = 0xE0000 <= code <= 0xE0FFF
    return category in HIDDEN_CATEGORIES or other_blank or no_character or tag or character in INVISIBLE


def _segment_problem(segment: str) -> str | None:
    looks_like = unicodedata.normalize("NFKC", segment).casefold()
    problems = {
        "empty": not segment,
        "traversal": bool(segment) and not looks_like.strip(". "),
        "blank": segment != segment.strip(" "),
        "trailing_dot": looks_like.endswith("."),
        "reserved": RESERVED.fullmatch(segment) is not None or RESERVED.fullmatch(looks_like) is not None,
        "git": looks_like in GIT_FOLDERS,
        "long_name": len(segment.encode()) > MAX_SEGMENT_BYTES,
    }
    return next((reason for reason, found in problems.items() if found), None)


def _bad(text: str, reason: str) -> PathError:
    return PathError("bad_path", REASONS[reason], path=shown(text), reason=reason)


def _clash(path: str, other: str, reason: str) -> PathError:
    message = str(CONFLICTS[reason]).format(path=path, other=other)
    return PathError("path_conflict", message, path=path, reason=reason, other=other)


def shown(text: str) -> str:
    """A refused text, safe to show and to log."""
    return "".join("\N{REPLACEMENT CHARACTER}" if _is_hidden(character) else character for character in text[:200])
