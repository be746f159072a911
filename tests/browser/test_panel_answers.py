"""A message in, a streamed answer out: what the person sees, against a stand-in server."""

from __future__ import annotations

import json
import re

import pytest
from playwright.sync_api import Route, expect

from tests.browser.driver import FakeBackend
from tests.browser.panel import Panel

pytestmark = pytest.mark.browser

COUNT = " ".join(str(number) for number in range(1, 101))


def test_an_answer_is_written_word_by_word(panel: Panel) -> None:
    panel.send_message("!slow")
    expect(panel.box).to_have_value("")
    panel.assert_question("!slow")
    expect(panel.last_answer.locator(".typing")).to_be_visible()
    panel.assert_announced("Réponse en cours")
    panel.assert_message_text("Me voilà enfin")
    expect(panel.last_answer.locator(".typing")).to_be_hidden()
    panel.wait_status("complete")
    panel.assert_message_text("mot après mot.")
    panel.assert_announced("Réponse terminée")


def test_enter_is_a_new_line_and_the_button_sends(panel: Panel) -> None:
    panel.box.fill("Un")
    panel.box.press("Enter")
    panel.box.press_sequentially("Deux")
    expect(panel.box).to_have_value("Un\nDeux")
    panel.page.get_by_role("button", name="Envoyer", exact=True).click()
    expect(panel.questions.last.locator(".bubble")).to_have_text("Un\nDeux", use_inner_text=True)


def test_markdown_code_and_tables_are_shown_as_such(panel: Panel) -> None:
    answer = panel.ask("Crée un fichier Button.jsx avec un composant React")
    expect(answer.locator("h2")).to_have_text("Le composant")
    expect(answer.locator(".code-language").first).to_have_text("JSX")
    expect(answer.locator(".code-block .hl-keyword").first).to_have_text("import")
    expect(answer.locator("ol > li")).to_have_count(3)
    expect(answer.locator("ol .code-block")).to_have_count(1)
    expect(answer.locator("tbody tr")).to_have_count(2)
    link = answer.get_by_role("link", name="documentation de React")
    expect(link).to_have_attribute("rel", "noopener noreferrer")
    expect(link).to_have_attribute("target", "_blank")
    expect(answer.locator(".host").first).to_have_text("react.dev")


def test_streamed_or_loaded_it_is_the_same_page(panel: Panel) -> None:
    streamed = panel.ask("Bonjour").locator(".markdown").inner_html()
    panel.reload()
    panel.wait_status("complete")
    assert panel.last_answer.locator(".markdown").inner_html() == streamed


def test_code_is_copied_as_it_was_written(panel: Panel) -> None:
    panel.page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    answer = panel.ask("Bonjour")
    answer.get_by_role("button", name="Copier").first.click()
    panel.assert_announced("Copié")
    copied = panel.page.evaluate("navigator.clipboard.readText()")
    assert copied.startswith('import { forwardRef } from "react";\n\n/* Un bouton')
    assert copied.endswith("});")


def test_code_that_is_selected_has_its_line_breaks_once(panel: Panel) -> None:
    code = panel.ask("Bonjour").locator(".code-block code").first
    selected = code.evaluate("e => { getSelection().selectAllChildren(e); return getSelection().toString(); }")
    assert selected.strip() == code.inner_text().strip()
    assert "\n\n\n" not in selected


def test_stop_keeps_the_text_and_continue_goes_on(panel: Panel) -> None:
    panel.send_message("!count:400")
    panel.assert_message_text("1 2 3 4 5")
    panel.stop()
    panel.wait_status("stopped")
    panel.assert_announced("Réponse arrêtée")
    expect(panel.box).to_be_focused()
    kept = panel.text_of(panel.last_answer)
    assert kept.startswith("1 2 3 4 5")
    panel.tool("continue").click()
    expect(panel.answers).to_have_count(2)
    assert panel.text_of(panel.answers.first) == kept


def test_retry_replaces_the_answer(panel: Panel) -> None:
    panel.ask("!count:20")
    first = panel.last_answer.get_attribute("data-id")
    panel.tool("retry").click()
    expect(panel.answers).to_have_count(1)
    expect(panel.last_answer).not_to_have_attribute("data-id", first or "")
    panel.wait_status("complete")


