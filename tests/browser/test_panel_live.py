"""The panel on the real editor page, the real server behind it and a scripted model behind that."""

from __future__ import annotations

import re
from collections.abc import Iterator

import pytest
from playwright.sync_api import BrowserContext, Page, expect

from tests.browser.panel import Panel
from tests.live import StartStudio, Studio
from tests.streaming.model_server import CUT, Answer, Gate, chunk, fail, say, words
from tests.streaming.model_server import page as web_page

pytestmark = [pytest.mark.browser, pytest.mark.live]

GIVEN_ERROR = "❌ Erreur lors de l'appel à l'API OpenAI : "


def numbered(count: int) -> str:
    """What `words(count)` says."""
    return " ".join(f"mot{number}" for number in range(count))


@pytest.fixture
def panel(page: Page, studio: Studio) -> Iterator[Panel]:
    """A new conversation on the editor page of the demo project."""
    panel = Panel(page, studio.editor_url).open()
    panel.begin()
    yield panel
    assert panel.problems == []


def test_a_message_in_a_streamed_answer_out(panel: Panel, studio: Studio) -> None:
    gate = Gate()
    studio.model.answer = say("Voici ", "un **bou", gate, "ton** :\n\n```jsx\nconst B = () => <b />;\n```\n")
    panel.send_message("Crée un bouton")
    panel.assert_message_text("Voici un bou")
    panel.assert_announced("Réponse en cours")
    gate.open()
    panel.wait_status("complete")
    expect(panel.last_answer.locator(".code-block .hl-keyword")).to_have_text("const")
    expect(panel.last_answer.locator("strong")).to_have_text("bouton")
    panel.assert_question("Crée un bouton")


def test_the_three_dots_until_the_first_word(panel: Panel, studio: Studio) -> None:
    gate = Gate()
    studio.model.answer = say(gate, "Enfin")
    panel.send_message("Bonjour")
    expect(panel.last_answer.locator(".typing")).to_be_visible()
    gate.open()
    panel.assert_message_text("Enfin")
    expect(panel.last_answer.locator(".typing")).to_be_hidden()


def test_a_reload_in_the_middle_and_five_tabs(panel: Panel, studio: Studio, context: BrowserContext) -> None:
    gate = Gate()
    studio.model.answer = say(*words(150), gate, *words(150))
    panel.send_message("Compte")
    panel.assert_message_text("mot149")
    tabs = [Panel(context.new_page(), panel.address).open() for _ in range(4)]
    panel.reload()
    gate.open()
    for tab in [panel, *tabs]:
        tab.wait_status("complete")
        assert tab.text_of(tab.last_answer) == f"{numbered(150)} {numbered(150)}"


def test_offline_in_the_middle(panel: Panel, studio: Studio) -> None:
    studio.model.answer = say(*words(200, 0.02))
    panel.send_message("Compte")
    panel.assert_message_text("mot20")
    panel.page.context.set_offline(True)
    panel.page.wait_for_timeout(1000)
    panel.page.context.set_offline(False)
    panel.wait_status("complete", seconds=40)
    assert panel.text_of(panel.last_answer) == numbered(200)


def test_stop_closes_the_model_and_keeps_the_text(panel: Panel, studio: Studio) -> None:
    gate = Gate()
    studio.model.answer = say(*words(10), gate)
    panel.send_message("Compte")
    panel.assert_message_text("mot9")
    panel.stop()
    panel.wait_status("stopped")
    assert panel.text_of(panel.last_answer) == numbered(10)
    assert studio.model.calls[-1].ended.wait(2)
    studio.model.answer = say(*words(3))
    panel.tool("continue").click()
    expect(panel.answers).to_have_count(2)
    panel.wait_status("complete")


def test_edit_and_retry_leave_one_answer(panel: Panel, studio: Studio) -> None:
    studio.model.answer = say("Un")
    panel.ask("Premier")
    studio.model.answer = say("Deux")
    panel.tool("retry").click()
    panel.assert_message_text("Deux")
    expect(panel.answers).to_have_count(1)
    panel.send_edited("Deuxième")
    panel.assert_question("Deuxième")
    expect(panel.questions).to_have_count(1)
    panel.wait_status("complete")
    panel.reload()
    panel.assert_question("Deuxième")
    expect(panel.answers).to_have_count(1)


def test_sent_while_another_tab_runs_is_kept_and_sent_after(
    panel: Panel, studio: Studio, context: BrowserContext
) -> None:
    panel.ask("Bonjour")
    other = Panel(context.new_page(), panel.address).open()
    gate = Gate()
    studio.model.queue(say("Long", gate))
    # This tab must not hear of the turn, by the other one or the project: what the server says has to be enough.
    other.page.evaluate("BroadcastChannel.prototype.postMessage = () => {}")
    panel.call("(element) => { element.changed = () => {}; }")
    other.send_message("Une longue question")
    gate.wait_reached()
    panel.send_message("Et après ?")
    panel.tool("queue").click()
    gate.open()
    expect(panel.answers).to_have_count(3, timeout=15_000)
    panel.wait_status("complete")
    panel.assert_question("Et après ?")


@pytest.mark.parametrize(
    ("answer", "text"),
    [
        (fail(401, "invalid_api_key"), GIVEN_ERROR),
        (fail(404, "model_not_found"), GIVEN_ERROR),
        (fail(429, "insufficient_quota"), GIVEN_ERROR),
        (web_page("<html><h1>Bad gateway</h1></html>"), GIVEN_ERROR),
        (say(), "n’a rien répondu"),
    ],
    ids=["401", "404", "quota", "html", "empty"],
)
def test_no_answer_says_why(panel: Panel, studio: Studio, answer: Answer, text: str) -> None:
    studio.model.answer = answer
    panel.send_message("Bonjour")
    panel.wait_status("failed")
    expect(panel.last_answer.locator(".problem")).to_contain_text(text)
    expect(panel.announcement).to_have_text(re.compile("^Pas de réponse"))


