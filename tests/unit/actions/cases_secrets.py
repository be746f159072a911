"""Cases about what is kept from the model: files that may hold secrets, and values that are masked in others."""

from __future__ import annotations

from tests.unit.actions.parts import block, create, edit
from tests.unit.actions.running import Case

ENV = b"KEY=k9Zq2LmX7vTr\nDEBUG=1\n"
ONE = b'const api_key = "k9Zq2LmX7vTr4WbN8sYd";\nstart(api_key);\n'
TWO = b'const api_key = "k9Zq2LmX7vTr4WbN8sYd";\nconst token = "p3Hs6QwE1zRy5UiO0aKj";\n'
PAIR = b'{\n  "api_key": "k9Zq2LmX7vTr4WbN8sYd",\n  "token": "p3Hs6QwE1zRy5UiO0aKj"\n}\n'
MASKED = 'const api_key = "[masked:assigned]";\n'

SECRETS = {
    "secret-edit": Case("no_match/kept", block(".env", ("DEBUG=1\n", "DEBUG=0\n")), files={".env": ENV}, nearest=()),
    "secret-edit-miss": Case("no_match/kept", block(".env", ("DEBUG=2\n", "x\n")), files={".env": ENV}, nearest=()),
    "secret-edit-part": Case("no_match/kept", calls=[edit("a/.env", ("KEY=k9", "KEY=k9"))], files={"a/.env": ENV}),
    "secret-edit-new": Case("no_match/kept", block(".env", ("", "DEBUG=1\n"))),
    "secret-moved": Case(
        "no_match/kept", "RENAME: .env -> env.txt\n" + block("env.txt", ("DEBUG=1\n", "x\n")), files={".env": ENV}
    ),
    "secret-whole": Case(
        "applied",
        calls=[create("secret.json", "{}\n")],
        files={"secret.json": b"[]\n"},
        gives={"secret.json": b"{}\n"},
        protected=True,
    ),
    "secret-delete": Case(
        "applied", "DELETE: secret.json\n", files={"secret.json": ENV}, gives={"secret.json": None}, protected=True
    ),
    "masked-guess": Case(
        "no_match",
        calls=[edit("a.js", ('"k9Zq2', '"x'))],
        files={"a.js": ONE},
        nearest=(),
    ),
    "masked-guess-whole": Case(
        "no_match",
        block("a.js", ('const api_key = "k9Zq2LmX7vTr4WbN8sYd";\n', "x\n")),
        files={"a.js": ONE},
        nearest=[(1, MASKED.strip())],
    ),
    "masked-already": Case("no_match", calls=[edit("a.js", ("nothing", "k9Zq2LmX7vTr4WbN8sYd"))], files={"a.js": ONE}),
    "masked-stays": Case(
        "applied",
        block("a.js", (MASKED, MASKED.replace("const", "let"))),
        files={"a.js": ONE},
        gives={"a.js": ONE.replace(b"const", b"let")},
    ),
    "masked-goes": Case(
        "applied",
        block("a.js", (MASKED, "const api_key = process.env.KEY;\n")),
        files={"a.js": ONE},
        gives={"a.js": b"const api_key = process.env.KEY;\nstart(api_key);\n"},
    ),
    "masked-whole": Case(
        "applied",
        calls=[create("a.js", MASKED + "start(api_key, 1);\n")],
        files={"a.js": ONE.replace(b"\n", b"\r\n")},
        gives={"a.js": ONE.replace(b"key)", b"key, 1)").replace(b"\n", b"\r\n")},
    ),
    "masked-moved": Case(
        "malformed/masked",
        block("a.js", (MASKED, 'fetch(url, {headers: {"X-Shop": "[masked:assigned]"}});\n')),
        files={"a.js": ONE},
    ),
    "masked-swapped": Case(
        "malformed/masked",
        calls=[create("a.json", '{\n  "token": "[masked:assigned]",\n  "api_key": "[masked:assigned]"\n}\n')],
        files={"a.json": PAIR},
    ),
    "masked-unclear": Case(
        "malformed/masked",
        block(
            "a.js",
            (MASKED, ""),
            ('const token = "[masked:assigned]";\n', 'f("[masked:assigned]", "[masked:assigned]");\n'),
        ),
        files={"a.js": TWO},
    ),
    "masked-copied": Case("malformed/masked", calls=[create("b.js", MASKED)]),
}
