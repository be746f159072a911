"""Pages as students and assistants write them: Babel in the page, CDNs, Sass, frames; without any network."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Page, expect

from tests.browser.previews import LOAD, Previewing
from tests.browser.test_preview import requests_of
from tests.live import StartStudio

pytestmark = [pytest.mark.browser, pytest.mark.live]

CDN = (
    '<script crossorigin src="https://unpkg.com/react@18/umd/react.development.js"></script>\n'
    '<script crossorigin src="https://cdnjs.cloudflare.com/ajax/libs/react-dom/18.2.0/umd/react-dom.production.min.js"'
    ' integrity="sha512-abc"></script>\n'
    '<script src="https://unpkg.com/@babel/standalone/babel.min.js"></script>\n'
)
BABEL = {
    "babel.html": (
        f'<!doctype html><html lang="fr"><head>\n{CDN}</head>\n<body><div id="root"></div>\n'
        '<script type="text/babel" src="parts/hello.jsx"></script>\n'
        '<script type="text/babel">\n'
        "const { useState } = React;\n"
        "function App() {\n  const [count, setCount] = useState(1);\n"
        "  const more = () => { if (count > 1) throw new Error('assez'); setCount(count + 1); };\n"
        "  return <button onClick={more}><Hello /> {count}</button>;\n}\n"
        "ReactDOM.createRoot(document.getElementById('root')).render(<App />);\n</script></body></html>\n"
    ),
    # the same name twice at the top: Babel makes both `var`
    "parts/hello.jsx": "const { useState } = React;\nconst Hello = () => <b>Bonjour</b>;\n",
}


@pytest.fixture
def world(page: Page, start_studio: StartStudio) -> Previewing:
    return Previewing(page, start_studio())


def put_all(world: Previewing, files: dict[str, str]) -> None:
    for path, text in files.items():
        world.put(path, text)


def hosts(asked: list[str]) -> set[str]:
    return {re.sub(r":\d+/.*", "", url) for url in asked if url.startswith("http")}


def test_babel_in_the_page_works_without_its_cdn(world: Previewing) -> None:
    put_all(world, BABEL)
    asked = requests_of(world.page)
    world.open("babel.html")
    button = world.shown.get_by_role("button")
    expect(button).to_have_text("Bonjour 1", timeout=LOAD)
    expect(world.page.locator(".console-row")).to_have_count(0)
    assert hosts(asked) == {"http://localhost", "http://127.0.0.1"}
    assert [url for url in asked if url.endswith(".wasm")] == []
    button.click()
    expect(button).to_have_text("Bonjour 2")
    button.click()
    place = world.row("assez").first.locator(".console-place")
    expect(place).to_have_text("babel.html:12")
    world.put("parts/hello.jsx", BABEL["parts/hello.jsx"].replace("Bonjour", "Salut"))
    expect(button).to_have_text("Salut 1", timeout=LOAD)
    world.put("parts/hello.jsx", "const a = <b>;\n")
    expect(world.notice("build")).to_contain_text("La compilation a échoué", timeout=LOAD)
    expect(world.page.locator(".console-place").first).to_contain_text("parts/hello.jsx:")


def test_modules_of_a_cdn_are_ours(world: Previewing) -> None:
    imports = '{"imports": {"react": "https://esm.sh/react@18.2.0", "react-dom/": "https://esm.sh/react-dom@18.2.0/"}}'
    put_all(world, {
        "map.html": (
            f'<!doctype html>\n<script type="importmap">{imports}</script>\n'
            '<script src="https://unpkg.com/@babel/standalone@7/babel.min.js"></script>\n<main id="m"></main>\n'
            '<script type="text/babel" data-type="module">\nimport React from "react";\n'
            'import { createRoot } from "react-dom/client";\nimport { word } from "./word.js";\n'
            'createRoot(document.getElementById("m")).render(<h1>{word} {React.version}</h1>);\n</script>'
        ),
        "word.js": 'export const word = "React";\n',
        "vue.html": (
            '<!doctype html><div id="app"><h1>{{ said }}</h1></div>\n<script type="module">\n'
            'import { createApp } from "https://unpkg.com/vue@3/dist/vue.esm-browser.js";\n'
            'createApp({ data: () => ({ said: "Vue" }) }).mount("#app");\n</script>'
        ),
        "global.html": (
            '<!doctype html><script src="https://unpkg.com/vue@3"></script><div id="app"><h1>{{ said }}</h1></div>\n'
            '<script>Vue.createApp({ data: () => ({ said: "global" }) }).mount("#app");</script>'
        ),
    })  # fmt: skip
    asked = requests_of(world.page)
    world.open("map.html")
    title = world.shown.locator("h1")
    expect(title).to_have_text("React 18.3.1", timeout=LOAD)
    world.go("vue.html")
    expect(title).to_have_text("Vue", timeout=LOAD)
    world.go("global.html")
    expect(title).to_have_text("global", timeout=LOAD)
    assert hosts(asked) == {"http://localhost", "http://127.0.0.1"}


def test_what_is_blocked_says_why_and_what_to_do(world: Previewing) -> None:
    put_all(world, {
        "blocked.html": (
            '<!doctype html><script src="https://unpkg.com/react@16/umd/react.development.js"></script>\n'
            '<link rel="stylesheet" href="https://cdn.jsdelivr.net/npm/bootstrap@5/dist/css/bootstrap.min.css">\n'
            '<img src="https://images.example/a.png">\n<script>fetch("https://api.example/x").catch(() => {});</script>'
        ),
        "nobabel.html": '<!doctype html><script type="text/babel">const a = <b/>;</script>',
    })  # fmt: skip
    world.open("blocked.html")
    react = world.row("react@16")
    expect(react).to_contain_text("Il a react@18, react@19", timeout=LOAD)
    expect(react.get_by_role("button", name="Corriger ceci")).to_be_visible()
    expect(world.row("bootstrap.min.css")).to_contain_text("Copiez ce fichier dans le projet")
    expect(world.row("images.example")).to_contain_text("Copiez ce fichier dans le projet")
    expect(world.row("api.example")).to_contain_text("réglages du projet")
    world.go("nobabel.html")
    expect(world.row("ne charge pas Babel")).to_be_visible(timeout=LOAD)


SASS = {
    "sass.html": '<!doctype html><link rel="stylesheet" href="css/site.css"><h1>Sass</h1><p>p</p>',
    "scss/site.scss": '@use "parts/colors" as *;\n@import "old";\nh1 { &:first-of-type { color: $main; } }\n',
    "scss/parts/_colors.scss": "$main: rgb(1, 2, 3);\n",
    "scss/_old.sass": "$gap: 7px\np\n  margin-top: $gap\n",
}


def test_sass_is_compiled_and_changed_without_loading_the_page(world: Previewing) -> None:
    put_all(world, SASS)
    world.open("sass.html")
    title = world.shown.locator("h1")
    expect(title).to_have_css("color", "rgb(1, 2, 3)", timeout=LOAD)
    expect(world.shown.locator("p")).to_have_css("margin-top", "7px")
    title.evaluate("element => { element.textContent = 'Toujours'; }")
    world.put("scss/parts/_colors.scss", "$main: rgb(4, 5, 6);\n")
    expect(title).to_have_css("color", "rgb(4, 5, 6)", timeout=LOAD)
    expect(title).to_have_text("Toujours")
    world.put("scss/site.scss", '@use "parts/colors" as *;\n@warn "attention";\nh1 {\n  color: $missing;\n}\n')
    error = world.row("Undefined variable")
    expect(error.locator(".console-place")).to_contain_text("scss/site.scss:4", timeout=LOAD)
    expect(title).to_have_css("color", "rgb(4, 5, 6)")
    world.put("scss/site.scss", '@use "nowhere";\n')
    expect(world.row("Can't find stylesheet")).to_contain_text("scss/site.scss:1", timeout=LOAD)
    world.put("scss/site.scss", '@warn "attention";\nh1 { color: rgb(7, 8, 9) }\n')
    expect(title).to_have_css("color", "rgb(7, 8, 9)", timeout=LOAD)
    expect(world.row("attention")).to_have_attribute("data-level", "warn")


def test_sass_in_scripts_and_in_vue(world: Previewing) -> None:
    put_all(world, {
        "vite.html": '<!doctype html><div id="app"></div><script type="module" src="src/main.ts"></script>',
        "src/main.ts": (
            'import { createApp } from "vue";\nimport Card from "./Card.vue";\nimport "@/look";\n'
            'import names from "./own.module.scss";\ndocument.body.className = names.page;\n'
            'createApp(Card).mount("#app");\n'
        ),
        "src/look.scss": '@use "./vars" as *;\nh1 { color: $main; }\n',
        "src/_vars.scss": "$main: rgb(1, 2, 3);\n",
        "src/own.module.scss": ".page { i & { color: red; } margin-left: 3px; }\n",
        "src/Card.vue": (
            '<template><h1>Carte</h1></template>\n<style lang="scss" scoped>\n'
            '@use "./vars" as *;\nh1 { &:hover { color: red; } border-top: 2px solid $main; }\n</style>\n'
        ),
    })  # fmt: skip
    world.open("vite.html")
    title = world.shown.locator("h1")
    expect(title).to_have_css("color", "rgb(1, 2, 3)", timeout=LOAD)
    expect(title).to_have_css("border-top-width", "2px")
    expect(world.shown.locator("body")).to_have_css("margin-left", "3px")
    world.put("src/_vars.scss", "$main: ;\n")
    expect(world.row("src/_vars.scss:1").first).to_be_visible(timeout=LOAD)


def test_pages_in_frames_are_shown_and_heard(world: Previewing) -> None:
    put_all(world, {
        "outer.html": (
            '<!doctype html><h1>Dehors</h1><iframe name="view" src="inner/in.html" title="a"></iframe>\n'
            '<a href="inner/other.html" target="view">autre</a>'
        ),
        "inner/in.html": '<!doctype html><h2>Dedans</h2><img src="/no.png" alt=""><script src="in.js"></script>',
        "inner/in.js": "console.log('du cadre');\nlost();\n",
        "inner/other.html": "<!doctype html><h2>Autre</h2>",
    })  # fmt: skip
    world.open("outer.html")
    inner = world.shown.frame_locator("iframe")
    expect(inner.locator("h2")).to_have_text("Dedans", timeout=LOAD)
    expect(world.row("du cadre").locator(".console-place")).to_have_text("inner/in.js:1")
    expect(world.row("lost is not defined").locator(".console-place")).to_have_text("inner/in.js:2")
    expect(world.row("Introuvable : no.png")).to_be_visible()
    expect(world.page.locator(".preview-address")).to_have_value("/outer.html")
    world.shown.get_by_role("link", name="autre").click()
    expect(inner.locator("h2")).to_have_text("Autre", timeout=LOAD)
    expect(world.shown.locator("h1")).to_have_text("Dehors")
    world.put("inner/other.html", "<!doctype html><h2>Changé</h2>")
    expect(inner.locator("h2")).to_have_text("Dedans", timeout=LOAD)  # loaded again, as the page says
