"""The editor page in a real Chromium: files on the left, whatever the width, whatever the theme."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page, expect

from projects.files import Delete, Write, commit
from tests.browser.panel import AT_REST

if TYPE_CHECKING:
    from django.contrib.auth.models import User
    from django.test import Client
    from pytest_django.live_server_helper import LiveServer

    from projects.models import Project

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def editor(page: Page, live_server: LiveServer, client: Client, project: Project) -> Page:
    """Alice in her project's editor."""
    client.force_login(project.owner)
    cookie = {"name": "sessionid", "value": client.cookies["sessionid"].value, "url": live_server.url}
    page.context.add_cookies([cookie])
    page.goto(f"{live_server.url}/projects/{project.pk}/editor")
    return page


def text(page: Page) -> str:
    return page.locator("[data-viewer-text]").inner_text()


def test_a_file_opens_in_place_and_back_brings_the_first_one_back(editor: Page) -> None:
    assert "<!doctype html>" in text(editor)
    editor.get_by_role("link", name="style.css").click()
    expect(editor.locator("[data-viewer-text]")).to_contain_text("--clay: #b4532a")
    expect(editor).to_have_url(re.compile(r"\?file=style\.css$"))
    expect(editor.locator('[aria-current="true"]')).to_have_text("style.css")
    editor.go_back()
    expect(editor.locator("[data-viewer-text]")).to_contain_text("<!doctype html>")


def test_every_line_has_its_number(editor: Page) -> None:
    lines = len(text(editor).rstrip("\n").split("\n"))
    assert editor.locator("[data-viewer-lines]").inner_text().split("\n")[-1] == str(lines)


def test_hostile_text_is_shown_as_text(editor: Page, project: Project) -> None:
    hostile = "</code></pre><img src=x onerror=\"document.title='gotcha'\">"
    commit(project, None, [Write("script.js", hostile.encode())])
    editor.get_by_role("link", name="script.js").click()
    expect(editor.locator("[data-viewer-text]")).to_have_text(hostile)
    assert editor.title() != "gotcha"


def test_a_file_that_is_gone_is_said_in_words(editor: Page, project: Project) -> None:
    commit(project, None, [Delete("script.js")])
    editor.get_by_role("link", name="script.js").click()
    expect(editor.get_by_role("alert").first).to_contain_text(re.compile("pas pu être lu|could not be read"))


def test_a_narrow_screen_shows_one_view_at_a_time(editor: Page) -> None:
    editor.set_viewport_size({"width": 360, "height": 740})
    files, chat = editor.locator("[data-viewer]"), editor.locator("[data-chat-pane]")
    expect(files).to_be_visible()
    expect(chat).to_be_hidden()
    editor.locator('.studio-tabs [data-view="chat"]').click()
    expect(files).to_be_hidden()
    expect(chat).to_be_visible()
    editor.reload()
    expect(chat).to_be_visible()


@pytest.mark.parametrize("width", [360, 768, 1440])
def test_nothing_is_wider_than_the_screen(editor: Page, width: int) -> None:
    editor.set_viewport_size({"width": width, "height": 740})
    assert editor.evaluate("document.documentElement.scrollWidth") <= width


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_it_is_accessible_in_both_themes(editor: Page, scheme: str) -> None:
    editor.emulate_media(color_scheme=scheme)
    expect(editor.locator("webox-chat textarea")).to_be_visible()
    expect(editor.locator("webox-chat .skeleton")).to_be_hidden()
    editor.wait_for_function(AT_REST)
    found = Axe().run(editor)
    assert found.violations_count == 0, found.generate_report()


def test_the_page_breaks_no_rule_of_its_own_policy(page: Page, editor: Page) -> None:
    messages: list[str] = []
    page.on("console", lambda message: messages.append(message.text))
    page.on("pageerror", lambda error: messages.append(str(error)))
    page.reload(wait_until="networkidle")
    assert [text for text in messages if "Content Security Policy" in text or "Trusted" in text] == []


def test_a_message_goes_out_with_the_file_on_the_screen(editor: Page) -> None:
    editor.get_by_role("link", name="style.css").click()
    expect(editor.locator("[data-viewer-path]")).to_have_text("style.css")
    editor.route("**/api/chat/message", lambda route: route.abort())
    with editor.expect_request("**/api/chat/message") as sent:
        editor.evaluate("document.querySelector('webox-chat').ask({ text: 'Bonjour', send: true })")
    assert sent.value.post_data_json["context"]["open_file"] == "style.css"


def test_a_newcomer_makes_the_demo_project_by_one_click(
    page: Page, live_server: LiveServer, client: Client, alice: User
) -> None:
    client.force_login(alice)
    page.context.add_cookies(
        [{"name": "sessionid", "value": client.cookies["sessionid"].value, "url": live_server.url}]
    )
    page.goto(live_server.url)
    page.locator(".empty button").click()
    expect(page).to_have_url(re.compile(r"/projects/\d+/editor$"))
    expect(page.get_by_role("link", name="style.css")).to_be_visible()
