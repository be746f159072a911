"""Cases about whole files and their paths."""

from __future__ import annotations

from tests.unit.actions.parts import BIG, HTML, JS, block, create, edit
from tests.unit.actions.running import Case

FILES = {
    "create": Case("applied", calls=[create("n/a.js", "x\n")], gives={"n/a.js": b"x\n"}, added=1),
    "create-over": Case("applied", calls=[create("a.js", "x\n")], files={"a.js": JS}, gives={"a.js": b"x\n"}, added=1),
    "create-over-crlf": Case(
        "applied",
        "```text a.txt\none\n2\nthree\n```\n",
        files={"a.txt": b"\xef\xbb\xbfone\r\ntwo\r\nthree"},
        gives={"a.txt": b"\xef\xbb\xbfone\r\n2\r\nthree"},
    ),
    "create-same": Case(
        "applied", calls=[create("a.js", JS.decode())], files={"a.js": JS}, gives={"a.js": JS}, added=0
    ),
    "empties": Case("empties_file", "```js a.js\n```\n", files={"a.js": JS}),
    "empty-new": Case("applied", "```python p/__init__.py\n```\n", gives={"p/__init__.py": b""}),
    "edit-empties": Case("empties_file", block("a.txt", ("a\nb\n", "")), files={"a.txt": b"a\nb\n"}),
    "elided": Case("elided", "```js a.js\nlet a;\n// ... rest of the code\n```\n", files={"a.js": JS}),
    "elided-french": Case(
        "elided", "```html a.html\n<p>x</p>\n<!-- … reste du code … -->\n```\n", files={"a.html": HTML}
    ),
    "elided-replace": Case("elided", block("a.js", ("  return 1;\n", "  // existing code\n")), files={"a.js": JS}),
    "elision-was-there": Case(
        "applied",
        block("a.js", ("let a;\n", "let b;\n// ... rest of the code\n")),
        files={"a.js": b"let a;\n// ... rest of the code\n"},
        gives={"a.js": b"let b;\n// ... rest of the code\n// ... rest of the code\n"},
    ),
    "spread-is-code": Case(
        "applied",
        "```js a.js\nf(...args);\nconst b = { ...a };\n// Loading...\n```\n",
        gives={"a.js": b"f(...args);\nconst b = { ...a };\n// Loading...\n"},
    ),
    "ellipsis-is-code": Case(
        "applied", "```python a.py\ndef f(): \n    ...\n```\n", gives={"a.py": b"def f(): \n    ...\n"}
    ),
    "conflict-markers": Case(
        "malformed/conflict_markers",
        calls=[create("a.js", "<<<<<<< HEAD\na\n=======\nb\n>>>>>>> main\n")],
        files={"a.js": JS},
    ),
    "numbered-content": Case("malformed/line_numbers", calls=[create("a.js", "1 | let a;\n2 | let b;\n3 | let c;\n")]),
    "escaped-content": Case("malformed/html_entities", calls=[create("a.js", "if (a &lt; b) { c(); }\n")]),
    "modify-missing": Case("missing_file", calls=[edit("A.js", ("a", "b"))], files={"a.js": JS}),
    "delete-missing": Case("missing_file", "DELETE: b.js\n", files={"a.js": JS}),
    "rename-onto": Case("path_conflict/exists", "RENAME: a.js -> b.js\n", files={"a.js": JS, "b.js": b"b\n"}),
    "rename-case": Case("applied", "RENAME: a.js -> A.js\n", files={"a.js": JS}, gives={"a.js": None, "A.js": JS}),
    "rename-then-edit": Case(
        "applied",
        "RENAME: a.js -> b.ts\n" + block("b.ts", ("  return 1;\n", "  return 3;\n")),
        files={"a.js": JS},
        gives={"a.js": None, "b.ts": JS.replace(b"1", b"3")},
    ),
    "edit-then-rename": Case(
        "applied",
        block("a.js", ("  return 1;\n", "  return 3;\n")) + "RENAME: a.js -> b.ts\n",
        files={"a.js": JS},
        gives={"a.js": None, "b.ts": JS.replace(b"1", b"3")},
    ),
    "two-versions": Case("duplicate/twice", "```js a.js\none\n```\n```js a.js\ntwo\n```\n"),
    "version-and-edit": Case(
        "applied",
        "```js a.js\none\ntwo\n```\n" + block("a.js", ("two\n", "2\n")) + block("a.js", ("2\n", "3\n")),
        files={"a.js": JS},
        gives={"a.js": b"one\n3\n"},
    ),
    "version-and-edit-calls": Case(
        "applied", calls=[create("a.js", "one\ntwo\n"), edit("a.js", ("two", "2"))], gives={"a.js": b"one\n2\n"}
    ),
    "version-and-wrong-edit": Case(
        "no_match", "```js a.js\none\n```\n" + block("a.js", ("  return 1;\n", "x\n")), files={"a.js": JS}
    ),
    "version-and-cut-edit": Case(
        "incomplete", "```js a.js\none\n```\n```js a.js\n<<<<<<< SEARCH\none\n=======\ntw", cut=True
    ),
    "edit-and-version": Case(
        "duplicate/twice", block("a.js", ("  return 1;\n", "x\n")) + "```js a.js\none\n```\n", files={"a.js": JS}
    ),
    "write-and-delete": Case("duplicate/write_and_delete", "```js a.js\none\n```\nDELETE: a.js\n", files={"a.js": JS}),
    "case-twin": Case("path_conflict/case", calls=[create("A.js", "x\n")], files={"a.js": JS}),
    "case-twins-in-turn": Case("path_conflict/case", "```js a.js\none\n```\n```js A.js\ntwo\n```\n"),
    "file-is-folder": Case("path_conflict/file_is_folder", calls=[create("a.js/b.js", "x\n")], files={"a.js": JS}),
    "folder-is-file": Case("path_conflict/folder_is_file", calls=[create("src", "x\n")], files={"src/a.js": JS}),
    "accents": Case(
        "applied",
        calls=[edit("e\u0301te\u0301.js", ("return 1", "return 3"))],
        files={"\xe9t\xe9.js": JS},
        gives={"\xe9t\xe9.js": JS.replace(b"1", b"3")},
    ),
    "traversal": Case("bad_path/traversal", "```js ../a.js\nx\n```\n"),
    "absolute": Case("bad_path/absolute", "```js /etc/a.js\nx\n```\n"),
    "drive": Case("bad_path/absolute", calls=[create("C:/a.js", "x")]),
    "unc": Case("bad_path/absolute", calls=[create("\\\\host\\a.js", "x")]),
    "home": Case("bad_path/absolute", calls=[create("~/a.js", "x")]),
    "scheme": Case("bad_path/absolute", calls=[create("file:a.js", "x")]),
    "encoded-path": Case("bad_path/encoded", calls=[create("%2e%2e/a.js", "x")]),
    "hidden-character": Case("bad_path/hidden_character", calls=[create("a\u202egnp.js", "x")]),
    "fullwidth-dots": Case("bad_path/lookalike", calls=[create("\uff0e\uff0e/a.js", "x")]),
    "reserved": Case("bad_path/reserved", calls=[create("con.js", "x")]),
    "git-folder": Case("bad_path/git", calls=[create(".GIT/hooks/pre-commit", "x")]),
    "trailing-dot": Case("bad_path/trailing_dot", calls=[create("a.js.", "x")]),
    "rename-out": Case("bad_path/traversal", "RENAME: a.js -> ../a.js\n", files={"a.js": JS}),
    "binary": Case("binary", calls=[edit("a.png", ("a", "b"))], files={"a.png": b"\x89PNG\0\0a"}),
    "binary-over": Case("binary", calls=[create("a.png", "x\n")], files={"a.png": b"\x89PNG\0\0a"}),
    "binary-delete": Case("applied", "DELETE: a.png\n", files={"a.png": b"\x89PNG\0\0a"}, gives={"a.png": None}),
    "not-utf8": Case("encoding", calls=[edit("a.txt", ("a", "b"))], files={"a.txt": b"\xe9t\xe9 a la plage\n"}),
    "utf16": Case("encoding", calls=[edit("a.txt", ("a", "b"))], files={"a.txt": "\ufeffa".encode("utf-16-le")}),
    "too-large": Case("too_large", calls=[create("a.txt", "x" * 10_001)]),
    "protected": Case(
        "applied",
        calls=[create(".github/workflows/ci.yml", "x\n")],
        gives={".github/workflows/ci.yml": b"x\n"},
        protected=True,
    ),
    "protected-lock": Case(
        "applied",
        "DELETE: web/package-lock.json\n",
        files={"web/package-lock.json": b"{}"},
        gives={"web/package-lock.json": None},
        protected=True,
    ),
    "large-edit": Case(
        "applied",
        calls=[edit("a.txt", ("line 399\n", "last\n"))],
        files={"a.txt": BIG},
        gives={"a.txt": BIG.replace(b"line 399", b"last")},
        added=1,
    ),
}
