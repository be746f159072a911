"""Hostile text runs nothing and loads nothing, whole or while it is being written."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from tests.browser.driver import FakeBackend
from tests.browser.panel import Panel

pytestmark = pytest.mark.browser

HOSTILE = json.loads((Path(__file__).parents[1] / "js/hostile_markdown.json").read_text("utf-8"))
BLOCKS = {"P", "H1", "H2", "H3", "H4", "H5", "H6", "UL", "OL", "LI", "BLOCKQUOTE", "HR", "PRE", "DIV"}
TABLES = {"TABLE", "THEAD", "TBODY", "TR", "TH", "TD"}
ALLOWED = BLOCKS | TABLES | {"CODE", "A", "STRONG", "EM", "S", "BR", "SPAN", "BUTTON", "svg", "path"}
FOUND = """elements => elements.flatMap(root => [...root.querySelectorAll("*")].map(e => [
  e.tagName, [...e.attributes].map(a => [a.name, a.value])]))"""
ATTRIBUTES = {
    "class",
    "href",
    "rel",
    "target",
    "tabindex",
    "role",
    "aria-label",
    "type",
    "start",
    "viewBox",
    "aria-hidden",
    "focusable",
    "d",
    "data-do",
    "data-needs",
}


def assert_harmless(page: Page) -> None:
    """Everything inside the answers is of the allowed kinds."""
    for tag, attributes in page.locator(".answer .markdown").evaluate_all(FOUND):
        assert tag in ALLOWED
        for name, value in attributes:
            assert name in ATTRIBUTES, f"{name} on {tag}"
            if name == "href":
                assert value.lower().startswith(("http://", "https://", "mailto:"))


def watch(page: Page, address: str) -> list[str]:
    """What should not happen: dialogs, requests to elsewhere, new pages."""
    seen: list[str] = []
    page.on("dialog", lambda dialog: (seen.append(f"dialog {dialog.message}"), dialog.dismiss()))
    page.on("popup", lambda popup: seen.append(f"popup {popup.url}"))
    page.on("request", lambda request: None if allowed(request.url, address) else seen.append(request.url))
    return seen


def allowed(url: str, address: str) -> bool:
    return (
        url.startswith(
            (
                f"{address}api/chat/conversations",
                f"{address}api/chat/models",
                f"{address}api/chat/context/preview",
                f"{address}api/chat/context/indexing",
                f"{address}api/chat/proposals/",
                f"{address}chat/dist/",
                f"{address}api/chat/message",
                f"{address}host.css",
            )
        )
        or url == address
    )


def test_hostile_texts_that_are_stored(panel: Panel, backend: FakeBackend) -> None:
    seen = watch(panel.page, backend.address)
    for start in range(0, len(HOSTILE), 14):
        backend.reset()
        backend.seed([[text, text] for text in HOSTILE[start : start + 14]], title=HOSTILE[start])
        panel.page.evaluate("localStorage.clear()")
        panel.reload()
        count = len(HOSTILE[start : start + 14])
        expect(panel.answers).to_have_count(count)
        expect(panel.questions).to_have_count(count)
        assert_harmless(panel.page)
    assert panel.page.url == backend.address
    assert seen == []


def test_hostile_texts_as_they_are_written(panel: Panel, backend: FakeBackend) -> None:
    """At every prefix: the stand-in sends a few characters at a time."""
    seen = watch(panel.page, backend.address)
    short = [text for text in HOSTILE if len(text) < 200]
    for start in range(0, len(short), 25):
        text = "\n\n".join(short[start : start + 25])
        panel.send_message(f"!echo {text}")
        panel.wait_status("complete")
        assert_harmless(panel.page)
    assert seen == []


def test_texts_of_the_server_are_only_text(panel: Panel, backend: FakeBackend) -> None:
    """Titles, models, errors: whoever wrote them."""
    hostile = "<img src=x onerror=alert(1)>"
    model = {"id": hostile, "label": hostile, "context_window": 1, "notice": None}
    notice = {"code": "x", "message": hostile}
    backend.set(models={"models": [model], "default": hostile, "notice": notice, "error": None})
    seen = watch(panel.page, backend.address)
    backend.seed([[hostile, "ok"]], title=hostile)
    panel.reload()
    expect(panel.page.locator(".header-conversation")).to_have_text(hostile)
    expect(panel.page.locator(".notice")).to_contain_text(hostile)
    panel.send_message(f"!everywhere {hostile}")
    panel.wait_status("interrupted")
    for place in (".reasoning-text", ".steps", ".problem-detail"):
        expect(panel.last_answer.locator(place)).to_contain_text(hostile)
    expect(panel.page.locator(".panel img")).to_have_count(0)
    assert seen == []