def test_a_prompt_that_is_too_long_says_why(page: Page, start_studio: StartStudio) -> None:
    """On a server of its own: what it learns of the model's window concerns no other test."""
    studio = start_studio()
    panel = Panel(page, studio.editor_url).open()
    studio.model.answer = fail(400, "context_length_exceeded")
    panel.send_message("Bonjour")
    panel.wait_status("failed")
    expect(panel.last_answer.locator(".problem")).to_contain_text(GIVEN_ERROR)


def test_an_answer_that_is_cut_keeps_its_text_and_goes_on(panel: Panel, studio: Studio) -> None:
    studio.model.answer = Answer((chunk({"content": "Le début "}), CUT))
    panel.send_message("Bonjour")
    panel.wait_status("interrupted")
    panel.assert_message_text("Le début")
    studio.model.answer = say("et la fin.")
    panel.tool("continue").click()
    panel.wait_status("complete")
    panel.assert_message_text("et la fin.")


def test_what_waits_behind_an_answer_that_is_cut_is_the_persons_to_send(panel: Panel, studio: Studio) -> None:
    gate = Gate()
    studio.model.queue(Answer((chunk({"content": "Le début "}), gate, CUT)), say("D’accord"))
    panel.send_message("Bonjour")
    gate.wait_reached()
    panel.send_message("Et après ?")
    expect(panel.unsent).to_contain_text("Sera envoyé après la réponse en cours")
    gate.open()
    panel.wait_status("interrupted")
    expect(panel.unsent).to_contain_text("la réponse d’avant n’est pas entière")
    expect(panel.tool("continue")).to_be_visible()
    panel.tool("resend").click()
    panel.assert_message_text("D’accord")
    expect(panel.unsent).to_have_count(0)


def test_reasoning_tokens_and_cost(panel: Panel, studio: Studio) -> None:
    studio.model.answer = say(chunk({"reasoning_content": "Réfléchissons."}), "Voilà.")
    panel.ask("Bonjour")
    panel.last_answer.locator(".reasoning summary").click()
    expect(panel.last_answer.locator(".reasoning-text")).to_have_text("Réfléchissons.")
    panel.tool("details").click()
    details = panel.last_answer.locator(".details")
    expect(details.locator('[data-fact="prompt"]')).to_contain_text(re.compile(r"1\s000"))
    expect(details.locator('[data-fact="cost"]')).to_contain_text(re.compile(r"0,0[23]"))
    details.get_by_role("button", name="Ce que le modèle a reçu").click()
    expect(details.locator(".receipt-list").first).to_contain_text("index.html")


def test_rename_delete_and_undo(panel: Panel) -> None:
    panel.ask("Une conversation à ranger")
    row = panel.open_own_row()
    row.hover()
    panel.tool("rename", row).click()
    row.get_by_label("Titre de la conversation").fill("Rangée")
    panel.page.keyboard.press("Enter")
    expect(row.locator(".conversation-title")).to_have_text("Rangée")
    panel.tool("delete", row).click()
    panel.page.get_by_role("button", name="Annuler").click()
    expect(panel.page.locator(".conversation", has_text="Rangée")).to_have_count(1)
    panel.page.get_by_label("Chercher une conversation").fill("rangée")
    expect(panel.page.locator(".conversation")).to_have_count(1)
    row = panel.page.locator(".conversation", has_text="Rangée")
    row.hover()
    panel.tool("delete", row).click()
    panel.reload()
    panel.open_list()
    expect(panel.page.locator(".conversation", has_text="Rangée")).to_have_count(0)


def test_the_server_dies_and_comes_back(page: Page, start_studio: StartStudio) -> None:
    studio = start_studio()
    panel = Panel(page, studio.editor_url).open()
    gate = Gate()
    studio.model.answer = say(*words(40), gate)
    panel.send_message("Compte")
    panel.assert_message_text("mot39")
    page.wait_for_timeout(500)  # what is older than 300 ms is kept
    studio.kill()
    expect(page.locator(".connection")).to_be_visible()
    studio.start()
    panel.wait_status("interrupted", seconds=60)
    assert panel.text_of(panel.last_answer) == numbered(40)
    studio.model.answer = say("suite et fin")
    panel.tool("continue").click()
    panel.wait_status("complete")
    panel.assert_message_text("suite et fin")


def test_without_a_key_the_given_text(page: Page, start_studio: StartStudio) -> None:
    studio = start_studio(env={"OPENAI_API_KEY": "", "OPENAI_BASE_URL": "", "WEBOX_EMBEDDED_MODEL": "False"})
    panel = Panel(page, studio.editor_url).open()
    given = "⚠️ Clé API OpenAI non configurée. Veuillez ajouter OPENAI_API_KEY dans votre fichier .env"
    expect(page.get_by_role("note")).to_contain_text(given)
    panel.send_message("Bonjour")
    panel.wait_status("failed")
    expect(panel.last_answer.locator(".problem")).to_contain_text(given)


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [1440, 768, 360])
def test_the_whole_page_is_accessible(panel: Panel, studio: Studio, scheme: str, width: int) -> None:
    studio.model.answer = say("## Titre\n\nDu `code` et un [lien](https://react.dev).\n\n```js\nconst a = 1;\n```\n")
    panel.ask("Bonjour")
    panel.page.emulate_media(color_scheme=scheme)  # type: ignore[arg-type]
    panel.page.set_viewport_size({"width": width, "height": 800})
    panel.assert_accessible()
    assert panel.page.evaluate("document.documentElement.scrollWidth") <= width
