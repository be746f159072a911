"""What names a file, and which files are protected."""

from __future__ import annotations

import pytest

from chat.actions.naming import is_path, path_alone, path_in_info
from chat.actions.policy import is_protected


@pytest.mark.parametrize(
    "text",
    ["a.js", "src/a.js", ".env", ".github/ci.yml", "Dockerfile", "app/[slug]/page.tsx", "(main)/page.tsx", "../a.js",
     "C:\\a.js", "/etc/a.conf", "a b.js", "+page.svelte", "été.html", "a.min.js"],
)  # fmt: skip
def test_paths(text: str) -> None:
    assert is_path(text)


@pytest.mark.parametrize(
    "text",
    ["php", "sql", "}", "", "js", "1.5", "v1.2.3", "e.g.", "Node.js", "https://a.com/b.js", "a = b.js",
     "x" * 500 + ".js", "a.js b.js\n", "`a.js`", "{a.js}"],
)  # fmt: skip
def test_no_paths(text: str) -> None:
    assert not is_path(text)


@pytest.mark.parametrize(
    ("info", "expected"),
    [
        ("js src/a.js", ("js", "src/a.js")),
        ("src/a.js", ("js", "src/a.js")),
        ("js:src/a.js", ("js", "src/a.js")),
        ('jsx title="src/My App.jsx"', ("jsx", "src/My App.jsx")),
        ("css filename=a.css", ("css", "a.css")),
        ("js `a.js`", ("js", "a.js")),
        ("js {1,3}", ("js", None)),
        ("js showLineNumbers", ("js", None)),
        ("c++", ("c++", None)),
        ("", ("", None)),
    ],
)
def test_info_strings(info: str, expected: tuple[str, str | None]) -> None:
    assert path_in_info(info) == expected


@pytest.mark.parametrize(
    "line", ["a.js", "**a.js**", "`a.js`:", "### a.js", "## 2. `a.js`", "Fichier : **a.js**", "1. a.js"]
)
def test_a_path_alone_on_its_line(line: str) -> None:
    assert path_alone(line) == "a.js"


@pytest.mark.parametrize("line", ["Dans a.js :", "- a.js", "voir a.js", "# Title", "a.js et b.js", "my file.js"])
def test_no_path_alone(line: str) -> None:
    assert path_alone(line) is None


@pytest.mark.parametrize(
    "path",
    [".env", "a/.env.local", ".github/workflows/ci.yml", "web/package.json", "requirements-dev.txt", "Cargo.lock",
     "src/.hidden/a.js", "deploy.sh", "DOCKERFILE", "a.pem", ".GITIGNORE"],
)  # fmt: skip
def test_protected_paths(path: str) -> None:
    assert is_protected(path)


@pytest.mark.parametrize("path", ["index.html", "src/app.js", "env.js", "a.env.js", "packages/a.js", "lock.css"])
def test_plain_paths(path: str) -> None:
    assert not is_protected(path)


@pytest.mark.parametrize(
    ("glob", "path", "yes"),
    [
        ("*.sql", "db/a.sql", True), ("db/", "db/a.txt", True), ("/db/*.txt", "db/a.txt", True),
        ("db/*.txt", "x/db/a.txt", False), ("db/**", "db/x/y.txt", True), ("**/gen/*", "a/gen/b.js", True),
        ("", "a.js", False), ("[", "a.js", False),
    ],
)  # fmt: skip
def test_the_projects_own_globs(glob: str, path: str, yes: bool) -> None:
    assert is_protected(path, [glob]) is yes
