"""The editor as a person meets it: `editor.open("a.css")`, `editor.type("…")`, `editor.expect_saved()`."""

from __future__ import annotations

import uuid
from typing import Any
from urllib.parse import quote

from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Locator, Page, expect

from tests.browser.panel import AT_REST, is_problem
from tests.live import Studio, eventually

#: Long enough for a save on a busy machine.
SAVED = 20_000


class Files:
    """A folder of this test's own in the demo project, through the API."""

    def __init__(self, studio: Studio) -> None:
        self.client = studio.client
        self.folder = f"t{uuid.uuid4().hex[:8]}"

    def path(self, name: str) -> str:
        """The name in this test's folder."""
        return f"{self.folder}/{name}"

    def address(self, name: str) -> str:
        """Where the API has it."""
        return f"/api/projects/1/files/{quote(self.path(name))}"

    def get(self, name: str) -> dict[str, Any]:
        """What the server has."""
        return dict(self.client.get(self.address(name)).json())

    def text(self, name: str) -> str | None:
        """The text that the server has; `None` for no file."""
        reply = self.client.get(self.address(name))
        return str(reply.json()["text"]) if reply.status == 200 else None

    def put(self, name: str, text: str | bytes) -> str:
        """Writes it, as somebody else would. Gives the path."""
        body = text if isinstance(text, bytes) else text.encode()
        there = {} if self.text(name) is None else {"If-Match": "*"}
        headers = {"Content-Type": "application/octet-stream", **there}
        reply = self.client.request("PUT", self.address(name), body, headers)
        assert reply.status in (200, 201), reply.body
        return self.path(name)

    def delete(self, name: str) -> None:
        """Deletes it, as somebody else would."""
        assert self.client.request("DELETE", self.address(name), headers={"If-Match": "*"}).status == 200

    def move(self, name: str, to: str) -> None:
        """Renames it, as somebody else would."""
        reply = self.client.post("/api/projects/1/move", {"from": self.path(name), "to": self.path(to)})
        assert reply.status == 200, reply.body

    def expect_text(self, name: str, text: str) -> None:
        """Until the server has this."""
        eventually(lambda: self.text(name) == text, seconds=30)


class Editor:
    """One tab with the editor in it, in French."""

    def __init__(self, page: Page, address: str) -> None:
        self.page = page
        self.address = address
        self.code = page.locator("[data-editor-code] .cm-content")
        self.tabs = page.locator("[data-editor-tabs] [role=tab]")
        self.state = page.locator(".status-state")
        self.notice = page.locator("[data-editor-notice]")
        self.palette = page.locator(".palette-input")
        self.options = page.locator(".palette-list [role=option]")
        #: What must not stand in the console.
        self.problems: list[str] = []
        page.on("pageerror", lambda error: self.problems.append(str(error)))
        page.on("console", lambda message: self.problems.append(message.text) if is_problem(message.text) else None)

    def open(self, path: str | None = None) -> Editor:
        """Loads the page, with a file."""
        self.page.goto(self.address + (f"?file={quote(path)}" if path else ""))
        return self.wait_ready()

    def reload(self) -> Editor:
        """As F5 does."""
        self.page.reload()
        return self.wait_ready()

    def wait_ready(self) -> Editor:
        """Until the script has taken over."""
        expect(self.page.locator(".status-palette")).to_be_visible()
        return self

    def go_to(self, path: str) -> None:
        """Ctrl+P, its name, Enter."""
        self.press("Control+p")
        self.palette.fill(path)
        self.palette.press("Enter")
        expect(self.tab(path)).to_have_attribute("aria-selected", "true")
        expect(self.code).to_be_visible()

    def run(self, command: str) -> None:
        """Ctrl+Shift+P, the command's name, Enter."""
        self.press("Control+Shift+p")
        self.palette.fill(f">{command}")
        self.palette.press("Enter")

    def press(self, keys: str) -> None:
        """On whatever has the focus."""
        self.page.keyboard.press(keys)

    def type(self, text: str, at: str = "Control+End") -> None:
        """At the end of the file, or after another key."""
        self.code.click()
        self.press(at)
        self.page.keyboard.insert_text(text)

    def save(self) -> None:
        """Ctrl+S."""
        self.press("Control+s")

    def choose(self, name: str) -> None:
        """A button of the notice above the file."""
        self.notice.get_by_role("button", name=name, exact=True).click()

    def tab(self, path: str) -> Locator:
        """The tab of a file."""
        return self.page.locator(f'[data-editor-tabs] [role=tab][data-path="{path}"]')

    def set_autosave(self, on: bool) -> None:
        """The setting, by its button."""
        button = self.page.locator(".status-autosave")
        if (button.get_attribute("aria-pressed") == "true") != on:
            button.click()
        expect(button).to_have_attribute("aria-pressed", str(on).lower())

    # --- Looking

    def text(self) -> str:
        """The lines that are drawn, all of them in a short file."""
        return "\n".join(self.code.locator(".cm-line").all_inner_texts()).replace("\u200b", "")

    def expect_text(self, text: str) -> None:
        """Until the editor shows this and nothing else."""
        expect(self.code.locator(".cm-line")).to_have_text(text.split("\n"))

    def expect_state(self, text: str) -> None:
        """Until the status line says this."""
        expect(self.state).to_have_text(text, timeout=SAVED)

    def expect_saved(self) -> None:
        """Until nothing is left to save."""
        self.expect_state("Enregistré")

    def expect_notice(self, text: str) -> None:
        """Until the notice says this."""
        expect(self.notice).to_contain_text(text, timeout=SAVED)

    def expect_drafted(self) -> None:
        """Until what is unsaved is kept in the browser."""
        script = """async () => {
          const open = () => new Promise((resolve, reject) => {
            const request = indexedDB.open("webox-studio");
            request.onsuccess = () => resolve(request.result);
            request.onerror = () => reject(request.error);
          });
          const database = await open();
          const all = database.transaction("drafts").objectStore("drafts").getAll();
          return new Promise((resolve) => { all.onsuccess = () => resolve(all.result.map(({ text }) => text)); });
        }"""
        shown = self.text()
        eventually(lambda: shown in self.page.evaluate(script))

    def assert_accessible(self) -> None:
        """No rule of axe is broken in what the page shows now."""
        self.page.wait_for_function(AT_REST)  # half-faded text has half its contrast
        before = len(self.problems)
        found = Axe().run(self.page, options={"resultTypes": ["violations"]})
        del self.problems[before:]  # axe itself sets styles that the page's policy refuses
        broken = [(rule["id"], [node["target"] for node in rule["nodes"]]) for rule in found.response["violations"]]
        assert not broken, broken
