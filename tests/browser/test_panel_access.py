"""Everybody can use it: axe in both themes and three widths, motion, focus, zoom."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import expect

from tests.browser.driver import FakeBackend
from tests.browser.panel import Panel

pytestmark = pytest.mark.browser

WIDTHS = (1440, 768, 360)
CODE = "```js\nconst a = 1; // b\n```\n\n| a | b |\n|---|---|\n| 1 | 2 |"
RICH = f"## Titre\n\nUn [lien](https://react.dev), du `code`, **fort**.\n\n{CODE}"
USAGE = {
    "prompt_tokens": 10,
    "completion_tokens": 20,
    "cached_tokens": None,
    "reasoning_tokens": None,
    "cost": None,
    "estimated": True,
}


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", WIDTHS)
def test_no_rule_is_broken_in_any_state(panel: Panel, backend: FakeBackend, scheme: str, width: int) -> None:
    panel.page.emulate_media(color_scheme=scheme)  # type: ignore[arg-type]
    panel.page.set_viewport_size({"width": width, "height": 800})
    panel.assert_accessible()  # the empty conversation

    backend.seed([["Bonjour", RICH, USAGE]], title="Une")
    backend.seed([["Salut", "Bonjour"]], title="Deux")
    panel.reload()
    panel.open_list()
    panel.assert_accessible()  # the list
    panel.page.locator(".conversation", has_text="Une").get_by_role("button").first.click()
    panel.assert_message_text("Titre")
    panel.tool("details").click()
    panel.assert_accessible()  # a rich answer with its details

    panel.send_message("!fail:auth")
    panel.wait_status("failed")
    backend.set(refuse={"status": 500, "code": "server_error"})
    panel.send_message("Perdu ?")
    expect(panel.unsent).to_have_attribute("data-status", "failed")
    panel.assert_accessible()  # errors


LOOKS = {"light": ("rgb(255, 255, 255)", "light"), "dark": ("rgb(24, 28, 40)", "dark")}
LOOK = "e => (s => [s.backgroundColor, s.colorScheme])(getComputedStyle(e))"


@pytest.mark.parametrize("system", ["light", "dark"])
@pytest.mark.parametrize("theme", ["light", "dark", "auto", ""])
def test_a_page_with_a_switch_of_its_own_says_light_or_dark(panel: Panel, system: str, theme: str) -> None:
    panel.page.emulate_media(color_scheme=system)  # type: ignore[arg-type]
    element = panel.page.locator("webox-chat")
    element.evaluate("(e, theme) => e.setAttribute('theme', theme)", theme)
    assert tuple(element.evaluate(LOOK)) == LOOKS.get(theme, LOOKS[system])


def test_a_page_gives_code_its_own_colours(panel: Panel) -> None:
    element = panel.page.locator("webox-chat")
    colour = "e => getComputedStyle(e).getPropertyValue('--hl-keyword').trim()"
    for theme, keyword in (("light", "#8a2fb8"), ("dark", "#d2a6ff")):
        element.evaluate("(e, theme) => e.setAttribute('theme', theme)", theme)
        assert element.evaluate(colour) == keyword
    element.evaluate("e => e.style.setProperty('--chat-hl-keyword', '#123456')")
    assert element.evaluate(colour) == "#123456"


@pytest.mark.parametrize("width", WIDTHS)
def test_nothing_is_wider_than_the_panel(panel: Panel, width: int) -> None:
    panel.page.set_viewport_size({"width": width, "height": 700})
    panel.ask("Bonjour")
    assert panel.page.evaluate("document.documentElement.scrollWidth") <= width
    assert panel.page.locator(".scroll").evaluate("e => e.scrollWidth <= e.clientWidth")


def test_who_presses_enter_is_told_what_sends_where_there_is_little_room(panel: Panel) -> None:
    panel.page.set_viewport_size({"width": 360, "height": 700})
    hint = panel.page.locator(".hint")
    panel.box.fill("Bonjour")
    expect(hint).to_be_hidden()
    panel.box.press("Enter")
    expect(hint).to_have_text(re.compile(r"pour envoyer"))
    expect(hint).to_be_visible()
    panel.box.press("Control+Enter")
    expect(panel.questions).to_have_count(1)
    expect(hint).to_be_hidden()


def test_who_wants_no_motion_gets_none(panel: Panel) -> None:
    panel.page.emulate_media(reduced_motion="reduce")
    panel.send_message("!slow")
    dot = panel.last_answer.locator(".typing span").first
    expect(dot).to_be_visible()
    assert float(dot.evaluate("e => parseFloat(getComputedStyle(e).animationDuration)")) < 0.001


def test_focus_is_seen_and_goes_through_in_order(panel: Panel) -> None:
    panel.ask("!count:3")
    panel.tool("list").focus()
    names = []
    for _ in range(9):
        names.append(
            panel.page.locator("webox-chat").evaluate(
                "e => e.shadowRoot.activeElement?.getAttribute('aria-label') ?? e.shadowRoot.activeElement?.tagName"
            )
        )
        panel.page.keyboard.press("Tab")
    assert names[:2] == ["Conversations", "Nouvelle conversation"]
    assert "Votre message" in names
    assert names.index("Détails") < names.index("Votre message")


def test_a_screen_reader_hears_states_not_words(panel: Panel) -> None:
    panel.page.evaluate(
        """() => { globalThis.said = [];
        const region = document.querySelector("webox-chat").shadowRoot.querySelector("[aria-live]");
        const hear = () => said.push(region.textContent);
        new MutationObserver(hear).observe(region, { childList: true, subtree: true }); }"""
    )
    panel.ask("!count:40")
    said = panel.page.evaluate("said")
    assert said == ["Envoi du message", "Réponse en cours", "Réponse terminée"]
    assert panel.page.locator(".scroll [aria-live]").count() == 0
