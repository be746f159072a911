"""The review of a proposal in the editor itself: `inline.start()`, `inline.press("r")`, `inline.do("apply")`."""

from __future__ import annotations

from playwright.sync_api import Locator, expect

from tests.browser.editor import Editor
from tests.browser.proposing import propose
from tests.browser.review import Review
from tests.live import Studio


class Inline:
    """The bar above the file and the changes between its lines, with the editor and the panel around them."""

    def __init__(self, review: Review, studio: Studio) -> None:
        self.review, self.page, self.studio = review, review.page, studio
        self.editor = Editor(review.page, studio.editor_url)
        self.bar = review.page.locator(".inline-bar")
        self.heads = review.page.locator(".inline-head")
        self.added = review.page.locator(".inline-added")
        self.removed = review.page.locator(".cm-line.inline-removed")

    def propose(self, path: str, *made: tuple[str, dict[str, object]]) -> Inline:
        """Opens a file, then the model proposes something about it."""
        self.open(path)
        propose(self.review, self.studio, *made)
        expect(self.bar).to_be_visible()
        return self

    def open(self, path: str) -> Inline:
        """Loads the page with a file in the editor."""
        self.editor.open(path)
        self.review.panel.wait_ready()
        expect(self.editor.code).to_be_visible()
        return self

    def start(self, changes: int) -> Inline:
        """By its button, until so many changes are shown."""
        self.do("start")
        expect(self.heads).to_have_count(changes)
        return self

    def button(self, name: str) -> Locator:
        """A button of the bar."""
        return self.bar.locator(f'[data-inline="{name}"]')

    def do(self, name: str) -> None:
        """Presses it."""
        self.button(name).click()

    def press(self, *keys: str) -> None:
        """On whatever has the focus."""
        for key in keys:
            self.page.keyboard.press(key)

    def head(self, number: int) -> Locator:
        """Of a change, counted from 1."""
        return self.page.locator(f'.inline-head[data-inline-hunk="{number - 1}"]')

    def says(self, text: str) -> None:
        """Until the bar says this."""
        expect(self.bar).to_contain_text(text)
