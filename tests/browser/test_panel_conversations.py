"""Many conversations and long ones: list, search, rename, delete with undo, pages upward."""

from __future__ import annotations

import pytest
from playwright.sync_api import Browser, expect

from tests.browser.driver import FakeBackend
from tests.browser.panel import Panel

pytestmark = pytest.mark.browser

TURN = ["Une question", "Une réponse **brève** avec `code`."]


def test_a_new_conversation_and_back(panel: Panel) -> None:
    panel.ask("!count:2")
    panel.begin()
    expect(panel.page.get_by_role("heading", name="Que construisons-nous ?")).to_be_visible()
    panel.ask("!count:3")
    rows = panel.open_list()
    expect(rows).to_have_count(2)
    rows.nth(1).get_by_role("button").first.click()
    panel.assert_message_text("1 2")
    expect(panel.page.locator(".header-conversation")).to_have_text("!count:2")


def test_the_last_conversation_is_open_after_a_reload(panel: Panel, backend: FakeBackend) -> None:
    backend.seed([TURN], title="Première")
    backend.seed([["Autre question", "Autre réponse"]], title="Deuxième")
    panel.reload()
    panel.open_list().filter(has_text="Deuxième").get_by_role("button").first.click()
    panel.assert_message_text("Autre réponse")
    panel.reload()
    panel.assert_message_text("Autre réponse")


def test_rename_in_place(panel: Panel, backend: FakeBackend) -> None:
    backend.seed([TURN], title="Ancien titre")
    panel.reload()
    row = panel.open_list().first
    row.hover()
    panel.tool("rename", row).click()
    field = row.get_by_label("Titre de la conversation")
    expect(field).to_have_value("Ancien titre")
    field.fill("Nouveau titre")
    field.press("Enter")
    expect(row.locator(".conversation-title")).to_have_text("Nouveau titre")
    expect(row.get_by_role("button").first).to_be_focused()
    assert backend.titles() == ["Nouveau titre"]


def test_a_name_that_could_not_be_saved_is_still_there_to_be_saved(panel: Panel, backend: FakeBackend) -> None:
    backend.seed([TURN], title="Ancien titre")
    panel.reload()
    row = panel.open_list().first
    row.hover()
    panel.tool("rename", row).click()
    field = row.get_by_label("Titre de la conversation")
    field.fill("Nouveau titre")
    panel.page.context.set_offline(True)
    field.press("Enter")
    expect(panel.page.locator(".toast")).to_contain_text("injoignable")
    expect(field).to_have_value("Nouveau titre")
    expect(field).to_be_focused()
    panel.page.context.set_offline(False)
    field.press("Enter")
    expect(row.locator(".conversation-title")).to_have_text("Nouveau titre")
    with panel.page.expect_response("**/api/chat/conversations/1*"):
        panel.call("(element) => element.changed({ list: true })")
    assert backend.titles() == ["Nouveau titre"]


def test_a_deletion_is_taken_back(panel: Panel, backend: FakeBackend) -> None:
    backend.seed([TURN], title="À garder")
    panel.reload()
    row = panel.open_list().first
    row.hover()
    panel.tool("delete", row).click()
    expect(panel.page.locator(".conversation")).to_have_count(0)
    panel.page.get_by_role("button", name="Annuler").click()
    expect(panel.page.locator(".conversation")).to_have_count(1)
    panel.page.wait_for_timeout(6500)
    assert backend.titles() == ["À garder"]


def test_a_deletion_is_made_when_its_time_is_over_or_the_page_goes(panel: Panel, backend: FakeBackend) -> None:
    backend.seed([TURN], title="Une")
    backend.seed([TURN], title="Deux")
    panel.reload()
    rows = panel.open_list()
    for title in ("Une", "Deux"):
        row = rows.filter(has_text=title)
        row.hover()
        panel.tool("delete", row).click()
        expect(rows.filter(has_text=title)).to_have_count(0)
    assert len(backend.titles()) == 2
    panel.reload()
    panel.page.wait_for_timeout(300)
    assert backend.titles() == []


def test_the_keyboard_alone(panel: Panel, backend: FakeBackend) -> None:
    backend.seed([TURN], title="Une")
    backend.seed([TURN], title="Deux")
    panel.reload()
    panel.tool("list").focus()
    panel.page.keyboard.press("Enter")
    expect(panel.page.get_by_label("Chercher une conversation")).to_be_focused()
    panel.page.keyboard.press("Tab")
    rows = panel.page.locator(".conversation")
    expect(rows.nth(0).get_by_role("button").first).to_be_focused()
    panel.page.keyboard.press("ArrowDown")
    expect(rows.nth(1).get_by_role("button").first).to_be_focused()
    panel.page.keyboard.press("F2")
    expect(rows.nth(1).get_by_label("Titre de la conversation")).to_be_focused()
    panel.page.keyboard.press("Escape")
    panel.page.keyboard.press("Delete")
    expect(rows).to_have_count(1)
    expect(rows.first.get_by_role("button").first).to_be_focused()
    panel.page.keyboard.press("Escape")
    expect(panel.tool("list")).to_be_focused()
    expect(panel.page.locator(".conversations")).to_be_hidden()


