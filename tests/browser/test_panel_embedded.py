"""What a newcomer sees first: the editor page, and the real embedded model answering in the panel."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Page, expect

from tests.browser.panel import Panel
from tests.live import StartStudio

pytestmark = [pytest.mark.browser, pytest.mark.live, pytest.mark.embedded]

# It starts first and reads its prompt at some hundred tokens a second, or at a few where others work too.
PATIENCE = 900.0
SOME_WORDS = re.compile(r"\w+\W+\w+\W+\w+\W+\w+")


def test_a_first_message_with_no_key_at_all(page: Page, start_studio: StartStudio) -> None:
    studio = start_studio(env={"WEBOX_EMBEDDED_MODEL": "on", "OPENAI_API_KEY": "", "OPENAI_BASE_URL": ""})
    panel = Panel(page, studio.editor_url).open()
    expect(page.locator("webox-chat")).to_contain_text("pour essayer le studio")
    panel.send_message("Dis bonjour en une phrase.")
    expect(panel.last_answer.locator(".typing")).to_be_visible()
    expect(panel.last_answer.locator("p").first).to_contain_text(SOME_WORDS, timeout=PATIENCE * 1000)
    panel.stop()
    panel.wait_status("stopped")
    shown = panel.text_of(panel.last_answer)
    conversation = studio.client.get("/api/chat/conversations/1").json()["conversations"][0]
    question, answer = studio.client.messages(conversation["id"])
    assert question["content"] == "Dis bonjour en une phrase."
    assert (answer["status"], answer["metadata"]["error"]) == ("stopped", None)
    assert (answer["metadata"]["model"], float(answer["metadata"]["cost"])) == ("SmolLM2-135M-Instruct", 0)
    assert (answer["metadata"]["estimated"], answer["metadata"]["completion_tokens"] > 0) == (True, True)
    panel.reload()
    expect(panel.last_answer).to_be_visible()
    assert panel.text_of(panel.last_answer) == shown
    assert panel.problems == []
