"""Which files are kept from the model."""

from __future__ import annotations

import pytest

from chat.context.ignore import ignored_by, rule_files


@pytest.mark.parametrize(
    ("texts", "globs", "path", "kept"),
    [
        ({}, (), "a.js", True),
        ({".gitignore": "dist/\n*.log"}, (), "dist/a.js", False),
        ({".gitignore": "dist/\n*.log"}, (), "src/a.log", False),
        ({".gitignore": "/dist/"}, (), "src/dist/a.js", True),
        ({"web/.gitignore": "build"}, (), "web/build/a.js", False),
        ({"web/.gitignore": "build"}, (), "build/a.js", True),
        ({"web/.gitignore": "build"}, (), "website/build/a.js", True),
        ({".gitignore": "*.js", "web/.gitignore": "!keep.js"}, (), "web/keep.js", True),
        ({".gitignore": "*.js", "web/.gitignore": "!keep.js"}, (), "web/other.js", False),
        ({".gitignore": "dist/*", ".webox-ignore": "!dist/app.js"}, (), "dist/app.js", True),
        ({".webox-ignore": "private/**"}, (), "private/a/b.txt", False),
        ({}, ("*.csv", "data/"), "x/data/y.json", False),
        ({".webox-ignore": "!a.csv"}, ("*.csv",), "a.csv", False),
        ({".gitignore": "# a comment\n\n   \n!\n[z-a]\n*.tmp"}, (), "x.tmp", False),
    ],
)
def test_the_rules_of_git(texts: dict[str, str], globs: tuple[str, ...], path: str, kept: bool) -> None:
    ordered = {name: texts[name] for name in rule_files(texts)}
    assert ignored_by(ordered, globs)(path) is not kept


def test_rule_files_come_outer_folders_first() -> None:
    paths = ["b/.webox-ignore", "a.js", ".webox-ignore", "b/.gitignore", ".gitignore", "b/c/.gitignore", "x.gitignore"]
    assert rule_files(paths) == [".gitignore", ".webox-ignore", "b/.gitignore", "b/.webox-ignore", "b/c/.gitignore"]


def test_a_rule_that_would_take_for_ever_is_passed_over() -> None:
    ignored = ignored_by({".gitignore": "*a*a*a*a*a*a*a*a*b\n*.log"})
    assert not ignored("a" * 200)
    assert ignored("x.log")
    many = "\n".join(f"rule-{n}" for n in range(5000)) + "\n*.late"
    assert not ignored_by({".gitignore": many})("x.late")
