"""Proposals on the real editor page: the real server, its files, its history, and a scripted model behind it."""

from __future__ import annotations

import json
from collections.abc import Iterator

import pytest
from playwright.sync_api import Page, expect

from tests.browser.editor import Files
from tests.browser.panel import Panel
from tests.browser.proposing import calls, edit, propose
from tests.browser.review import Review
from tests.live import Studio
from tests.streaming.model_server import Gate, chunk, say

pytestmark = [pytest.mark.browser, pytest.mark.live]

PAGE = "<h1>Bonjour</h1>\n" + "".join(f"<p>Ligne {number}</p>\n" for number in range(1, 30)) + "<footer></footer>\n"
BUTTON = "export const Button = () => <button>OK</button>;\n"


@pytest.fixture
def review(page: Page, studio: Studio) -> Iterator[Review]:
    """A new conversation on the editor page of the demo project."""
    panel = Panel(page, studio.editor_url).open()
    panel.begin()
    yield Review(panel)
    assert panel.problems == []


def test_read_decide_apply_and_undo(review: Review, studio: Studio, files: Files) -> None:
    page = files.put("index.html", PAGE)
    button = files.path("Button.jsx")
    propose(
        review,
        studio,
        edit(page, ("<h1>Bonjour</h1>", "<h1>Bonsoir</h1>")),
        edit(page, ("<footer></footer>", "<footer>Fin</footer>")),
        ("create_file", {"path": button, "content": BUTTON}),
    )
    expect(review.cards).to_have_count(2)
    assert files.text("index.html") == PAGE, "nothing is written before it is accepted"
    review.open().choose("index.html")
    expect(review.heads).to_have_count(2)
    review.press("a", "r")
    review.do("apply-turn")
    review.assert_status("appliqué")
    assert files.text("index.html") == PAGE.replace("Bonjour", "Bonsoir")
    assert files.text("Button.jsx") == BUTTON
    review.do("undo-turn")
    review.assert_status("annulé")
    assert files.text("index.html") == PAGE
    assert files.text("Button.jsx") is None
    review.do("redo-file")
    review.assert_status("appliqué")
    assert files.text("index.html") == PAGE.replace("Bonjour", "Bonsoir")
    review.panel.reload()
    expect(review.cards.first).to_have_attribute("data-status", "completed")
    expect(review.cards.last).to_have_attribute("data-status", "undone")


def test_it_is_written_before_it_is_proposed(review: Review, studio: Studio, files: Files) -> None:
    gate = Gate()
    path = files.path("long.js")
    arguments = json.dumps({"path": path, "content": "const un = 1;\nconst deux = 2;\n"})
    start, end = arguments[:-18], arguments[-18:]
    head = {"index": 0, "id": "call_0", "function": {"name": "create_file", "arguments": start}}
    tail = {"index": 0, "function": {"arguments": end}}
    answer = say(chunk({"tool_calls": [head]}), gate, chunk({"tool_calls": [tail]}), finish="tool_calls")
    studio.model.queue(answer, say("Voilà."))
    review.panel.send_message("Écris")
    expect(review.cards.first).to_have_attribute("data-status", "writing")
    expect(review.cards.first.locator(".writing")).to_contain_text("const un = 1;")
    gate.open()
    review.panel.wait_status("complete")
    expect(review.cards.first).to_have_attribute("data-status", "pending")


def test_stopped_while_it_is_written(review: Review, studio: Studio, files: Files) -> None:
    gate = Gate()
    start = json.dumps({"path": files.path("long.js"), "content": "const un = 1;\nconst deux = 2;\n"})[:-18]
    head = {"index": 0, "id": "call_0", "function": {"name": "create_file", "arguments": start}}
    studio.model.queue(say(chunk({"tool_calls": [head]}), gate))
    review.panel.send_message("Écris")
    expect(review.cards.first.locator(".writing")).to_contain_text("const un = 1;")
    review.panel.stop()
    review.panel.wait_status("stopped")
    review.panel.reload()
    expect(review.cards.first).to_have_attribute("data-status", "incomplete")
    review.open()
    expect(review.body).to_contain_text("const un = 1;")
    expect(review.button("apply-file")).to_have_count(0)


