"""The engine from a project's files to the parts of a prompt: budget, truth of the parts, broken and hostile files."""

from __future__ import annotations

import hashlib
import string
import time
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from chat.context import facts, kinds
from chat.context.engine import MOST_INDEXED, Engine, facts_of, progress
from chat.context.render import joined, lines_of
from chat.context.select import Budget, Selection
from chat.context.signals import Signals, Spot
from chat.llm.tokens import count_tokens
from chat.workspace import PastChange
from tests.unit.context.conftest import Kept
from tests.unit.context.workspaces import MemoryWorkspace

MODEL = "gpt-4-turbo"
VIEWS = "\n".join(
    f"def view_{name}(request):\n    '''Shows the {name} page.'''\n    data = load_{name}(request)\n"
    f"    return render(request, '{name}.html', data)\n\n"
    for name in (*string.ascii_lowercase, "invoice")
)
SHOP = {
    "shop/views.py": VIEWS,
    "shop/urls.py": "from shop import views\nurlpatterns = [path('invoice/', views.view_invoice, name='invoice')]\n",
    "shop/models.py": "class Invoice(models.Model):\n    number = CharField()\n    total = models.FloatField()\n",
    "templates/invoice.html": "{% extends 'base.html' %}\n<h1>Invoice</h1>\n<table id=\"lines\"></table>\n",
    "templates/base.html": '<nav class="menu"><a href="/">Home</a></nav>\n{% block body %}{% endblock %}\n',
    "static/site.css": ".menu { color: red }\n.invoice-lines { margin: 0 }\n",
    "static/app.min.js": "var invoice=1;",
    "package-lock.json": '{"invoice": 1}',
    ".env": "INVOICE_KEY=secret",
    "logo.png": b"\x89PNG\0\0",
}


def cost(path: str, text: str, kind: str) -> int:
    """As a prompt would count."""
    return count_tokens(f"```{path} {kind}\n{text}\n```\n\n", MODEL)


def chosen(
    files: dict[str, Any], request: str, budget: int = 2000, *, style: str = "focus", past: Any = (), **signals: Any
) -> Selection:
    """What a fresh engine chooses."""
    workspace = MemoryWorkspace(files)
    workspace.past = list(past)
    return Engine().select(workspace, workspace.list_files(), request, Budget(budget, cost, style), Signals(**signals))


def paths(selection: Selection) -> list[str]:
    """In their order."""
    return [part.path for part in selection.parts]


def check(selection: Selection, files: dict[str, Any], budget: int) -> None:
    """The budget is kept, and every part tells the truth about the file at its digest."""
    assert sum(part.tokens for part in selection.parts) <= budget
    assert len(set(paths(selection))) == len(selection.parts)
    for part in selection.parts:
        data = files[part.path] if isinstance(files[part.path], bytes) else files[part.path].encode()
        assert part.digest == hashlib.sha256(data).hexdigest()
        assert part.tokens == cost(part.path, part.text, part.kind)
        lines = lines_of(data.decode())
        if part.kind == "whole":
            assert part.text == data.decode()
        if part.kind == "outline":
            known = facts_of(data, kinds.language(part.path))
            assert part.text == f"{part.path}: {known.outline}"
        for first, last in part.lines if part.kind == "focus" else ():
            assert f"@@ {first}-{last} @@\n" + "\n".join(lines[first - 1 : last]) in part.text


def test_the_files_that_a_request_is_about_come_first() -> None:
    found = chosen(SHOP, "Show the total on the invoice page", 900)
    assert set(paths(found)[:4]) >= {"templates/invoice.html", "shop/models.py"}
    check(found, SHOP, 900)


def test_the_same_request_gives_the_same_parts() -> None:
    assert chosen(SHOP, "invoice lines", 700) == chosen(SHOP, "invoice lines", 700)


def test_of_a_large_file_the_definitions_that_matter_are_shown_whole() -> None:
    reports = "\n".join(f"def report_{n}(rows):\n    first = rows[{n}]\n    return first\n\n" for n in range(60))
    files = {**SHOP, "shop/views.py": reports + VIEWS + reports.replace("report", "chart")}
    found = chosen(files, "fix load_invoice in the invoice view", 900)
    part = next(part for part in found.parts if part.path == "shop/views.py")
    assert part.kind == "focus"
    shown = "def view_invoice(request):\n    '''Shows the invoice page.'''\n    data = load_invoice(request)"
    assert shown in part.text
    assert "report_5, report_6" in part.text  # the rest by its names
    check(found, files, 900)


@pytest.mark.parametrize("path", ["static/app.min.js", "package-lock.json", ".env", "logo.png"])
def test_what_is_not_read_is_not_read_even_when_pointed_at(path: str) -> None:
    found = chosen(SHOP, f"change {path} for the invoice", open_file=path)
    assert path not in paths(found)
    told = {one.path: one.reason for one in found.left_out}
    assert told[path] in {"minified", "lock", "secret", "binary"}


