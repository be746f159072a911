"""The chat panel as a person meets it: `panel.send_message("…")`, `panel.assert_message_text("…")`."""

from __future__ import annotations

import re
from typing import Any

from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Locator, Page, expect

AT_REST = """() => document.querySelector("webox-chat").shadowRoot.getAnimations().every(
  (animation) => animation.playState !== "running" || animation.effect.getTiming().iterations === Infinity)"""


def is_problem(text: str) -> bool:
    """A broken policy or a broken script; a refused request is what some stories are about."""
    return "Content Security Policy" in text or "TrustedHTML" in text or "Uncaught" in text


class Panel:
    """One tab with the panel in it, in French."""

    def __init__(self, page: Page, address: str) -> None:
        self.page = page
        self.address = address
        self.box = page.get_by_label("Votre message")
        self.answers = page.locator(".answer")
        self.questions = page.locator(".question:not(.unsent)")
        self.unsent = page.locator(".unsent")
        self.scroll = page.locator(".scroll")
        self.announcement = page.locator("webox-chat [aria-live]")
        #: What must not stand in the console.
        self.problems: list[str] = []
        page.on("pageerror", lambda error: self.problems.append(str(error)))
        page.on("console", lambda message: self.problems.append(message.text) if is_problem(message.text) else None)

    def open(self) -> Panel:
        """Loads the page and waits until the panel is there."""
        self.page.goto(self.address)
        return self.wait_ready()

    def reload(self) -> Panel:
        """As F5 does."""
        self.page.reload()
        return self.wait_ready()

    def wait_ready(self) -> Panel:
        """Until the style sheet and the conversation are there."""
        expect(self.box).to_be_visible()
        expect(self.page.locator(".skeleton")).to_be_hidden()
        return self

    # --- Doing

    def send_message(self, text: str) -> None:
        """Writes and presses Ctrl+Enter."""
        self.box.fill(text)
        self.box.press("Control+Enter")

    def begin(self) -> Panel:
        """A new conversation: until the one before is out of sight, which takes a frame."""
        self.tool("new").click()
        expect(self.answers).to_have_count(0)
        expect(self.questions).to_have_count(0)
        return self

    def ask(self, text: str) -> Locator:
        """Sends and waits for the whole answer."""
        count = self.answers.count()
        self.send_message(text)
        answer = self.answers.nth(count)
        self.wait_status("complete", answer)
        return answer

    def send_edited(self, text: str) -> None:
        """Edits the last message and sends it."""
        self.questions.last.hover()
        self.tool("edit").click()
        self.send_message(text)

    def stop(self) -> None:
        """The stop button."""
        self.page.get_by_role("button", name="Arrêter la réponse").click()

    def tool(self, name: str, inside: Locator | None = None) -> Locator:
        """A button by what it does (`data-do`), the last one on the page or in an element."""
        scope = inside if inside is not None else self.page
        return scope.locator(f'[data-do="{name}"]:visible').last

    def open_list(self) -> Locator:
        """The list of conversations; its rows."""
        self.tool("list").click()
        return self.page.locator(".conversation")

    def open_own_row(self) -> Locator:
        """The list of conversations; the row of the one that is open, which need not be the first before it is read."""
        return self.open_list().and_(self.page.locator(".is-current"))

    def call(self, script: str, *arguments: Any) -> Any:
        """`script` is a function of the element and the arguments."""
        return self.page.locator("webox-chat").evaluate(f"(element, given) => ({script})(element, ...given)", arguments)

    # --- Looking

    @property
    def last_answer(self) -> Locator:
        """The newest answer."""
        return self.answers.last

    def text_of(self, answer: Locator) -> str:
        """The answer as read, white space made plain."""
        return re.sub(r"\s+", " ", answer.locator(".markdown").inner_text()).strip()

    def wait_status(self, status: str, answer: Locator | None = None, seconds: float = 20) -> None:
        """Until an answer (the newest) is `complete`, `stopped`, …"""
        found = answer if answer is not None else self.last_answer
        expect(found).to_have_attribute("data-status", status, timeout=seconds * 1000)

    def assert_message_text(self, text: str, answer: Locator | None = None) -> None:
        """The newest answer says this."""
        expect((answer if answer is not None else self.last_answer).locator(".markdown")).to_contain_text(text)

    def assert_question(self, text: str) -> None:
        """The newest question is this."""
        expect(self.questions.last.locator(".bubble")).to_have_text(text)

    def assert_announced(self, text: str) -> None:
        """A screen reader was told."""
        expect(self.announcement).to_have_text(text)

    def assert_accessible(self) -> None:
        """No rule of axe is broken in what the page shows now."""
        self.page.wait_for_function(AT_REST)  # half-faded text has half its contrast
        before = len(self.problems)
        found = Axe().run(self.page, options={"resultTypes": ["violations"]})
        del self.problems[before:]  # axe itself sets styles that the page's policy refuses
        broken = [(rule["id"], [node["target"] for node in rule["nodes"]]) for rule in found.response["violations"]]
        assert not broken, broken

    def distance_to_bottom(self) -> float:
        """How far the newest text is out of sight, in pixels."""
        return float(self.scroll.evaluate("e => e.scrollHeight - e.scrollTop - e.clientHeight"))
