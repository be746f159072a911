"""Secrets by what they are assigned to: `POSTGRES_PASSWORD: …`, `secret_key = …`, `define('DB_PASSWORD', '…')`.  Pure.

Code speaks of passwords all the time, and must stay as it is: `password = request.POST["password"]`, `token: string`.
So the less a line looks like configuration, the more its value has to look made up by a machine.
"""

from __future__ import annotations

import math
import re
from collections import Counter
from collections.abc import Callable, Iterator
from itertools import pairwise

#: Without one of these nothing is assigned to such a name.
WORDS = ("passw", "passphrase", "pwd", "_pass", "secret", "token", "authorization", "_key", "_salt", "-key", "apikey",
         "accesskey", "authkey", "privatekey", "encryptionkey", "signingkey", "masterkey")  # fmt: skip
_PASS = r"passw(?:or)?d|passphrase|pwd"  # noqa: S105 - a pattern
_NAMES = rf"(?:{_PASS}|secret|token|(?:api|access|auth|secret|private|encryption|signing|app|master)[_-]?key)"
#: A value in quotes, wherever it stands: long, and made up.
_QUOTED = re.compile(
    r"""(?:api[_-]?key|access[_-]?key|secret(?:[_-]?key)?|auth[_-]?token|token|passw(?:or)?d|pwd)["'\]]?\s*(?:=>|:=|[:=])\s*"""
    r"""(["'`])(?P<secret>[^\s"'`]{12,200})\1""",
    re.IGNORECASE,
)
#: A password in quotes: shorter, but no word. And any constant of configuration, which is written in capitals.
_QUOTED_PASSWORD = re.compile(
    rf"""(?:{_PASS})["'\]]?\s*(?:=>|:=|[:=])\s*(["'`])(?P<secret>[^\s"'`]{{6,200}})\1""", re.IGNORECASE
)
_CONSTANT = re.compile(
    r"""(?<![A-Za-z0-9])[A-Z0-9_]*(?:PASSWORD|PASSWD|PASSPHRASE|PWD|_PASS|SECRET|SECRET_KEY)["'\]]?\s*(?:=>|:=|[:=])\s*"""
    r"""(["'`])(?P<secret>[^\s"'`]{4,200})\1"""
)
_DEFINED = re.compile(
    r"""\bdefine\s*\(\s*["'][A-Z0-9_]*(?:PASSWORD|SECRET|TOKEN|_KEY|_SALT)["']\s*,\s*(["'])(?P<secret>[^\n]{1,200}?)\1\s*\)"""
)
_HEADER = re.compile(
    r"""\bAuthorization["']?\s*[:=,]\s*["'`]?(?:Bearer|Basic|Token|ApiKey)\s+(?P<secret>[\w.~+/=-]{8,2000})""",
    re.IGNORECASE,
)
_CONNECTION = re.compile(
    r"""(?<=;)\s*(?:password|pwd)\s*=\s*(?P<secret>[^\s;"'`]{4,200})(?=\s*(?:;|["'`]))""", re.IGNORECASE
)
#: A whole line of a configuration: `NAME: value`, `export NAME=value`, `- NAME=value`.
_LINE = re.compile(
    r"""[ \t]*(?:-[ \t]+)?(?:(?:export|set|ENV|ARG)[ \t]+)?(?P<quote>["']?)(?P<name>[\w.-]*(?:"""
    + _NAMES
    + r"""|_pass))(?P=quote)"""
    r"""(?P<sign>[ \t]*(?:[:?+]?=|:[ \t])[ \t]*)(?P<secret>[^\s"'`]{2,400})[ \t]*(?:[ \t]#.*)?\r?""",
    re.IGNORECASE,
)
#: A longer line is no configuration; of one so much is looked at before such a word, and behind it.
LONGEST_LINE, BEFORE, BEHIND = 600, 200, 2_400
#: What somebody is to fill in; everything else in a `define` is a literal.
_BLANK = re.compile(r"\byour|_here\b|example|placeholder|change.?me|xxx|\[masked:", re.IGNORECASE)
#: Values that stand for a secret and are none.
PLACEHOLDER = re.compile(
    r"example|change|placeholder|your|xxx|\*\*\*|\.\.\.|<|\{|\$|process\.env|getenv|test|dummy|fake|\[masked:|^%|^!|^/|^\./",
    re.IGNORECASE,
)
#: Where a value is worked out, and what says of which type it is.
_CODE = re.compile(r"[()\[\]{}<>;,|?]|^[&*@.\"'`]|::|->|://")
_DOTTED = re.compile(r"[A-Za-z_]\w*(?:\??\.[A-Za-z_]\w*)+")
_KEBAB = re.compile(r"[a-z]+(?:[-_][a-z]+)*")
_IDENTIFIER = re.compile(r"[A-Za-z_]\w*")
_TYPES = re.compile(
    r"(?:str|string|int|integer|number|bool|boolean|bytes|text|any|unknown|void|object|null|none|nil|undefined|true|false"
    r"|yes|no|on|off|required|optional|nullable|final|classvar|char|varchar|uuid|self|env|secrets?|hidden|password|token"
    r"|\w*(?:str|string|type|field|token|secret|key|password))",
    re.IGNORECASE,
)
_WORD_OF_CODE = re.compile(
    r"pass|pwd|field|input|value|param|arg|var|user|str|int|hash|sha|md5|crypt|argon|utf|name", re.IGNORECASE
)
_IS_PASSWORD = re.compile(rf"(?:{_PASS}|_pass)$", re.IGNORECASE)
ENTROPY = 3.0


