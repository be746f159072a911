"""Which file endings hold which language, under every name that a fence gives it."""

from __future__ import annotations

import re


def words(text: str) -> frozenset[str]:
    """The words of a text."""
    return frozenset(text.split())


ENDING = re.compile(r"\.([A-Za-z][A-Za-z0-9]{0,11})$")

#: Names of a language → endings of its files.
FAMILIES: tuple[tuple[frozenset[str], frozenset[str]], ...] = tuple(
    (words(names), words(endings))
    for names, endings in (
        ("js javascript jsx ts typescript tsx mjs cjs react node", "js jsx ts tsx mjs cjs mts cts"),
        ("html htm xhtml django jinja jinja2 htmldjango", "html htm xhtml jinja jinja2 j2 njk hbs ejs"),
        ("css scss sass less postcss", "css scss sass less pcss"),
        ("json jsonc json5", "json jsonc json5 webmanifest map"),
        ("md markdown mdx", "md mdx markdown"),
        ("py python python3", "py pyi pyw"),
        ("php", "php phtml"),
        ("rb ruby", "rb erb rake gemspec"),
        ("vue", "vue"),
        ("svelte", "svelte"),
        ("xml svg", "xml svg rss atom plist"),
        ("yaml yml", "yaml yml"),
        ("toml", "toml"),
        ("ini cfg conf properties dotenv env", "ini cfg conf properties env"),
        ("sql", "sql"),
        ("java kotlin kt", "java kt kts"),
        ("c cpp c++ h hpp", "c h cpp cc hpp hh"),
        ("cs csharp c#", "cs"),
        ("go golang", "go"),
        ("rs rust", "rs"),
        ("swift", "swift"),
        ("csv tsv", "csv tsv"),
        ("sh bash zsh shell fish ksh", "sh bash zsh fish"),
        ("bat cmd batch powershell ps1 pwsh", "bat cmd ps1"),
        ("diff patch udiff", "diff patch"),
    )
)
#: What is run or shown, and kept in no file but one that says so by its ending.
TRANSCRIPTS = words(
    "sh bash zsh shell fish ksh console terminal output log session shell-session powershell cmd bat batch"
)
DIFFS = frozenset({"diff", "patch", "udiff"})


def ending_of(path: str) -> str:
    """The ending of a path in lower case, without the dot."""
    found = ENDING.search(path)
    return found[1].lower() if found else ""


def language_of(path: str) -> str:
    """The shortest name of the language that a path's ending says, else the ending."""
    ending = ending_of(path)
    return next((min(names, key=lambda name: (len(name), name)) for names, ends in FAMILIES if ending in ends), ending)


def fits(language: str, path: str) -> bool:
    """Whether a file at this path can hold this language; what is not known fits everything but a transcript."""
    language, ending = language.lower(), ending_of(path)
    mine = [endings for names, endings in FAMILIES if language in names]
    if any(ending in endings for endings in mine):
        return True
    if language in TRANSCRIPTS:
        return False
    return not mine or not any(ending in endings for _, endings in FAMILIES)
