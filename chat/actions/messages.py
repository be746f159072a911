"""What a person, and the model, read of an action that cannot be carried out: what is wrong and what would help.

French here, English in `locale/en`. The same words go back to the model for its next try.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from chat.actions.types import ActionError

MOST_SHOWN_LINES = 8

TEXTS: dict[str, Any] = {
    "no_match": gettext_lazy("Le texte cherché n’est pas dans le fichier."),
    "ambiguous_match": gettext_lazy("Le texte cherché est à plusieurs endroits du fichier (lignes {lines})."),
    "missing_file": gettext_lazy("Ce fichier n’existe pas."),
    "incomplete": gettext_lazy("La proposition est incomplète : la réponse s’est arrêtée au milieu."),
    "elided": gettext_lazy("Une partie du contenu est remplacée par un commentaire (ligne {lines}) : {quoted}"),
    "bad_path": gettext_lazy("Ce chemin n’est pas permis."),
    "path_conflict": gettext_lazy("Ce chemin en gêne un autre."),
    "overlap": gettext_lazy("Deux modifications concernent les mêmes lignes (ligne {lines})."),
    "duplicate": gettext_lazy("Le même fichier est proposé deux fois dans cette réponse."),
    "malformed": gettext_lazy("La proposition n’est pas lisible : elle n’est pas écrite dans la forme prévue."),
    "unknown_tool": gettext_lazy("L’outil « {tool} » n’existe pas."),
    "binary": gettext_lazy("Ce n’est pas un fichier texte : il ne peut pas être modifié ainsi."),
    "encoding": gettext_lazy("Ce fichier n’est pas en UTF-8 : il est en lecture seule."),
    "too_large": gettext_lazy("Le fichier serait trop grand ({size} octets, au plus {limit})."),
    "empties_file": gettext_lazy("La proposition viderait un fichier de {lines} lignes."),
    "conflict": gettext_lazy("Le fichier a changé depuis, aux mêmes lignes."),
    "stale": gettext_lazy("La proposition ou le fichier a changé depuis qu’ils ont été affichés."),
}
REASONS: dict[tuple[str, str], Any] = {
    ("no_match", "indentation"): gettext_lazy(
        "Les lignes cherchées sont là (ligne {lines}), mais leur indentation ne se laisse pas reporter sans ambiguïté."
    ),
    ("no_match", "line_numbers"): gettext_lazy(
        "Le texte cherché porte des numéros de ligne qui ne sont pas dans le fichier."
    ),
    ("no_match", "html_entities"): gettext_lazy(
        "Le texte cherché contient des entités HTML (&lt;, &amp;…) là où le fichier a les caractères eux-mêmes."
    ),
    ("no_match", "already"): gettext_lazy("Le nouveau texte est déjà dans le fichier (ligne {lines})."),
    ("no_match", "elided"): gettext_lazy("Le texte cherché saute des lignes du fichier avec « … »."),
    ("no_match", "kept"): gettext_lazy(
        "Ce fichier n’est pas montré au modèle : aucun texte n’y est cherché. Faites-y le changement vous-même, ou "
        "faites-le proposer en entier."
    ),
    ("malformed", "masked"): gettext_lazy(
        "Le contenu a des valeurs masquées ([masked:…]) dont on ne sait pas laquelle va où. Gardez leurs lignes telles "
        "quelles, ou lisez la valeur ailleurs, par exemple dans l’environnement."
    ),
    ("duplicate", "write_and_delete"): gettext_lazy("Le même fichier est écrit et supprimé dans cette réponse."),
    ("malformed", "json"): gettext_lazy("Les arguments de l’appel ne sont pas un objet JSON valide."),
    ("malformed", "no_name"): gettext_lazy("L’appel ne dit pas quel outil il appelle."),
    ("malformed", "argument"): gettext_lazy("L’argument « {argument} » manque ou n’a pas la forme prévue."),
    ("malformed", "empty_search"): gettext_lazy("Une modification ne dit pas quel texte elle remplace."),
    ("malformed", "conflict_markers"): gettext_lazy("Le contenu contient des marques de conflit (<<<<<<<, >>>>>>>)."),
    ("malformed", "line_numbers"): gettext_lazy("Les lignes du contenu commencent par leur numéro."),
    ("malformed", "html_entities"): gettext_lazy(
        "Le contenu est écrit avec des entités HTML (&lt;, &amp;…) au lieu des caractères."
    ),
    ("malformed", "block"): gettext_lazy("Un bloc SEARCH/REPLACE n’a pas ses trois marques dans l’ordre."),
    ("malformed", "no_path"): gettext_lazy("Un bloc SEARCH/REPLACE ne dit pas quel fichier il modifie."),
    ("malformed", "diff"): gettext_lazy("Le bloc contient un diff, pas un fichier."),
    ("malformed", "nested_fences"): gettext_lazy(
        "Le contenu a lui-même des blocs ``` : on ne sait pas où il finit. Entourez-le de ````."
    ),
    ("too_large", "edits"): gettext_lazy("Trop de modifications d’un seul fichier (au plus {limit})."),
    ("too_large", "actions"): gettext_lazy("Trop de fichiers dans une seule réponse (au plus {limit})."),
    ("bad_path", "long_path"): gettext_lazy("Ce chemin est trop long."),
    ("path_conflict", "exists"): gettext_lazy("« {path} » existe déjà."),
    ("path_conflict", "same"): gettext_lazy("L’ancien et le nouveau chemin sont les mêmes."),
}
#: What would help, after the fact.
ADVICE: dict[str, Any] = {
    "no_match": gettext_lazy("Recopiez le texte du fichier mot pour mot."),
    "ambiguous_match": gettext_lazy("Ajoutez des lignes voisines au texte cherché, pour qu’il n’y soit qu’une fois."),
    "elided": gettext_lazy("Écrivez le contenu entier, ou seulement les lignes qui changent."),
    "overlap": gettext_lazy("Réunissez-les en une seule."),
    "duplicate": gettext_lazy("Gardez une seule version."),
    "incomplete": gettext_lazy("Elle peut être lue, mais pas appliquée."),
}
#: In two or three words, for a list.
NAMES: dict[str, Any] = {
    "no_match": gettext_lazy("texte introuvable"),
    "ambiguous_match": gettext_lazy("texte à plusieurs endroits"),
    "missing_file": gettext_lazy("fichier absent"),
    "incomplete": gettext_lazy("incomplète"),
    "elided": gettext_lazy("contenu abrégé"),
    "bad_path": gettext_lazy("chemin refusé"),
    "path_conflict": gettext_lazy("chemin déjà pris"),
    "overlap": gettext_lazy("lignes modifiées deux fois"),
    "duplicate": gettext_lazy("fichier en double"),
    "malformed": gettext_lazy("forme illisible"),
    "unknown_tool": gettext_lazy("outil inconnu"),
    "binary": gettext_lazy("fichier binaire"),
    "encoding": gettext_lazy("encodage inconnu"),
    "too_large": gettext_lazy("trop grande"),
    "empties_file": gettext_lazy("fichier vidé"),
    "conflict": gettext_lazy("conflit"),
    "stale": gettext_lazy("périmée"),
}
#: Of these the advice is for whoever reads it.
FOR_PEOPLE = frozenset({"missing_file", "incomplete"})


def message_of(error: ActionError) -> str:
    """The error as a model reads it: what, where, what is there instead, and what would help."""
    also = [message_of(other) for other in _also(error)]
    return "\n".join(filter(None, (_where(error) + _what(error), _advice(error), _nearest(error), *also)))


def message_for_people(error: ActionError) -> str:
    """The error as a person reads it: how a model would have to write it is no advice to one."""
    advice = _advice(error) if error.code in FOR_PEOPLE else ""
    also = [message_for_people(other) for other in _also(error)]
    return "\n".join(filter(None, (_where(error) + _what(error), advice, *also)))


def name_of(code: str) -> str:
    """An error's code as people call it; one that is not known by its code."""
    return str(NAMES.get(code, code))


