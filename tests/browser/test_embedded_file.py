"""Without any key a newcomer asks for a file: the real embedded model writes it; he reads, applies, takes it back."""

from __future__ import annotations

import re
from typing import Any

import pytest
from playwright.sync_api import Locator, Page, expect

from tests.browser.panel import Panel
from tests.browser.review import Review
from tests.live import StartStudio, Studio, eventually

pytestmark = [pytest.mark.browser, pytest.mark.live, pytest.mark.embedded]

#: It chooses no word by chance, but what it makes of a request nobody can know before: who gets no file asks again.
REQUESTS = (
    "Crée un petit fichier src/Salut.jsx",
    "Écris le contenu de src/Salut.jsx dans un bloc de code",
    "Crée un fichier Button.jsx avec un composant React",
)
#: It writes a few tokens a second where others work too, and 512 of them at most.
PATIENCE = 600.0
#: With the line break after it: before that comes, nobody knows whether the block ends there.
BLOCK = re.compile(r"^```[^\n]*\n.*?^```[ \t]*\n", re.DOTALL | re.MULTILINE)


def answer_to(panel: Panel, studio: Studio, request: str) -> dict[str, Any]:
    """Its answer, stopped as soon as a block of it is whole: it rarely knows when to end."""
    panel.begin()
    panel.send_message(request)
    panel.answers.last.wait_for()
    conversation = studio.client.get("/api/chat/conversations/1").json()["conversations"][0]["id"]

    def written() -> dict[str, Any] | None:
        message = dict(studio.client.messages(conversation)[-1])
        has_block = message["status"] != "streaming" or BLOCK.search(message["content"]) is not None
        return message if message["role"] == "assistant" and has_block else None

    found = eventually(written, PATIENCE, every=1)
    assert found is not None
    studio.client.act(found["id"], "stop")
    return studio.client.message(conversation, found["id"])


def proposed(panel: Panel, studio: Studio) -> dict[str, Any]:
    """The first file that it proposes whole."""
    said = []
    for request in REQUESTS:
        message = answer_to(panel, studio, request)
        if pending := [action for action in message["actions"] if action["status"] == "pending"]:
            return dict(pending[0])
        said.append(message["content"])
    pytest.fail(f"the embedded model proposed no file: {said}")


def row_of(page: Page, path: str) -> Locator:
    """The file in the tree, its folders opened."""
    parts = path.split("/")
    for depth in range(1, len(parts)):
        folder = page.locator(f'.tree [data-path="{"/".join(parts[:depth])}"]')
        expect(folder).to_be_visible()
        if folder.get_attribute("aria-expanded") == "false":
            folder.click()
    return page.locator(f'.tree [data-path="{path}"]')


def test_a_file_is_written_read_applied_and_taken_back(page: Page, start_studio: StartStudio) -> None:
    studio = start_studio(env={"WEBOX_EMBEDDED_MODEL": "on", "OPENAI_API_KEY": "", "OPENAI_BASE_URL": ""})
    panel = Panel(page, studio.editor_url).open()
    action = proposed(panel, studio)
    path, review = action["path"], Review(panel)
    address = f"/api/projects/1/files/{path}"
    before = studio.client.get(address).json().get("text")
    after = studio.client.get(f"/api/chat/actions/{action['id']}").json()["after"]
    assert after.strip()
    assert after != before, "nothing is written before it is accepted"
    review.open().choose(path)
    first = next(line.strip() for line in after.splitlines() if line.strip())
    expect(review.body).to_contain_text(first)
    review.do("apply-file")
    review.assert_status("appliqué")
    review.close()
    expect(row_of(page, path)).to_be_visible()
    assert studio.client.get(address).json()["text"] == after
    review.do("undo-all")
    expect(review.cards.first).to_have_attribute("data-status", "undone")
    assert studio.client.get(address).json().get("text") == before
    if before is None:
        expect(page.locator(f'.tree [data-path="{path}"]')).to_have_count(0)
    assert panel.problems == []
