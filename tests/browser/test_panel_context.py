"""Before sending: what it takes, what goes along and why, and what the person wants in or out."""

from __future__ import annotations

import json
import re

from playwright.sync_api import Locator, Route, expect

from tests.browser.driver import FakeBackend
from tests.browser.panel import Panel


def bar(panel: Panel) -> Locator:
    return panel.page.locator(".context-toggle")


def rows(panel: Panel) -> Locator:
    return panel.page.locator(".context-list li")


def opened(panel: Panel, text: str = "Bonjour") -> Locator:
    """Writes, and looks at the list."""
    panel.box.fill(text)
    expect(bar(panel)).to_be_visible()
    bar(panel).click()
    return rows(panel)


def test_tokens_dollars_and_files_as_one_types(panel: Panel) -> None:
    expect(bar(panel)).to_be_hidden()
    panel.box.fill("Bonjour")
    expect(bar(panel)).to_have_text(re.compile(r"^≈ 807 jetons · 0,012\s\$US · 3 fichiers$"))
    panel.box.fill("Bonjour à tous")
    expect(bar(panel)).to_contain_text("≈ 814 jetons")


def test_the_list_says_why_and_what_was_left_out(panel: Panel) -> None:
    opened(panel)
    expect(bar(panel)).to_have_attribute("aria-expanded", "true")
    expect(rows(panel).nth(0)).to_contain_text("index.html")
    expect(rows(panel).nth(0)).to_contain_text("projet")
    expect(rows(panel).filter(has_text="package-lock.json")).to_contain_text("fichier de verrouillage")
    panel.assert_accessible()


def test_lines_that_are_selected_in_the_page_are_told(panel: Panel) -> None:
    """They go along though nothing in the panel was clicked; where their file is kept back they do not."""
    look = "(element, path) => { element.context = { selection: { path, text: 'x', from_line: 3, to_line: 5 } }; }"
    panel.call(look, "app.js")
    opened(panel)
    expect(bar(panel)).to_contain_text("avec la sélection")
    expect(panel.page.locator(".context-list")).to_contain_text("Avec les lignes sélectionnées de app.js:3–5.")
    panel.assert_accessible()
    panel.call(look, ".env")
    panel.box.fill("Bonjour !")
    expect(bar(panel)).not_to_contain_text("sélection")


def test_a_dropped_file_stays_dropped_until_it_is_taken_back(panel: Panel) -> None:
    opened(panel)
    panel.page.get_by_role("button", name="Ne pas transmettre app.js").click()
    expect(bar(panel)).to_contain_text("2 fichiers")
    panel.reload()
    with panel.page.expect_request("**/api/chat/message") as sent:
        panel.send_message("Bonjour")
    assert sent.value.post_data_json["context"] == {"excluded": ["app.js"]}
    panel.wait_status("complete", panel.last_answer)
    opened(panel)
    panel.page.get_by_role("button", name="Transmettre app.js de nouveau").click()
    expect(bar(panel)).to_contain_text("3 fichiers")


def test_a_pinned_file_goes_with_every_message_of_the_conversation(panel: Panel) -> None:
    opened(panel)
    pin = panel.page.get_by_role("button", name="Épingler style.css")
    pin.focus()
    pin.press("Enter")
    expect(rows(panel).filter(has_text="style.css")).to_contain_text("épinglé")
    for _ in range(2):
        with panel.page.expect_request("**/api/chat/message") as sent:
            panel.send_message("Bonjour")
        assert sent.value.post_data_json["context"] == {"pinned": ["style.css"]}
        panel.wait_status("complete", panel.last_answer)
    panel.begin()
    with panel.page.expect_request("**/api/chat/message") as sent:
        panel.send_message("Autre chose")
    assert "context" not in sent.value.post_data_json


