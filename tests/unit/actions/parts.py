"""Files and pieces of answers for the cases."""

from __future__ import annotations

from typing import Any

HTML = b"<h1>Hi</h1>\n<p>one</p>\n<p>two</p>\n"
JS = b"function a() {\n  return 1;\n}\n\nfunction b() {\n  return 2;\n}\n"
NESTED = b"if x:\n    if y:\n        run()\n        stop()\n"
BIG = b"".join(b"line %d\n" % number for number in range(400))


def edit(path: str, *edits: tuple[str, str]) -> tuple[str, dict[str, Any]]:
    """A call of modify_file."""
    return "modify_file", {"path": path, "edits": [{"search": a, "replace": b} for a, b in edits]}


def create(path: str, content: str) -> tuple[str, dict[str, Any]]:
    """A call of create_file."""
    return "create_file", {"path": path, "content": content}


def block(path: str, *edits: tuple[str, str]) -> str:
    """Edits in the text protocol."""
    said = "".join(f"<<<<<<< SEARCH\n{a}=======\n{b}>>>>>>> REPLACE\n" for a, b in edits)
    return f"```text {path}\n{said}```\n"