def short_message_of(error: ActionError) -> str:
    """The same in one line."""
    return _where(error) + _what(error)


def _what(error: ActionError) -> str:
    text = REASONS.get((error.code, str(error.values.get("reason", "")))) or TEXTS.get(error.code, error.code)
    said = error.values.get("detail")
    if said and error.code in ("bad_path", "path_conflict") and "reason" in error.values:
        return str(said) if text == TEXTS[error.code] else _filled(text, error)
    return _filled(text, error)


def _filled(text: Any, error: ActionError) -> str:
    values = {**error.values, "lines": _numbers(error.values), "quoted": _quoted(error)}
    return str(text).format_map(_Known(values))


class _Known(dict[str, Any]):
    """A value that an old row lacks is a dash."""

    def __missing__(self, key: str) -> str:
        return "—"


def _numbers(values: Mapping[str, Any]) -> str:
    lines = values.get("lines", ())
    return ", ".join(map(str, lines)) if isinstance(lines, list | tuple) else str(lines)


def _quoted(error: ActionError) -> str:
    return f"« {error.nearest[0][1]} »" if error.nearest else ""


def _where(error: ActionError) -> str:
    number, count = error.values.get("edit"), error.values.get("edits")
    if not isinstance(number, int) or not isinstance(count, int) or count < 2:
        return ""
    return _("Modification {number} sur {count} : ").format(number=number, count=count)


def _advice(error: ActionError) -> str:
    if error.code == "missing_file":
        names = error.values.get("similar") or ()
        return _("Vouliez-vous dire {paths} ?").format(paths=", ".join(map(str, names))) if names else ""
    if error.code == "no_match" and error.values.get("reason") in ("already", "kept"):
        return ""
    return str(ADVICE.get(error.code, ""))


def _nearest(error: ActionError) -> str:
    if not error.nearest or error.code == "elided":
        return ""
    shown = error.nearest[:MOST_SHOWN_LINES]
    title = ngettext("La ligne la plus proche :", "Les lignes les plus proches :", len(shown))
    return "\n".join((title, *(f"{number:>5} | {text}" for number, text in shown)))


def _also(error: ActionError) -> list[ActionError]:
    """The other edits of the same file that cannot be made."""
    return [ActionError.from_json(other) for other in error.values.get("also", ())]