def test_the_keyboard_stays_in_the_list(panel: Panel) -> None:
    opened(panel)
    pin = panel.page.get_by_role("button", name="Épingler style.css")
    pin.focus()
    pin.press("Enter")
    expect(panel.page.get_by_role("button", name="Ne plus épingler style.css")).to_be_focused()
    panel.page.keyboard.press("Tab")
    expect(panel.page.get_by_role("button", name="Ne pas transmettre style.css")).to_be_focused()
    panel.page.keyboard.press("Enter")
    expect(rows(panel).filter(has=panel.page.get_by_label("Transmettre style.css de nouveau"))).to_be_visible()
    assert panel.page.evaluate(
        "document.querySelector('webox-chat').shadowRoot.activeElement?.classList.contains('context-action')"
    )


def test_not_knowing_troubles_nobody(panel: Panel, backend: FakeBackend) -> None:
    def fail(route: Route) -> None:
        route.fulfill(status=500, body=json.dumps({"success": False, "error": {"code": "server_error"}}))

    panel.page.route("**/context/preview", fail)
    with panel.page.expect_response("**/context/preview"):
        panel.box.fill("Bonjour")
    expect(bar(panel)).to_be_hidden()
    panel.ask("Bonjour")


def test_indexing_is_told_while_it_runs(panel: Panel, backend: FakeBackend) -> None:
    """It says how far it is, asks again, and is gone once all is known; the preview is then made anew."""
    line = panel.page.locator(".index-line")
    expect(line).to_be_hidden()
    running = [{"done": done, "total": 2000, "running": True} for done in (340, 1700)]
    backend.set(indexing=running)
    with panel.page.expect_request("**/context/preview"):
        panel.reload()
        expect(line).to_have_text(re.compile(r"^Indexation : 340 / 2\s000 fichiers$"))
        panel.assert_accessible()
        expect(line).to_have_text(re.compile(r"^Indexation : 1\s700 / 2\s000 fichiers$"), timeout=20_000)
        expect(line).to_be_hidden(timeout=20_000)


def test_files_that_came_while_the_panel_was_open_are_told_of_when_somebody_writes(
    panel: Panel, backend: FakeBackend
) -> None:
    line = panel.page.locator(".index-line")
    panel.box.evaluate("box => box.blur()")
    backend.set(indexing=[{"done": 5, "total": 2000, "running": True}] * 2)
    panel.box.click()
    expect(line).to_contain_text("Indexation : 5")


def test_a_server_that_cannot_tell_is_no_trouble(panel: Panel, backend: FakeBackend) -> None:
    def fail(route: Route) -> None:
        route.fulfill(status=500, body=json.dumps({"success": False, "error": {"code": "server_error"}}))

    panel.page.route("**/context/indexing**", fail)
    with panel.page.expect_response("**/context/indexing**"):
        panel.reload()
    expect(panel.page.locator(".index-line")).to_be_hidden()
    panel.ask("Bonjour")


def test_a_draft_from_before_a_reload_has_its_line_at_once(panel: Panel) -> None:
    panel.ask("!count:2")
    panel.box.fill("un brouillon")
    expect(panel.page.locator(".context-summary")).to_be_visible()
    with panel.page.expect_request("**/context/preview") as asked:
        panel.page.reload()
    assert asked.value.post_data_json["content"] == "un brouillon"
    expect(panel.page.locator(".context-summary")).to_be_visible()


def test_another_conversation_is_not_counted_with_this_ones_draft(panel: Panel) -> None:
    panel.ask("!count:2")
    panel.box.fill("un brouillon")
    panel.begin()
    with panel.page.expect_request("**/context/preview") as asked:
        panel.box.fill("un autre")
    sent = asked.value.post_data_json
    assert (sent["content"], "conversation_id" in sent) == ("un autre", False)


def failing(panel: Panel) -> None:
    """From now on the server cannot tell what a request would take."""
    body = json.dumps({"success": False, "error": {"code": "invalid"}})
    panel.page.route("**/context/preview", lambda route: route.fulfill(status=400, body=body))


