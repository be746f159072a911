"""Writing code: several files, several cursors, help from the editor, and everything by keyboard."""

from __future__ import annotations

import json

import pytest
from playwright.sync_api import Page, expect

from tests.browser.editor import Editor, Files
from tests.live import Studio
from tests.streaming.model_server import say

pytestmark = [pytest.mark.browser, pytest.mark.live]


@pytest.fixture
def manual(editor: Editor) -> Editor:
    """An editor that saves when it is told to."""
    editor.page.add_init_script("""localStorage.setItem("webox.editor", JSON.stringify({ autosave: false }))""")
    return editor


# --- Tabs


def test_undo_cursor_and_dirty_mark_survive_a_change_of_tab(manual: Editor, files: Files) -> None:
    first, second = files.put("a.css", "a {}\n"), files.put("b.css", "b {}\n")
    editor = manual.open(first)
    editor.type("un")
    editor.go_to(second)
    editor.type("deux")
    editor.tab(first).click()
    editor.expect_text("a {}\nun")
    expect(editor.tab(first)).to_have_attribute("data-state", "dirty")
    expect(editor.tab(second)).to_have_attribute("data-state", "dirty")
    expect(editor.page.locator(".status-position")).to_have_text("L 2, col. 3")
    editor.press("Control+z")
    editor.expect_text("a {}\n")
    editor.expect_saved()
    editor.tab(second).click()
    editor.expect_text("b {}\ndeux")


def test_tabs_are_there_again_after_a_reload(manual: Editor, files: Files) -> None:
    first, second = files.put("a.css", "a {}"), files.put("b.css", "b {}")
    editor = manual.open(first)
    editor.go_to(second)
    editor.open()
    expect(editor.tab(first)).to_be_visible()
    expect(editor.tab(second)).to_have_attribute("aria-selected", "true")
    editor.expect_text("b {}")


def test_tabs_by_keyboard(manual: Editor, files: Files) -> None:
    paths = [files.put(name, name) for name in ("a.txt", "b.txt", "c.txt")]
    editor = manual.open(paths[0])
    for path in paths[1:]:
        editor.go_to(path)
    editor.tab(paths[2]).focus()
    editor.press("ArrowLeft")
    expect(editor.tab(paths[1])).to_be_focused()
    editor.expect_text("b.txt")
    editor.press("Home")
    expect(editor.tab(paths[0])).to_be_focused()
    editor.press("Delete")
    expect(editor.tab(paths[0])).to_have_count(0)
    expect(editor.tab(paths[1])).to_be_focused()
    editor.press("Enter")
    expect(editor.code).to_be_focused()
    editor.press("Alt+PageDown")
    editor.expect_text("c.txt")
    editor.press("Alt+w")
    expect(editor.tab(paths[2])).to_have_count(0)


def test_closing_what_is_not_saved_asks(manual: Editor, files: Files) -> None:
    path = files.put("a.txt", "a")
    editor = manual.open(path)
    editor.type("b")
    editor.press("Alt+w")
    dialog = editor.page.get_by_role("dialog")
    expect(dialog).to_contain_text("pas enregistrées")
    editor.assert_accessible()
    expect(dialog.get_by_role("button", name="Enregistrer", exact=True)).to_be_focused()
    editor.press("Escape")
    expect(dialog).to_have_count(0)
    expect(editor.code).to_be_focused()
    editor.expect_text("ab")
    editor.press("Alt+w")
    dialog.get_by_role("button", name="Enregistrer", exact=True).click()
    expect(editor.tab(path)).to_have_count(0)
    assert files.text("a.txt") == "ab"


def test_not_saving_is_possible_too(manual: Editor, files: Files) -> None:
    path = files.put("a.txt", "a")
    editor = manual.open(path)
    editor.type("b")
    editor.expect_drafted()
    editor.press("Alt+w")
    editor.page.get_by_role("dialog").get_by_role("button", name="Ne pas enregistrer").click()
    expect(editor.tab(path)).to_have_count(0)
    assert files.text("a.txt") == "a"
    editor.open(path)
    editor.expect_text("a")


# --- Palettes