def test_the_last_message_is_edited_and_sent_again(panel: Panel) -> None:
    panel.ask("!count:3")
    panel.ask("!count:4")
    panel.questions.last.hover()
    panel.tool("edit").click()
    expect(panel.box).to_have_value("!count:4")
    expect(panel.page.get_by_text("Modification de votre dernier message")).to_be_visible()
    panel.send_message("!count:5")
    panel.assert_question("!count:5")
    expect(panel.questions).to_have_count(2)
    panel.assert_message_text("1 2 3 4 5")
    expect(panel.tool("edit")).to_have_count(1)


def test_escape_leaves_the_edit_and_brings_back_what_was_written(panel: Panel) -> None:
    panel.ask("!count:3")
    panel.box.fill("en cours d’écriture")
    panel.questions.last.hover()
    panel.tool("edit").click()
    panel.box.press("Escape")
    expect(panel.box).to_have_value("en cours d’écriture")


def test_a_sent_edit_brings_back_what_was_written(panel: Panel) -> None:
    panel.ask("!count:3")
    panel.box.fill("en cours d’écriture")
    panel.send_edited("!count:4")
    expect(panel.box).to_have_value("en cours d’écriture")
    expect(panel.page.get_by_text("Modification de votre dernier message")).to_be_hidden()
    panel.assert_question("!count:4")
    panel.wait_status("complete")
    panel.reload()
    expect(panel.box).to_have_value("en cours d’écriture")
    expect(panel.questions).to_have_count(1)


def test_an_edit_goes_on_after_a_reload_and_in_another_conversation(panel: Panel) -> None:
    panel.ask("!count:3")
    panel.box.fill("en cours d’écriture")
    panel.questions.last.hover()
    panel.tool("edit").click()
    panel.box.fill("!count:5")
    panel.reload()
    banner = panel.page.get_by_text("Modification de votre dernier message")
    expect(banner).to_be_visible()
    expect(panel.box).to_have_value("!count:5")
    panel.begin()
    expect(panel.box).to_have_value("")
    expect(banner).to_be_hidden()
    panel.open_list().first.locator("button").first.click()
    expect(panel.box).to_have_value("!count:5")
    panel.box.press("Control+Enter")
    panel.assert_question("!count:5")
    expect(panel.questions).to_have_count(1)
    expect(panel.box).to_have_value("en cours d’écriture")
    panel.reload()
    expect(panel.box).to_have_value("en cours d’écriture")
    expect(banner).to_be_hidden()


def test_an_edit_whose_message_is_no_longer_the_last_keeps_its_text(panel: Panel) -> None:
    panel.ask("!count:3")
    panel.box.fill("en cours d’écriture")
    panel.questions.last.hover()
    panel.tool("edit").click()
    panel.box.fill("un autre texte")
    panel.page.evaluate(
        """async () => {
          const { conversations } = await (await fetch("/api/chat/conversations/1")).json();
          const body = JSON.stringify({ content: "!count:1", conversation_id: conversations[0].id });
          await (await fetch("/api/chat/message", { method: "POST", body })).text();
        }"""
    )
    panel.reload()
    expect(panel.questions).to_have_count(2)
    expect(panel.box).to_have_value("un autre texte\n\nen cours d’écriture")
    expect(panel.page.get_by_text("Modification de votre dernier message")).to_be_hidden()


def test_reasoning_is_there_for_those_who_want_it(panel: Panel) -> None:
    panel.send_message("!think")
    expect(panel.last_answer.locator(".reasoning summary")).to_have_text("Réflexion en cours…")
    panel.wait_status("complete")
    expect(panel.last_answer.locator(".reasoning")).not_to_have_attribute("open", "")
    panel.assert_message_text("Tout bien pesé : oui.")
    panel.last_answer.locator(".reasoning summary").click()
    expect(panel.last_answer.locator(".reasoning-text")).to_contain_text("composant **Button** réutilisable")


def test_steps_and_proposals_are_listed(panel: Panel) -> None:
    answer = panel.ask("!steps")
    expect(answer.locator(".steps li")).to_have_count(3)
    expect(answer.locator(".steps")).to_contain_text("A lu src/App.jsx")
    expect(answer.locator(".action")).to_have_count(2)
    expect(answer.locator(".action").first).to_contain_text("src/Button.jsx")


