"""How a growing answer is drawn: finished blocks are never touched, however the text is cut."""

from __future__ import annotations

import pytest
from playwright.sync_api import expect

from tests.browser.driver import FakeBackend
from tests.browser.panel import Panel

pytestmark = pytest.mark.browser

# Notes what happens inside blocks that had a block after them when they were last drawn.
WATCH = """() => {
  globalThis.touched = [];
  const root = document.querySelector("webox-chat").shadowRoot;
  let finished = new Set();
  const top = (node) => {
    while (node && !node.parentElement?.matches(".markdown")) node = node.parentElement;
    return node;
  };
  new MutationObserver((records) => {
    for (const { target, type } of records) {
      const block = top(target.nodeType === 1 ? target : target.parentElement);
      if (finished.has(block)) touched.push([type, block.tagName, block.textContent.slice(0, 40)]);
    }
    finished = new Set([...root.querySelectorAll(".markdown > *")].filter((block) => block.nextElementSibling));
  }).observe(root, { childList: true, characterData: true, subtree: true });
}"""

TEXTS = {
    "paragraphs": "Un **mot** et `du code`.\n\nUn autre, avec [un lien](https://react.dev).\n\n## Titre\n\nFin.",
    "lists": "- un\n- deux\n  - dedans **gras**\n  - encore\n- trois\n\n1. a\n2. b\n\n   suite\n3. c\n\nFin.",
    "tasks": "- [ ] à faire\n- [x] fait **bien**\n  - [ ] dedans\n\n  suite\n- sans case\n\nFin.",
    "long list": "\n".join(f"- élément **{number}** de la liste" for number in range(60)) + "\n\nFin.",
    "long table": "| a | b |\n|---|:-:|\n" + "\n".join(f"| {n} | `v{n}` |" for n in range(60)) + "\n\nFin.",
    "long paragraph": " ".join(f"mot{number} **gras{number}** `code{number}`" for number in range(260)) + "\n\nFin.",
    "code": "```js\n" + "\n".join(f"const v{n} = `t ${{{n}}}`; // c" for n in range(130)) + "\n```\n\nFin.",
    "code in a list": "1. Un :\n\n   ```css\n   a { color: red }\n   ```\n\n2. Deux\n\nFin.",
    "fence in a fence": "````md\n```js\nx\n```\n````\n\nFin.",
    "quote and rule": "> une\n> citation\n\n---\n\nTitre\n---\n\nFin.",
    "crlf": "Un\r\n\r\n- deux\r\n- trois\r\n\r\n```js\r\nconst a = 1;\r\n```\r\n\r\nFin.",
}


@pytest.mark.parametrize("name", TEXTS)
def test_streamed_in_small_pieces_it_is_the_same_as_at_once(panel: Panel, backend: FakeBackend, name: str) -> None:
    text = TEXTS[name]
    panel.page.evaluate(WATCH)
    panel.send_message(f"!echo {text}")
    panel.wait_status("complete", seconds=40)
    streamed = panel.last_answer.locator(".markdown").inner_html()
    assert panel.page.evaluate("touched") == []
    panel.reload()
    panel.wait_status("complete")
    if name == "long paragraph":  # its pieces are cut where the stream happened to be
        return
    expect(panel.last_answer.locator(".markdown p").last).to_have_text("Fin.")
    panel.page.wait_for_timeout(200)  # long code is coloured in pauses
    assert panel.last_answer.locator(".markdown").inner_html() == streamed


def test_what_the_person_has_selected_stays_selected(panel: Panel) -> None:
    panel.send_message("!count:120")
    panel.assert_message_text("1 2 3 4 5 6 7 8 9 10")
    paragraph = panel.last_answer.locator(".markdown p")
    paragraph.evaluate(
        """e => { const range = document.createRange(); range.setStart(e.firstChild, 0); range.setEnd(e.firstChild, 9);
        const selection = getSelection(); selection.removeAllRanges(); selection.addRange(range); }"""
    )
    panel.wait_status("complete")
    assert panel.page.evaluate("getSelection().toString()") == "1 2 3 4 5"


def test_the_first_words_of_a_table_or_list_are_not_shown_as_something_else(panel: Panel) -> None:
    panel.page.evaluate(
        """() => { globalThis.kinds = new Set();
        const root = document.querySelector("webox-chat").shadowRoot;
        const look = () => root.querySelectorAll(".markdown > *").forEach((e) => kinds.add(e.className || e.tagName));
        new MutationObserver(look).observe(root, { childList: true, characterData: true, subtree: true }); }"""
    )
    panel.send_message("!echo | a | b |\n|---|---|\n| 1 | 2 |\n\n- un\n- deux\n\n```js\nx\n```\n")
    panel.wait_status("complete")
    assert panel.page.evaluate("[...kinds].sort()") == ["code-block", "table-frame", "tight"]