def test_a_pin_and_a_dropped_file_can_be_taken_back_where_nothing_is_known(panel: Panel) -> None:
    opened(panel)
    panel.page.get_by_role("button", name="Épingler style.css").click()
    panel.page.get_by_role("button", name="Ne pas transmettre app.js").click()
    failing(panel)
    panel.box.fill("Bonjour encore")
    expect(bar(panel)).to_have_text("Contexte inconnu · 1 fichier épinglé · 1 fichier écarté")
    panel.assert_accessible()
    panel.page.get_by_role("button", name="Transmettre app.js de nouveau").click()
    expect(bar(panel)).to_have_text("Contexte inconnu · 1 fichier épinglé")
    panel.page.get_by_role("button", name="Ne plus épingler style.css").click()
    expect(bar(panel)).to_be_hidden()


def test_a_pinned_file_that_is_nowhere_in_the_answer_can_be_taken_back(panel: Panel) -> None:
    opened(panel)
    panel.page.get_by_role("button", name="Épingler style.css").click()
    expect(rows(panel).filter(has_text="style.css")).to_contain_text("épinglé")
    answering(panel, "**/context/preview", parts=[])
    panel.box.fill("Bonjour encore")
    expect(bar(panel)).to_contain_text("0 fichier")
    panel.page.get_by_role("button", name="Ne plus épingler style.css").click()
    expect(rows(panel).filter(has_text="style.css")).to_have_count(0)


def answering(panel: Panel, path: str, **changes: object) -> None:
    """Has the server's answer to a path say something else."""

    def change(route: Route) -> None:
        answer = route.fetch()
        route.fulfill(response=answer, json={**answer.json(), **changes})

    panel.page.route(path, change)


def test_a_note_that_is_sent_in_part_is_told_before_and_after(panel: Panel) -> None:
    note = {"kind": "note", "path": "WEBOX.md", "tokens": 9, "why": "always", "detail": "beginning", "lines": [[1, 7]]}
    answering(panel, "**/context/preview", parts=[note])
    answering(panel, "**/messages/*/receipt", parts=[note])
    opened(panel)
    expect(panel.page.locator(".context-list")).to_contain_text("WEBOX.md est trop long : son début seulement")
    panel.ask("Bonjour")
    panel.page.get_by_role("button", name="Détails").last.click()
    panel.page.get_by_role("button", name="Ce que le modèle a reçu").click()
    expect(panel.page.locator(".receipt li").first).to_have_text(re.compile("WEBOX.md.*début seulement, lignes 1–7"))


def test_what_is_named_and_not_there_is_told_and_cannot_be_pinned(panel: Panel) -> None:
    gone = {"kind": "file", "path": "gone.js", "tokens": 0, "why": "mentioned", "detail": "missing"}
    ignored = {"kind": "file", "path": "a.log", "tokens": 0, "why": "mentioned", "detail": "ignored"}
    answering(panel, "**/context/preview", left_out=[gone, ignored])
    opened(panel, "Vois @gone.js")
    expect(rows(panel).filter(has_text="gone.js")).to_contain_text("introuvable")
    expect(rows(panel).filter(has_text="gone.js").get_by_role("button")).to_have_count(0)
    expect(rows(panel).filter(has_text="a.log")).to_contain_text("ignoré")
    expect(panel.page.get_by_role("button", name="Épingler a.log")).to_be_visible()


def test_secrets_in_the_message_are_told_as_masked_before_it_is_sent(panel: Panel) -> None:
    request = {"kind": "request", "path": "", "tokens": 9, "why": "request", "masked": ["assigned"]}
    answering(panel, "**/context/preview", parts=[request])
    opened(panel, "POSTGRES_PASSWORD: hunter2")
    told = "Les secrets de votre message sont masqués dans ce qui est transmis."
    expect(panel.page.locator(".context-list")).to_contain_text(told)


def test_the_preview_of_an_edit_names_the_message_whose_place_it_takes(panel: Panel) -> None:
    panel.ask("Bonjour")
    with panel.page.expect_request("**/context/preview") as asked:
        panel.page.get_by_role("button", name="Modifier").last.click()
    editing = asked.value.post_data_json
    with panel.page.expect_request("**/api/chat/message") as sent:
        panel.send_message("Bonsoir")
    assert editing["replaces"] == sent.value.post_data_json["replaces"]
    with panel.page.expect_request("**/context/preview") as asked:
        panel.box.fill("Autre chose")
    assert "replaces" not in asked.value.post_data_json
