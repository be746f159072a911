from __future__ import annotations

import os
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

import pytest
from playwright.sync_api import Page, expect

from tests.browser.chromium import launch_options
from tests.browser.driver import FakeBackend, fake_backend
from tests.browser.editor import Editor, Files
from tests.browser.inline import Inline
from tests.browser.panel import Panel
from tests.browser.review import Review
from tests.browser.studio_page import StudioPage, make_project
from tests.live import Studio

if TYPE_CHECKING:
    from django.contrib.auth.models import User
    from django.test import Client
    from pytest_django.live_server_helper import LiveServer

# Two cores may be shared by a browser, a server and its model: waiting longer costs nothing where it is not needed.
expect.set_options(timeout=15_000)


@pytest.fixture(scope="session")
def browser_type_launch_args(browser_type_launch_args: dict[str, Any]) -> dict[str, Any]:
    return {**browser_type_launch_args, **launch_options()}


@pytest.fixture(scope="session")
def browser_context_args(browser_context_args: dict[str, Any]) -> dict[str, Any]:
    """People read French first; so do the stories."""
    return {**browser_context_args, "locale": "fr-FR"}


@pytest.fixture(autouse=True, scope="session")
def queries_beside_playwright() -> None:
    """Playwright's sync API runs an event loop in this very thread, which Django takes for async code.

    Never undone: the database is torn down after every fixture of the browser.
    """
    os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "true"


@pytest.fixture(scope="session")
def running_backend() -> Iterator[FakeBackend]:
    with fake_backend() as backend:
        yield backend


@pytest.fixture
def backend(running_backend: FakeBackend) -> FakeBackend:
    """The stand-in chat server, empty."""
    running_backend.reset()
    return running_backend


@pytest.fixture
def panel(page: Page, backend: FakeBackend) -> Iterator[Panel]:
    """The panel on the stand-in's page; no error may reach the console, whatever the story."""
    panel = Panel(page, backend.address)
    yield panel.open()
    assert panel.problems == []


@pytest.fixture
def files(studio: Studio) -> Files:
    """A folder of this test's own, on the real server."""
    return Files(studio)


@pytest.fixture
def editor(page: Page, studio: Studio) -> Iterator[Editor]:
    """The editor on the real server; no error may reach the console, whatever the story."""
    editor = Editor(page, studio.editor_url)
    yield editor
    assert editor.problems == []


@pytest.fixture
def review(page: Page, backend: FakeBackend) -> Iterator[Review]:
    """The panel on a host page that acts on all that the panel offers."""
    handles = "insert-code+create-file+open-file+preview-proposal"
    panel = Panel(page, f"{backend.address}?handles={handles}")
    yield Review(panel.open())
    assert panel.problems == []


@pytest.fixture
def inline(page: Page, studio: Studio) -> Iterator[Inline]:
    """A new conversation on the editor page of the demo project; nothing is saved by itself."""
    panel = Panel(page, studio.editor_url).open()
    Editor(page, studio.editor_url).set_autosave(False)
    panel.begin()
    yield Inline(Review(panel), studio)
    assert panel.problems == []


@pytest.fixture
def site(page: Page, live_server: LiveServer, client: Client, alice: User) -> Iterator[StudioPage]:
    """Alice in the editor of a project of hers; no error may reach the console, whatever the story."""
    client.force_login(alice)
    site = StudioPage(page, live_server, client, make_project(alice))
    yield site.open()
    assert site.problems == []