def test_a_file_a_line_a_command_and_a_symbol_by_name(manual: Editor, files: Files) -> None:
    path = files.put("composants/BoutonPrincipal.js", "function un() {}\n\nclass Deux {}\n")
    editor = manual.open()
    editor.press("Control+p")
    editor.palette.fill(f"{files.folder}bouprin")
    option = editor.options.first
    expect(option).to_have_text(path)
    expect(option).to_have_attribute("aria-selected", "true")
    editor.assert_accessible()
    editor.press("Enter")
    expect(editor.code).to_be_focused()
    editor.expect_text("function un() {}\n\nclass Deux {}\n")
    editor.press("Control+g")
    editor.page.keyboard.type("3:7")
    editor.press("Enter")
    expect(editor.page.locator(".status-position")).to_have_text("L 3, col. 7")
    editor.press("Control+Shift+o")
    expect(editor.options).to_have_text(["unligne 1", "Deuxligne 3"])
    editor.press("Enter")
    expect(editor.page.locator(".status-position")).to_have_text("L 1, col. 1")
    editor.run("retour ligne")
    expect(editor.code).to_have_class("cm-content cm-lineWrapping")
    expect(editor.code).to_be_focused()


def test_what_is_not_found_is_said(manual: Editor) -> None:
    editor = manual.open()
    editor.press("Control+p")
    editor.palette.fill("zzzzzzzz")
    expect(editor.options).to_have_text("Aucun fichier ne correspond.")
    editor.press("Enter")
    expect(editor.palette).to_be_visible()
    editor.press("Escape")
    expect(editor.palette).to_have_count(0)


@pytest.mark.parametrize(("platform", "shown"), [("Win32", "Ctrl+Shift+P"), ("MacIntel", "⇧⌘P")])
def test_shortcuts_are_shown_as_the_machine_writes_them(page: Page, studio: Studio, platform: str, shown: str) -> None:
    page.add_init_script(f"""
      Object.defineProperty(navigator, "userAgentData", {{ value: undefined }});
      Object.defineProperty(navigator, "platform", {{ value: {json.dumps(platform)} }});
    """)
    editor = Editor(page, studio.editor_url).open()
    editor.press("Meta+F1" if platform == "MacIntel" else "Control+F1")
    dialog = page.get_by_role("dialog")
    expect(dialog).to_contain_text("Raccourcis clavier")
    expect(dialog.locator("kbd", has_text=shown)).to_be_visible()
    editor.assert_accessible()
    editor.press("Escape")
    expect(dialog).to_have_count(0)
    editor.press("Meta+p" if platform == "MacIntel" else "Control+p")
    expect(editor.palette).to_be_visible()
    assert editor.problems == []


# --- Writing


def test_search_and_replace_in_french(manual: Editor, files: Files) -> None:
    editor = manual.open(files.put("a.txt", "un chat, deux chats\n"))
    editor.code.click()
    editor.press("Control+f")
    panel = editor.page.locator(".cm-search")
    panel.get_by_placeholder("Rechercher").fill("chat")
    panel.get_by_placeholder("Remplacer").fill("chien")
    editor.assert_accessible()
    panel.get_by_role("button", name="tout remplacer").click()
    editor.expect_text("un chien, deux chiens\n")
    editor.press("Escape")
    expect(panel).to_have_count(0)


def test_several_cursors(manual: Editor, files: Files) -> None:
    editor = manual.open(files.put("a.txt", "mot mot mot"))
    editor.code.click()
    editor.press("Control+Home")
    for _ in range(3):
        editor.press("Control+d")
    editor.page.keyboard.type("X")
    editor.expect_text("X X X")


def test_a_block_folds_and_unfolds(manual: Editor, files: Files) -> None:
    editor = manual.open(files.put("a.js", "function f() {\n  return 1;\n}\n"))
    expect(editor.code.locator("span").first).to_have_text("function")  # the language is there
    editor.code.click()
    editor.press("Control+Home")
    editor.press("Control+Shift+BracketLeft")
    expect(editor.code.locator(".cm-foldPlaceholder")).to_be_visible()
    editor.press("Control+Shift+BracketRight")
    expect(editor.code.locator(".cm-foldPlaceholder")).to_have_count(0)


