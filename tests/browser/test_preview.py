"""The preview as a person uses it: what is shown, when it is shown again, and what is said below it."""

from __future__ import annotations

import json
import re
import sqlite3
from contextlib import closing
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Locator, Page, Response, expect

from tests.browser.previews import LOAD, Previewing
from tests.live import StartStudio, eventually

pytestmark = [pytest.mark.browser, pytest.mark.live]

REACT = {
    "react.html": '<!doctype html><div id="root"></div><script type="module" src="/src/main.tsx"></script>',
    "src/main.tsx": (
        "import { createRoot } from 'react-dom/client';\nimport { App } from './App';\nimport './look.css';\n"
        "createRoot(document.getElementById('root')!).render(<App start={3} />);\n"
    ),
    "src/App.tsx": (
        "import { useState } from 'react';\n\nexport function App({ start }: { start: number }) {\n"
        "  const [count, setCount] = useState<number>(start);\n"
        "  const more = () => {\n    if (count > 3) throw new Error('assez');\n    setCount(count + 1);\n  };\n"
        "  return <button onClick={more}>Compte {count}</button>;\n}\n"
    ),
    "src/look.css": "button { color: rgb(1, 2, 3); }",
}
VUE = {
    "vue.html": '<!doctype html><div id="app"></div><script type="module" src="src/vue.js"></script>',
    "src/vue.js": "import { createApp } from 'vue';\nimport Card from './Card.vue';\ncreateApp(Card).mount('#app');\n",
    "src/Card.vue": (
        '<script setup lang="ts">\nimport { ref } from "vue";\nconst n = ref<number>(1);\n</script>\n'
        '<template><button @click="n++">Vue {{ n }}</button></template>\n'
        "<style scoped>button { color: rgb(4, 5, 6) }</style>\n"
    ),
}
OTHERS = {
    "others.html": (
        '<!doctype html><my-card></my-card><div id="p"></div>\n<script type="module">\n'
        "import { LitElement, html } from 'lit';\nimport { h, render } from 'preact';\n"
        "import { useState } from 'preact/hooks';\n"
        "customElements.define('my-card', class extends LitElement { render() { return html`<b>Lit</b>`; } });\n"
        "render(h(() => h('i', null, `Preact ${useState(7)[0]}`)), document.getElementById('p'));\n</script>"
    ),
}  # fmt: skip


@pytest.fixture
def world(page: Page, start_studio: StartStudio) -> Previewing:
    return Previewing(page, start_studio())


def requests_of(page: Page) -> list[str]:
    found: list[str] = []
    page.on("request", lambda request: found.append(request.url))
    return found


def test_a_plain_page_is_there_without_a_compiler(world: Previewing) -> None:
    asked = requests_of(world.page)
    world.open()
    expect(world.shown.locator("h1")).to_contain_text("La main", timeout=LOAD)
    assert any("/preview/" in url for url in asked)
    assert [url for url in asked if "compiler" in url or url.endswith(".wasm")] == []


def test_a_save_shows_the_page_again_where_it_was(world: Previewing) -> None:
    # said after the place has been told: messages keep their order
    said = "addEventListener('scroll', () => setTimeout(() => console.log('là'), 400))"
    page = f"<!doctype html><body style='height: 5000px'><h1>Un</h1><script>{said}</script></body>"
    world.put("long.html", page)
    world.open("long.html")
    expect(world.shown.locator("h1")).to_have_text("Un", timeout=LOAD)
    world.shown.locator("body").evaluate("scrollTo(0, 1200)")
    eventually(lambda: world.shown.locator("body").evaluate("scrollY") == 1200)
    expect(world.row("là").first).to_be_visible(timeout=LOAD)
    world.put("long.html", page.replace("Un", "Deux"))
    expect(world.shown.locator("h1")).to_have_text("Deux", timeout=LOAD)
    eventually(lambda: world.shown.locator("body").evaluate("scrollY") == 1200)


def test_a_style_sheet_is_changed_without_loading_the_page(world: Previewing) -> None:
    world.put("s.css", "h1 { color: rgb(1, 1, 1) }")
    world.put("s.html", '<!doctype html><link rel="stylesheet" href="/s.css"><h1>Ici</h1>')
    world.open("s.html")
    title = world.shown.locator("h1")
    expect(title).to_have_css("color", "rgb(1, 1, 1)", timeout=LOAD)
    title.evaluate("element => { element.textContent = 'Toujours'; }")
    world.put("s.css", "h1 { color: rgb(2, 2, 2) }")
    expect(title).to_have_css("color", "rgb(2, 2, 2)", timeout=LOAD)
    expect(title).to_have_text("Toujours")


