"""What the read-only tools give, and how a model reads on where it is cut."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import cast

import pytest

from chat.actions.reads import READ_TOOLS
from chat.context.prompt import longest_run
from chat.turns.kit import Reading
from chat.turns.reading import MOST_CHARACTERS, Library
from chat.turns.snapshot import Snapshot
from chat.workspace import Workspace
from tests.unit.context.workspaces import MemoryWorkspace


class Kept(MemoryWorkspace):
    """Reads what is there now."""

    def read_digests(self, digests: Sequence[str]) -> dict[str, bytes]:
        """No contents are kept by digest."""
        return {}


def library(**files: str) -> Library:
    """The files `a.js` … of `a_js=…`."""
    return Library(
        Snapshot(cast(Workspace, Kept({name.replace("_", "."): text for name, text in files.items()}))), "fr"
    )


def body(reading: Reading) -> str:
    """What stands between the fences."""
    _, _, rest = reading.text.partition("\n")
    fence = "`" * longest_run(rest.partition("\n")[0], "`")
    return rest.removeprefix(f"{fence}\n").rpartition(f"\n{fence}")[0]


@pytest.mark.parametrize(
    "text",
    [
        "x" * 24_000,
        "".join(f"{number:07d}," for number in range(9_000)),
        "court\n" + "".join(f"{number:07d}," for number in range(9_000)) + "\nfin",
        "".join(f"ligne {number}\n" for number in range(9_000)),
        "".join(f"{number:07d}," for number in range(3_000)) + "\n" + "y" * 24_001,
    ],
    ids=["exactly", "one line", "a long line among others", "many lines", "two long lines"],
)
def test_a_file_is_read_to_its_end_as_the_tool_says(text: str) -> None:
    tool, look = READ_TOOLS["read_file"], library(a_js=text)
    arguments: dict[str, int] = {}
    read, at = "", 1
    for _ in range(20):
        checked = tool.checked({"path": "a.js", **arguments})
        assert isinstance(checked, dict)
        reading = look.read("read_file", checked)
        assert len(body(reading)) <= MOST_CHARACTERS
        line = arguments.get("from_line", 1)
        read += ("\n" if line > at else "") + body(reading)
        at = line + body(reading).count("\n")
        found = re.search(r"from_line (\d+) et from_column (\d+)|à partir de la ligne (\d+)", reading.text[-120:])
        if found is None:
            break
        arguments = {"from_line": int(found[1] or found[3]), "from_column": int(found[2] or 1)}
        assert arguments["from_line"] <= text.count("\n") + 1
    assert read == text


def test_lines_beyond_the_end_are_told_as_such() -> None:
    look = library(a_js="un\ndeux")
    assert look.read_file("a.js", 9, None).text == "a.js s'arrête à la ligne 2."
    assert body(look.read_file("a.js", 2, None, 3)) == "ux"
    assert body(look.read_file("a.js", 2, None, 30)) == ""


@pytest.mark.parametrize(
    ("under", "found"),
    [
        ("", [".vscode/a.json", "src/.hidden/b.js", "src/c.js", "vscode/d.js"]),
        (".", [".vscode/a.json", "src/.hidden/b.js", "src/c.js", "vscode/d.js"]),
        (".vscode", [".vscode/a.json"]),
        ("./.vscode/", [".vscode/a.json"]),
        ("vscode", ["vscode/d.js"]),
        ("/src/", ["src/.hidden/b.js", "src/c.js"]),
        ("./src", ["src/.hidden/b.js", "src/c.js"]),
        ("src/.hidden", ["src/.hidden/b.js"]),
        ("..", []),
    ],
)
def test_a_folder_is_listed_by_its_name(under: str, found: list[str]) -> None:
    files = {".vscode/a.json": "{}", "vscode/d.js": "d", "src/c.js": "c", "src/.hidden/b.js": "b"}
    told = Library(Snapshot(cast(Workspace, Kept(files))), "fr").list_files(under).text
    assert [line.partition(" (")[0] for line in told.split("\n")] == (found or ["Aucun fichier."])