@pytest.mark.parametrize(
    ("name", "text", "word"),
    [
        ("a.html", "<p>x</p>", "p"),
        ("page.html", "{% if user %}<p>{{ user }}</p>{% endif %}", "if"),
        ("a.css", "p { color: red; }", "p"),
        ("a.scss", "$a: 1px; p { margin: $a; }", "$a"),
        ("a.less", "@a: 1px; p { margin: @a; }", "@a"),
        ("a.js", "const a = 1;", "const"),
        ("a.jsx", "const a = <b>x</b>;", "const"),
        ("a.ts", "const a: number = 1;", "const"),
        ("a.tsx", "const a: X = <b>x</b>;", "const"),
        ("a.json", '{"a": 1}', '"a"'),
        ("a.md", "# Titre", "Titre"),
        ("a.py", "def f(): pass", "def"),
        ("a.vue", "<template><p>{{ a }}</p></template>", "template"),
        ("a.yml", "a: 1", "a"),
        ("a.sql", "select 1", "select"),
        ("a.php", "<?php echo 1;", "<?php"),
    ],
)
def test_code_is_coloured(manual: Editor, files: Files, name: str, text: str, word: str) -> None:
    editor = manual.open(files.put(name, text))
    expect(editor.code.locator("span", has_text=word).first).to_be_visible()
    editor.expect_text(text)


def test_emmet_in_html_and_css(manual: Editor, files: Files) -> None:
    page, sheet = files.put("a.html", "<body>\n\n</body>\n"), files.put("a.css", "p {\n\n}\n")
    editor = manual.open(page)
    expect(editor.code.locator("span", has_text="body").first).to_be_visible()
    editor.code.click()
    editor.press("Control+Home")
    editor.press("ArrowDown")
    editor.page.keyboard.type("ul>li*2")
    expect(editor.code.locator(".emmet-tracker").first).to_be_visible()
    editor.press("Tab")
    expect(editor.code).to_contain_text("<li></li>")
    editor.go_to(sheet)
    expect(editor.code.locator("span", has_text="p").first).to_be_visible()
    editor.press("Control+Home")
    editor.press("ArrowDown")
    editor.page.keyboard.type("m10")
    expect(editor.code.locator(".emmet-tracker").first).to_be_visible()
    # the completion first: pressed before it is there, Escape would be for the abbreviation
    expect(editor.page.locator(".cm-tooltip-autocomplete")).to_be_visible()
    editor.press("Escape")
    editor.press("Tab")
    expect(editor.code).to_contain_text("margin: 10px;")


def test_the_keyboard_is_not_trapped(manual: Editor, files: Files) -> None:
    editor = manual.open(files.put("a.txt", "a"))
    editor.code.click()
    editor.press("Tab")
    editor.expect_text("a")
    editor.press("Escape")
    editor.press("Tab")
    expect(editor.code).not_to_be_focused()


def test_prettier_formats_and_keeps_the_undo(manual: Editor, files: Files) -> None:
    editor = manual.open(files.put("a.js", "const a={b:1,\nc:2}\n"))
    expect(editor.page.locator(".status-kind")).to_contain_text("JavaScript")
    editor.code.click()
    editor.press("Shift+Alt+f")
    editor.expect_text("const a = { b: 1, c: 2 };\n")
    editor.press("Control+z")
    editor.expect_text("const a={b:1,\nc:2}\n")


def test_a_template_is_formatted_where_it_shows_the_same(manual: Editor, files: Files) -> None:
    editor = manual.open(files.put("a.djhtml", "<ul>{% for a in b %}\n<li>{{a}}</li>{% endfor %}</ul>\n"))
    expect(editor.page.locator(".status-kind")).to_contain_text("Django")
    editor.code.click()
    editor.press("Shift+Alt+f")
    editor.expect_text("<ul>\n  {% for a in b %}\n    <li>{{ a }}</li>\n  {% endfor %}\n</ul>\n")
    text = "<ul>{% if a %}<li>b{% endif %}</ul>\n"
    manual.open(files.put("b.djhtml", text))
    expect(editor.page.locator(".status-kind")).to_contain_text("Django")
    editor.code.click()
    editor.press("Shift+Alt+f")
    expect(editor.page.locator(".notice-card").last).to_contain_text("Ce gabarit reste tel quel")
    editor.expect_text(text)
    assert editor.problems == []


