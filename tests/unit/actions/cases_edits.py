"""Cases about where an edit applies."""

from __future__ import annotations

from tests.unit.actions.parts import HTML, JS, NESTED, block, edit
from tests.unit.actions.running import Case

MATCHING = {
    "exact": Case(
        "applied",
        calls=[edit("a.js", ("return 1", "return 3"))],
        files={"a.js": JS},
        gives={"a.js": JS.replace(b"1", b"3")},
        added=1,
    ),
    "trailing-blanks": Case(
        "applied",
        block("a.css", ("a {\n}\n", "a {\n  b: c;\n}\n")),
        files={"a.css": b"a {  \n}\t\n"},
        gives={"a.css": b"a {  \n  b: c;\n}\t\n"},
    ),
    "indent-shift": Case(
        "applied",
        block("a.py", ("run()\nstop()\n", "run()\nif z:\n    stop()\n")),
        files={"a.py": NESTED},
        gives={"a.py": b"if x:\n    if y:\n        run()\n        if z:\n            stop()\n"},
    ),
    "indent-tabs": Case(
        "applied",
        block("a.js", ("  if (a) {\n    b();\n", "  if (a) {\n    b();\n    c();\n")),
        files={"a.js": b"\tif (a) {\n\t\tb();\n\t}\n"},
        gives={"a.js": b"\tif (a) {\n\t\tb();\n\t\tc();\n\t}\n"},
    ),
    "indent-inconsistent": Case(
        "no_match/indentation",
        block("a.py", ("run()\n  stop()\n", "run()\n    go()\n")),
        files={"a.py": b"    run()\n    stop()\n"},
    ),
    "lookalikes": Case(
        "applied",
        block("a.txt", ("it's a - b\nx\n", "it's a - b\ny\n")),
        files={"a.txt": "it’s a – b\nx\n".encode()},
        gives={"a.txt": "it’s a – b\ny\n".encode()},
    ),
    "replace-as-given": Case(
        "applied",
        calls=[edit("a.txt", ("one", "“un” — deux"))],
        files={"a.txt": b"one\n"},
        gives={"a.txt": "“un” — deux\n".encode()},
    ),
    "several-matches": Case(
        "ambiguous_match", block("a.js", ("}\n", "};\n")), files={"a.js": JS}, nearest=[(3, "}"), (7, "}")]
    ),
    "whole-line-only": Case(
        "no_match",
        block("a.css", ("color: red\n", "color: blue\n")),
        files={"a.css": b"a { background-color: red\n}\n"},
    ),
    "no-match-nearest": Case(
        "no_match",
        block("a.js", ("function a() {\n  return 11;\n", "x\n")),
        files={"a.js": JS},
        nearest=[(1, "function a() {"), (2, "  return 1;")],
    ),
    "not-in-other-files": Case(
        "no_match", calls=[edit("b.js", ("return 1", "return 3"))], files={"a.js": JS, "b.js": b"let b;\n"}
    ),
    "already-there": Case("no_match/already", calls=[edit("a.js", ("return 0;", "return 1;"))], files={"a.js": JS}),
    "copied-numbers": Case(
        "no_match/line_numbers", block("a.js", ("1 | function a() {\n2 |   return 1;\n", "x\n")), files={"a.js": JS}
    ),
    "html-entities": Case(
        "no_match/html_entities", calls=[edit("a.html", ("&lt;p&gt;one&lt;/p&gt;", "x"))], files={"a.html": HTML}
    ),
    "elided-search": Case(
        "no_match/elided", block("a.js", ("function a() {\n  // ...\n}\n", "x\n")), files={"a.js": JS}
    ),
    "crlf": Case(
        "applied",
        block("a.txt", ("two\n", "TWO\n2\n")),
        files={"a.txt": b"one\r\ntwo\r\nthree\r\n"},
        gives={"a.txt": b"one\r\nTWO\r\n2\r\nthree\r\n"},
    ),
    "mixed-ends": Case(
        "applied",
        block("a.txt", ("one\ntwo\n", "one\n2\n")),
        files={"a.txt": b"one\ntwo\r\nthree\n"},
        gives={"a.txt": b"one\n2\r\nthree\n"},
    ),
    "mark": Case(
        "applied",
        calls=[edit("a.txt", ("one", "ONE"))],
        files={"a.txt": b"\xef\xbb\xbfone\ntwo\n"},
        gives={"a.txt": b"\xef\xbb\xbfONE\ntwo\n"},
    ),
    "no-last-newline": Case(
        "applied",
        block("a.txt", ("two\n", "two\nthree\n")),
        files={"a.txt": b"one\ntwo"},
        gives={"a.txt": b"one\ntwo\nthree"},
    ),
    "last-line-goes": Case(
        "applied",
        block("a.txt", ("two\n", "")),
        files={"a.txt": b"one\r\ntwo"},
        gives={"a.txt": b"one\r\n"},
    ),
    "edits-in-order": Case(
        "applied",
        block("a.js", ("  return 1;\n", "  return 3;\n"), ("  return 2;\n", "  return 4;\n")),
        files={"a.js": JS},
        gives={"a.js": JS.replace(b"1", b"3").replace(b"2", b"4")},
        added=2,
    ),
    "edit-of-an-edit": Case(
        "applied",
        block("a.js", ("  return 1;\n", "  first();\n"), ("  first();\n", "  first(1);\n")),
        files={"a.js": JS},
        gives={"a.js": JS.replace(b"return 1;", b"first(1);")},
    ),
    "shared-context": Case(
        "applied",
        block("a.txt", ("a\nb\n", "A\nb\n"), ("b\nc\n", "b\nC\n")),
        files={"a.txt": b"a\nb\nc\n"},
        gives={"a.txt": b"A\nb\nC\n"},
    ),
    "overlap": Case(
        "overlap", block("a.txt", ("a\nb\n", "A\nB\n"), ("b\nc\n", "b2\nc\n")), files={"a.txt": b"a\nb\nc\n"}
    ),
    "same-edit-twice": Case(
        "applied",
        block("a.js", ("  return 1;\n", "  return 3;\n"), ("  return 1;\n", "  return 3;\n")),
        files={"a.js": JS},
        gives={"a.js": JS.replace(b"1", b"3")},
        added=1,
    ),
    "several-calls": Case(
        "applied",
        calls=[edit("a.js", ("return 1", "return 3")), edit("a.js", ("return 2", "return 4"))],
        files={"a.js": JS},
        gives={"a.js": JS.replace(b"1", b"3").replace(b"2", b"4")},
        added=2,
    ),
    "empty-search": Case("malformed/empty_search", block("a.js", ("", "x\n")), files={"a.js": JS}),
    "empty-search-new": Case("applied", block("n.js", ("", "x\n")), gives={"n.js": b"x\n"}),
    "empty-search-empty": Case("applied", block("n.js", ("", "x\n")), files={"n.js": b""}, gives={"n.js": b"x\n"}),
}