def test_what_the_person_points_at_comes_before_all() -> None:
    found = chosen(
        SHOP,
        "make it nicer",
        600,
        open_file="static/site.css",
        pinned=("templates/base.html",),
        edited=("shop/urls.py",),
    )
    assert [(part.path, part.why) for part in found.parts[:3]] == [
        ("templates/base.html", "pinned"),
        ("static/site.css", "open"),
        ("shop/urls.py", "edited"),
    ]


def test_the_selected_lines_and_those_of_an_error_are_there() -> None:
    files = {**SHOP, "shop/views.py": VIEWS * 6}
    lines = lines_of(files["shop/views.py"])
    for signals in ({"selection": Spot("shop/views.py", 400, 402)}, {"errors": (Spot("shop/views.py", 400),)}):
        found = chosen(files, "why?", 1200, **signals)
        part = found.parts[0]
        assert part.path == "shop/views.py"
        assert any(first <= 400 <= last for first, last in part.lines)
        assert lines[399] in part.text
        check(found, files, 1200)


def test_a_mention_of_a_folder_means_its_files() -> None:
    found = chosen(SHOP, "look at @templates/ please", 2000)
    assert {"templates/base.html", "templates/invoice.html"} == {p.path for p in found.parts if p.why == "mentioned"}


def test_an_accepted_change_teaches_the_next_one() -> None:
    files = {f"part{n}/zone{n}.py": f"def run{n}():\n    return {n}\n" * 30 for n in range(40)}
    request = "the weekly digest is sent twice"
    before = chosen(files, request, 1500)
    past = [PastChange("send the weekly digest on Mondays", ("part7/zone7.py",))]
    after = chosen(files, request, 1500, past=past)
    assert paths(after)[0] == "part7/zone7.py"
    assert after.parts[0].why == "past"
    assert paths(before)[0] != "part7/zone7.py"


def test_files_that_change_together_come_together() -> None:
    files = {f"part{n}/zone{n}.py": f"def run{n}():\n    return {n}\n" * 30 for n in range(40)}
    past = [PastChange(f"change {n}", ("part3/zone3.py", "part9/zone9.py")) for n in range(4)]
    past += [PastChange("other", (f"part{n}/zone{n}.py",)) for n in range(40)]
    found = chosen(files, "zone3 is slow", 2000, past=past)
    assert "part9/zone9.py" in paths(found)[:3]


def test_what_was_found_out_of_a_project_is_found_out_anew_when_it_changes() -> None:
    workspace = MemoryWorkspace({f"part{n}/zone{n}.py": f"def run{n}():\n    return {n}\n" * 30 for n in range(40)})
    engine = Engine()

    def first(request: str) -> str:
        budget = Budget(1500, cost, "focus")
        return paths(engine.select(workspace, workspace.list_files(), request, budget, Signals()))[0]

    workspace.past = [PastChange("other", ("part3/zone3.py",))]
    assert first("make it faster") == "part3/zone3.py"
    workspace.past = [PastChange("speed", ("part9/zone9.py",)), *[PastChange("x", ("part4/zone4.py",))] * 50]
    assert first("make it faster") == "part9/zone9.py", "another past"
    workspace.files["part99/marmalade.py"] = b"def boil():\n    return 1\n" * 30
    assert first("boil the marmalade") == "part99/marmalade.py", "the same past, and another file"


def test_french_words_find_english_code() -> None:
    files = {"src/login.js": "export function signIn() {}\n" * 9, "src/cart.js": "export function addItem() {}\n" * 9}
    files |= {f"src/other{n}.js": "export const a = 1;\n" * 40 for n in range(30)}
    assert paths(chosen(files, "Corrige la connexion de l'utilisateur", 900))[0] == "src/login.js"
    assert paths(chosen(files, "ajoute un bouton pour vider le panier", 900))[0] == "src/cart.js"


@settings(
    max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow, HealthCheck.function_scoped_fixture]
)
@given(
    st.dictionaries(
        st.from_regex(r"([a-z]{1,5}/){0,2}[a-z]{1,6}\.(js|py|vue|css|html|md|php|json|svg|x)", fullmatch=True),
        st.one_of(
            st.text(max_size=400),
            st.lists(
                st.sampled_from(
                    [
                        "def a():",
                        "class B {",
                        "  x = 1",
                        "}",
                        "<script>",
                        "</script>",
                        "\t\tfoo(bar) {",
                        "import a",
                        "",
                        "\r",
                    ]
                ),
                max_size=150,
            ).map(lambda lines: "\n".join(lines * 6)),  # long enough to go in by parts
        ),
        max_size=7,
    ),
    st.text(max_size=80),
    st.integers(0, 3000),
    st.sampled_from(["focus", "dense"]),
)
def test_never_a_token_over_and_always_the_truth(files: dict[str, str], request: str, budget: int, style: str) -> None:
    open_file = min(files, default="")
    check(chosen(files, request, budget, style=style, open_file=open_file), files, budget)