def test_react_in_typescript_is_compiled_and_its_errors_lead_to_their_lines(world: Previewing) -> None:
    for path, text in REACT.items():
        world.put(path, text)
    world.open("react.html")
    button = world.shown.get_by_role("button")
    expect(button).to_have_text("Compte 3", timeout=LOAD)
    expect(button).to_have_css("color", "rgb(1, 2, 3)")
    button.click()
    expect(button).to_have_text("Compte 4")
    button.click()
    error = world.row("assez").first
    expect(error.locator(".console-place")).to_have_text("src/App.tsx:6")
    error.locator(".console-place").click()
    expect(world.page.locator('[role="tab"][aria-selected="true"]').first).to_contain_text("App.tsx")
    world.put("src/App.tsx", REACT["src/App.tsx"].replace("Compte", "Total"))
    expect(button).to_have_text("Total 3", timeout=LOAD)


def test_what_cannot_be_compiled_is_said_with_its_line_and_the_page_stays(world: Previewing) -> None:
    for path, text in REACT.items():
        world.put(path, text)
    world.open("react.html")
    button = world.shown.get_by_role("button")
    expect(button).to_have_text("Compte 3", timeout=LOAD)
    world.put("src/App.tsx", "export const App = () => <b />;\nconst a = ;\n")
    expect(world.notice("build")).to_contain_text("La compilation a échoué", timeout=LOAD)
    expect(world.page.locator(".console-place").first).to_contain_text("src/App.tsx:2")
    expect(button).to_have_text("Compte 3")
    world.put("src/App.tsx", "import x from 'left-pad';\nexport const App = () => <b>{x}</b>;\n")
    expect(world.row("left-pad")).to_contain_text("n'est pas fourni", timeout=LOAD)
    world.put("src/App.tsx", "export const App = () => <b>Bien</b>;\n")
    expect(world.shown.locator("b")).to_have_text("Bien", timeout=LOAD)
    expect(world.notice("build")).to_have_count(0)
    expect(world.page.locator(".console-row")).to_have_count(0)


def counts(button: Locator) -> bool:
    """Whether a click on it counts on."""
    button.click()
    return button.text_content() != "Vue 1"


def test_vue_lit_and_preact_run_from_our_own_packages(world: Previewing) -> None:
    for path, text in (VUE | OTHERS).items():
        world.put(path, text)
    asked = requests_of(world.page)
    world.open("vue.html")
    button = world.shown.get_by_role("button")
    expect(button).to_have_text("Vue 1", timeout=LOAD)
    expect(button).to_have_css("color", "rgb(4, 5, 6)")
    eventually(lambda: counts(button))  # a save that is told late reloads the page, and it counts from 1 again
    world.go("others.html")
    expect(world.shown.locator("b")).to_have_text("Lit", timeout=LOAD)
    expect(world.shown.locator("i")).to_have_text("Preact 7")
    assert {re.sub(r":\d+/.*", "", url) for url in asked if url.startswith("http")} == {
        "http://localhost", "http://127.0.0.1",
    }  # fmt: skip


ROUTER = """<!doctype html><html lang="fr"><head><title>x</title><link rel="stylesheet" href="router.css"></head><body>
<nav><a href="/users/7?a=b" data-route>Sept</a> <a href="#place">Ici</a></nav><p id="out"></p><p id="place">-</p>
<script>
  const show = () => { document.getElementById("out").textContent = "à " + location.pathname + location.search; };
  addEventListener("popstate", show);
  document.addEventListener("click", (event) => {
    const link = event.target.closest("[data-route]");
    if (!link) return;
    event.preventDefault();
    history.pushState({}, "", link.href);
    show();
  });
  const later = document.createElement("a");
  later.href = "/about";
  later.textContent = "Sans routeur";
  document.querySelector("nav").append(later);
  show();
</script></body></html>"""


