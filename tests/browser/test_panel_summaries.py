"""A long conversation in the panel: its older messages are summarised before one's eyes, and one can read it."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.browser.panel import Panel
from tests.live import StartStudio
from tests.streaming.long_talks import SMALL, begun, is_summary
from tests.streaming.model_server import Gate, say

pytestmark = [pytest.mark.browser, pytest.mark.live]
SUMMARY = "- le titre est **bleu**\n- <img src=x onerror=alert(1)>"
WORDS = {
    "fr-FR": (
        r"^Résumé de \d+ messages plus anciens \(1 sur \d\)$",
        r"^A résumé (\d+) messages plus anciens$",
        "Résumé de {} messages",
        "voir",
        "masquer",
    ),
    "en-US": (
        r"^Summarising \d+ older messages \(1 of \d\)$",
        r"^Summarised (\d+) older messages$",
        "Summary of {} messages",
        "show",
        "hide",
    ),
}


@pytest.mark.parametrize("language", WORDS)
def test_the_boundary_is_seen_and_opens(browser: Browser, start_studio: StartStudio, language: str) -> None:
    doing, done, title, show, hide = WORDS[language]
    page = browser.new_context(locale=language).new_page()
    studio = start_studio(chat=SMALL)
    begun(studio, 60, words=120)
    gate = Gate()
    studio.model.choose = lambda call: say(gate, SUMMARY) if is_summary(call) else say("Voilà.")
    panel = Panel(page, studio.editor_url)
    panel.page.goto(panel.address)
    box = page.locator("webox-chat textarea").first
    expect(page.locator(".question").last).to_be_visible(timeout=20_000)
    box.fill("Et maintenant ?")
    box.press("Control+Enter")
    step = panel.last_answer.locator(".steps .step-name")
    expect(step).to_have_text(re.compile(doing), timeout=20_000)
    gate.open()
    panel.wait_status("complete", seconds=40)
    expect(step).to_have_text(re.compile(done))
    found = re.match(done, step.inner_text())
    assert found is not None
    line = page.locator(".boundary")
    expect(line.locator(".boundary-title")).to_have_text(title.format(found[1]), timeout=20_000)
    expect(line.locator(".boundary-more")).to_have_text(show)
    line.scroll_into_view_if_needed()
    panel.assert_accessible()
    line.locator("summary").focus()
    page.keyboard.press("Enter")
    expect(line.locator(".boundary-text")).to_have_text(SUMMARY)
    expect(line.locator(".boundary-more")).to_have_text(hide)
    expect(line.locator("img")).to_have_count(0)
    panel.assert_accessible()
    # it stands between the last message that it tells of and the first that the model reads
    above = int(line.evaluate("e => e.previousElementSibling.dataset.id"))
    below = int(line.evaluate("e => e.nextElementSibling.dataset.id"))
    read = [message["content"] for message in studio.model.calls[-1].messages]
    told = {message["id"]: message["content"] for message in studio.client.messages(1, "?limit=200")}
    assert told[below] in read
    assert told[above] not in read
    panel.page.reload()
    expect(page.locator(".boundary-title")).to_have_text(title.format(found[1]), timeout=20_000)
    assert panel.problems == []


def test_the_receipt_tells_of_it(page: Page, start_studio: StartStudio) -> None:
    studio = start_studio(chat=SMALL)
    begun(studio, 60, words=120)
    studio.model.choose = lambda call: say("- bleu") if is_summary(call) else say("Voilà.")
    panel = Panel(page, studio.editor_url).open()
    expect(panel.questions.last).to_be_visible()
    panel.box.fill("Et maintenant ?")
    bar = page.locator(".context-toggle")
    expect(bar).to_be_visible(timeout=20_000)
    bar.click()
    expect(bar).to_contain_text("avec un résumé à faire")
    due = page.get_by_text(re.compile(r"^\d+ messages plus anciens seront d’abord résumés par le modèle"))
    expect(due).to_have_text(re.compile(r"\(\d requêtes · ≈ [\d\s]+ jetons · [\d,]+\s\$US\)$"))
    assert studio.model.calls == []
    panel.box.press("Control+Enter")
    panel.assert_message_text("Voilà.")
    panel.wait_status("complete", seconds=40)
    panel.last_answer.hover()
    panel.tool("details").click()
    panel.last_answer.get_by_role("button", name="Ce que le modèle a reçu").click()
    receipt = panel.last_answer.locator(".receipt")
    expect(receipt).to_contain_text("Résumé")
    expect(receipt).to_contain_text(re.compile(r"\d+ messages plus anciens sont transmis en résumé"))
    panel.assert_accessible()
    assert panel.problems == []


def test_what_no_model_was_given_is_said(page: Page, start_studio: StartStudio) -> None:
    """By a model that has no room for it and is not asked for a summary, as the embedded one."""
    studio = start_studio(chat={**SMALL, "SUMMARIES": False})
    begun(studio, 60, words=120)
    studio.model.choose = lambda call: say("Voilà.")
    panel = Panel(page, studio.editor_url).open()
    expect(panel.questions.last).to_be_visible()
    panel.box.fill("Et maintenant ?")
    bar = page.locator(".context-toggle")
    expect(bar).to_contain_text(re.compile(r"sans \d+ anciens messages"), timeout=20_000)
    panel.box.press("Control+Enter")
    panel.wait_status("complete", seconds=40)
    notice = page.locator(".answer-notice", has_text="anciens messages de cette conversation")
    expect(notice).to_have_text(re.compile(r"^Le modèle n’a pas reçu les \d+ plus anciens messages"))
    panel.assert_accessible()
    panel.ask("Et encore ?")
    expect(notice).to_have_count(1)  # of the newest answer alone
    assert panel.problems == []
