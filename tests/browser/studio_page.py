"""The editor page for stories: somebody logged in, a project of their own, and the tree."""

from __future__ import annotations

from typing import TYPE_CHECKING

from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Locator, Page, expect

from projects.files import Write, commit
from projects.models import Project
from tests.browser.panel import AT_REST

if TYPE_CHECKING:
    from django.contrib.auth.models import User
    from django.test import Client
    from pytest_django.live_server_helper import LiveServer

FILES = {
    "index.html": "<!doctype html>\n<h1>Bonjour</h1>\n",
    "css/style.css": "h1 {\n  color: teal;\n}\n",
    "css/print.css": "h1 {\n  color: black;\n}\n",
    "src/app.js": "export const answer = 42;\n",
    "src/lib/util.js": "export const one = 1;\n",
    "README.md": "# Site\n",
}


def make_project(owner: User, files: dict[str, str] | None = None) -> Project:
    project = Project.objects.create(name="Site", owner=owner)
    given = FILES if files is None else files
    commit(project, owner, [Write(path, text.encode()) for path, text in given.items()], message="Début")
    return project


class StudioPage:
    """One person's page of one project."""

    def __init__(self, page: Page, server: LiveServer, client: Client, project: Project) -> None:
        self.page, self.project = page, project
        self.address = f"{server.url}/projects/{project.pk}/editor"
        self.problems: list[str] = []
        page.on("pageerror", lambda error: self.problems.append(str(error)))
        page.on("console", lambda message: self._heard(message.type, message.text))
        cookie = {"name": "sessionid", "value": client.cookies["sessionid"].value, "url": server.url}
        page.context.add_cookies([cookie])

    def _heard(self, kind: str, text: str) -> None:
        # A refusal that a story is about is told by the browser too.
        if kind == "error" and "Failed to load resource" not in text:
            self.problems.append(text)

    def open(self, query: str = "") -> StudioPage:
        self.page.goto(self.address + query)
        expect(self.page.locator(".tree:visible, .tree-empty:visible")).to_be_visible()
        return self

    @property
    def tree(self) -> Locator:
        return self.page.get_by_role("tree")

    def row(self, path: str) -> Locator:
        return self.page.locator(f'.tree [data-path="{path}"]')

    def active(self) -> str | None:
        """The path of the row that the keyboard is at."""
        return self.page.evaluate(
            "document.getElementById(document.querySelector('.tree').getAttribute('aria-activedescendant'))?.dataset.path"
        )

    def press(self, *keys: str) -> None:
        for key in keys:
            self.page.keyboard.press(key)

    def notice(self, text: str) -> Locator:
        return self.page.locator(".notice-card", has_text=text)

    def files(self) -> dict[str, str]:
        rows = self.project.files.values_list("path", "blob__data")
        return {path: bytes(data).decode() for path, data in rows}

    def axe(self) -> None:
        """No violation in either theme."""
        for scheme in ("light", "dark"):
            self.page.emulate_media(color_scheme=scheme)
            self.page.wait_for_function(AT_REST)  # half-faded text has half its contrast
            before = len(self.problems)
            found = Axe().run(self.page, options={"resultTypes": ["violations"]})
            del self.problems[before:]  # axe itself sets styles that the page's policy refuses
            broken = [(rule["id"], [node["target"] for node in rule["nodes"]]) for rule in found.response["violations"]]
            assert not broken, broken