def test_a_conflict_is_settled(review: Review, studio: Studio, files: Files) -> None:
    page = files.put("index.html", PAGE)
    propose(review, studio, edit(page, ("<h1>Bonjour</h1>", "<h1>Bonsoir</h1>")))
    theirs = PAGE.replace("Bonjour", "Bienvenue")
    files.put("index.html", theirs)
    review.open()
    review.do("apply-file")
    expect(review.body).to_have_attribute("data-shows", "conflict")
    assert files.text("index.html") == theirs
    review.write(PAGE.replace("Bonjour", "Bienvenue ce soir"))
    review.do("settle")
    review.assert_status("appliqué")
    assert files.text("index.html") == PAGE.replace("Bonjour", "Bienvenue ce soir")
    later = PAGE.replace("Bonjour", "Autre chose")
    files.put("index.html", later)
    review.do("undo-file")
    expect(review.body).to_have_attribute("data-shows", "conflict")
    assert files.text("index.html") == later


def test_a_failed_edit_is_tried_again_and_then_told(review: Review, studio: Studio, files: Files) -> None:
    page = files.put("index.html", PAGE)
    wrong = [edit(page, (f"<h1>Bonjour {number}</h1>", "<h1>Bonsoir</h1>")) for number in range(3)]
    studio.model.queue(*[calls(one) for one in wrong], say("Je n’y arrive pas."))
    review.panel.send_message("Change la page")
    review.panel.wait_status("complete", seconds=40)
    expect(review.cards.first).to_have_attribute("data-status", "failed")
    expect(review.panel.last_answer.locator(".steps")).to_contain_text("index.html")
    review.open()
    expect(review.body).to_have_attribute("data-shows", "failed")
    expect(review.body.locator(".near")).to_contain_text("Bonjour")
    expect(review.body.locator(".by-hand").last).to_have_text("<h1>Bonsoir</h1>")
    review.edit(PAGE.replace("Bonjour", "Bonsoir"))
    review.do("apply-file")
    review.assert_status("appliqué")
    assert files.text("index.html") == PAGE.replace("Bonjour", "Bonsoir")


def test_by_itself_and_undone_by_one_click(review: Review, studio: Studio, files: Files) -> None:
    page = files.put("index.html", PAGE)
    # Before the first message: it runs so already.
    review.page.get_by_label("Accord pour les changements").select_option("auto")
    expect(review.page.locator(".mode-notice")).to_be_visible()
    propose(review, studio, edit(page, ("<h1>Bonjour</h1>", "<h1>Bonsoir</h1>")))
    expect(review.cards.first).to_contain_text("appliqué d’office")
    assert files.text("index.html") == PAGE.replace("Bonjour", "Bonsoir")
    review.do("undo-all")
    expect(review.cards.first).to_have_attribute("data-status", "undone")
    assert files.text("index.html") == PAGE


def test_rejected_with_a_reason_that_the_model_reads(review: Review, studio: Studio, files: Files) -> None:
    page = files.put("index.html", PAGE)
    propose(review, studio, edit(page, ("<h1>Bonjour</h1>", "<h1>Bonsoir</h1>")))
    review.open()
    review.do("reject-file")
    review.dialog.locator('[data-do="reason"]').fill("Gardez le titre, changez le pied")
    review.do("reject-now")
    review.assert_status("rejeté")
    review.close()
    review.panel.ask("Et maintenant ?")
    assert "Gardez le titre, changez le pied" in json.dumps(studio.model.calls[-1].body, ensure_ascii=False)


def test_all_of_a_turn_is_rejected_with_one_reason(review: Review, studio: Studio, files: Files) -> None:
    one, two = files.put("one.css", "a { color: red; }\n"), files.put("two.css", "b { color: red; }\n")
    propose(review, studio, edit(one, ("red", "blue")), edit(two, ("red", "blue")))
    review.open()
    review.do("reject-turn")
    reason = review.dialog.get_by_label("Raison du rejet de tout")
    expect(reason).to_be_focused()
    review.panel.assert_accessible()
    review.press("Escape")
    expect(reason).to_be_hidden()
    review.do("reject-turn")
    reason.fill("Pas de bleu")
    reason.press("Enter")
    review.assert_status("rejeté")
    expect(review.dialog.locator(".file-notes")).to_contain_text("Pas de bleu")
    review.choose(two)
    expect(review.dialog.locator(".file-notes")).to_contain_text("Pas de bleu")
    review.close()
    review.panel.ask("Et maintenant ?")
    assert "Pas de bleu" in json.dumps(studio.model.calls[-1].body, ensure_ascii=False)


def test_the_words_of_the_given_example(review: Review, studio: Studio) -> None:
    studio.model.answer = say("Voici :\n\n```jsx\n", BUTTON, "```\n")
    review.listen("create-file")
    review.panel.ask("Crée un fichier Button.jsx avec un composant React")
    expect(review.cards).to_have_count(0)
    review.do("create-file")
    assert review.heard()[0][1]["path"] == "Button.jsx"
