"""The given texts, exactly; every code has a text in both languages; a wrong setting is named."""

from __future__ import annotations

import re
import subprocess
import sys
from typing import Any

import pytest
from django.contrib.staticfiles import finders
from django.test import override_settings
from django.utils.translation import override

from chat.api.errors import STATUS, status_of
from chat.checks import check_bundle, check_settings
from chat.conf import DEFAULTS
from chat.conf import settings as chat_settings
from chat.llm.errors import CODES
from chat.texts import DETAILS, TEXTS, explain_in, site_language, text_of
from chat.workspace import ProjectDescription, Workspace

OURS = set(STATUS) | {"embedded_model"}


def test_the_given_texts() -> None:
    with override("fr"):
        assert text_of("missing_api_key") == (
            "⚠️ Clé API OpenAI non configurée. Veuillez ajouter OPENAI_API_KEY dans votre fichier .env"
        )
        assert text_of("package_missing") == (
            "⚠️ Le package OpenAI n'est pas installé. Installez-le avec : pip install openai"
        )
        assert text_of("no such code", "[détails]") == "❌ Erreur lors de l'appel à l'API OpenAI : [détails]"


@pytest.mark.parametrize("code", sorted(CODES | OURS))
def test_every_code_has_a_text_in_both_languages(code: str) -> None:
    assert code in TEXTS or code in DETAILS
    french, english = explain_in("fr")(code, "{x} %s"), explain_in("en")(code, "{x} %s")
    assert french != english
    assert code not in TEXTS or "{" not in french
    assert code not in DETAILS or french.endswith(" — {x} %s")


@pytest.mark.parametrize("language", ["fr", "en"])
@pytest.mark.parametrize("code", sorted(CODES))
def test_nothing_is_promised_of_a_text_that_never_came(code: str, language: str) -> None:
    said = explain_in(language)(code, "", received=False)
    assert not re.search("conservé|kept|Continuer|Continue", said)


def test_too_large_is_said_of_what_was() -> None:
    with override("fr"):
        assert text_of("too_large").startswith("C’est trop long pour être envoyé")
    for received in (True, False):
        assert explain_in("fr")("too_large", "", received=received).startswith("La réponse dépasse")


def test_a_text_does_not_depend_on_the_request_at_hand() -> None:
    explain = explain_in("en")
    with override("fr"):
        assert explain("not_found", "") == explain_in("en")("not_found", "") != text_of("not_found")
    assert site_language() == "fr"


@pytest.mark.parametrize("code", sorted(CODES))
def test_every_failure_of_a_model_has_a_status(code: str) -> None:
    assert status_of(code) in {413, 502, 503, 504}


class HalfAWorkspace(Workspace):
    """What it does not have is the protocol's, which does nothing."""

    def describe(self) -> ProjectDescription:
        return ProjectDescription("Half")


HOST = {"WORKSPACE": "projects.workspace.ProjectWorkspace", "ACCESS": "projects.access.ProjectAccess"}


@pytest.mark.parametrize(
    ("chat", "ids"),
    [
        (None, ["chat.E001"]),
        ({"PROJECT_MODEL": "projects.Project"}, []),
        ({"PROJECT_MODEL": "projects.Project", "TYPO": 1}, ["chat.E002"]),
        ({"PROJECT_MODEL": "projects.Nothing"}, ["chat.E003"]),
        ({"PROJECT_MODEL": "nonsense"}, ["chat.E003"]),
        ({"PROJECT_MODEL": "sessions.Session"}, ["chat.E008"]),
        ({"WORKSPACE": None}, ["chat.E005"]),
        ({"ACCESS": None}, ["chat.E005"]),
        ({"WORKSPACE": "no.such.Workspace"}, ["chat.E004"]),
        ({"WORKSPACE": "projects.workspace.Nothing"}, ["chat.E004"]),
        ({"WORKSPACE": "projects.models.Project"}, ["chat.E005"]),
        ({"WORKSPACE": "chat.testing.MemoryWorkspace"}, []),
        ({"ACCESS": "projects.workspace.ProjectWorkspace"}, ["chat.E005"]),
        ({"PROVIDERS": {"a": {"BACKEND": "chat.llm.scripted.ScriptedProvider"}}}, []),
        ({"PROVIDERS": {"a": {"BACKEND": "no.such"}}}, ["chat.E004"]),
        ({"PROVIDERS": {"a": {"BACKEND": ""}}}, ["chat.E004"]),
        ({"PROVIDERS": {"a": {}}}, ["chat.E004"]),
        ({"PROVIDERS": {"a": "chat.llm.scripted.ScriptedProvider"}}, ["chat.E009"]),
        ({"CONTEXT_STYLE": {"gpt-4o": "dense", "*": "auto"}}, []),
        ({"CONTEXT_STYLE": "thick"}, ["chat.E007"]),
        ({"CONTEXT_STYLE": {"*": "thick"}}, ["chat.E007"]),
    ],
)
def test_a_wrong_setting_is_named(chat: Any, ids: list[str]) -> None:
    with override_settings(CHAT=chat and {**HOST, **chat}):
        found = check_settings()
    assert [error.id for error in found] == ids
    named = next((key for key in (chat or {}) if key != "PROJECT_MODEL"), "CHAT")
    assert all(named in str(error.msg) or error.id == "chat.E003" for error in found)


