"""The prompt: the given text, a stable order, never over its budget where its parts fit."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chat.context import mentions
from chat.context.absent import MOST_NAMED
from chat.context.builder import Request, build
from chat.context.compaction import Summary
from chat.context.history import PER_MESSAGE, fitting
from chat.context.kinds import MAX_BYTES
from chat.context.prompt import CONTINUE, NOTE_CUT, Prompt, file_text, map_text, system_text
from chat.context.signals import Signals
from chat.context.small import ordered
from chat.context.sources import sources
from chat.llm.tokens import count_tokens
from chat.workspace import FileEntry, ProjectDescription
from tests.unit.context.workspaces import DEMO, MemoryWorkspace

GIVEN = """\
Tu es un assistant IA intégré à WeBox Studio.

Contexte du projet :
- Nom : Boutique
- Type : Site statique
- Technologies : HTML, CSS

Capacités :
- Créer/modifier/supprimer des fichiers
- Expliquer du code
- Corriger des erreurs
- Suggérer des améliorations

Sois concis, précis et professionnel."""
MODEL = "gpt-4-turbo"
SITE = {"index.html": "<h1>Salut</h1>", "style.css": "h1 { color: red }", "app/script.js": "let a = 1;"}


def prompt_of(files: dict[str, str | bytes] | None = None, **request: Any) -> Prompt:
    """A prompt for a project."""
    workspace = MemoryWorkspace(SITE if files is None else files)
    return build(lambda: workspace, Request(**{"content": "Salut", "model": MODEL, **request}))


def kinds(prompt: Prompt) -> list[str]:
    """What went in."""
    return [part.kind for part in prompt.parts]


def files_in(prompt: Prompt) -> list[tuple[str, str]]:
    """Path and why of the files that went in."""
    return [(part.path, part.why) for part in prompt.parts if part.kind == "file"]


def test_the_given_system_prompt() -> None:
    assert system_text(DEMO, "fr") == GIVEN
    assert str(prompt_of().messages[0]["content"]).startswith(GIVEN)


def test_the_system_prompt_of_a_project_without_description() -> None:
    text = system_text(ProjectDescription(""), "fr")
    assert "- Nom : —\n- Type : —\n- Technologies : —\n" in text
    assert "{" not in text


def test_braces_in_a_projects_name_are_its_own() -> None:
    assert "- Nom : {technologies}\n" in system_text(ProjectDescription("{technologies}"), "fr")


def test_the_english_prompt() -> None:
    assert system_text(DEMO, "en").startswith("You are an AI assistant built into WeBox Studio.")
    assert "Contenu de fichiers" not in str(prompt_of(language="en").messages)


def test_the_order_of_a_prompt() -> None:
    history = [{"role": "user", "content": "avant"}, {"role": "assistant", "content": "oui"}]
    prompt = prompt_of(history=history)
    assert [message["role"] for message in prompt.messages] == ["system", "user", "assistant", "user"]
    system = str(prompt.messages[0]["content"])
    assert system.index(GIVEN) < system.index("- index.html") < system.index("<h1>Salut</h1>")
    assert prompt.messages[-1] == {"role": "user", "content": "Salut"}
    assert kinds(prompt)[:4] == ["system", "map", "request", "history"]


def test_the_same_request_gives_the_same_bytes() -> None:
    assert prompt_of().messages == prompt_of().messages
    longer = prompt_of(content="Autre chose").messages
    assert longer[0] == prompt_of().messages[0]


def test_the_same_files_are_kept_once() -> None:
    """Hundreds of open streams of one project would each keep them for themselves."""
    first, second = (prompt_of().messages[0]["content"] for _ in range(2))
    assert first is second


def test_an_empty_project() -> None:
    prompt = prompt_of({})
    assert prompt.messages == [{"role": "system", "content": GIVEN}, {"role": "user", "content": "Salut"}]
    assert prompt.files() == []


@given(
    st.dictionaries(st.from_regex(r"[a-z]{1,8}\.(js|css)", fullmatch=True), st.text(max_size=2000), max_size=8),
    st.lists(st.text(min_size=1, max_size=800), max_size=8),
    st.integers(600, 4000),
)
def test_the_budget_is_never_exceeded_where_the_parts_fit(
    files: dict[str, str], history: list[str], budget: int
) -> None:
    messages = [{"role": "user" if i % 2 == 0 else "assistant", "content": text} for i, text in enumerate(history)]
    prompt = prompt_of(dict(files), history=messages, budget=budget)
    assert prompt.tokens <= budget
    assert prompt.tokens == sum(part.tokens for part in prompt.parts)
    really = sum(count_tokens(str(message["content"]), MODEL) + PER_MESSAGE for message in prompt.messages)
    assert really <= budget + 12  # the marks between the parts that always go in
    shown = {part.path for part in (*prompt.parts, *prompt.left_out) if part.kind == "file"}
    assert shown == {path for path, text in files.items() if "\0" not in text}


def test_what_does_not_fit_is_left_out_and_said() -> None:
    prompt = prompt_of({"big.txt": "un mot et encore un autre\n" * 3000, "small.js": "let b;"}, budget=300)
    assert files_in(prompt) == [("small.js", "words")]
    assert [(part.path, part.kind, part.detail) for part in prompt.left_out] == [("big.txt", "file", "room")]
    receipt = prompt.receipt()
    assert receipt["left_out"][0]["path"] == "big.txt"
    assert receipt["tokens"] == sum(part["tokens"] for part in receipt["parts"])


def test_a_long_conversation_loses_its_oldest_messages() -> None:
    history = [{"role": ("user", "assistant")[n % 2], "content": f"message {n} " + "mot " * 100} for n in range(60)]
    prompt = prompt_of(history=history, budget=3000)
    kept = [str(message["content"]) for message in prompt.messages[1:-1]]
    assert kept == [str(message["content"]) for message in history[-len(kept) :]]
    assert prompt.dropped_messages == 60 - len(kept) > 0
    assert prompt.messages[1]["role"] == "user"


def test_text_that_is_continued_goes_in_whatever_it_costs() -> None:
    history = [{"role": "user", "content": "Conte"}, {"role": "assistant", "content": "mot " * 5000}]
    prompt = prompt_of(history=history, continues=True, budget=1000)
    assert list(prompt.messages[1:-1]) == history
    assert prompt.messages[-1]["content"] == CONTINUE["fr"]


def test_what_the_person_points_at_comes_first() -> None:
    prompt = prompt_of(content="Que fait style.css ?", open_file="app/script.js")
    assert files_in(prompt) == [("app/script.js", "open"), ("style.css", "mentioned"), ("index.html", "project")]


def test_a_selection_goes_with_the_request() -> None:
    selection = {"path": "a.js", "text": "let a;", "from_line": 3, "to_line": 5}
    prompt = prompt_of(selection=selection)
    assert prompt.messages[-1]["content"] == "Salut\n\n```a.js:3-5\nlet a;\n```"
    assert prompt_of(selection={"text": ""}).messages[-1]["content"] == "Salut"


@pytest.mark.parametrize(
    ("path", "reason"), [(".env", "secret"), ("./.env", "secret"), ("notes.txt", "ignored"), ("a.js", "excluded")]
)
def test_what_is_selected_in_a_file_that_is_kept_back_stays_here(path: str, reason: str) -> None:
    files = {".env": "KEY=val-one", "notes.txt": "val-one", "a.js": "val-one", ".webox-ignore": "notes.txt"}
    selection = {"path": path, "text": "val-one", "from_line": 1, "to_line": 1}
    prompt = prompt_of(files, selection=selection, excluded=["a.js"])
    assert "val-one" not in str(prompt.messages)
    assert ("selection", path, reason) in [(part.kind, part.path, part.detail) for part in prompt.left_out]


def test_a_selection_in_an_ignored_file_that_is_pinned_goes() -> None:
    files = {"notes.txt": "val-one", ".webox-ignore": "notes.txt"}
    prompt = prompt_of(files, selection={"path": "notes.txt", "text": "sel-two"}, pinned=["notes.txt"])
    assert "sel-two" in str(prompt.messages[-1])


POINTED: dict[str, str | bytes] = {
    **SITE,
    ".env": "A=1",
    "package-lock.json": "{}",
    "a.png": b"\x89PNG\xff",
    "b.txt": b"a\0b",
    "notes.log": "x",
    ".gitignore": "*.log\n",
    "lib/jquery.min.js": "x",
}


@pytest.mark.parametrize("size", [0, 40_000], ids=["all fits", "chosen"])
@pytest.mark.parametrize(
    ("path", "reason"),
    [
        (".env", "secret"),
        ("package-lock.json", "lock"),
        ("a.png", "binary"),
        ("b.txt", "binary"),
        ("notes.log", "ignored"),
        ("lib/jquery.min.js", "minified"),
        ("style.css", "excluded"),
    ],
)
def test_what_is_pointed_at_and_does_not_go_in_is_told_with_why(path: str, reason: str, size: int) -> None:
    files = {**POINTED, "big.txt": "un mot et encore un autre\n" * size}
    excluded = [path] if reason == "excluded" else []
    for points, why in (({"content": f"Lis @{path} !"}, "mentioned"), ({"open_file": path}, "open")):
        prompt = prompt_of(files, excluded=excluded, budget=4_000, **points)
        told = [(part.path, part.detail) for part in prompt.left_out if part.path == path]
        assert told == [(path, reason)], why
        assert path not in [part.path for part in prompt.parts]
    if reason not in {"ignored", "excluded"}:
        prompt = prompt_of(files, pinned=[path], budget=4_000)
        assert [(part.why, part.detail) for part in prompt.left_out if part.path == path] == [("pinned", reason)]


@pytest.mark.parametrize(
    ("points", "missing"),
    [
        ({"pinned": ["gone.js"]}, [("gone.js", "pinned")]),
        ({"content": "Corrige @src/gone.js."}, [("src/gone.js", "mentioned")]),
        ({"content": 'Corrige @"un fichier".'}, [("un fichier", "mentioned")]),
        ({"content": 'Corrige @"gone.css#.a > b".'}, [("gone.css", "mentioned")]),
        ({"content": "Corrige @gone/ et @Gone.CSS"}, [("gone/", "mentioned"), ("Gone.CSS", "mentioned")]),
        ({"content": "Vois @index.html, @STYLE.css, @app/ et @script.js#a"}, []),
        ({"content": 'Vois @"app/script.js#nowhere" et @"app"'}, []),
        ({"content": "@media print, @app.route('/'), @types/node, a@b.fr, @alice, @ et @message:3"}, []),
        ({"content": "Corrige gone.js"}, []),
        ({"open_file": "gone.js"}, []),
    ],
)
def test_what_is_pinned_or_named_and_is_not_there_is_told(
    points: dict[str, Any], missing: list[tuple[str, str]]
) -> None:
    left_out = prompt_of(**points).left_out
    assert [(part.path, part.why) for part in left_out if part.detail == "missing"] == missing
    assert len(left_out) == len(missing)


def test_of_many_files_that_are_named_some_are_told() -> None:
    files = {f"img/{number:03d}.png": b"\x89" for number in range(50)}
    assert len(prompt_of({**SITE, **files}, content="Vois @img/").left_out) == MOST_NAMED


def test_a_note_that_is_too_long_is_cut_at_the_end_of_a_line_and_told() -> None:
    note = "\n" + "".join(f"règle {number}\n" for number in range(3_000))
    prompt = prompt_of({"WEBOX.md": note}, budget=100_000)
    (part,) = [part for part in prompt.parts if part.kind == "note"]
    sent = str(prompt.messages[0]["content"])
    ((first, last),) = part.lines
    assert (part.path, part.detail, first) == ("WEBOX.md", "beginning", 1)
    assert 1_500 < last < 2_500
    kept = note.split("\n")[last - 1]
    assert f"{kept}\n{NOTE_CUT['fr']}" in sent
    assert note.split("\n")[last] not in sent
    assert prompt.receipt()["parts"][kinds(prompt).index("note")]["lines"] == [[1, last]]
    assert prompt.tokens == sum(part.tokens for part in prompt.parts)


def test_a_note_that_fits_is_whole() -> None:
    prompt = prompt_of({"WEBOX.md": "x" * 19_999})
    (part,) = [part for part in prompt.parts if part.kind == "note"]
    assert (part.detail, part.lines) == ("whole", ())
    assert NOTE_CUT["fr"] not in str(prompt.messages[0]["content"])


@pytest.mark.parametrize(
    ("field", "file", "lines"),
    [
        ("mot " * 6_000, "", ()),
        ("mot " * 6_000, "b", ()),
        ("x" * 19_000, "a\n" * 2_000, ((1, 499),)),
        ("", "x" * 30_000, ((1, 1),)),
    ],
)
def test_where_a_note_of_a_field_and_a_file_is_cut(
    field: str, file: str, lines: tuple[tuple[int, int], ...], monkeypatch: pytest.MonkeyPatch
) -> None:
    workspace = MemoryWorkspace({"WEBOX.md": file} if file else {})
    monkeypatch.setattr(workspace, "describe", lambda: replace(DEMO, note=field))
    found = sources(workspace, workspace.describe(), [], [])
    assert (found.note_cut, found.note_lines) == (True, lines)
    assert len(found.note) <= 20_000
    assert found.note[-1:].strip()


def test_binary_files_stay_out() -> None:
    prompt = prompt_of({"a.png": b"\x89PNG\xff", "b.txt": b"a\0b", "c.txt": "texte"})
    assert files_in(prompt) == [("c.txt", "project")]


def test_a_file_cannot_close_its_own_fence() -> None:
    assert file_text("a.md", "```\ncode\n```") == "````a.md\n```\ncode\n```\n````"
    assert file_text("a.md", "x") == "```a.md\nx\n```"


def test_a_map_says_how_many_more_there_are() -> None:
    assert map_text([f"f{n}" for n in range(5)], "fr", 3).endswith("- f2\n… et 2 autres")
    assert map_text([], "fr", 3) == ""


@pytest.mark.parametrize(
    ("request_", "found"),
    [
        ("Que fait script.js ?", {"app/script.js"}),
        ("@index.html, et STYLE.CSS.", {"index.html", "style.css"}),
        ("dans app/script.js:", {"app/script.js"}),
        ("le script et le style", set()),
        ("myscript.js", set()),
    ],
)
def test_files_that_the_request_names(request_: str, found: set[str]) -> None:
    assert mentions.read(request_).paths(SITE) == found


def test_large_files_are_never_read() -> None:
    files = [FileEntry("a.js", MAX_BYTES + 1, "1"), FileEntry("b.js", 1, "2")]
    assert [file.path for file, _ in ordered(files, "a.js", Signals(open_file="a.js"))] == ["b.js"]


def test_room_that_a_small_project_does_not_need_is_for_history() -> None:
    history = [{"role": ("user", "assistant")[n % 2], "content": f"message {n} " + "mot " * 100} for n in range(60)]
    small = prompt_of({"a.js": "let a = 1;\n"}, history=history, budget=6000)
    large = prompt_of({"a.js": "let a = 1;\n", "b.js": "let b = 2;\n" * 5000}, history=history, budget=6000)
    shares = [next(part.tokens for part in prompt.parts if part.kind == "history") for prompt in (small, large)]
    assert shares[0] > 1.5 * shares[1]
    assert {part.path for part in small.parts if part.kind == "file"} == {"a.js"}
    assert any(part.path == "b.js" for part in large.parts)


@given(
    st.lists(st.tuples(st.sampled_from(["user", "assistant"]), st.text(max_size=30)), max_size=12), st.integers(0, 200)
)
def test_history_is_the_longest_tail_that_fits(rows: list[tuple[str, str]], budget: int) -> None:
    messages = [{"role": role, "content": text} for role, text in rows]
    kept = fitting(messages, budget, len)
    cost = sum(len(message["content"]) + PER_MESSAGE for message in kept)
    assert cost <= budget
    assert kept == messages[len(messages) - len(kept) :]
    assert not kept or kept[0]["role"] == "user"
    for start in range(len(messages) - len(kept)):
        longer = messages[start:]
        fits = sum(len(message["content"]) + PER_MESSAGE for message in longer) <= budget
        assert not fits or longer[0]["role"] != "user"


def test_what_the_request_is_about_goes_in_where_it_is_too_long_for_its_room() -> None:
    """The next question after a very long answer is about that answer."""
    report = " ".join(f"word{number}" for number in range(30_000))
    history = [{"role": "user", "content": "A report"}, {"role": "assistant", "content": report}]
    prompt = prompt_of(budget=8_000, history=history)
    told = [message["content"] for message in prompt.messages[1:-1]]
    assert told[0] == "A report"
    assert told[1].startswith("word0 ")
    assert told[1].endswith(" word29999")
    assert prompt.dropped_messages == 0
    assert prompt.tokens <= 8_000
    part = next(part for part in prompt.parts if part.kind == "history")
    assert (part.detail, part.tokens > 2_000) == ("cut", True)


def test_the_last_exchange_goes_in_whole_where_a_summary_stands_for_it() -> None:
    history = [{"role": "user", "content": "Which line?"}, {"role": "assistant", "content": "Line 7"}]
    summary = Summary("They spoke of a line.", 2, up_to=2, covers=2)
    prompt = prompt_of(budget=8_000, history=history, summaries=[summary], omitted=1)
    assert [message["content"] for message in prompt.messages[1:-1]] == ["Which line?", "Line 7"]
    assert next(part for part in prompt.parts if part.kind == "history").detail == "whole"
