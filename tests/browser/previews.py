"""The studio on localhost with its previews on 127.0.0.1, as a person meets them."""

from __future__ import annotations

from dataclasses import dataclass

from playwright.sync_api import FrameLocator, Locator, Page, expect

from tests.live import Studio

# A compiler of 14 MB is fetched and made ready, maybe on a machine that does much else.
LOAD = 90_000


@dataclass
class Previewing:
    """One person in the demo project's editor, on a server of the test's own."""

    page: Page
    server: Studio

    @property
    def studio(self) -> str:
        return f"http://localhost:{self.server.port}"

    @property
    def preview(self) -> str:
        return f"http://127.0.0.1:{self.server.port}"

    @property
    def shown(self) -> FrameLocator:
        """What is in the frame."""
        return self.page.frame_locator(".preview-frame")

    def put(self, path: str, text: str) -> None:
        """Somebody else saves a file."""
        address = f"{self.studio}/api/projects/1/files/{path}"
        there = self.page.context.request.get(address)
        headers = {"If-Match": there.headers["etag"]} if there.ok else {}
        answer = self.page.context.request.put(address, data={"text": text}, headers=headers)
        assert answer.ok, answer.text()

    def open(self, path: str = "") -> None:
        """The editor with its preview at a page."""
        self.page.goto(f"{self.studio}/projects/1/editor")
        if not self.page.locator('[data-pane="preview"]').is_visible():
            self.page.locator('[data-toggle="preview"]').click()
        expect(self.page.locator(".preview-frame")).to_be_visible(timeout=LOAD)
        if path:
            self.go(path)

    def go(self, path: str) -> None:
        """By the address bar."""
        address = self.page.locator(".preview-address")
        address.fill(f"/{path}")
        address.press("Enter")

    def row(self, text: str) -> Locator:
        """A line of the console."""
        return self.page.locator(".console-row", has_text=text)

    def notice(self, name: str) -> Locator:
        return self.page.locator(f".preview .banner[data-name={name}]")
