"""A page made ready for its signed address (projects/preview_html.py)."""

from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from projects.preview_cdn import Shelf
from projects.preview_html import page, style_sheet

ROOT = "/preview/t/"
HEAD = '<script src="/shim.js"></script>'


def made(text: str, imports: dict[str, str] | None = None) -> str:
    found = page(text.encode(), root=ROOT, head=HEAD, imports=imports or {}).decode()
    return found.replace(HEAD, "", 1).replace('<script type="importmap">{"imports": {}}</script>', "", 1)


@pytest.mark.parametrize(
    ("text", "begins"),
    [
        ("<!doctype html>\n<html lang=fr>\n<head>\n<title>", "<!doctype html>\n<html lang=fr>\n<head>\n" + HEAD),
        ("<!-- <head> --><p>", "<!-- <head> -->" + HEAD),
        ("<p>x", HEAD),
        ("<!doctype html><body><head>", "<!doctype html>" + HEAD),
        ("", HEAD),
        ("<!-- never closed <head>", HEAD),
        ("\ufeff<!doctype html><p>", HEAD),
    ],
)
def test_ours_comes_first_and_after_the_doctype(text: str, begins: str) -> None:
    found = page(text.encode(), root=ROOT, head=HEAD, imports={}).decode()
    assert found.startswith(begins)
    assert found.count("\n") == text.count("\n")


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ('<img src="/a.png">', '<img src="/preview/t/a.png">'),
        ("<a href=/a>", "<a href=/preview/t/a>"),
        ("<A HREF = '/a'>", "<A HREF = '/preview/t/a'>"),
        ('<a href="//cdn/a">', '<a href="//cdn/a">'),
        ('<a href="a/b">', '<a href="a/b">'),
        ('<img srcset="/a.png 1x, /b.png 2x">', '<img srcset="/preview/t/a.png 1x, /preview/t/b.png 2x">'),
        ('<p style="background: url(/a.png)">', '<p style="background: url(/preview/t/a.png)">'),
        ("<style>@import '/a.css'; p { x: url( '/b' ) }</style>",
         "<style>@import '/preview/t/a.css'; p { x: url( '/preview/t/b' ) }</style>"),
        ('<script>a = "<img src=\'/x\'>"</script>', '<script>a = "<img src=\'/x\'>"</script>'),
        ('<textarea><a href="/x"></textarea>', '<textarea><a href="/x"></textarea>'),
        ('<!-- <a href="/x"> --><a href="/y">', '<!-- <a href="/x"> --><a href="/preview/t/y">'),
        ('text href="/x" text', 'text href="/x" text'),
        ('<a title="a > b" href="/x">', '<a title="a > b" href="/preview/t/x">'),
        ('<base href="/">', '<base href="/preview/t/">'),
        ('<script src="/a.js"></script>', '<script crossorigin src="/preview/t/a.js"></script>'),
        ('<script crossorigin=x src="a.js"></script>', '<script crossorigin=x src="a.js"></script>'),
    ],
)  # fmt: skip
def test_absolute_addresses_of_tags_mean_the_root(text: str, expected: str) -> None:
    assert made(text) == expected


def test_the_pages_own_import_map_wins_and_gets_ours() -> None:
    text = '<script type="importmap">{"imports": {"vue": "/lib/vue.js"}, "scopes": {}}</script>'
    found = page(text.encode(), root=ROOT, head="", imports={"vue": "/ours", "react": "/react"}).decode()
    assert found.count("importmap") == 1
    value = json.loads(found.partition(">")[2].partition("<")[0])
    assert value == {"imports": {"vue": "/preview/t/lib/vue.js", "react": "/react"}, "scopes": {}}


@pytest.mark.parametrize("text", ["{", "[]", '{"imports": 1}', "[" * 100_000])
def test_a_broken_import_map_stays_as_it_is(text: str) -> None:
    assert text in page(f"<script type=importmap>{text}</script>".encode(), root=ROOT, head="", imports={}).decode()


def test_nothing_that_is_ours_can_end_its_element() -> None:
    found = page(b"<p>", root=ROOT, head="", imports={"</script><b>": "/x"}).decode()
    assert found.count("</script>") == 1


@pytest.mark.parametrize(
    "piece",
    ["<!--", "<script>", "<a ", '<a "', "<style>", "<a href='", "<", "url(", " srcset=", "<textarea>", "<head", "/"],
)
def test_a_hostile_page_is_read_in_one_pass(piece: str) -> None:
    """What looks again from every tag to the end would take hours for this."""
    text = (piece * (600_000 // len(piece))).encode()
    assert len(page(text, root=ROOT, head=HEAD, imports={})) >= len(text)


@given(st.binary(max_size=300))
def test_bytes_that_are_no_page_are_kept(data: bytes) -> None:
    found = page(data, root="/", head="", imports={"a": "b"})
    own = b'<script type="importmap">{"imports": {"a": "b"}}</script>'
    if b"script" not in data.lower():
        assert found.replace(own, b"", 1) == data


def test_a_style_sheet_keeps_everything_else() -> None:
    assert (
        style_sheet(b"a { x: url(/y) url(//z) url(data:,/q) }", ROOT)
        == b"a { x: url(/preview/t/y) url(//z) url(data:,/q) }"
    )


SHELF = Shelf(
    globals={"react@18": "/r/react.js", "@babel/standalone@7": "/r/babel.js"},
    modules={
        "react@18": "/r/m18.js",
        "react@19": "/r/m19.js",
        "react-dom@18": "/r/d.js",
        "react-dom@18/client": "/r/c.js",
    },
)


def shelved(text: str) -> str:
    return page(text.encode(), root=ROOT, head="", imports={}, shelf=SHELF).decode()


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ('<script crossorigin src="https://unpkg.com/react@18/umd/react.development.js"></script>',
         '<script crossorigin src="/r/react.js"></script>'),
        ("<script integrity='sha384-x' src=https://unpkg.com/@babel/standalone/babel.min.js></script>",
         '<script crossorigin src="/r/babel.js"></script>'),
        ('<script crossorigin src="https://unpkg.com/react@17/umd/react.development.js"></script>',
         '<script crossorigin src="https://unpkg.com/react@17/umd/react.development.js"></script>'),
    ],
)  # fmt: skip
def test_a_script_of_a_cdn_is_ours_where_we_have_it(text: str, expected: str) -> None:
    assert shelved(text).endswith(expected)


def test_an_import_map_leads_to_ours() -> None:
    own = {
        "react": "https://esm.sh/react@18.2.0",
        "react-dom/": "https://esm.sh/react-dom@18/",
        "a": "https://esm.sh/a",
    }
    found = shelved(f'<script type="importmap">{json.dumps({"imports": own})}</script>')
    imports = json.loads(found.partition(">")[2].partition("<")[0])["imports"]
    assert imports["react"] == "/r/m18.js"
    assert imports["react-dom/client"] == "/r/c.js"
    assert imports["a"] == own["a"]


def test_an_address_that_a_script_imports_is_mapped() -> None:
    found = shelved("<script type=module>import { a } from 'https://esm.sh/react-dom@18.2.0/client?dev'</script>")
    assert '"https://esm.sh/react-dom@18.2.0/client?dev": "/r/c.js"' in found
    assert found.count("\n") == 0
