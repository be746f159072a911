"""What people, and models, read of an error."""

from __future__ import annotations

import pytest
from django.utils.translation import override

from chat.actions.messages import NAMES, REASONS, TEXTS, message_for_people, message_of, name_of, short_message_of
from chat.actions.types import ActionError
from tests.unit.actions.cases import CASES
from tests.unit.actions.running import run

ERRORS = {
    name: action.error for name, case in CASES.items() for action in run(case).plan.actions if action.error is not None
}


@pytest.mark.parametrize("language", ["fr", "en"])
@pytest.mark.parametrize("name", ERRORS)
def test_every_error_has_words(name: str, language: str) -> None:
    with override(language):
        text = message_of(ERRORS[name])
    assert text
    assert "{" not in text.replace("{}", "").partition("\n")[0]
    assert "—" not in short_message_of(ERRORS[name])


@pytest.mark.parametrize("text", [*TEXTS.values(), *REASONS.values(), *NAMES.values()])
def test_every_text_is_in_both_languages(text: object) -> None:
    with override("fr"):
        french = str(text)
    with override("en"):
        assert str(text) != french


def test_a_message_helps() -> None:
    with override("en"):
        text = message_of(ERRORS["no-match-nearest"])
    assert text == (
        "The searched text is not in the file.\n"
        "Copy the text of the file word for word.\n"
        "The nearest lines:\n"
        "    1 | function a() {\n"
        "    2 |   return 1;"
    )


def test_advice_on_how_to_write_an_edit_is_the_models_alone() -> None:
    also = ActionError("no_match", {"edit": 2, "edits": 2}, ((7, "x"),)).as_json()
    missing = ActionError("missing_file", {"similar": ["a.js"]})
    with override("en"):
        assert message_for_people(ERRORS["no-match-nearest"]) == "The searched text is not in the file."
        assert message_for_people(missing) == message_of(missing)
        both = message_for_people(ActionError("no_match", {"edit": 1, "edits": 2, "also": [also]}))
    assert both.splitlines() == [
        "Edit 1 of 2: The searched text is not in the file.",
        "Edit 2 of 2: The searched text is not in the file.",
    ]


def test_every_code_has_a_name_for_lists() -> None:
    assert NAMES.keys() == TEXTS.keys()
    assert name_of("of_another_version") == "of_another_version"


def test_all_edits_that_fail_are_told() -> None:
    also = ActionError("no_match", {"edit": 3, "edits": 3}, ((7, "x"),)).as_json()
    error = ActionError("ambiguous_match", {"edit": 1, "edits": 3, "lines": [2, 9], "also": [also]})
    with override("en"):
        text = message_of(error)
    assert "Edit 1 of 3: The searched text is in several places of the file (lines 2, 9)." in text
    assert "Edit 3 of 3: The searched text is not in the file." in text
    assert "    7 | x" in text


def test_a_host_says_in_its_own_words_why_a_path_is_refused() -> None:
    with override("fr"):
        assert "ne diffèrent que par la casse" in message_of(ERRORS["case-twin"])


def test_a_row_of_another_version_is_still_shown() -> None:
    with override("en"):
        assert message_of(ActionError("too_large")) == "The file would be too large (— bytes, at most —)."
