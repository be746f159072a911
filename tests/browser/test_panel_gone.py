"""Somebody deletes a conversation that another person is writing in: who it was is said, nothing written is lost."""

from __future__ import annotations

import pytest
from playwright.sync_api import Page, expect

from tests.browser.panel import Panel
from tests.live import StartStudio
from tests.streaming.model_server import Gate, say

pytestmark = [pytest.mark.browser, pytest.mark.live]


def test_a_draft_and_what_waited_go_on_in_a_new_conversation(page: Page, start_studio: StartStudio) -> None:
    studio = start_studio()
    gate = Gate()
    studio.model.choose = lambda call: say("Je commence ", gate)
    panel = Panel(page, studio.editor_url).open()
    panel.send_message("Première question")
    panel.wait_status("streaming")
    panel.assert_message_text("Je commence")
    panel.send_message("Deuxième, qui attend")
    expect(panel.unsent).to_have_attribute("data-status", "queued")
    panel.box.fill("Troisième, à moitié écri")
    (conversation,) = studio.client.get("/api/chat/conversations/1").json()["conversations"]
    reply = studio.client.request("DELETE", f"/api/chat/conversations/{conversation['id']}")
    assert reply.status == 200

    toast = page.locator("webox-chat .toast")
    expect(toast).to_contain_text("« Première question » a été supprimée par local.")
    expect(toast).to_contain_text("Ce que vous n’aviez pas encore envoyé est ici")
    expect(panel.box).to_have_value("Troisième, à moitié écri")
    expect(panel.unsent).to_have_count(1)
    expect(panel.unsent).to_have_attribute("data-status", "failed")
    expect(panel.unsent).to_contain_text("Deuxième, qui attend")
    expect(panel.unsent).to_contain_text("Sa conversation a été supprimée")
    panel.assert_accessible()

    # a reload loses nothing of it, and nothing was sent by itself
    panel.reload()
    expect(panel.box).to_have_value("Troisième, à moitié écri")
    expect(panel.unsent).to_contain_text("Deuxième, qui attend")
    assert len(studio.model.calls) == 1
    gate.open()
    studio.model.choose = lambda call: say("Voilà.")
    panel.tool("resend", panel.unsent).click()
    panel.wait_status("complete")
    expect(panel.unsent).to_have_count(0)
    expect(panel.questions).to_have_count(1)
    panel.assert_question("Deuxième, qui attend")
    expect(panel.box).to_have_value("Troisième, à moitié écri")
    assert panel.problems == []