def test_a_router_sees_the_projects_own_paths(world: Previewing) -> None:
    """No basename, no hash: it reads `location.pathname` as it will where the project is published."""
    world.put("index.html", ROUTER)
    world.put("router.css", "#out { color: rgb(1, 2, 3); }")
    with closing(sqlite3.connect(world.server.sqlite_path, timeout=60)) as database, database:
        database.execute("UPDATE projects_project SET preview_spa = 1")
    world.open()
    out = world.shown.locator("#out")
    address = world.page.locator(".preview-address")
    expect(out).to_have_text("à /", timeout=LOAD)
    expect(out).to_have_css("color", "rgb(1, 2, 3)")
    world.shown.get_by_role("link", name="Sept").click()
    expect(out).to_have_text("à /users/7?a=b")
    expect(address).to_have_value("/users/7?a=b")
    world.shown.get_by_role("link", name="Ici").click()
    expect(address).to_have_value("/users/7?a=b#place")
    expect(out).to_have_text("à /users/7?a=b")
    # a save loads the page again, where it was; what is relative in it is found from there
    world.put("index.html", ROUTER.replace("à ", "de nouveau à "))
    expect(out).to_have_text("de nouveau à /users/7?a=b", timeout=LOAD)
    expect(out).to_have_css("color", "rgb(1, 2, 3)")
    world.shown.get_by_role("link", name="Sans routeur").click()
    expect(out).to_have_text("de nouveau à /about", timeout=LOAD)
    world.go("deep/er")
    expect(out).to_have_text("de nouveau à /deep/er", timeout=LOAD)
    expect(out).to_have_css("color", "rgb(1, 2, 3)")


def test_the_address_goes_back_and_forth(world: Previewing) -> None:
    world.put("a.html", '<!doctype html><h1>A</h1><a href="/b.html?x=1#end">vers B</a>')
    world.put("b.html", "<!doctype html><h1>B</h1>")
    world.open("a.html")
    title, address = world.shown.locator("h1"), world.page.locator(".preview-address")
    expect(title).to_have_text("A", timeout=LOAD)
    world.shown.get_by_role("link").click()
    expect(title).to_have_text("B", timeout=LOAD)
    expect(address).to_have_value("/b.html?x=1#end")
    world.page.get_by_role("button", name="Page précédente").click()
    expect(title).to_have_text("A", timeout=LOAD)
    expect(address).to_have_value("/a.html")
    world.page.get_by_role("button", name="Page suivante").click()
    expect(title).to_have_text("B", timeout=LOAD)
    world.go("nowhere.html")
    expect(title).to_contain_text("Ce fichier n'est pas dans le projet", timeout=LOAD)
    world.shown.get_by_role("link", name="a.html").click()
    expect(title).to_have_text("A", timeout=LOAD)


def test_an_old_revision_is_shown_and_stays(world: Previewing) -> None:
    world.put("r.html", "<!doctype html><h1>Ancien</h1>")
    world.put("r.html", "<!doctype html><h1>Nouveau</h1>")
    world.open("r.html")
    title = world.shown.locator("h1")
    expect(title).to_have_text("Nouveau", timeout=LOAD)
    moment = world.page.get_by_label("Révision affichée")
    moment.focus()
    expect(moment.locator("option")).to_have_count(4)
    moment.select_option("2")
    expect(title).to_have_text("Ancien", timeout=LOAD)
    world.put("r.html", "<!doctype html><h1>Dernier</h1>")
    expect(title).to_have_text("Ancien")
    moment.select_option("")
    expect(title).to_have_text("Dernier", timeout=LOAD)


def propose(world: Previewing, files: dict[str, Any] | None) -> None:
    world.page.locator("webox-chat").evaluate(
        """(chat, files) => chat.dispatchEvent(new CustomEvent("webox-chat:preview-proposal",
             { bubbles: true, detail: { messageId: 1, files } }))""",
        files,
    )


def test_a_proposal_is_seen_before_it_is_accepted(world: Previewing) -> None:
    world.open()
    title = world.shown.locator("h1")
    expect(title).to_contain_text("La main", timeout=LOAD)
    propose(world, {"index.html": "<!doctype html><h1>Proposé</h1>"})
    expect(title).to_have_text("Proposé", timeout=LOAD)
    world.page.get_by_role("button", name="Avant").click()
    expect(title).to_contain_text("La main", timeout=LOAD)
    world.page.get_by_role("button", name="Après").click()
    expect(title).to_have_text("Proposé", timeout=LOAD)
    propose(world, None)
    expect(title).to_contain_text("La main", timeout=LOAD)
    expect(world.notice("sides")).to_have_count(0)


