"""Panes that are made wider and narrower by mouse and keyboard, and stay so."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

import pytest
from playwright.sync_api import Page, expect

from tests.browser.studio_page import StudioPage, make_project

if TYPE_CHECKING:
    from django.contrib.auth.models import User
    from django.test import Client
    from pytest_django.live_server_helper import LiveServer

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def site(page: Page, live_server: LiveServer, client: Client, alice: User) -> Iterator[StudioPage]:
    client.force_login(alice)
    page.set_viewport_size({"width": 1440, "height": 900})
    site = StudioPage(page, live_server, client, make_project(alice)).open()
    yield site
    assert site.problems == []


def width(site: StudioPage, selector: str) -> float:
    return float(site.page.locator(selector).evaluate("(pane) => pane.getBoundingClientRect().width"))


def test_by_keyboard(site: StudioPage) -> None:
    line = site.page.get_by_role("separator", name="Largeur du panneau latéral")
    before = width(site, ".side")
    line.focus()
    site.press("ArrowRight", "ArrowRight")
    assert width(site, ".side") == before + 32
    expect(line).to_have_attribute("aria-valuenow", str(round(before + 32)))
    site.press("Home")
    assert width(site, ".side") == 160
    site.axe()
    site.page.reload()
    expect(site.tree).to_be_visible()
    assert width(site, ".side") == 160
    line.dblclick()
    assert width(site, ".side") == before


def test_by_mouse_and_never_too_far(site: StudioPage) -> None:
    line = site.page.get_by_role("separator", name="Largeur de l'assistant")
    before = width(site, ".chat-pane")
    box = line.bounding_box()
    assert box is not None
    site.page.mouse.move(box["x"] + 4, box["y"] + 300)
    site.page.mouse.down()
    site.page.mouse.move(box["x"] - 96, box["y"] + 300, steps=3)
    assert abs(width(site, ".chat-pane") - before - 100) <= 1
    site.page.mouse.move(0, box["y"] + 300)
    site.page.mouse.up()
    assert width(site, ".chat-pane") <= 900
    assert site.page.evaluate("document.documentElement.scrollWidth") <= 1440


@pytest.mark.parametrize(("wide", "shown"), [(1440, True), (1280, False)])
def test_the_first_visit_shows_the_page_where_there_is_room(
    page: Page, live_server: LiveServer, client: Client, alice: User, wide: int, *, shown: bool
) -> None:
    client.force_login(alice)
    page.set_viewport_size({"width": wide, "height": 900})
    site = StudioPage(page, live_server, client, make_project(alice, {"index.html": "<h1>Salut</h1>"})).open()
    preview, button = page.locator('[data-pane="preview"]'), page.locator('[data-toggle="preview"]')
    expect(button).to_have_attribute("aria-pressed", str(shown).lower())
    expect(preview).to_be_visible(visible=shown)
    if shown:
        expect(page.frame_locator(".preview-frame").get_by_role("heading", name="Salut")).to_be_visible()
    button.click()
    expect(preview).to_be_visible(visible=not shown)
    page.reload()
    expect(site.tree).to_be_visible()
    expect(preview).to_be_visible(visible=not shown)
    assert site.problems == []


def test_a_project_without_a_page_begins_without_a_preview(
    page: Page, live_server: LiveServer, client: Client, alice: User
) -> None:
    client.force_login(alice)
    page.set_viewport_size({"width": 1440, "height": 900})
    StudioPage(page, live_server, client, make_project(alice, {"app.py": "print(1)"})).open()
    expect(page.locator('[data-pane="preview"]')).to_be_hidden()
