"""Cases about what is read out of an answer."""

from __future__ import annotations

import json

from tests.unit.actions.parts import JS, block, create
from tests.unit.actions.running import Case

WHERE = {
    "fence-with-path": Case("applied", "```js a.js\nlet a;\n```\n", gives={"a.js": b"let a;\n"}),
    "fence-path-only": Case("applied", "```src/a.js\nlet a;\n```\n", gives={"src/a.js": b"let a;\n"}),
    "fence-title": Case("applied", '```js title="my a.js"\nlet a;\n```\n', gives={"my a.js": b"let a;\n"}),
    "path-line-before": Case("applied", "### 1. `a.js`:\n\n```js\nlet a;\n```\n", gives={"a.js": b"let a;\n"}),
    "fence-no-path": Case("example", "Voici :\n```jsx\nfunction Button() {}\n```\n", files={"Button.jsx": b"x\n"}),
    "fence-language-is-no-path": Case("example", "```php\necho 1;\n```\n```sql\nselect 1;\n```\n"),
    "path-in-sentence": Case("example", "Dans src/app.js on écrit :\n```js\nlet a;\n```\n", files={"src/app.js": JS}),
    "product-name": Case("example", "### Node.js\n```js\nlet a;\n```\n"),
    "transcript-after-path": Case(
        "example", "**package.json**\n```bash\nnpm i\n```\n", files={"package.json": b"{}\n"}
    ),
    "path-list-before": Case("example", "- `a.js`\n- `b.js`\n\n```js\nlet a;\n```\n", files={"b.js": JS}),
    "diff-in-fence": Case("malformed/diff", "```diff a.js\n-  return 1;\n+  return 3;\n```\n", files={"a.js": JS}),
    "delete-line": Case("applied", "DELETE: `a.js`\n", files={"a.js": JS}, gives={"a.js": None}),
    "rename-line": Case(
        "applied", "RENAME: a.js -> src/b.js\n", files={"a.js": JS}, gives={"a.js": None, "src/b.js": JS}
    ),
    "delete-in-sentence": Case("nothing", "DELETE: the old row of a.js\n", files={"a.js": JS}),
    "longer-fence": Case(
        "applied", "````md R.md\n# T\n```\nnpm i\n```\n````\n", gives={"R.md": b"# T\n```\nnpm i\n```\n"}
    ),
    "nested-fence-named": Case(
        "applied",
        "```md R.md\n# T\n```bash\nnpm i\n```\nend\n```\n",
        gives={"R.md": b"# T\n```bash\nnpm i\n```\nend\n"},
    ),
    "nested-fence-bare": Case("malformed/nested_fences", "```md R.md\n# T\n```\nnpm i\n```\nend\n```\n"),
    "docstring-fence": Case("malformed/nested_fences", '```python a.py\n"""Use:\n```\na()\n```\n"""\n```\n'),
    "fence-open": Case("incomplete", "```js a.js\nlet a;\n"),
    "fence-cut": Case("incomplete", "```js a.js\nlet a;\n```", cut=True),
    "block-cut": Case(
        "incomplete", "```js a.js\n<<<<<<< SEARCH\n  return 1;\n=======\n  ret", cut=True, files={"a.js": JS}
    ),
    "whole-before-cut": Case("applied", "```js a.js\nlet a;\n```\nEt puis", cut=True, gives={"a.js": b"let a;\n"}),
    "delete-cut": Case("nothing", "DELETE: a.js", cut=True, files={"a.js": JS, "a.json": b"{}\n"}),
    "block-no-path": Case("malformed/no_path", "```\n<<<<<<< SEARCH\na\n=======\nb\n>>>>>>> REPLACE\n```\n"),
    "block-marks": Case("malformed/block", block("a.js", ("a\n", "b\n=======\nc\n")), files={"a.js": JS}),
    "block-escaped": Case(
        "applied",
        block("a.md", ("Title\n\\=======\n", "Other\n\\=======\n")),
        files={"a.md": b"Title\n=======\n"},
        gives={"a.md": b"Other\n=======\n"},
    ),
    "thinking-tags": Case("nothing", '<tool_call>{"name": "delete_file", "arguments": {"path": "a.js"}}</tool_call>'),
}

#: As some models write an array.
EDITS = json.dumps([{"search": "let a;", "replace": "let c;"}])

CALLS = {
    "call": Case("applied", calls=[create("a.js", "let a;\n")], gives={"a.js": b"let a;\n"}),
    "call-prefix": Case("applied", calls=[("functions.create_file", create("a.js", "x")[1])], gives={"a.js": b"x"}),
    "call-extra": Case(
        "applied",
        calls=[("create_file", {"path": ".env", "content": "A=1\n", "auto_approve": True})],
        gives={".env": b"A=1\n"},
        protected=True,
    ),
    "call-twice-encoded": Case(
        "applied", calls=[("create_file", json.dumps(json.dumps(create("a.js", "x\n")[1])))], gives={"a.js": b"x\n"}
    ),
    "call-array-encoded": Case(
        "applied",
        files={"a.js": b"let a;\nlet b;\n"},
        calls=[("modify_file", {"path": "a.js", "edits": EDITS})],
        gives={"a.js": b"let c;\nlet b;\n"},
    ),
    "call-array-cut": Case(
        "malformed/argument",
        files={"a.js": b"let a;\n"},
        calls=[("modify_file", {"path": "a.js", "edits": EDITS[:-1]})],
    ),
    "call-array-half-pair": Case(
        "binary",
        files={"a.js": b"let a;\n"},
        calls=[("modify_file", {"path": "a.js", "edits": EDITS.replace("let c;", "\\ud83d")})],
    ),
    "call-truncated": Case("malformed/json", calls=[("create_file", '{"path": "a.js", "content": "half')]),
    "call-cut": Case("incomplete", calls=[("create_file", '{"path": "a.js", "content": "half')], cut=True),
    "call-raw-newline": Case("malformed/json", calls=[("create_file", '{"path": "a.js", "content": "a\nb"}')]),
    "call-empty": Case("malformed/json", calls=[("create_file", "")]),
    "call-null": Case("malformed/json", calls=[("delete_file", "null")]),
    "call-glued": Case("malformed/json", calls=[("delete_file", '{"path": "a.js"}{"path": "b.js"}')]),
    "call-name-twice": Case("malformed/json", calls=[("delete_file", '{"path": "a.js", "path": "b.js"}')]),
    "call-no-argument": Case("malformed/argument", calls=[("create_file", {"path": "a.js"})]),
    "call-wrong-type": Case("malformed/argument", calls=[("create_file", {"path": "a.js", "content": ["x"]})]),
    "call-no-name": Case("malformed/no_name", calls=[("", create("a.js", "x")[1])]),
    "call-unknown": Case("unknown_tool", calls=[("run_command", {"command": "rm -rf /"})]),
    "call-nul": Case("binary", calls=[create("a.js", "a\0b")]),
    "call-half-pair": Case("binary", calls=[("create_file", '{"path": "a.js", "content": "\\ud83d"}')]),
    "read-bad-argument": Case("malformed/argument", calls=[("read_file", {"path": 3})]),
    "read": Case("nothing", calls=[("list_files", ""), ("search", {"query": "x", "include": None})]),
}