def test_the_console_is_filtered_cleared_and_handed_to_the_assistant(world: Previewing) -> None:
    world.put("c.js", "console.log('un', {a: [1, 2]});\nconsole.warn('deux');\nlost();\n")
    world.put("c.html", '<!doctype html><script src="c.js"></script><img src="no.png">')
    world.open("c.html")
    expect(world.row("un {a: [1, 2]}").locator(".console-place")).to_have_text("c.js:1", timeout=LOAD)
    error = world.row("lost is not defined")
    expect(error.locator(".console-place")).to_have_text("c.js:3")
    expect(world.row("Introuvable : no.png")).to_be_visible()
    world.page.get_by_role("button", name="Erreurs", exact=True).click()
    expect(world.row("deux")).to_be_hidden()
    expect(error).to_be_visible()
    with world.page.expect_request("**/api/chat/message") as sent:
        error.get_by_role("button", name="Corriger ceci").click()
    body = json.loads(sent.value.post_data or "{}")
    assert "lost is not defined\nc.js:3:1" in body["content"]
    assert {"file": "c.js", "line": 3}.items() <= body["context"]["preview_errors"][0].items()
    world.page.get_by_role("button", name="Vider la console").click()
    expect(world.page.locator(".console-row")).to_have_count(0)


def test_a_page_may_remember_though_it_has_no_storage(world: Previewing) -> None:
    script = "localStorage.n = Number(localStorage.getItem('n') ?? 0) + 1; document.title = localStorage.n;"
    world.put(
        "m.html",
        f"<!doctype html><h1></h1><script>{script} document.querySelector('h1').textContent = localStorage.n;</script>",
    )
    world.open("m.html")
    expect(world.shown.locator("h1")).to_have_text("1", timeout=LOAD)
    world.put("m.txt", "x")
    expect(world.shown.locator("h1")).to_have_text("2", timeout=LOAD)


def test_a_link_out_of_the_project_is_the_persons_to_follow(world: Previewing) -> None:
    world.put("o.html", '<!doctype html><h1>O</h1><a href="https://elsewhere.example/x">dehors</a>')
    world.open("o.html")
    world.shown.get_by_role("link").click(timeout=LOAD)
    expect(world.notice("outside")).to_contain_text("https://elsewhere.example/x")
    link = world.notice("outside").get_by_role("link")
    assert link.get_attribute("rel") == "noopener noreferrer"
    expect(world.shown.locator("h1")).to_have_text("O")


def test_it_opens_in_a_tab_of_the_studio(world: Previewing) -> None:
    world.open()
    expect(world.shown.locator("h1")).to_be_visible(timeout=LOAD)
    with world.page.context.expect_page() as opened:
        world.page.get_by_role("link", name="Ouvrir dans un onglet").click()
    tab = opened.value
    expect(tab.frame_locator(".preview-frame").locator("h1")).to_contain_text("La main", timeout=LOAD)
    assert tab.url.startswith(f"{world.studio}/projects/1/preview?")


def test_an_address_is_renewed_without_loading_the_page(page: Page, start_studio: StartStudio) -> None:
    world = Previewing(page, start_studio(env={"WEBOX_PREVIEW_SECONDS": "40"}))
    world.put("k.html", "<!doctype html><h1>Avant</h1>")
    world.open("k.html")
    title = world.shown.locator("h1")
    expect(title).to_have_text("Avant", timeout=LOAD)
    title.evaluate("element => { element.textContent = 'Gardé'; }")

    def is_renewal(answer: Response) -> bool:
        return answer.request.method == "POST" and answer.url.endswith("/preview")

    with page.expect_response(is_renewal, timeout=LOAD) as sent:
        pass  # at half its time
    assert sent.value.json()["url"] + "k.html" == page.locator(".preview-frame").get_attribute("src")
    expect(title).to_have_text("Gardé")


NOISY = """<!doctype html><html lang="fr"><title>C</title><h1>C</h1>
<script>console.log("a"); console.warn("b"); console.debug("d"); lost();</script>"""


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_it_is_accessible_and_fits(world: Previewing, scheme: str) -> None:
    page = world.page
    page.emulate_media(color_scheme=scheme)  # type: ignore[arg-type]
    world.put("c.html", NOISY)
    world.open("c.html")
    expect(world.row("lost")).to_be_visible(timeout=LOAD)
    for width in (1440, 768, 360):
        page.set_viewport_size({"width": width, "height": 800})
        if width == 360:
            page.locator('[data-view="preview"]:visible').first.click()
        expect(world.row("lost")).to_be_visible()
        assert page.evaluate("document.documentElement.scrollWidth") <= width
        page.wait_for_function("() => document.getAnimations().every((one) => one.playState !== 'running')")
        found = Axe().run(page, context=".preview")
        assert found.violations_count == 0, found.generate_report()
