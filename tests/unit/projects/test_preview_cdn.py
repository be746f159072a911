"""Which package an address of a CDN asks for (projects/preview_cdn.py)."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from projects.preview_cdn import Asked, Shelf, package_of

SHELF = Shelf(
    globals={"react@18": "r18", "vue@3": "v3", "@babel/standalone@7": "b7"},
    modules={"react@18": "m18", "react@19": "m19", "react@19/jsx-runtime": "j19", "vue@3": "mv", "lit@3": "l3"},
)


@pytest.mark.parametrize(
    ("address", "asked"),
    [
        ("https://unpkg.com/react@18.2.0/umd/a.js", Asked("react", 18, "umd/a.js")),
        ("http://unpkg.com/react", Asked("react", None, "")),
        ("https://cdn.jsdelivr.net/npm/@babel/standalone@^7/babel.js", Asked("@babel/standalone", 7, "babel.js")),
        ("https://cdnjs.cloudflare.com/ajax/libs/babel-standalone/7.2.1/babel.min.js",
         Asked("@babel/standalone", 7, "babel.min.js")),
        ("https://esm.sh/react-dom@18/client?dev", Asked("react-dom", 18, "client")),
        ("https://ga.jspm.io/npm:lit@3.1.0/index.js", Asked("lit", 3, "index.js")),
        ("https://unpkg.com/vue@latest", Asked("vue", None, "")),
        ("https://unpkg.com.evil.example/react", None),
        ("https://evil.example/npm/react@18", None),
        ("//unpkg.com/react", None),
        ("javascript:alert(1)", None),
        ("https://[", None),
        ("react", None),
    ],
)  # fmt: skip
def test_the_package_is_read_from_the_address(address: str, asked: Asked | None) -> None:
    assert package_of(address) == asked


@pytest.mark.parametrize(
    ("address", "script", "module"),
    [
        ("https://unpkg.com/react@18/umd/react.production.min.js", "r18", None),
        ("https://unpkg.com/react", "r18", "m19"),
        ("https://unpkg.com/react@19/umd/react.development.js", None, None),
        ("https://unpkg.com/react@17/umd/react.development.js", None, None),
        ("https://unpkg.com/react@18/../../etc/passwd", None, None),
        ("https://unpkg.com/vue@3.4/dist/vue.global.prod.js", "v3", None),
        ("https://unpkg.com/vue@3/dist/vue.esm-browser.prod.js", None, "mv"),
        ("https://esm.sh/react@19.1.0/jsx-runtime", None, "j19"),
        ("https://cdn.jsdelivr.net/npm/lit@3/+esm", None, "l3"),
        ("https://unpkg.com/lodash@4", None, None),
    ],
)
def test_ours_are_found_by_name_and_major_version(address: str, script: str | None, module: str | None) -> None:
    assert SHELF.script(address) == script
    assert SHELF.module(address) == module


@given(st.text(max_size=80))
def test_no_address_breaks_it_or_leads_anywhere_else(text: str) -> None:
    for address in (text, f"https://unpkg.com/{text}", f"https://cdn.jsdelivr.net/npm/{text}"):
        assert SHELF.script(address) in (None, *SHELF.globals.values())
        assert SHELF.module(address) in (None, *SHELF.modules.values())
        assert set(SHELF.below(address).values()) <= set(SHELF.modules.values())
