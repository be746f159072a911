"""Many tabs of one browser: it holds six connections to a server, and WeBox's streams must never take them all."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, expect

from tests.browser.editor import Files
from tests.browser.panel import Panel
from tests.browser.test_panel_live import numbered
from tests.browser.test_presence_people import commit
from tests.live import StartStudio, Studio
from tests.streaming.model_server import Gate, say, words

if TYPE_CHECKING:
    from collections.abc import Sequence

pytestmark = [pytest.mark.browser, pytest.mark.live]


def opened(context: BrowserContext, studio: Studio, count: int) -> list[Panel]:
    """So many tabs of the demo project, all of them seen (as windows side by side are)."""
    return [Panel(context.new_page(), studio.editor_url).open() for _ in range(count)]


def assert_whole(tabs: Sequence[Panel], text: str) -> None:
    for tab in tabs:
        tab.wait_status("complete", seconds=60)
        assert tab.text_of(tab.last_answer) == text
        assert tab.problems == []


def test_eight_tabs_during_an_answer_show_the_whole(studio: Studio, context: BrowserContext) -> None:
    gate, later = Gate(), Gate()
    studio.model.answer = say(*words(50), gate, *words(50), later, *words(50))
    [first] = opened(context, studio, 1)
    first.begin()
    first.send_message("Compte")
    first.assert_message_text("mot49")
    tabs = [first, *opened(context, studio, 7)]
    gate.open()
    later.wait_reached()
    for tab in tabs:
        expect(tab.last_answer.locator(".markdown")).to_contain_text(f"{numbered(50)} {numbered(50)}")
        assert tab.page.evaluate("async () => (await fetch('/api/projects/1/files?limit=1')).status") == 200
    later.open()
    assert_whole(tabs, f"{numbered(50)} {numbered(50)} {numbered(50)}")


def test_six_conversations_at_once(studio: Studio, context: BrowserContext) -> None:
    gate = Gate()
    studio.model.answer = say(*words(30), gate, *words(30))
    tabs = opened(context, studio, 6)
    for tab in tabs:
        tab.begin()
    for tab in tabs:
        tab.send_message("Compte")
    for tab in tabs:
        tab.assert_message_text("mot29")
    last = opened(context, studio, 1)[0]
    last.assert_message_text("mot29")
    gate.open()
    assert_whole([*tabs, last], f"{numbered(30)} {numbered(30)}")


def test_the_tab_that_reads_is_closed_in_the_middle(studio: Studio, context: BrowserContext, files: Files) -> None:
    gate, later = Gate(), Gate()
    studio.model.answer = say(*words(20), gate, *words(20), later, *words(20))
    [first] = opened(context, studio, 1)
    first.begin()
    first.send_message("Compte")
    first.assert_message_text("mot19")
    others = opened(context, studio, 3)
    first.page.close()
    gate.open()
    for tab in others:
        tab.assert_message_text(f"{numbered(20)} {numbered(20)}")
    files.put("a.txt", "x")
    for tab in others:
        tab.page.get_by_label("Filtrer les fichiers").fill(files.folder)  # the shared project has hundreds of others
        expect(tab.page.locator(f'.tree [data-path="{files.path("a.txt")}"]')).to_be_visible()
    others[0].page.close()
    files.put("b.txt", "x")
    for tab in others[1:]:
        expect(tab.page.locator(f'.tree [data-path="{files.path("b.txt")}"]')).to_be_visible()
    later.open()
    assert_whole(others[1:], f"{numbered(20)} {numbered(20)} {numbered(20)}")


def test_any_tab_stops_the_answer_or_waits_for_its_turn(studio: Studio, context: BrowserContext) -> None:
    gate = Gate()
    studio.model.answer = say(*words(10), gate)
    first, second, third = opened(context, studio, 3)
    first.begin()
    first.send_message("Compte")
    first.assert_message_text("mot9")
    for tab in (second, third):
        tab.reload().assert_message_text("mot9")
    studio.model.answer = say("Voilà")
    third.send_message("Et après ?")
    second.stop()
    for tab in (first, second, third):
        expect(tab.questions).to_have_count(2)
        tab.assert_question("Et après ?")
        tab.wait_status("complete")
        tab.assert_message_text("Voilà")
    assert third.unsent.count() == 0


def test_the_tabs_of_a_person_are_one_who_is_where_he_looked_last(
    start_studio: StartStudio, page: Page, browser: Browser
) -> None:
    studio = start_studio()
    page.goto(studio.editor_url)
    people = page.get_by_role("list", name="Aussi dans ce projet")
    context = browser.new_context(locale="fr-FR")
    one, two = context.new_page(), context.new_page()
    one.goto(f"{studio.editor_url}?file=index.html")
    expect(people.get_by_role("button", name="local est dans index.html", exact=True)).to_be_visible()
    two.goto(f"{studio.editor_url}?file=style.css")
    expect(people.get_by_role("button", name="local est dans style.css", exact=True)).to_be_visible()
    expect(people.get_by_role("listitem")).to_have_count(1)
    one.evaluate("dispatchEvent(new Event('focus'))")
    expect(people.get_by_role("button", name="local est dans index.html", exact=True)).to_be_visible()
    one.close()
    commit(studio, "other.txt", "x")
    expect(two.locator('.tree [data-path="other.txt"]')).to_be_visible()
    two.evaluate("dispatchEvent(new Event('focus'))")
    expect(people.get_by_role("button", name="local est dans style.css", exact=True)).to_be_visible()
    expect(two.get_by_role("list", name="Aussi dans ce projet").get_by_role("listitem")).to_have_count(1)
    context.close()
    expect(people).to_be_hidden()
