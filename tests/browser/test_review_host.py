"""What the panel and its host page tell each other about proposals and code."""

from __future__ import annotations

import pytest
from playwright.sync_api import expect

from tests.browser.driver import FakeBackend
from tests.browser.panel import Panel
from tests.browser.review import Review

pytestmark = pytest.mark.browser


def test_code_goes_where_the_host_puts_it(review: Review) -> None:
    review.listen("insert-code", "create-file")
    review.propose("code")
    review.do("insert-code")
    review.do("create-file")
    inserted, created = review.heard()
    assert inserted == ["insert-code", {"text": "export const B = () => <b />;", "language": "jsx"}]
    assert created[1]["path"] == ""


def test_the_given_example_suggests_its_file(review: Review) -> None:
    review.listen("create-file")
    review.panel.ask("Crée un fichier Button.jsx avec un composant React")
    review.do("create-file")
    ((_, detail),) = review.heard()
    assert detail["path"] == "Button.jsx"
    assert detail["language"] == "jsx"
    assert detail["text"].startswith('import { forwardRef } from "react";')


def test_a_host_that_does_nothing_with_it_is_offered_nothing(panel: Panel) -> None:
    answer = panel.ask("Bonjour")
    expect(answer.get_by_role("button", name="Copier").first).to_be_visible()
    expect(answer.get_by_role("button", name="Insérer au curseur")).to_have_count(0)
    expect(answer.get_by_role("button", name="Créer un fichier…")).to_have_count(0)
    panel.ask("!propose:one")
    expect(panel.page.get_by_role("button", name="Voir l’aperçu après")).to_have_count(0)
    panel.call("(element) => { element.handles = ['insert-code', 'preview-proposal']; }")
    expect(answer.get_by_role("button", name="Insérer au curseur").first).to_be_visible()
    expect(panel.page.get_by_role("button", name="Voir l’aperçu après")).to_be_visible()


def test_the_proposal_is_previewed_before_it_is_applied(review: Review) -> None:
    review.listen("preview-proposal")
    review.propose("several")
    review.do("preview")
    expect(review.button("preview")).to_have_attribute("aria-pressed", "true")
    review.do("preview")
    expect(review.button("preview")).to_have_attribute("aria-pressed", "false")
    before, after = review.heard()
    files = before[1]["files"]
    assert files["src/Button.jsx"].startswith("export function Button")
    assert files["src/old.css"] is None
    assert files["src/util.js"] is None
    assert "src/utils.js" in files
    assert after[1] == {"messageId": before[1]["messageId"], "files": None}


def test_what_is_applied_is_previewed_no_more(review: Review) -> None:
    review.listen("preview-proposal")
    review.propose("one")
    review.do("preview")
    expect(review.button("preview")).to_have_attribute("aria-pressed", "true")
    review.do("apply-all")
    expect(review.cards.first).to_have_attribute("data-status", "completed")
    assert [detail["files"] is None for _, detail in review.heard()] == [False, True]


def test_files_with_proposals_are_told(review: Review) -> None:
    review.listen("proposals")
    review.propose("several")
    expect(review.cards).to_have_count(4)
    assert review.heard()[-1][1]["paths"] == {
        "src/Button.jsx": 1,
        "src/App.jsx": 1,
        "src/old.css": 1,
        "src/util.js": 1,
    }
    review.open().choose("src/App.jsx")
    review.do("apply-file")
    review.assert_status("appliqué")
    assert "src/App.jsx" not in review.heard()[-1][1]["paths"]
    review.close()
    review.panel.begin()
    expect(review.cards).to_have_count(0)
    assert review.heard()[-1][1]["paths"] == {}


def test_the_file_opens_in_the_host(review: Review, backend: FakeBackend) -> None:
    review.listen("open-file", "files-changed")
    review.open("app")
    review.do("open-file")
    expect(review.dialog).to_be_hidden()
    assert review.heard() == [["open-file", {"path": "src/App.jsx"}]]
    review.do("apply-all")
    expect(review.cards.first).to_have_attribute("data-status", "completed")
    assert review.heard()[-1] == ["files-changed", {"revision": 2, "paths": ["src/App.jsx"]}]