def assigned(text: str) -> Iterator[tuple[int, int]]:
    """Where the values are that are assigned to the names of secrets."""
    for start, end in _places(text):
        for pattern, is_secret, no_secret in _ANYWHERE:
            for found in pattern.finditer(text, start, end):
                if not no_secret.search(found["secret"]) and is_secret(found["secret"]):
                    yield found.span("secret")
        for line in _lines(text, start, end):
            if _is_configured(line["name"], line["sign"], line["secret"]):
                yield line.span("secret")


def _places(text: str) -> Iterator[tuple[int, int]]:
    """The lines that speak of secrets, with the next one, where a long value may stand; of a long line what is near."""
    start = end = -1
    for at in _words(text):
        first = max(text.rfind("\n", 0, at) + 1, at - BEFORE)
        if first > end >= 0:
            yield start, end
            start = -1
        start = first if start < 0 else start
        end = min(_line_end(text, _line_end(text, at) + 1), at + BEHIND)
    if end >= 0:
        yield start, end


def _words(text: str) -> list[int]:
    """Where such words are; plain searches, as an expression takes thirty times as long."""
    low = text.lower()
    if len(low) != len(text):
        low = "".join(one if len(one) == 1 else letter for letter in text for one in (letter.lower(),))
    found: list[int] = []
    for word in WORDS:
        at = low.find(word)
        while at >= 0:
            found.append(at)
            at = low.find(word, at + 1)
    return sorted(found)


def _line_end(text: str, at: int) -> int:
    end = text.find("\n", at)
    return len(text) if end < 0 else end


def _lines(text: str, start: int, end: int) -> Iterator[re.Match[str]]:
    """The lines in a place that look like those of a configuration."""
    at = start
    while at < end:
        stop = _line_end(text, at)
        whole = (at == 0 or text[at - 1] == "\n") and stop - at <= LONGEST_LINE
        if whole and (found := _LINE.fullmatch(text, at, stop)) is not None:
            yield found
        at = stop + 1


def _is_configured(name: str, sign: str, value: str) -> bool:
    """Whether a line that assigns is one of a configuration, and its value is a secret."""
    if PLACEHOLDER.search(value) or _CODE.search(value) or _TYPES.fullmatch(value) or _DOTTED.fullmatch(value):
        return False
    is_password = bool(_IS_PASSWORD.search(name))
    if value.isdigit():
        return is_password and len(value) >= 4
    if name.upper() == name and ("=" not in sign or not sign.startswith((" ", "\t"))):
        return not (value.upper() == value and "_" in value and _IDENTIFIER.fullmatch(value))
    if _IDENTIFIER.fullmatch(value):
        return is_random(value) or (is_password and _is_no_word(value) and not _WORD_OF_CODE.search(value))
    return _is_no_word(value) and (_changes(value) >= 2 or bool(re.search(r"[!@#%^~]", value)))


def is_made_up(value: str) -> bool:
    """Letters and digits, in no order that a person would choose."""
    return _is_mixed(value) and entropy(value) >= ENTROPY


def is_random(value: str) -> bool:
    """Made up, and no name with a number in it."""
    return len(value) >= 12 and is_made_up(value) and _changes(value) >= 3


def entropy(value: str) -> float:
    """Bits to a character."""
    return -sum(count / len(value) * math.log2(count / len(value)) for count in Counter(value).values())


def _is_mixed(value: str) -> bool:
    return any(map(str.isdigit, value)) and any(map(str.isalpha, value))


def _is_no_word(value: str) -> bool:
    return len(value) >= 6 and _is_mixed(value) and entropy(value) >= 2.2


def _is_bearer(value: str) -> bool:
    return _is_mixed(value) or (len(value) >= 20 and entropy(value) >= 3.5)


def _is_password(value: str) -> bool:
    return _is_no_word(value) and not _CODE.search(value) and not _WORD_OF_CODE.search(value)


def _is_constant(value: str) -> bool:
    """Whether what stands in quotes behind a name in capitals is its value, and not what it is called elsewhere."""
    if _CODE.search(value) or _TYPES.fullmatch(value) or _DOTTED.fullmatch(value) or _KEBAB.fullmatch(value):
        return False
    return not (value.upper() == value and _IDENTIFIER.fullmatch(value)) and (_is_mixed(value) or len(value) >= 8)


def _changes(value: str) -> int:
    """How often letters and digits follow each other."""
    kinds = [letter.isdigit() for letter in value if letter.isalnum()]
    return sum(one != other for one, other in pairwise(kinds))


_ANYWHERE: tuple[tuple[re.Pattern[str], Callable[[str], bool], re.Pattern[str]], ...] = (
    (_QUOTED, is_made_up, PLACEHOLDER),
    (_QUOTED_PASSWORD, _is_password, PLACEHOLDER),
    (_CONSTANT, _is_constant, PLACEHOLDER),
    (_DEFINED, bool, _BLANK),
    (_HEADER, _is_bearer, PLACEHOLDER),
    (_CONNECTION, lambda value: not _CODE.search(value), PLACEHOLDER),
)
