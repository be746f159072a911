"""An `@` in the composer: a list at the caret, by keyboard and by mouse; typing is never held up, nothing is lost."""

from __future__ import annotations

import json

import pytest
from playwright.sync_api import Locator, Route, expect

from tests.browser.driver import FakeBackend
from tests.browser.panel import Panel


def listed(panel: Panel) -> Locator:
    return panel.page.get_by_role("listbox", name="Fichiers, dossiers, définitions et messages")


def options(panel: Panel) -> Locator:
    return listed(panel).get_by_role("option")


def typed(panel: Panel, text: str) -> Locator:
    """Writes key by key; the list."""
    panel.box.click()
    panel.page.keyboard.type(text)
    expect(listed(panel)).to_be_visible()
    return options(panel)


def active(panel: Panel) -> Locator:
    return listed(panel).locator('[aria-selected="true"]')


def test_the_keyboard_completes(panel: Panel) -> None:
    typed(panel, "Corrige @")
    expect(options(panel)).to_have_count(6)
    panel.assert_announced("6 suggestions")
    expect(active(panel)).to_contain_text("App.jsx")
    panel.box.press("ArrowDown")
    expect(active(panel)).to_contain_text("my file.jsx")
    expect(panel.box).to_have_attribute("aria-activedescendant", active(panel).get_attribute("id") or "?")
    panel.box.press("ArrowUp")
    panel.box.press("ArrowUp")
    expect(active(panel)).to_contain_text("Ajoute une page")
    panel.box.press("ArrowDown")
    panel.box.press("Enter")
    expect(panel.box).to_have_value("Corrige @src/App.jsx ")
    expect(listed(panel)).to_be_hidden()
    expect(panel.box).not_to_have_attribute("aria-activedescendant", "")
    panel.page.keyboard.type("et @myf")
    expect(options(panel)).to_have_count(1)
    panel.box.press("Tab")
    expect(panel.box).to_have_value('Corrige @src/App.jsx et @"src/my file.jsx" ')
    expect(panel.box).to_be_focused()


def test_a_completion_can_be_taken_back(panel: Panel) -> None:
    typed(panel, "@form")
    expect(options(panel)).to_have_count(1)
    panel.box.press("Enter")
    expect(panel.box).to_have_value("@src/App.jsx#formatDate ")
    panel.box.press("Control+z")
    expect(panel.box).to_have_value("@form")


def test_the_mouse_completes_and_the_field_keeps_the_focus(panel: Panel) -> None:
    typed(panel, "@")
    options(panel).filter(has_text="formatDate").click()
    expect(panel.box).to_have_value("@src/App.jsx#formatDate ")
    expect(panel.box).to_be_focused()


def test_escape_closes_for_this_mention_alone(panel: Panel) -> None:
    typed(panel, "@s")
    panel.box.press("Escape")
    expect(listed(panel)).to_be_hidden()
    panel.page.keyboard.type("rc")
    with panel.page.expect_response("**/context/suggestions**"):
        panel.page.keyboard.type(" @a")
    expect(listed(panel)).to_be_visible()
    expect(panel.box).to_have_value("@src @a")


def test_escape_does_not_end_an_edit(panel: Panel) -> None:
    panel.ask("Bonjour")
    panel.tool("edit").click()
    typed(panel, " @")
    panel.box.press("Escape")
    expect(listed(panel)).to_be_hidden()
    expect(panel.box).to_have_value("Bonjour @")


def test_enter_is_a_new_line_where_nothing_is_offered(panel: Panel) -> None:
    panel.box.click()
    with panel.page.expect_response("**/context/suggestions**"):
        panel.page.keyboard.type("@zzz")
    expect(listed(panel)).to_be_hidden()
    panel.box.press("Enter")
    expect(panel.box).to_have_value("@zzz\n")


def test_sending_while_the_list_is_open_sends_what_was_typed(panel: Panel) -> None:
    typed(panel, "Voir @App")
    panel.box.press("Control+Enter")
    panel.assert_question("Voir @App")
    expect(listed(panel)).to_be_hidden()


@pytest.mark.parametrize("status", [500, 0])
def test_a_failing_server_is_no_trouble(panel: Panel, status: int) -> None:
    def fail(route: Route) -> None:
        if status:
            route.fulfill(status=status, body=json.dumps({"success": False, "error": {"code": "server_error"}}))
        else:
            route.abort()

    panel.page.route("**/context/suggestions**", fail)
    panel.box.click()
    with panel.page.expect_request("**/context/suggestions**"):
        panel.page.keyboard.type("Voir @src/App.jsx")
    panel.page.keyboard.type(" et la suite")
    expect(panel.box).to_have_value("Voir @src/App.jsx et la suite")
    expect(listed(panel)).to_be_hidden()
    panel.box.press("Control+Enter")
    panel.assert_question("Voir @src/App.jsx et la suite")


def test_a_slow_server_holds_nothing_up(panel: Panel) -> None:
    """No answer has come when the mention is over: Enter is a new line, as ever."""
    held: list[Route] = []

    def hold(route: Route) -> None:
        held.append(route)

    panel.page.route("**/context/suggestions**", hold)
    panel.box.click()
    with panel.page.expect_request("**/context/suggestions**"):
        panel.page.keyboard.type("@App")
    panel.page.keyboard.type(" fin")
    expect(panel.box).to_have_value("@App fin")
    assert held
    panel.box.press("Enter")
    expect(panel.box).to_have_value("@App fin\n")
    expect(listed(panel)).to_be_hidden()


def test_a_composed_letter_is_left_alone(panel: Panel) -> None:
    """Enter belongs to the input method while it composes."""
    typed(panel, "@")
    enter = """field => field.dispatchEvent(
      new KeyboardEvent("keydown", {key: "Enter", isComposing: true, bubbles: true, cancelable: true}))"""
    assert panel.box.evaluate(enter) is True  # nobody took it
    expect(panel.box).to_have_value("@")
    expect(listed(panel)).to_be_visible()


def test_nothing_else_moves_and_it_is_accessible(panel: Panel) -> None:
    panel.box.fill("Bonjour ")
    expect(panel.page.locator(".context-toggle")).to_be_visible()
    before = panel.page.locator(".composer-box").bounding_box()
    typed(panel, "@")
    expect(options(panel)).to_have_count(6)
    assert panel.page.locator(".composer-box").bounding_box() == before
    box, field = listed(panel).bounding_box(), panel.box.bounding_box()
    assert box is not None
    assert field is not None
    assert box["y"] + box["height"] <= field["y"] + 14
    panel.assert_accessible()


@pytest.mark.parametrize("width", [360, 1440])
def test_it_stays_in_the_window(panel: Panel, width: int, backend: FakeBackend) -> None:
    panel.page.set_viewport_size({"width": width, "height": 640})
    typed(panel, "Une assez longue demande qui parle de beaucoup de choses et enfin de @")
    box = listed(panel).bounding_box()
    assert box is not None
    assert box["x"] >= 0
    assert box["x"] + box["width"] <= width
    assert panel.page.evaluate("document.documentElement.scrollWidth") <= width
    panel.assert_accessible()


def test_a_file_that_is_never_sent_says_so(panel: Panel) -> None:
    secret = {"kind": "file", "mention": "@a/.env", "name": "a/.env", "detail": "secret"}
    panel.page.route(
        "**/context/suggestions**", lambda route: route.fulfill(json={"suggestions": [secret], "complete": True})
    )
    panel.box.press_sequentially("@env")
    expect(panel.page.get_by_role("option").locator(".mention-aside")).to_have_text("a · n’est jamais transmis")
