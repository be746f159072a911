"""The review of proposed changes as a person meets it: `review.open()`, `review.hunk("r")`, `review.apply_file()`."""

from __future__ import annotations

from typing import Any

from playwright.sync_api import Locator, expect

from tests.browser.panel import Panel

HEARD = """(names) => { globalThis.heard = [];
for (const name of names) document.addEventListener(`webox-chat:${name}`, e => heard.push([name, e.detail])); }"""


class Review:
    """The dialog over the page, and the proposals under the newest answer."""

    def __init__(self, panel: Panel) -> None:
        self.panel = panel
        self.page = panel.page
        self.dialog = panel.page.locator("dialog.review")
        self.files = self.dialog.locator(".review-file")
        self.title = self.dialog.locator(".file-title")
        self.facts = self.dialog.locator(".file-facts")
        self.body = self.dialog.locator(".file-body")
        self.heads = self.dialog.locator(".hunk-head[data-hunk]")
        self.said = self.dialog.locator("> [aria-live]")
        self.cards = panel.page.locator(".answer .action")
        self.bar = panel.page.locator(".proposals-bar").last

    def propose(self, name: str, status: str = "complete") -> Review:
        """Lets the stand-in's model propose something."""
        count = self.panel.answers.count()
        self.panel.send_message(f"!propose:{name}")
        self.panel.wait_status(status, self.panel.answers.nth(count))
        return self

    def open(self, name: str = "") -> Review:
        """Opens the review of the newest answer, after `propose` where a name is given."""
        if name:
            self.propose(name)
        self.panel.tool("review").click()
        return self.wait_open()

    def wait_open(self) -> Review:
        """Until the text of the first file is there."""
        expect(self.dialog).to_be_visible()
        expect(self.body).not_to_have_attribute("data-shows", "loading")
        return self

    def choose(self, path: str) -> Review:
        """Goes to a file."""
        self.files.filter(has_text=path).first.click()
        expect(self.title).to_contain_text(path)
        return self.wait_open()

    def press(self, *keys: str) -> Review:
        """Types keys, one after the other."""
        for key in keys:
            self.page.keyboard.press(key)
        return self

    def do(self, name: str) -> None:
        """Presses the button that does something (`data-do`)."""
        self.button(name).click()

    def button(self, name: str) -> Locator:
        """The visible button, in the dialog if that is open."""
        scope = self.dialog if self.dialog.is_visible() else self.page.locator(".answer").last
        return scope.locator(f'[data-do="{name}"]:visible').first

    def close(self) -> None:
        """By its button."""
        self.do("close-review")
        expect(self.dialog).to_be_hidden()

    def write(self, text: str) -> None:
        """Puts a text in place of all that stands in the editor on the right."""
        editor = self.dialog.locator('.cm-content[contenteditable="true"]').last
        editor.click()
        # Chromium itself gives a style to what is written over a selection, which a strict policy then refuses.
        self.press("Control+a", "Delete")
        self.page.keyboard.insert_text(text)

    def edit(self, text: str) -> None:
        """Edits the proposal: this text is the person's own."""
        self.do("edit-file")
        self.write(text)
        self.do("stop-edit")

    def assert_status(self, label: str) -> None:
        """What the head of the file says."""
        expect(self.facts).to_contain_text(label)

    def listen(self, *names: str) -> None:
        """Keeps the events that reach the host page."""
        self.page.evaluate(HEARD, list(names))

    def heard(self) -> list[Any]:
        """`[name, detail]` of each."""
        return list(self.page.evaluate("heard"))
