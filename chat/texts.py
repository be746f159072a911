"""What a person reads for each code: what happened and what to do about it.  French first; English in `locale/en`.

The codes are the contract (`llm/errors.py`, `docs/api.md`), the texts are not.
"""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Any, Protocol

from django.conf import settings
from django.utils.translation import get_language, override
from django.utils.translation import gettext_lazy as _

LANGUAGES = ("fr", "en")

# Given.
MISSING_API_KEY = _("⚠️ Clé API OpenAI non configurée. Veuillez ajouter OPENAI_API_KEY dans votre fichier .env")
PACKAGE_MISSING = _("⚠️ Le package OpenAI n'est pas installé. Installez-le avec : pip install openai")
API_ERROR = _("❌ Erreur lors de l'appel à l'API OpenAI : {details}")

#: Texts that stand for themselves.
TEXTS = {
    "missing_api_key": MISSING_API_KEY,
    "package_missing": PACKAGE_MISSING,
    "stopped": _("Réponse arrêtée."),
    "length": _("La réponse a atteint la longueur maximale du modèle. « Continuer » la reprend là où elle s’arrête."),
    "content_filter": _("Le filtre de contenu du fournisseur a coupé la réponse. Reformulez la demande."),
    "refused": _("Le modèle a refusé de répondre. Reformulez la demande."),
    "too_large": _("C’est trop long pour être envoyé. Raccourcissez-le, puis réessayez."),
    "too_many_steps": _(
        "La réponse a demandé trop d’étapes ; ce qui est là est conservé. Demandez moins à la fois, ou plus "
        "précisément."
    ),
    "repeating": _(
        "Le modèle refait la même chose sans avancer ; la réponse s’arrête là. Précisez la demande, ou choisissez un "
        "autre modèle."
    ),
    "server_restarted": _(
        "Le serveur a redémarré pendant la réponse. Le texte reçu est conservé ; « Continuer » la reprend."
    ),
    "timeout_total": _(
        "La réponse a dépassé la durée autorisée ; le texte reçu est conservé, « Continuer » la reprend."
    ),
    "unknown_tool": _("Le modèle a appelé un outil qui n’existe pas. Réessayez ou choisissez un autre modèle."),
    "malformed": _("Le modèle a écrit un appel d’outil illisible. Réessayez."),
    "empty_answer": _(
        "Le modèle n’a rien répondu. Le contexte est peut-être plein : réessayez avec une demande plus "
        "courte ou une nouvelle conversation."
    ),
    "embedded_model": _(
        "Petit modèle intégré (SmolLM2-135M) : pour essayer le studio, pas pour écrire du bon code. "
        "Ajoutez OPENAI_API_KEY ou OPENAI_BASE_URL dans votre fichier .env pour un vrai modèle."
    ),
    "bad_host": _("Ce nom de serveur n’est pas dans ALLOWED_HOSTS."),
    "invalid": _("Un champ de la requête n’est pas valide."),
    "malformed_json": _("Le corps de la requête n’est pas du JSON valide."),
    "too_deep": _("Le JSON de la requête est imbriqué trop profondément."),
    "body_too_large": _("La requête est trop grande."),
    "login_required": _("Connectez-vous pour utiliser l’assistant."),
    "permission_denied": _("Vous n’avez pas le droit de faire cela."),
    "csrf": _("La page n’est plus à jour ou la requête vient d’un autre site. Rechargez la page."),
    "not_found": _("Introuvable."),
    "needs_asgi": _(
        "Ce serveur ne transmet pas les réponses au fil de l’eau : servez le site par ASGI (uvicorn, par exemple), ou "
        "demandez la réponse entière en JSON."
    ),
    "method_not_allowed": _("Cette méthode n’est pas permise ici."),
    "turn_in_progress": _("Une réponse est déjà en cours dans cette conversation."),
    "not_continuable": _("Cette réponse est complète : il n’y a rien à continuer."),
    "not_last": _("Ce n’est plus le dernier message de la conversation. Rechargez-la."),
    "client_id_reused": _("Cet identifiant d’envoi a déjà servi à un autre message."),
    "stale": _("Cette proposition ou son fichier a changé depuis. Rien n’a été écrit : regardez-la de nouveau."),
    "conflict": _("Les mêmes lignes ont été changées depuis. Rien n’a été écrit : choisissez ce qui doit rester."),
    "blocked": _("Une proposition ne peut pas être appliquée : corrigez-la ou écartez-la d’abord."),
    "bad_path": _("Ce chemin n’est pas permis."),
    "path_conflict": _("Ce chemin en gêne un autre."),
    "missing_file": _("Ce fichier n’existe pas ou plus."),
    "too_many_files": _("Ce projet contiendrait trop de fichiers."),
    "project_full": _("Ce projet serait trop grand."),
    "draining": _("Le serveur va redémarrer. Réessayez dans quelques secondes."),
    "database_outdated": _("La base de données est plus ancienne que le logiciel. Lancez : python manage.py migrate"),
    "database_unavailable": _("La base de données ne répond pas. Réessayez dans quelques secondes."),
    "server_error": _("Une erreur inattendue s’est produite. Elle est dans le journal du serveur."),
}