def test_details_on_demand_and_unknown_is_not_zero(panel: Panel) -> None:
    answer = panel.ask("Bonjour")
    panel.tool("details", answer).click()
    fact = answer.locator("[data-fact]")
    expect(answer.locator('[data-fact="prompt"]')).to_have_text(re.compile(r"1\s830"))
    expect(answer.locator('[data-fact="cost"]')).to_have_text(re.compile(r"0,03"))
    expect(fact).to_have_count(10)
    answer.get_by_role("button", name="Ce que le modèle a reçu").click()
    expect(answer.locator(".receipt")).to_contain_text("src/App.jsx")
    left = answer.locator(".receipt li", has_text="package-lock.json")
    expect(left).to_have_text("package-lock.jsonfichier de verrouillage")
    masked = answer.locator(".receipt li", has_text="src/config.js")
    expect(masked).to_contain_text("lignes 1–40, 52 · secrets masqués")
    expect(answer.locator('[data-fact="cached"]')).to_have_text(re.compile(r"1\s024 \(56\s%\)"))

    unknown = panel.ask("!think")
    panel.tool("details", unknown).click()
    expect(unknown.locator('[data-fact="cost"]')).to_have_text("inconnu")
    expect(unknown.locator('[data-fact="cached"]')).to_have_text("inconnu")
    expect(unknown.locator('[data-fact="prompt"] .estimated')).to_be_visible()


def test_the_request_can_be_downloaded_and_compared(panel: Panel) -> None:
    first = panel.ask("Bonjour")
    panel.tool("details", first).click()
    first.get_by_role("button", name="Comparer les requêtes").click()
    expect(first.locator(".comparison")).to_contain_text("C’est la première requête de la conversation.")
    middle = panel.ask("Encore")
    panel.wait_status("complete", middle)
    answer = panel.ask("Et ça ?")
    panel.tool("details", answer).click()
    with panel.page.expect_download() as downloaded:
        answer.get_by_role("link", name="Télécharger la requête").click()
    assert json.loads(downloaded.value.path().read_text()) == {"model": "gpt-4-turbo", "messages": []}
    answer.get_by_role("button", name="Comparer les requêtes").click()
    compared = answer.get_by_role("group", name="Comparaison des requêtes")
    expect(compared.get_by_role("status")).to_have_text("4 parties changent")
    compared.locator("summary", has_text="src/App.jsx").click()
    expect(compared.locator("pre").first.locator(".added")).to_have_text("+let c;\n")
    panel.page.set_viewport_size({"width": 360, "height": 740})
    assert panel.page.evaluate("document.documentElement.scrollWidth") <= 360
    panel.assert_accessible()
    older = compared.get_by_label("Comparée à")
    older.focus()
    with panel.page.expect_request("**/comparison?**") as asked:
        older.select_option(index=1)
    assert f"with={older.input_value().split(':')[0]}" in asked.value.url
    expect(older).to_be_focused()


def test_totals_of_the_conversation(panel: Panel) -> None:
    panel.ask("Bonjour")
    expect(panel.page.locator(".header-totals")).to_have_text(re.compile(r"2\s242 jetons · 0,03"))


def test_a_sum_that_lacks_a_price_says_so(panel: Panel) -> None:
    def unpriced(route: Route) -> None:
        page = route.fetch().json()
        page["totals"]["unpriced_calls"] = 2
        route.fulfill(json=page)

    panel.page.route("**/conversations/*/messages", unpriced)
    panel.ask("Bonjour")
    totals = panel.page.locator(".header-totals")
    expect(totals).to_have_text(re.compile(r"jetons · 0,03.* au moins$"))
    expect(totals).to_have_attribute("title", re.compile(r"le prix de 2 appels est inconnu"))


