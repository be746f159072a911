"""Nothing that happens to browser, network or server loses a word: against a stand-in that fails on command."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import BrowserContext, Route, expect

from tests.browser.driver import FakeBackend
from tests.browser.panel import Panel

pytestmark = pytest.mark.browser

COUNT = " ".join(str(number) for number in range(1, 101))


def test_connections_that_drop_all_the_time_lose_and_repeat_nothing(panel: Panel, backend: FakeBackend) -> None:
    backend.set(drop=12)
    panel.send_message("!count:100")
    panel.wait_status("complete", seconds=60)
    assert panel.text_of(panel.last_answer) == COUNT


def test_a_reload_in_the_middle_shows_the_whole_answer(panel: Panel) -> None:
    panel.send_message("!count:100")
    panel.assert_message_text("1 2 3 4 5 6 7 8 9 10")
    panel.reload()
    panel.wait_status("complete")
    assert panel.text_of(panel.last_answer) == COUNT


def test_offline_for_a_while(panel: Panel) -> None:
    panel.send_message("!count:100")
    panel.assert_message_text("1 2 3 4 5 6 7 8 9 10")
    panel.page.context.set_offline(True)
    panel.page.wait_for_timeout(600)
    panel.page.context.set_offline(False)
    panel.wait_status("complete", seconds=40)
    assert panel.text_of(panel.last_answer) == COUNT


def test_every_tab_shows_the_same_answer(panel: Panel, context: BrowserContext) -> None:
    panel.ask("!count:3")
    others = [Panel(context.new_page(), panel.address).open() for _ in range(3)]
    panel.send_message("!count:100")
    for tab in [panel, *others]:
        expect(tab.answers).to_have_count(2)
        tab.wait_status("complete")
        assert tab.text_of(tab.last_answer) == COUNT


def test_another_browser_finds_the_running_answer_when_it_looks(panel: Panel, browser, backend: FakeBackend) -> None:
    panel.ask("!count:3")
    elsewhere = browser.new_context()
    other = Panel(elsewhere.new_page(), backend.address).open()
    panel.send_message("!count:100")
    other.page.wait_for_timeout(300)
    other.page.evaluate("dispatchEvent(new Event('focus'))")
    expect(other.answers).to_have_count(2)
    other.wait_status("complete")
    assert other.text_of(other.last_answer) == COUNT
    elsewhere.close()


def test_a_failed_send_keeps_its_text_over_a_reload_and_goes_out_once(panel: Panel, backend: FakeBackend) -> None:
    backend.set(refuse={"status": 500, "code": "server_error"})
    panel.send_message("!count:5")
    expect(panel.unsent).to_contain_text("Message non envoyé.")
    panel.reload()
    expect(panel.unsent.locator(".bubble")).to_have_text("!count:5")
    backend.set(refuse=None)
    panel.tool("resend").click()
    panel.wait_status("complete")
    panel.assert_message_text("1 2 3 4 5")
    expect(panel.unsent).to_have_count(0)
    expect(panel.questions).to_have_count(1)


def test_what_waits_in_one_tab_survives_what_another_sends(panel: Panel, context: BrowserContext) -> None:
    panel.ask("!count:2")
    other = Panel(context.new_page(), panel.address).open()
    panel.send_message("!slow")
    panel.send_message("!count:3")
    expect(panel.unsent).to_have_count(1)
    other.begin()
    other.ask("!count:4")
    panel.reload()
    panel.open_list().filter(has_text="!count:2").locator("button").first.click()
    expect(panel.answers).to_have_count(3)
    panel.wait_status("complete")
    assert panel.text_of(panel.last_answer) == "1 2 3"
    expect(panel.unsent).to_have_count(0)


def test_a_failed_send_can_be_taken_back_into_the_box(panel: Panel, backend: FakeBackend) -> None:
    backend.set(refuse={"status": 413, "code": "too_large"})
    announced = panel.page.locator("webox-chat [aria-live]").first
    panel.send_message("trop long")
    expect(announced).to_contain_text("Message non envoyé.")
    panel.tool("take-back").click()
    expect(panel.box).to_have_value("trop long")
    expect(panel.unsent).to_have_count(0)


def test_a_page_over_plain_http_sends_too(panel: Panel) -> None:
    panel.page.add_init_script("delete Crypto.prototype.randomUUID")  # as browsers do outside of localhost
    panel.reload()
    panel.ask("!count:3")
    assert panel.text_of(panel.last_answer) == "1 2 3"
    expect(panel.box).to_have_value("")


def test_a_send_that_breaks_leaves_the_text_in_the_box(panel: Panel) -> None:
    panel.call("(element) => { element.context = () => { throw new Error('a broken host page'); }; }")
    panel.send_message("un long texte")
    expect(panel.box).to_have_value("un long texte")
    panel.reload()
    expect(panel.box).to_have_value("un long texte")
    assert len(panel.problems) == 1
    assert "a broken host page" in panel.problems.pop()


def test_a_server_that_is_away_for_a_moment_is_found_again(panel: Panel, backend: FakeBackend) -> None:
    backend.set(down=True)
    panel.send_message("!count:5")
    expect(panel.unsent).to_have_attribute("data-status", "sending")
    backend.set(down=False)
    panel.wait_status("complete")
    expect(panel.questions).to_have_count(1)


def test_a_draft_survives_a_reload_per_conversation(panel: Panel) -> None:
    panel.ask("!count:2")
    panel.box.fill("un brouillon")
    panel.reload()
    expect(panel.box).to_have_value("un brouillon")
    panel.begin()
    expect(panel.box).to_have_value("")
    panel.box.fill("un autre")
    panel.open_list().first.locator("button").first.click()
    expect(panel.box).to_have_value("un brouillon")
    panel.begin()
    expect(panel.box).to_have_value("un autre")


def test_an_empty_box_leaves_the_draft_of_another_tab(panel: Panel, context: BrowserContext) -> None:
    panel.ask("!count:2")
    other = Panel(context.new_page(), panel.address).open()
    other.box.fill("écrit dans l’autre onglet")
    other.reload()
    panel.reload()  # its box was empty
    expect(panel.box).to_have_value("écrit dans l’autre onglet")
    other.reload()
    expect(other.box).to_have_value("écrit dans l’autre onglet")


def test_what_is_written_during_an_answer_is_sent_after_it(panel: Panel) -> None:
    panel.send_message("!count:60")
    panel.assert_message_text("1 2 3")
    panel.send_message("!count:4")
    expect(panel.unsent).to_contain_text("Sera envoyé après la réponse en cours")
    expect(panel.answers).to_have_count(2, timeout=15_000)
    panel.wait_status("complete")
    assert panel.text_of(panel.last_answer) == "1 2 3 4"
    expect(panel.unsent).to_have_count(0)


def test_a_stop_during_a_lost_connection_is_made_good(panel: Panel) -> None:
    panel.send_message("!count:2000")
    panel.assert_message_text("1 2 3")
    panel.page.context.set_offline(True)
    panel.stop()
    panel.assert_announced("Le studio est injoignable : l’arrêt lui sera demandé dès que possible.")
    panel.page.context.set_offline(False)
    panel.wait_status("stopped")


def test_a_text_that_is_too_long_is_told_before_it_is_sent(panel: Panel) -> None:
    again = """(element, limit) => {
        element.setAttribute("longest-message", limit);
        const { parentNode } = element;
        element.remove();
        parentNode.append(element);
    }"""
    panel.call(again, "20")
    panel.wait_ready()
    note = panel.page.locator(".length-note")
    panel.box.fill("é" * 17)
    expect(note).to_be_hidden()
    panel.box.fill("🤖" * 18)
    expect(note).to_have_text("18 caractères sur 20")
    panel.box.fill("🤖" * 21)
    expect(note).to_have_text("Le message est trop long : 21 caractères, 20 au plus.")
    panel.assert_announced("Le message est trop long : 21 caractères, 20 au plus.")
    panel.assert_accessible()
    panel.box.press("Control+Enter")
    expect(panel.box).to_have_value("🤖" * 21)
    expect(panel.unsent).to_have_count(0)
    panel.box.fill("court")
    expect(panel.box).to_have_accessible_description("Ctrl ↵ pour envoyer")
    panel.send_message("🤖" * 20)
    panel.assert_question("🤖" * 20)


def test_what_waits_can_be_taken_back(panel: Panel) -> None:
    panel.send_message("!count:100")
    panel.assert_message_text("1 2 3")
    panel.send_message("finalement non")
    panel.tool("take-back").click()
    expect(panel.box).to_have_value("finalement non")
    panel.wait_status("complete")
    expect(panel.questions).to_have_count(1)


def test_a_turn_that_runs_elsewhere_keeps_the_text_and_offers_to_send_it_after(
    panel: Panel, backend: FakeBackend
) -> None:
    panel.ask("!count:2")
    # Another browser begins a turn that this tab has not heard of.
    panel.page.evaluate(
        """async () => {
          const { conversations } = await (await fetch("/api/chat/conversations/1")).json();
          const body = JSON.stringify({ content: "!count:120", conversation_id: conversations[0].id });
          fetch("/api/chat/message", { method: "POST", body });
        }"""
    )
    panel.page.wait_for_timeout(150)
    panel.send_message("!count:4")
    expect(panel.unsent).to_contain_text("Une réponse est déjà en cours")
    panel.tool("queue").click()
    expect(panel.unsent).to_have_attribute("data-status", "queued")
    expect(panel.answers).to_have_count(3, timeout=15_000)
    panel.wait_status("complete")
    assert panel.text_of(panel.last_answer) == "1 2 3 4"


@pytest.mark.parametrize(
    ("code", "text"),
    [
        ("missing_api_key", "⚠️ Clé API OpenAI non configurée. Veuillez ajouter OPENAI_API_KEY dans votre fichier .env"),
        ("package_missing", "⚠️ Le package OpenAI n'est pas installé. Installez-le avec : pip install openai"),
        ("auth", "❌ Erreur lors de l'appel à l'API OpenAI : "),
        ("a_code_of_tomorrow", "Quelque chose n’a pas marché."),
    ],
)
def test_no_answer_says_why_in_the_panel(panel: Panel, code: str, text: str) -> None:
    panel.send_message(f"!fail:{code}")
    panel.wait_status("failed")
    expect(panel.last_answer.locator(".problem")).to_contain_text(text)
    expect(panel.announcement).to_have_text(re.compile("^Pas de réponse : "))
    # there is no text to copy
    expect(panel.last_answer.locator('[data-do="details"]')).to_be_visible()
    expect(panel.last_answer.locator('[data-do="copy"]')).to_be_hidden()


def test_an_answer_that_was_cut_keeps_its_text_above_the_reason(panel: Panel) -> None:
    panel.send_message("!cut:length")
    panel.wait_status("interrupted")
    panel.assert_message_text("Voici le début de la réponse")
    problem = panel.last_answer.locator(".problem")
    expect(problem).to_contain_text("il en manque la fin")
    above = panel.last_answer.locator(".markdown").bounding_box()
    below = problem.bounding_box()
    assert above is not None
    assert below is not None
    assert above["y"] + above["height"] <= below["y"]
    expect(panel.last_answer.locator('[data-do="copy"]')).to_be_visible()
    expect(panel.tool("continue")).to_be_visible()
    expect(panel.tool("retry")).to_be_visible()


def test_an_answer_whose_server_died_shows_what_was_saved(panel: Panel) -> None:
    tries = iter([503, 503])

    def saved_less(route: Route) -> None:
        if (status := next(tries, 200)) != 200:
            return route.fulfill(status=status, body="starting")
        page = route.fetch().json()
        page["messages"][-1]["content"] = "Voici le début de"
        return route.fulfill(json=page)

    panel.page.route("**/conversations/*/messages", saved_less)
    panel.send_message("!cut:server_restarted")
    panel.wait_status("interrupted")
    expect(panel.last_answer.locator(".markdown")).to_have_text("Voici le début de")
    expect(panel.last_answer.locator(".problem")).to_contain_text("Le serveur a redémarré")


def test_a_page_instead_of_an_answer_is_an_error_in_words(panel: Panel) -> None:
    panel.page.route(
        "**/api/chat/message", lambda route: route.fulfill(status=200, content_type="text/html", body="<h1>Login</h1>")
    )
    panel.send_message("Bonjour")
    expect(panel.unsent).to_contain_text("n’est pas lisible")


def test_a_panel_that_finds_no_server_says_so_and_tries_again(panel: Panel, backend: FakeBackend) -> None:
    panel.ask("!count:2")
    panel.page.route("**/messages", lambda route: route.abort())
    panel.page.reload()
    expect(panel.page.locator(".load-failure")).to_contain_text("injoignable")
    panel.page.unroute("**/messages")
    panel.page.get_by_role("button", name="Recharger").click()
    panel.assert_message_text("1 2")