@pytest.mark.parametrize("name", ["WORKSPACE", "ACCESS"])
def test_what_is_not_set_is_not_told_as_half_done(name: str) -> None:
    with override_settings(CHAT={"PROJECT_MODEL": "projects.Project", **HOST, name: None}):
        (error,) = check_settings()
    assert (error.id, error.msg) == ("chat.E005", f'CHAT["{name}"] is not set')


HOST_WITH_A_PARENT = """
import django
from django.conf import settings
settings.configure(
    CHAT={"PROJECT_MODEL": "contenttypes.Shop"},
    INSTALLED_APPS=["django.contrib.contenttypes", "django.contrib.auth", "chat"],
)
django.setup()
from django.contrib.contenttypes.models import ContentType
from django.db import models
class Shop(ContentType):
    class Meta:
        app_label = "contenttypes"
class Named(models.Model):
    name = models.CharField(max_length=9, primary_key=True)
    class Meta:
        app_label = "contenttypes"
class NamedShop(Named):
    class Meta:
        app_label = "contenttypes"
from chat import checks
print([error.id for error in checks._check_project_model()])
settings.CHAT = {"PROJECT_MODEL": "contenttypes.NamedShop"}
print([error.id for error in checks._check_project_model()])
"""


def test_the_key_of_a_model_with_a_parent_is_the_parents() -> None:
    done = subprocess.run([sys.executable, "-c", HOST_WITH_A_PARENT], capture_output=True, text=True, check=True)
    assert done.stdout.splitlines() == ["[]", "['chat.E008']"]


def test_what_a_workspace_lacks_is_named() -> None:
    with override_settings(CHAT={"PROJECT_MODEL": "projects.Project", **HOST, "WORKSPACE": HalfAWorkspace}):
        (error,) = check_settings()
    assert error.id == "chat.E005"
    assert "commit" in str(error.msg)
    assert "describe" not in str(error.msg)
    assert "kept" not in str(error.msg)


def test_a_panel_that_was_not_built_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(finders, "find", lambda path: f"/site/{path}")
    assert check_bundle() == []
    monkeypatch.setattr(finders, "find", lambda path: None)
    assert [(one.id, "npm run build" in str(one.hint)) for one in check_bundle()] == [("chat.W001", True)]


def test_settings_have_defaults_and_follow_overrides() -> None:
    with override_settings(CHAT={"PROJECT_MODEL": "projects.Project", "PING_SECONDS": 3.0}):
        overridden, left = chat_settings.PING_SECONDS, chat_settings.IDLE_TIMEOUT
    again = chat_settings.PING_SECONDS
    assert (overridden, left, again) == (3.0, DEFAULTS["IDLE_TIMEOUT"], DEFAULTS["PING_SECONDS"])
    with pytest.raises(AttributeError, match="NOTHING"):
        _ = chat_settings.NOTHING


HOST_IN_ENGLISH = """
import django
from django.conf import settings
settings.configure(
    LANGUAGE_CODE="en-us", LANGUAGES=[("en", "English"), ("fr", "Français")], CHAT={"PROJECT_MODEL": "auth.Group"},
    INSTALLED_APPS=["django.contrib.contenttypes", "django.contrib.auth", "chat"],
)
django.setup()
from django.utils.translation import override
from chat.texts import active_language, text_of
for language in ("en", "fr", "fr-ca", "de"):
    with override(language):
        print(active_language(), text_of("not_found"))
"""


def test_a_site_in_english_has_french_readers_too() -> None:
    """Django gives who reads the language of the code that of the site, unless there is a catalog of it."""
    done = subprocess.run([sys.executable, "-c", HOST_IN_ENGLISH], capture_output=True, text=True, check=True)
    said = {"en": "Not found.", "fr": "Introuvable."}
    # a German gets what the site has instead, and what is chosen by code goes with it
    assert done.stdout.splitlines() == [f"{language} {said[language]}" for language in ("en", "fr", "fr", "en")]