def test_what_prettier_cannot_read_is_left_alone_and_said(manual: Editor, files: Files) -> None:
    editor = manual.open(files.put("a.css", "p { color: red\n"))
    expect(editor.page.locator(".status-kind")).to_contain_text("CSS")
    editor.code.click()
    editor.press("Shift+Alt+f")
    expect(editor.page.locator(".notice-card").last).to_contain_text("Mise en forme impossible, ligne 1")
    editor.expect_text("p { color: red\n")


@pytest.mark.parametrize(
    ("name", "text", "message"),
    [
        ("a.json", '{"a": 1,}', "JSON incorrect"),
        ("a.js", "const a = (1;\n", "Erreur de syntaxe"),
        ("a.css", "p { colour: red; }", "Propriété inconnue : colour"),
        ("b.css", "p { color: redd; }", "Valeur inconnue pour color : redd"),
        ("b.js", "import a from './a.js';\nexport const b = document.title;\n", "« a » n'est utilisé nulle part"),
        ("c.js", "export const c = documnt.title + window.name;\n", "« documnt » n'est déclaré nulle part"),
        ("a.ts", "let a: = 1;\n", "Erreur de syntaxe"),
        ("a.vue", "<script setup>\nconst a = (1;\n</script>\n", "Erreur de syntaxe"),
        ("a.py", "def f(:\n    pass\n", "ceci n'est pas attendu ici"),
        ("a.php", "<?php\n$a = ;\n", "ceci n'est pas attendu ici"),
        ("a.djhtml", "{% if a %}<p>x</p>\n", "« if » n'est pas fermé"),
        ("b.html", '<!doctype html><html lang="fr"><body><blinky>x</blinky></body></html>', "ne connaît <blinky>"),
        ("a.html", '<!doctype html><html lang="fr"><body><img src="a.png"></body></html>', "pas de description"),
    ],
)
def test_mistakes_are_marked(manual: Editor, files: Files, name: str, text: str, message: str) -> None:
    editor = manual.open(files.put(name, text))
    expect(editor.page.locator(".status-problems")).to_have_text("1 problème")
    editor.code.click()
    editor.press("F8")
    expect(editor.page.locator(".cm-tooltip-lint, .cm-panel-lint, .cm-tooltip .cm-diagnostic").first).to_contain_text(
        message
    )


def test_every_mistake_is_marked_listed_and_reached(manual: Editor, files: Files) -> None:
    editor = manual.open(files.put("a.js", "function a() {\n  return (1;\n}\nconst b = [1, 2;\nlet ok = 1;\n"))
    expect(editor.page.locator(".status-problems")).to_have_text("2 problèmes")
    editor.code.click()
    editor.press("Control+Home")
    position = editor.page.locator(".status-position")
    for keys, line in (("F8", 2), ("F8", 4), ("Shift+F8", 2)):
        editor.press(keys)
        expect(position).to_contain_text(f"L {line},")
    editor.press("Control+Shift+m")
    panel = editor.page.get_by_role("listbox", name="Problèmes")
    expect(panel.get_by_role("option")).to_have_count(2)
    editor.assert_accessible()
    editor.press("Escape")
    expect(panel).to_have_count(0)
    assert editor.problems == []


# --- The assistant


def listen(editor: Editor) -> None:
    """The panel keeps what it is asked, instead of sending it."""
    editor.page.evaluate("""() => customElements.whenDefined("webox-chat").then(() => {
      const chat = document.querySelector("webox-chat");
      window.asked = [];
      chat.ask = (question) => window.asked.push(question);
    })""")


def tell(editor: Editor, name: str, detail: dict[str, object]) -> None:
    """An event out of the panel."""
    editor.page.evaluate(
        """([name, detail]) => document.querySelector("webox-chat").dispatchEvent(
             new CustomEvent(`webox-chat:${name}`, { detail, bubbles: true }))""",
        [name, detail],
    )


@pytest.mark.parametrize(
    ("name", "text"), [("Expliquer", "Explique"), ("Corriger", "corrige"), ("Améliorer", "Améliore")]
)
def test_a_selection_goes_to_the_assistant(manual: Editor, files: Files, name: str, text: str) -> None:
    path = files.put("a.js", "const a = 1;\nconst b = 2;\nconst c = 3;\n")
    editor = manual.open(path)
    listen(editor)
    editor.code.click()
    editor.press("Control+Home")
    for _ in range(2):
        editor.press("Shift+ArrowDown")
    button = editor.page.locator(".ask-bar").get_by_role("button", name=name)
    expect(button).to_be_visible()
    editor.assert_accessible()
    button.click()
    editor.page.wait_for_function("() => window.asked.length")
    asked = editor.page.evaluate("window.asked[0]")
    assert text in asked["text"]
    assert asked["send"] is True
    assert asked["selection"] == {
        "path": path, "from_line": 1, "to_line": 2, "text": "const a = 1;\nconst b = 2;\n"
    }  # fmt: skip