#: The details of an API error, by code: what to do.
DETAILS = {
    "auth": _("la clé API est refusée. Vérifiez OPENAI_API_KEY dans votre fichier .env"),
    "permission": _("cette clé n’a pas accès à ce modèle. Choisissez un autre modèle ou vérifiez les droits de la clé"),
    "model_not_found": _("ce modèle n’existe pas sur ce serveur. Choisissez-en un autre dans la liste"),
    "bad_endpoint": _("l’adresse ne mène pas à une API compatible. Vérifiez OPENAI_BASE_URL (souvent …/v1)"),
    "context_length": _(
        "la demande est trop longue pour ce modèle. Raccourcissez-la ou ouvrez une nouvelle conversation"
    ),
    "rate_limit": _("trop de requêtes. Patientez un peu, puis réessayez"),
    "quota": _("le crédit du compte est épuisé. Vérifiez la facturation chez le fournisseur"),
    "unavailable": _(
        "le serveur du modèle n’est pas disponible, il démarre peut-être encore. Réessayez dans quelques instants"
    ),
    "server": _("le serveur du modèle a rencontré une erreur. Réessayez"),
    "overloaded": _("le serveur du modèle est surchargé. Réessayez dans quelques instants"),
    "stream_error": _("le serveur a signalé une erreur pendant la réponse. Le texte reçu est conservé"),
    "bad_request": _("le serveur a refusé la requête. Choisissez un autre modèle, ou lisez ce qu’il en dit"),
    "tool_generation_failed": _("le modèle n’a pas réussi à écrire un appel d’outil. Réessayez"),
    "timeout_first_byte": _(
        "le modèle n’a pas commencé à répondre à temps. Réessayez, ou augmentez WEBOX_FIRST_TOKEN_TIMEOUT"
    ),
    "timeout_stall": _(
        "le modèle s’est tu au milieu de la réponse. Le texte reçu est conservé ; « Continuer » la reprend"
    ),
    "connection": _("impossible de joindre le serveur du modèle. Vérifiez OPENAI_BASE_URL et le réseau"),
    "connection_cut": _(
        "la connexion a été coupée au milieu de la réponse. Le texte reçu est conservé ; « Continuer » la reprend"
    ),
    "bad_response": _("le serveur a répondu autre chose qu’une réponse de modèle. Vérifiez OPENAI_BASE_URL"),
}


#: Under an answer, what means something else elsewhere.
UNDER_ANSWERS = {
    "too_large": _("La réponse dépasse la taille autorisée ; elle a été coupée. Demandez moins à la fois.")
}

#: Under an answer without a text there is nothing that is kept or could go on.
NOTHING_CAME = {
    **UNDER_ANSWERS,
    "length": _(
        "La réponse a atteint la longueur maximale du modèle. Demandez moins à la fois, ou choisissez un autre modèle."
    ),
    "server_restarted": _("Le serveur a redémarré pendant la réponse. Réessayez."),
    "too_many_steps": _("La réponse a demandé trop d’étapes. Demandez moins à la fois, ou plus précisément."),
    "timeout_total": _("La réponse a dépassé la durée autorisée. Réessayez, ou demandez moins à la fois."),
    "stream_error": _("le serveur a signalé une erreur au lieu de répondre. Réessayez"),
    "timeout_stall": _("le modèle s’est tu avant d’avoir répondu. Réessayez"),
    "connection_cut": _("la connexion a été coupée avant la réponse. Réessayez"),
}


def text_of(code: str, detail: str = "", instead: Mapping[str, Any] = MappingProxyType({})) -> str:
    """The text of a code in the active language, with what the server said behind it; `instead`: texts that stand for
    the usual ones.

    A code that has none gets the given sentence with the detail alone.
    """
    if code in TEXTS:
        return str(instead.get(code, TEXTS[code]))
    advice = str(instead.get(code, DETAILS.get(code, "")))
    said = " — ".join(part for part in (advice, detail) if part) or code
    return str(API_ERROR).format(details=said)


class Explain(Protocol):
    """What is said under an answer that ended with a code; `received`: some of its text had come."""

    def __call__(self, code: str, detail: str, *, received: bool = True) -> str: ...


def explain_in(language: str) -> Explain:
    """`text_of` in a fixed language, for a turn that outlives its request."""

    def explain(code: str, detail: str, *, received: bool = True) -> str:
        with override(language):
            return text_of(code, detail, UNDER_ANSWERS if received else NOTHING_CAME)

    return explain


def site_language() -> str:
    """The site's own language, where nobody's is known."""
    return _supported(settings.LANGUAGE_CODE)


def active_language() -> str:
    """The language of the request at hand; the site's where it is one without texts of ours, as Django gives those."""
    return _supported(get_language() or "", site_language())


def _supported(language: str, otherwise: str = LANGUAGES[0]) -> str:
    short = language.partition("-")[0]
    return short if short in LANGUAGES else otherwise
