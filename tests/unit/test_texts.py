"""Every code says something, in French and in English, and the two differ."""

from __future__ import annotations

import pytest
from django.utils.translation import override

from chat.api.errors import STATUS
from chat.llm.errors import CODES
from chat.texts import DETAILS, TEXTS, explain_in, text_of

ALL = sorted({*TEXTS, *DETAILS, *STATUS, *CODES})


@pytest.mark.parametrize("code", ALL)
def test_a_code_has_a_text_of_its_own_in_both_languages(code: str) -> None:
    french, english = (explain_in(language)(code, "") for language in ("fr", "en"))
    assert french
    assert english
    assert french != english
    assert code in TEXTS or code in DETAILS, "only the code itself would be shown"


def test_every_part_of_a_joined_text_is_translated() -> None:
    for table in (TEXTS, DETAILS):
        for code, text in table.items():
            with override("fr"):
                french = str(text)
            with override("en"):
                assert str(text) != french, code


def test_the_given_texts_stand_as_they_are() -> None:
    with override("fr"):
        assert text_of("missing_api_key") == (
            "⚠️ Clé API OpenAI non configurée. Veuillez ajouter OPENAI_API_KEY dans votre fichier .env"
        )
        assert text_of("package_missing") == (
            "⚠️ Le package OpenAI n'est pas installé. Installez-le avec : pip install openai"
        )
        assert text_of("an_unknown_code", "le détail") == "❌ Erreur lors de l'appel à l'API OpenAI : le détail"
