"""Where text becomes a path (projects/paths.py)."""

from __future__ import annotations

import unicodedata
from pathlib import PurePosixPath, PureWindowsPath

import pytest
from django.utils.translation import override
from hypothesis import given
from hypothesis import strategies as st

from projects import paths
from projects.errors import PathError
from projects.paths import check_together, folded, parse

GOOD = [
    "index.html",
    "src/components/Button.tsx",
    "app/[slug]/[...rest]/page.tsx",
    "app/(group)/@modal/page.tsx",
    ".env",
    ".github/workflows/ci.yml",
    ".gitignore",
    ".gitmodules",
    "a b/c d.txt",
    "été/où ça.md",
    "日本語/文件.txt",
    "100%.txt",
    "50%20off.txt",
    "file~",
    "a..b/c...d",
    "console.log",
    "nullable.py",
    "com.txt",
    "x" * 255,
    "/".join(["d" * 99] * 10),
    "🎉.txt",
]

BAD = {
    "empty": ["", " ", "a//b", "a/", "a//"],
    "absolute": ["/etc/passwd", "//host/share", "\\\\host\\share", "C:/x", "c:x", "~/x", "~root", "file:///x", "http://x"],
    "backslash": ["a\\b", "..\\x"],
    "traversal": ["..", ".", "../x", "a/../b", "a/./b", "a/..", "…", "a/…/b", ". ./x", "... "],
    "hidden_character": [
        "a\0b", "a\nb", "a\tb", "a\x7fb", "a\x85b", "a\u202eb", "a\u2066b", "a\u200bb", "a\u200db", "a\ufeffb",
        "a\xadb",
        "a\u2028b", "a\u3164b", "a\u2800b", "a\ufe0fb", "a\xa0b", "a\u3000b", "a\ud800b", "a\uffffb", "a\ufffdb",
        "a\U000e0041b",
        ".g\u200cit/config",
    ],
    "lookalike": [
        "\uff0e\uff0e/x", "a\uff0fx", "a\uff3cx", "a\u2215b", "a\u2044b", "a\uff1ab", "\u2024\u2024/x",
        "\uff61\uff61/x", "a\u2100b",
    ],
    "encoded": ["%2e%2e/x", "%2E./x", "a%2fb", "a%5Cb", "%252e%252e/x", "a%00b", "a%0ab", "%7Eroot", "a%3Ab"],
    "character": ["x/a:b", "x/a.txt::$DATA", "a<b", "a>b", 'a"b', "a|b", "a?b", "a*b"],
    "blank": [" a", "a ", "a /b", "a/ b"],
    "trailing_dot": ["a.", "a./b", "a..."],
    "reserved": ["con", "CON", "Con.txt", "nul", "aux.h", "prn", "com1", "COM9.log", "lpt0", "com¹", "conin$", "a/nul"],
    "git": [".git", ".git/config", "a/.GIT/hooks/x", ".Git", "git~1", "GIT~1/x", ".\uff47it"],
    "long_name": ["x" * 256, "é" * 128],
    "long_path": ["/".join(["d" * 99] * 11), "ŉ/" * 300 + "x"],
}  # fmt: skip
CASES = [(reason, text) for reason, texts in BAD.items() for text in texts]


@pytest.mark.parametrize("text", GOOD)
def test_an_ordinary_path_is_kept_as_it_is(text: str) -> None:
    assert parse(text) == text


@pytest.mark.parametrize(("reason", "text"), CASES)
def test_a_bad_path_is_refused_with_its_reason(reason: str, text: str) -> None:
    with pytest.raises(PathError) as caught:
        parse(text)
    assert caught.value.code == "bad_path"
    assert caught.value.reason == reason
    assert not any(ord(character) < 32 for character in caught.value.extra["path"])


def test_every_reason_has_a_text_in_both_languages_and_a_case() -> None:
    assert set(BAD) == set(paths.REASONS)
    for text in (*paths.REASONS.values(), *paths.CONFLICTS.values()):
        with override("fr"):
            french = str(text)
        with override("en"):
            assert str(text) != french


def test_the_two_ways_to_write_an_accent_are_one_path() -> None:
    assert parse(unicodedata.normalize("NFD", "été.txt")) == unicodedata.normalize("NFC", "été.txt")


CLASHES = [
    ("case", "README.md", ["readme.md"]),
    ("case", "straße.txt", ["STRASSE.txt"]),
    ("folder_case", "Src/b.js", ["src/a.js"]),
    ("folder_case", "a/B/c/new", ["a/b/c/old"]),
    ("file_is_folder", "a/b", ["a"]),
    ("file_is_folder", "A/b/c", ["a"]),
    ("folder_is_file", "src", ["src/a.js"]),
    ("folder_is_file", "SRC", ["src/x/a.js"]),
]


@pytest.mark.parametrize(("reason", "added", "there"), CLASHES)
def test_names_that_cannot_stand_together(reason: str, added: str, there: list[str]) -> None:
    with pytest.raises(PathError) as caught:
        check_together([added], there)
    assert caught.value.code == "path_conflict"
    assert (caught.value.reason, caught.value.extra["other"]) == (reason, there[0])
    assert added in str(caught.value.message)
    assert there[0] in str(caught.value.message)
    with pytest.raises(PathError):
        check_together([*there, added], [])


def test_names_that_can() -> None:
    check_together(["src/b.js", "src/x/c.js", "srcs", "a.b/c"], ["src/a.js", "index.html", "a"])


# Letters that make trouble: likely to be drawn, and to meet each other.
TRICKY = st.text(
    st.sampled_from("aA.~/\\:%2eEfF5cC \t\0\u202e\u200b\uff0e…\uff0fgitGITnulNUL1éÉßſİ\u0301"), max_size=12
)


@given(st.one_of(st.text(max_size=40), TRICKY))
def test_what_passes_is_harmless_everywhere(text: str) -> None:
    try:
        path = parse(text)
    except PathError:
        return
    assert parse(path) == path
    assert unicodedata.is_normalized("NFC", path)
    for kind in (PurePosixPath(path), PureWindowsPath(path)):
        assert not kind.is_absolute()
        assert not kind.drive
        assert ".." not in kind.parts
    assert PurePosixPath(path).as_posix() == path
    assert all(part.casefold() != ".git" for part in path.split("/"))
    assert len(path.encode()) <= paths.MAX_BYTES
    assert len(folded(path).encode()) <= paths.MAX_BYTES
    assert paths.can_be_stored(path)


@given(st.text(max_size=20))
def test_folding_is_stable(text: str) -> None:
    assert folded(folded(text)) == folded(text)
    assert folded(paths.normal(text)) == folded(text)