HOSTILE = {
    "one line": ("a.js", "a(b);" * 420_000),
    "two lines": ("a.js", "// x\n" + "x" * 2_000_000),
    "deep nesting": ("a.js", "\n".join(" " * min(n, 300) + "function f() {" for n in range(3000))),
    "deep tags": ("a.html", "<div>" * 50_000),
    "unclosed script": ("a.vue", "<script>\n" + "const a = (\n" * 20_000),
    "braces": ("a.css", "{" * 200_000),
    "selectors": ("a.css", ("a," * 190 + "\n") * 600),
    "brackets": ("a.ts", ("x(" * 190 + "\n") * 600),
    "words": ("a.md", " ".join(f"word{n}" for n in range(60_000))),
    "quotes": ("a.py", "from '" * 60_000),
    "imports": ("a.js", "import " + "a, " * 40_000),
    "blank": ("a.py", "\n" * 500_000),
    "spaces": ("a.py", (" " * 390 + "\n") * 1000 + "x"),
    "nul": ("a.py", "a\0b"),
    "surrogates": ("a.py", "\ud83d é \u202e"),
}


@pytest.mark.parametrize("name", HOSTILE)
def test_hostile_files_are_read_in_bounded_time(name: str) -> None:
    path, text = HOSTILE[name]
    began = time.process_time()
    found = facts_of(text.encode("utf-8", "surrogatepass"), kinds.language(path))
    assert time.process_time() - began < 20  # a second where nothing else runs: this is for what never ends
    assert len(found.vocabulary) <= facts.MAX_TERMS
    assert len(found.chunks) <= facts.MAX_CHUNKS
    assert facts.unpacked(facts.packed(found)) == found
    files = {path: text.encode("utf-8", "surrogatepass"), "b.js": "let b = 1;"}
    assert "b.js" in paths(chosen(files, "b", 500, open_file=path))


def test_files_that_import_each_other_in_a_circle() -> None:
    files = {f"m{n}.js": f"import x from './m{(n + 1) % 50}.js'\nimport y from './m{n}.js'\n" for n in range(50)}
    assert paths(chosen(files, "m7", 300))[0] == "m7.js"


def test_the_same_bytes_are_read_once(kept: Kept) -> None:
    files = {f"copy{n}.js": "export function same() {}\n" * 20 for n in range(30)}
    chosen(files, "same")
    assert kept.saved == 1
    again = MemoryWorkspace(files)
    Engine().select(again, again.list_files(), "zzz", Budget(0, cost), Signals())
    assert kept.saved == 1
    assert again.reads in ([], [[]])


def test_a_change_is_taken_in_by_difference(kept: Kept) -> None:
    workspace, engine = MemoryWorkspace(SHOP), Engine()

    def ask(request: str) -> list[str]:
        return paths(engine.select(workspace, workspace.list_files(), request, Budget(400, cost), Signals()))

    assert "new/zebra.py" not in ask("zebra")
    read = kept.saved
    workspace.files["new/zebra.py"] = b"def zebra():\n    pass\n"
    assert ask("zebra")[0] == "new/zebra.py"
    workspace.files["new/zebra.py"] = b"def okapi():\n    pass\n"
    assert ask("okapi")[0] == "new/zebra.py"
    assert kept.saved == read + 2
    del workspace.files["new/zebra.py"]
    assert "new/zebra.py" not in ask("okapi")


def test_many_changes_leave_the_index_as_a_fresh_one_would_be() -> None:
    workspace, engine = MemoryWorkspace(SHOP), Engine()
    for n in range(120):
        workspace.files["shop/views.py"] = (VIEWS * 6 + f"# {n}").encode()
        engine.refresh(workspace, workspace.list_files(), patience=60)
    workspace.files["shop/views.py"] = VIEWS.encode()
    corpus = engine.project(workspace.key).corpus
    budget = Budget(900, cost)
    assert engine.select(workspace, workspace.list_files(), "invoice", budget, Signals()) == chosen(
        SHOP, "invoice", 900
    )
    assert len(corpus.chunk_slot) < 10_000


def test_a_large_project_is_usable_before_it_is_indexed() -> None:
    files = {f"d{n % 50}/file{n}.py": f"def thing{n}():\n    return {n}\n" for n in range(500)}
    workspace, engine = MemoryWorkspace(files), Engine()
    engine.refresh(workspace, workspace.list_files(), patience=0)
    corpus = engine.project(workspace.key).corpus
    assert len(corpus) == 500
    indexed, total = progress(workspace.list_files())
    assert indexed < total == 500
    found = engine.select(workspace, workspace.list_files(), "fix file77", Budget(300, cost), Signals())
    assert paths(found)[0] == "d27/file77.py"
    engine.refresh(workspace, workspace.list_files(), patience=600)
    assert progress(workspace.list_files()) == (500, 500)


def test_a_hundred_thousand_files_are_listed() -> None:
    workspace, engine = MemoryWorkspace({"a.py": "def a(): pass"}), Engine()
    one = workspace.list_files()[0]
    listed = [*(type(one)(f"node_modules/p{n}/index.js", 10, "0" * 64) for n in range(100_000)), one]
    found = engine.select(workspace, listed, "fix a", Budget(100, cost), Signals())
    assert paths(found) == ["a.py"]
    assert found.total == MOST_INDEXED


def test_runs_that_touch_are_one() -> None:
    assert joined([(5, 9), (1, 4), (20, 21)]) == [(1, 9), (20, 21)]