def test_the_text_is_followed_unless_the_person_reads_above(panel: Panel) -> None:
    panel.ask("Bonjour")
    panel.send_message("!count:200")
    panel.assert_message_text("1 2 3 4 5")
    assert panel.distance_to_bottom() < 2
    panel.scroll.hover()
    panel.page.mouse.wheel(0, -200)
    jump = panel.page.locator(".jump")
    expect(jump).to_have_text("Nouveau texte")
    panel.page.wait_for_timeout(400)  # the wheel glides
    top = panel.scroll.evaluate("e => e.scrollTop")
    panel.wait_status("complete")
    assert panel.scroll.evaluate("e => e.scrollTop") == top
    expect(jump).to_have_text("Dernier message")
    jump.click()
    expect(jump).to_be_hidden()
    panel.page.wait_for_function(
        "e => e.scrollHeight - e.scrollTop - e.clientHeight < 3", arg=panel.scroll.element_handle()
    )


def test_a_model_is_chosen_and_stays_chosen(panel: Panel) -> None:
    panel.page.get_by_label("Modèle").select_option("smollm2")
    expect(panel.page.get_by_text("pour essayer le studio, pas pour produire du bon code")).to_be_visible()
    with panel.page.expect_request("**/api/chat/message") as sent:
        panel.send_message("!count:2")
    assert sent.value.post_data_json["model"] == "smollm2"
    panel.reload()
    expect(panel.page.get_by_label("Modèle")).to_have_value("smollm2")


def test_without_a_key_the_panel_says_what_to_do(panel: Panel, backend: FakeBackend) -> None:
    error = {"code": "missing_api_key", "message": ""}
    backend.set(models={"models": [], "default": None, "notice": None, "error": error})
    panel.reload()
    given = "⚠️ Clé API OpenAI non configurée. Veuillez ajouter OPENAI_API_KEY dans votre fichier .env"
    expect(panel.page.get_by_text(given)).to_be_visible()


def test_the_host_page_asks_for_the_person(panel: Panel) -> None:
    panel.call(
        "(e) => { globalThis.heard = []; for (const n of ['turn-started', 'turn-ended', 'conversation'])"
        " e.addEventListener(`webox-chat:${n}`, ({ type, detail }) => heard.push([type, detail.status])); }"
    )
    panel.call("(e) => { e.context = () => ({ open_file: 'src/App.jsx' }); }")
    selection = {"path": "src/App.jsx", "text": "const a = 1;", "from_line": 3, "to_line": 4}
    panel.call("(e, given) => e.ask(given)", {"text": "Explique-moi ce code", "selection": selection})
    expect(panel.page.get_by_text("Sélection jointe : src/App.jsx:3–4")).to_be_visible()
    expect(panel.box).to_be_focused()
    with panel.page.expect_request("**/api/chat/message") as sent:
        panel.box.press("Control+Enter")
    assert sent.value.post_data_json["context"] == {"open_file": "src/App.jsx", "selection": selection}
    panel.wait_status("complete")
    expect(panel.page.get_by_text("Sélection jointe")).to_be_hidden()
    heard = panel.page.evaluate("heard")
    assert ["webox-chat:turn-started", None] in heard
    assert heard[-1] == ["webox-chat:turn-ended", "complete"]


def test_in_english_too(panel: Panel, backend: FakeBackend) -> None:
    panel.page.goto(f"{backend.address}?lang=en")
    expect(panel.page.get_by_role("heading", name="Assistant IA")).to_be_visible()
    expect(panel.page.get_by_label("Your message")).to_be_visible()
    expect(panel.page.get_by_role("button", name="Explain this code to me")).to_be_visible()


def test_a_suggestion_is_a_start_not_a_send(panel: Panel) -> None:
    panel.page.get_by_role("button", name="Explique-moi ce code").click()
    expect(panel.box).to_have_value("Explique-moi ce code")
    expect(panel.questions).to_have_count(0)


def test_a_suggestion_and_a_second_edit_leave_what_is_written(panel: Panel) -> None:
    panel.box.fill("à moi")
    panel.page.get_by_role("button", name="Explique-moi ce code").click()
    expect(panel.box).to_have_value("Explique-moi ce code\n\nà moi")
    panel.ask("!count:2")
    panel.questions.last.hover()
    panel.tool("edit").click()
    panel.box.fill("!count:3")
    panel.questions.last.hover()
    panel.tool("edit").click()
    expect(panel.box).to_have_value("!count:3")
    expect(panel.box).to_be_focused()
