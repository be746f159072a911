"""Dragging: what is taken where, and that nothing that misses the tree replaces the page."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from playwright.sync_api import JSHandle, Page, expect

from tests.browser.studio_page import StudioPage, make_project

if TYPE_CHECKING:
    from django.contrib.auth.models import User
    from django.test import Client
    from pytest_django.live_server_helper import LiveServer

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

#: Whether the page itself answers what is held over an element, and then let go; else the browser does as it likes.
ANSWERED = """(element, dataTransfer) => ["dragover", "drop"].map((name) =>
  !element.dispatchEvent(new DragEvent(name, {bubbles: true, cancelable: true, composed: true, dataTransfer})))"""
#: The folders that say that they would take a row which is held over another one; "" is the project itself.
AIMED_AT = """async ([path, over]) => {
  const row = (path) => document.querySelector(`.tree [data-path="${path}"]`);
  const dataTransfer = new DataTransfer();
  const how = {bubbles: true, cancelable: true, dataTransfer};
  const tell = (path, name) => row(path).dispatchEvent(new DragEvent(name, how));
  tell(path, "dragstart");
  tell(over, "dragover");
  await new Promise(requestAnimationFrame);
  await new Promise(requestAnimationFrame);
  const aimed = [...document.querySelectorAll('.tree [data-target], [data-pane="files"][data-target]')];
  const paths = aimed.map((element) => element.dataset.path ?? "");
  tell(path, "dragend");
  return paths;
}"""


def a_file(site: StudioPage) -> JSHandle:
    """A text file from elsewhere."""
    return site.page.evaluate_handle(
        """() => {
          const transfer = new DataTransfer();
          transfer.items.add(new File(["hello"], "new.txt"));
          return transfer;
        }"""
    )


def aimed_at(site: StudioPage, path: str, over: str) -> list[str]:
    return site.page.evaluate(AIMED_AT, [path, over])


def test_a_row_is_offered_only_where_it_can_go(site: StudioPage) -> None:
    site.row("src").click()
    expect(site.row("src/app.js")).to_be_visible()
    assert aimed_at(site, "src", "src/app.js") == []
    assert aimed_at(site, "src", "index.html") == []
    assert aimed_at(site, "src", "css") == ["css"]
    assert aimed_at(site, "src/app.js", "index.html") == [""]


def test_rows_of_another_window_move_nothing(site: StudioPage) -> None:
    given = site.page.evaluate_handle(
        """() => {
          const transfer = new DataTransfer();
          transfer.setData("application/x-webox-paths", '["src"]');
          transfer.setData("application/x-webox-paths-0d8a", "src");
          return transfer;
        }"""
    )
    assert site.row("css").evaluate(ANSWERED, given) == [False, False]
    assert site.project.revisions.count() == 1


def test_a_file_that_misses_the_tree_does_not_replace_the_page(site: StudioPage) -> None:
    for place in (".topbar", ".tabs", "webox-chat"):
        assert site.page.locator(place).first.evaluate(ANSWERED, a_file(site)) == [True, True], place
    assert site.project.revisions.count() == 1


def test_a_file_is_dropped_where_there_is_none_yet(
    page: Page, live_server: LiveServer, client: Client, alice: User
) -> None:
    client.force_login(alice)
    site = StudioPage(page, live_server, client, make_project(alice, {})).open()
    for event in ("dragover", "drop"):
        page.locator(".tree-empty").dispatch_event(event, {"dataTransfer": a_file(site)})
    expect(site.row("new.txt")).to_be_visible()
    assert site.files() == {"new.txt": "hello"}
