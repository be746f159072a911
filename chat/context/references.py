"""What a file says of other files: imports, includes, templates, static files, components.  Pure.

`found` reads the names out of a text, once for its bytes; `Places` finds the files of a project that are meant.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator

MOST = 200
_Q = r"""["']([^"'\n]{1,200})["']"""
_SCRIPT = (rf"from\s*{_Q}", rf"import\s*\(?\s*{_Q}", rf"require\(\s*{_Q}", r"<([A-Z][A-Za-z0-9]{3,60})\b")
_STYLE = (rf"@(?:import|use|forward)\s+(?:url\()?{_Q}",)
_MARKUP = (
    rf"\{{%-?\s*(?:extends|include|from|import|static|embed)\s+{_Q}",
    r"""<(?:script|link|img|source)\b[^>\n]{0,300}?(?:src|href)\s*=\s*["']([^"'#?\n]{1,200})""",
)
_CALLED = (
    rf"render(?:_template|_to_string)?\s*\([^\"'\n]{{0,40}}{_Q}",
    rf"template(?:_name\s*=|\()\s*{_Q}",
)
_PYTHON = (r"^[ \t]*from[ \t]+([\w.]+)[ \t]+import\b", r"^[ \t]*import[ \t]+([\w.]+)", *_CALLED)
_BARE = (r"""^[ \t]*(?:include|extends|append)[ \t]+['"]?([\w./-]+)""",)
_PHP = (rf"(?:include|require)(?:_once)?[ (]+(?:__DIR__\s*\.\s*)?{_Q}", r"^use[ \t]+([\w\\]+)", rf"view\(\s*{_Q}")
_PATTERNS = {
    "script": _SCRIPT + _CALLED,
    "python": _PYTHON,
    "style": _STYLE,
    "sass": _STYLE,
    "mixed": _SCRIPT + _STYLE + _MARKUP,
    "template": _SCRIPT + _MARKUP,
    "pug": _BARE,
    "php": _PHP + _MARKUP,
    "ruby": (rf"require(?:_relative)?\s*{_Q}", rf"render\s*\(?\s*{_Q}"),
}
#: One expression after the other, so that each is found by its first letters.
PATTERNS = {name: [re.compile(pattern, re.MULTILINE) for pattern in patterns] for name, patterns in _PATTERNS.items()}
ENDING = re.compile(r"\.(js|ts|jsx|tsx|vue|svelte|astro|css|scss|sass|less|html|py|mjs|pug|php)$")
INDEX = re.compile(r"(/index|/__init__|/mod|/\+page|/\+layout)?(\.\w+)$")
JOINTS = re.compile(r"[-_.]")
COMPONENT = re.compile(r"[A-Z]\w+")
SKIPPED = frozenset(("", ".", "..", "@", "~", "$lib", "src"))


def found(text: str, language: str) -> list[str]:
    """The names of other files in a text, each once."""
    names: dict[str, None] = {}
    for pattern in PATTERNS.get(language, ()):
        for match in pattern.finditer(text):
            name = match[1].strip().replace("\\", "/")
            if name and not name.startswith(("http:", "https:", "data:", "//")):
                names[name] = None
            if len(names) >= MOST:
                break
    return list(names)[:MOST]


def _bits(path: str) -> list[str]:
    bits = INDEX.sub("", path).lower().split("/")
    return [*bits[:-1], bits[-1].lstrip("_")]


class Places:
    """Where a project's files are, by the ends of their paths."""

    def __init__(self) -> None:
        self._ends: dict[str, list[str]] = defaultdict(list)
        self._bare: dict[str, list[str]] = defaultdict(list)

    @staticmethod
    def _keys(path: str) -> tuple[list[str], str]:
        bits = _bits(path)
        return ["/".join(bits[-n:]) for n in range(1, min(3, len(bits)) + 1)], JOINTS.sub("", bits[-1])

    def add(self, path: str) -> None:
        """A new file."""
        ends, bare = self._keys(path)
        for end in ends:
            self._ends[end].append(path)
        self._bare[bare].append(path)

    def remove(self, path: str) -> None:
        """A file that is gone."""
        ends, bare = self._keys(path)
        for end in ends:
            self._ends[end].remove(path)
        self._bare[bare].remove(path)

    def of(self, path: str, names: Iterable[str]) -> set[str]:
        """The files that a file refers to."""
        return {to for name in names for to in self._meant(path, name)} - {path}

    def _meant(self, path: str, name: str) -> Iterable[str]:
        if COMPONENT.fullmatch(name):
            return self._bare.get(name.lower(), ())[:2]
        python = path.endswith(".py")
        if python and "/" not in name and not ENDING.search(name):
            name = name.replace(".", "/")
        parts = [part for part in name.split("/") if part not in SKIPPED]
        if not parts:
            return ()
        parts[-1] = ENDING.sub("", parts[-1])
        return list(self._by_end(path, [part.lower() for part in parts], python or name.startswith((".", "_"))))

    def _by_end(self, path: str, parts: list[str], near: bool) -> Iterator[str]:
        for n in range(min(3, len(parts)), 0, -1):
            hits: list[str] = self._ends.get("/".join(parts[-n:]), [])
            if n == 1 and len(hits) > 3:
                folder = path.rpartition("/")[0]
                hits = [hit for hit in hits if hit.rpartition("/")[0] == folder] if near else []
            if hits:
                yield from [hit for hit in hits if hit != path][:3]
                return
        if path.endswith(".py") and len(parts) > 1:  # from package.module import name
            hits = self._ends.get("/".join(parts[-3:-1])) or self._ends.get(parts[-2], [])
            yield from hits if len(hits) <= 3 else ()
