"""What is completed is read as what was meant."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chat.context import fuzzy, mentions
from chat.context.builder import Request, build
from chat.context.prompt import Prompt
from chat.llm.tokens import count_tokens
from tests.unit.context.workspaces import MemoryWorkspace

SITE = {
    "my file.jsx": "x",
    "other/file.jsx": "y",
    "src/App.jsx": "z",
    "src/dates.js": "d",
    "my folder/a.css": "a",
    "message/b.js": "b",
}
#: Letters that a path can have, and those that mean something in a mention.
LETTERS = st.text(st.sampled_from("abZé0 _-+.,:;()[]{}'\"\\@&~$/"), min_size=1, max_size=30)


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ('Corrige @"my file.jsx".', {"my file.jsx"}),
        ("@src/", {"src/App.jsx", "src/dates.js"}),
        ('@"my folder/"', {"my folder/a.css"}),
        ("@src/dates.js#format", {"src/dates.js"}),
        ('@"my file.jsx#.a > b"', {"my file.jsx"}),
        ("@message:12", set()),
        ('ouvert "my file.jsx" ou un "guillemet', {"other/file.jsx"}),
        ('@"', set()),
    ],
)
def test_a_mention_is_of_these_files(text: str, found: set[str]) -> None:
    assert mentions.read(text).paths(SITE) == found


@given(LETTERS)
def test_what_is_written_is_read(path: str) -> None:
    path = path.strip()
    if path.strip("/. "):
        assert path in mentions.read(f"Voir {mentions.written(path)} et la suite").paths([path])


@given(LETTERS, LETTERS)
def test_a_definition_that_is_written_is_read(path: str, name: str) -> None:
    text = f"Voir {mentions.written(f'{path}#{name}')}, merci"
    assert name in mentions.read(text).definitions([path])[path]


def test_messages_are_named_by_number() -> None:
    assert mentions.messages("@message:12 puis @message:7, a@message:9, @message:x, @message:12, @message:0") == [12, 7]
    assert len(mentions.messages(" ".join(map(mentions.written_message, range(1, 50))))) == mentions.MOST_MESSAGES


def built(workspace: MemoryWorkspace, wanted: Request) -> Prompt:
    return build(lambda: workspace, wanted)  # type: ignore[arg-type,return-value]


def request(content: str, **more: object) -> Request:
    given = {"model": "gpt-4o", "budget": 8000, **more}
    return Request(content, **given)  # type: ignore[arg-type]


def test_an_earlier_message_goes_behind_the_request() -> None:
    quoted = [{"id": 12, "role": "user", "content": 'Ajoute un bouton ; api_key = "q8Zr2LmXv09TbK4w"'}]
    prompt = built(MemoryWorkspace(SITE), request("Reprends @message:12", quoted=quoted))
    sent = prompt.messages[-1]["content"]
    assert sent.startswith("Reprends @message:12\n\n```message 12 de l’utilisateur\nAjoute un bouton")
    assert "q8Zr2LmXv09TbK4w" not in sent
    (part,) = [part for part in prompt.parts if part.kind == "message"]
    assert (part.path, part.why, part.masked) == ("@message:12", "mentioned", ("assigned",))
    assert prompt.tokens == sum(part.tokens for part in prompt.parts)


def test_a_message_that_is_too_long_is_left_out_and_told() -> None:
    quoted = [{"id": 12, "role": "assistant", "content": "mot " * 9000}]
    prompt = built(MemoryWorkspace(SITE), request("Reprends @message:12", quoted=quoted))
    assert [(part.path, part.detail) for part in prompt.left_out if part.kind == "message"] == [("@message:12", "room")]
    assert prompt.tokens <= 8000


def test_the_lines_of_a_named_definition_go_in_first() -> None:
    filler = "".join(
        f"export function other{n}(value) {{\n  return value * {n} + offset{n};\n}}\n\n" for n in range(900)
    )
    source = (
        f"{filler}export function wanted(value) {{\n  return value + 424242;\n}}\n\n{filler.replace('other', 'more')}"
    )
    files = {"src/long.js": source, "src/b.js": "let b = 1;\n" * 2000}
    with_it = built(MemoryWorkspace(files), request("Explique @src/long.js#wanted", budget=3000))
    assert "value + 424242" in with_it.messages[0]["content"]
    assert {part.path: part.why for part in with_it.parts if part.kind == "file"}["src/long.js"] == "mentioned"
    assert with_it.tokens <= 3000
    assert count_tokens(with_it.messages[0]["content"], "gpt-4o") <= 3000


def test_a_hidden_file_that_is_named_is_told() -> None:
    files = {**SITE, ".gitignore": "*.log\n", "a b.log": "x"}
    prompt = built(MemoryWorkspace(files), request('Lis @"a b.log"'))
    assert [(part.path, part.why, part.detail) for part in prompt.left_out] == [("a b.log", "mentioned", "ignored")]


PATHS = ["src/App.jsx", "src/components/AppBar.jsx", "docs/happy.md", "a/p/p.txt", "package.json", "map/apple.js"]


@pytest.mark.parametrize(
    ("query", "first"),
    [("app", "src/App.jsx"), ("appbar", "src/components/AppBar.jsx"), ("ab", "src/components/AppBar.jsx"),
     ("s/c/a", "src/components/AppBar.jsx"), ("pj", "package.json"), ("HAPPY", "docs/happy.md")],
)  # fmt: skip
def test_the_best_match_comes_first(query: str, first: str) -> None:
    names = fuzzy.Names(PATHS)
    assert names.names[names.best(query, 5)[0][1]] == first


@given(
    st.text(st.sampled_from("abc/._-]^\\ "), max_size=8),
    st.lists(st.text(st.sampled_from("abcABC/._-]^\\ "), max_size=12)),
)
def test_whatever_is_found_has_the_letters_in_order(query: str, paths: list[str]) -> None:
    letters = [letter for letter in query.lower() if letter != " "]
    pattern = re.compile(".*?".join(map(re.escape, letters)), re.DOTALL)
    names = fuzzy.Names(paths)
    found = {names.names[at] for _, at in names.best(query, 100)}
    assert found == {path for path in paths if pattern.search(path.lower())}


def test_a_hostile_query_ends() -> None:
    names = fuzzy.Names(["a" * 400] * 200)
    assert names.best("a" * 100 + "b", 10) == []


def test_the_longest_path_that_there_is_can_be_named() -> None:
    path = f"{'un dossier/' * 90}{'x' * 10}"
    assert len(path) == 1_000
    assert mentions.read(f"Vois {mentions.written(path)}.").paths([path]) == {path}


FRENCH = ["src/theme.css", "été 2026.css", "e\u0301te\u0301 2027.css", "ÉTÉ/Garçon.js", "straße.md", "한국.md", "İz.js"]


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("ete", ["été 2026.css", "e\u0301te\u0301 2027.css", "ÉTÉ/Garçon.js"]),
        ("été", ["été 2026.css", "e\u0301te\u0301 2027.css", "ÉTÉ/Garçon.js"]),
        ("e\u0301te\u0301", ["été 2026.css", "e\u0301te\u0301 2027.css", "ÉTÉ/Garçon.js"]),
        ("ETE26", ["été 2026.css"]),
        ("thémé", ["src/theme.css"]),
        ("garcon", ["ÉTÉ/Garçon.js"]),
        ("straß", ["straße.md"]),
        ("한", ["한국.md"]),
        ("하", []),
        ("iz", ["İz.js"]),
    ],
)
def test_names_are_found_with_and_without_accents(query: str, found: list[str]) -> None:
    names = fuzzy.Names(FRENCH)
    best = [names.names[place] for _, place in names.best(query, 9)]
    assert set(best) == set(found)
    assert best[:1] == found[:1]


@given(st.text(max_size=30))
def test_folding_keeps_every_character_in_its_place(text: str) -> None:
    assert len(fuzzy.folded(text)) == len(text)
    assert fuzzy.scored(text, text) is not None