def test_ten_thousand_conversations_are_paged_and_searched(panel: Panel, backend: FakeBackend) -> None:
    backend.seed(title="Conversation", count=10_000)
    panel.reload()
    rows = panel.open_list()
    expect(rows).to_have_count(50)
    panel.page.locator(".conversation-scroll").evaluate("e => e.scrollTo(0, e.scrollHeight)")
    expect(rows).to_have_count(100)
    panel.page.get_by_label("Chercher une conversation").fill("conversation 9999")
    expect(rows).to_have_count(1)
    panel.page.get_by_label("Chercher une conversation").fill("rien de tel")
    expect(panel.page.locator(".list-note")).to_have_text("Rien ne correspond à « rien de tel ».")


def test_after_escape_from_the_search_all_are_there_again(panel: Panel, backend: FakeBackend) -> None:
    backend.seed(title="Conversation", count=3)
    panel.reload()
    rows = panel.open_list()
    search = panel.page.get_by_label("Chercher une conversation")
    search.fill("rien de tel")
    expect(rows).to_have_count(0)
    search.press("Escape")
    expect(search).to_be_hidden()
    panel.open_list()
    expect(search).to_have_value("")
    expect(rows).to_have_count(3)


def test_a_name_that_is_being_written_outlives_its_page_of_the_list(panel: Panel, backend: FakeBackend) -> None:
    backend.seed(title="Conversation", count=120)
    panel.reload()
    rows = panel.open_list()
    expect(rows).to_have_count(50)
    panel.page.locator(".conversation-scroll").evaluate("e => e.scrollTo(0, e.scrollHeight)")
    expect(rows).to_have_count(100)
    row = rows.nth(80)
    row.hover()
    row.locator('[data-do="rename"]').click()
    panel.page.keyboard.type("Un nom")
    with panel.page.expect_response("**/api/chat/conversations/1*"):
        panel.call("(element) => element.changed({ list: true })")
    expect(rows).to_have_count(51)
    panel.page.keyboard.type(" long")
    with panel.page.expect_request(lambda request: request.method == "PATCH") as renamed:
        panel.page.keyboard.press("Enter")
    assert renamed.value.post_data_json == {"title": "Un nom long"}


def test_older_messages_come_without_moving_what_is_read(panel: Panel, backend: FakeBackend) -> None:
    turns = [[f"Question {number}", f"Réponse {number}\n\n" + "texte " * 60] for number in range(1, 61)]
    backend.seed(turns, title="Longue")
    panel.reload()
    expect(panel.page.locator(".message")).to_have_count(30)
    assert panel.distance_to_bottom() < 2
    panel.scroll.hover()
    seen = panel.page.locator(".answer", has_text="Réponse 46")
    panel.page.locator(".message").first.scroll_into_view_if_needed()
    before = seen.first.bounding_box()
    expect(panel.page.locator(".message")).not_to_have_count(30)
    after = seen.first.bounding_box()
    assert before is not None
    assert after is not None
    assert abs(before["y"] - after["y"]) < 3


def test_a_long_title_and_a_hostile_one_are_only_text(panel: Panel, backend: FakeBackend) -> None:
    backend.seed([TURN], title="<img src=x onerror=alert(1)>" + "très " * 60 + "long")
    panel.reload()
    rows = panel.open_list()
    expect(rows.locator("img")).to_have_count(0)
    expect(rows.first).to_contain_text("<img src=x onerror=alert(1)>")
    assert panel.page.locator(".panel").evaluate("e => e.scrollWidth <= e.clientWidth")


def test_on_a_touch_screen_the_list_brings_up_no_keyboard(browser: Browser, backend: FakeBackend) -> None:
    backend.seed([TURN], title="Première")
    context = browser.new_context(
        has_touch=True, is_mobile=True, locale="fr-FR", viewport={"width": 360, "height": 740}
    )
    panel = Panel(context.new_page(), backend.address).open()
    panel.open_list()
    expect(panel.page.get_by_role("searchbox")).not_to_be_focused()
    expect(panel.page.locator(".conversations")).to_be_focused()
    panel.page.keyboard.press("Escape")
    expect(panel.page.locator(".conversations")).to_be_hidden()
    context.close()