def test_the_question_about_a_selection_really_goes_out(manual: Editor, files: Files, studio: Studio) -> None:
    path = files.put("a.js", "const a = 1;\n")
    editor = manual.open(path)
    expect(editor.page.locator("webox-chat textarea")).to_be_visible()
    studio.model.answer = say("Une constante.")
    editor.code.click()
    editor.press("Control+a")
    editor.page.locator(".ask-bar").get_by_role("button", name="Expliquer").click()
    expect(editor.page.locator(".question .bubble").last).to_have_text("Explique ce code.")
    expect(editor.page.locator(".answer").last).to_contain_text("Une constante.")


def test_a_message_takes_along_what_is_open_and_unsaved(manual: Editor, files: Files) -> None:
    first, second = files.put("a.css", "a {}"), files.put("b.css", "b {}")
    editor = manual.open(first)
    editor.type("x")
    editor.go_to(second)
    editor.press("Control+a")
    context = editor.page.evaluate("""async () => {
      await customElements.whenDefined("webox-chat");
      const chat = document.querySelector("webox-chat");
      let sent = null;
      const fetched = window.fetch;
      window.fetch = (url, options) => {
        if (!String(url).endsWith("/message")) return fetched(url, options);
        sent = JSON.parse(options.body).context;
        return Promise.reject(new TypeError("not sent"));
      };
      chat.ask({ text: "Bonjour", send: true });
      while (!sent) await new Promise(requestAnimationFrame);
      return sent;
    }""")
    assert context["open_file"] == second
    assert context["selection"]["text"] == "b {}"
    assert context["open_files"] == [first, second]
    assert context["edited"] == [first]
    assert context["preview_errors"] == []


def test_code_of_an_answer_at_the_cursor(manual: Editor, files: Files) -> None:
    editor = manual.open(files.put("a.js", "début\nfin\n"))
    editor.code.click()
    editor.press("Control+Home")
    editor.press("End")
    tell(editor, "insert-code", {"text": "\nmilieu", "language": "js"})
    editor.expect_text("début\nmilieu\nfin\n")


def test_code_of_an_answer_as_a_file_and_never_over_another(manual: Editor, files: Files) -> None:
    there = files.put("la.js", "ancien")
    editor = manual.open(there)
    tell(editor, "create-file", {"text": "nouveau\n", "language": "js", "path": there})
    dialog = editor.page.get_by_role("dialog")
    dialog.get_by_role("button", name="Créer").click()
    expect(editor.page.get_by_text("existe déjà")).to_be_visible()
    assert files.text("la.js") == "ancien"
    dialog.get_by_label("Chemin dans le projet").fill(files.path("neuf.js"))
    dialog.get_by_role("button", name="Créer").click()
    expect(editor.tab(files.path("neuf.js"))).to_have_attribute("aria-selected", "true")
    editor.expect_text("nouveau\n")
    assert files.text("neuf.js") == "nouveau\n"


def test_a_path_that_leads_elsewhere_makes_no_file(manual: Editor, files: Files) -> None:
    editor = manual.open(files.put("a.txt", "a"))
    tell(editor, "create-file", {"text": "x", "language": "js", "path": "../../../etc/passwd"})
    editor.page.get_by_role("dialog").get_by_role("button", name="Créer").click()
    expect(editor.page.locator(".notice-card").last).to_contain_text("n'est pas possible")


def test_the_panel_opens_a_file_at_a_line(manual: Editor, files: Files) -> None:
    path = files.put("a.txt", "\n".join(str(n) for n in range(1, 100)))
    editor = manual.open()
    tell(editor, "open-file", {"path": path, "line": 70})
    expect(editor.page.locator(".status-position")).to_have_text("L 70, col. 1")
    expect(editor.code).to_be_focused()
