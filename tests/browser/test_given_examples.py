"""The given examples, whole: in the editor, with what the person has before him, to the end."""

from __future__ import annotations

import json

import pytest
from playwright.sync_api import Page, expect

from tests.browser.editor import Editor
from tests.browser.panel import Panel
from tests.browser.previews import LOAD, Previewing
from tests.browser.proposing import edit, propose
from tests.browser.review import Review
from tests.live import StartStudio
from tests.streaming.model_server import say

pytestmark = [pytest.mark.browser, pytest.mark.live]

BUTTON = 'export function Button({ label }) {\n  return <button type="button">{label}</button>;\n}\n'


def sent(world: Previewing) -> str:
    """What the model was asked last."""
    return json.dumps(world.server.model.calls[-1].body, ensure_ascii=False)


@pytest.fixture
def world(page: Page, start_studio: StartStudio) -> Previewing:
    return Previewing(page, start_studio())


def test_a_component_is_written_and_becomes_a_file(world: Previewing) -> None:
    """A plain fence without a path: nothing is proposed, the person makes it a file."""
    panel = Panel(world.page, f"{world.studio}/projects/1/editor").open()
    world.server.model.answer = say("Voici :\n\n```jsx\n", BUTTON, "```\n")
    panel.ask("Crée un fichier Button.jsx avec un composant React")
    world.page.get_by_role("button", name="Créer un fichier…").click()
    name = world.page.get_by_role("dialog").get_by_label("Chemin dans le projet")
    expect(name).to_have_value("Button.jsx")
    name.press("Enter")
    editor = Editor(world.page, panel.address)
    expect(editor.tab("Button.jsx")).to_have_attribute("aria-selected", "true")
    expect(editor.code).to_contain_text("export function Button")
    assert panel.problems == []


def test_selected_code_is_explained(world: Previewing) -> None:
    panel = Panel(world.page, f"{world.studio}/projects/1/editor?file=script.js").open()
    editor = Editor(world.page, panel.address)
    expect(editor.code).to_be_visible()
    editor.type("const chosen = 42;")
    editor.press("Shift+Home")
    panel.ask("Explique-moi ce code")
    assert "const chosen = 42;" in str(world.server.model.calls[-1].body["messages"][-1]["content"])


def test_errors_of_the_page_are_analysed_and_mended(world: Previewing) -> None:
    world.put("app.js", "lost();\n")
    world.put("broken.html", '<!doctype html><h1>Page</h1><script src="app.js"></script>')
    world.open("broken.html")
    expect(world.row("lost is not defined")).to_be_visible(timeout=LOAD)
    panel = Panel(world.page, f"{world.studio}/projects/1/editor")
    editor, review = Editor(world.page, panel.address), Review(panel)
    editor.go_to("app.js")
    propose(review, world.server, edit("app.js", ("lost();", "document.body.append('réparé');")), ask=(
        "Analyse et corrige les erreurs dans mon code"
    ))  # fmt: skip
    assert "lost is not defined" in sent(world)
    assert "(app.js:1)" in sent(world)
    review.do("apply-all")
    editor.expect_text("document.body.append('réparé');\n")
    expect(world.shown.locator("body")).to_contain_text("réparé", timeout=LOAD)
    assert panel.problems == []
