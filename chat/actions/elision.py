"""Signs that a text is not what it pretends to be: parts left out, conflicts left in, numbers or entities copied along.

Each check compares with the old text, where there is one: what was there before is nobody's mistake.
"""

from __future__ import annotations

import re
from itertools import pairwise

from chat.actions.types import ActionError

#: A comment, in any language's marks, that has nothing but words about what is left out.
COMMENT = re.compile(
    r"""^\s*(?:
        (?://+|\#+|--|;+|%|'|REM\b)\s*(?P<line>.*?)
      | \{?\s*/\*+\s*(?P<block>.*?)\s*\*+/\s*\}?
      | <!--\s*(?P<markup>.*?)\s*-->
      | \{\#\s*(?P<jinja>.*?)\s*\#\}
      | \{%\s*comment\s*%\}\s*(?P<django>.*?)\s*\{%\s*endcomment\s*%\}
      | [(\[]\s*(?P<bracket>(?:\.\.\.|…).*?)\s*[)\]]
      | (?P<bare>(?:\.\.\.|…)\s*[^\W\d_].*)
    )\s*$""",
    re.VERBOSE | re.IGNORECASE,
)
DOTS = re.compile(r"^(?:\.{3,}|…)\s*|\s*(?:\.{3,}|…)$")
WHAT = (
    r"(?:code|file|content|contents|implementation|logic|function|functions|method|methods|class|component|components|"
    r"styles?|rules|imports?|markup|html|css|lines?|stuff|sections?|parts?|body|script|routes?|props|properties|state|"
    r"handlers?|fields?|items?|elements?|config|options?|cases|tests?|variables?|keys|entries|"
    r"fichier|contenu|fonctions?|méthodes?|lignes?|composants?|importations?|partie|suite|reste)"
)
LEFT_OUT = re.compile(
    rf"""\b(?:
        (?:rest|remainder|remaining\ part)\s+of\s+(?:(?:the|your|this|original|existing|previous)\s+)*\w+
      | (?:existing|remaining|previous|unchanged|original|other|same|more|additional|your)\s+(?:\w+\s+){{0,2}}{WHAT}\b
      | {WHAT}\s+(?:\w+\s+){{0,3}}(?:unchanged|remains?|stays?|omitted|goes\ here|continues|as\ before|same\ as)\b
      | (?:remains?|stays?)\s+(?:the\s+same|unchanged)
      | (?:unchanged|omitted|truncated|snip(?:ped)?|same\ as\ (?:before|above))\s*$
      | (?:le\s+)?reste\s+(?:du|de|des)\s+\S+
      | (?:code|contenu|fichier)\s+(?:existant|précédent|inchangé|identique)
      | (?:inchangée?s?|sans\s+changement|identique\s+à\s+avant)\s*$
      | (?:suite|reste)\s+(?:inchangée?|identique)
      | (?:autres?|existants?|existantes?)\s+(?:\w+\s+)?\w+
      | (?:keep|leave|garder|conserver)\s+\w+
    )""",
    re.VERBOSE | re.IGNORECASE,
)
#: Words that are plainly about leaving out even without dots.
PLAIN = re.compile(
    r"\b(?:rest|remainder)\s+of\s+(?:(?:the|your|this)\s+)?(?:\w+\s+)?(?:code|file|content|component|function|class|"
    r"implementation|styles?)\b"
    r"|\b(?:existing|remaining|previous|unchanged)\s+code\b|\bcode\s+(?:remains|stays|unchanged|omitted)\b"
    r"|\b(?:keep|leave)\s+(?:the\s+)?(?:rest|existing|remaining)\b"
    r"|\breste\s+du\s+(?:code|fichier|contenu)\b|\bcode\s+(?:existant|inchangé|précédent)\b"
    r"|\breste\s+(?:inchangé|identique)\b",
    re.IGNORECASE,
)
MOST_COMMENT = 160

CONFLICT = tuple(re.compile(mark, re.MULTILINE) for mark in (r"^<{7}(?: .*)?$", r"^={7}$", r"^>{7}(?: .*)?$"))
DIFF = re.compile(r"^@@ -\d+(?:,\d+)? \+\d+(?:,\d+)? @@", re.MULTILINE)
ENTITY = re.compile(r"&(?:lt|gt|amp|quot|#39|#x27|apos);")
NUMBERED = re.compile(r"\s*(\d{1,6})\s*[|│→]")
PROSE = re.compile(r"\.(?:md|mdx|markdown|txt|rst|adoc)$", re.IGNORECASE)
DATA = re.compile(r"\.(?:csv|tsv|psv|dat)$", re.IGNORECASE)
MARKUP = re.compile(
    r"\.(?:html?|xhtml|xml|svg|vue|svelte|astro|jsx|tsx|php|erb|ejs|hbs|njk|jinja2?|twig|liquid|"
    r"po|strings|xlf|rss|atom|plist)$",
    re.IGNORECASE,
)


def elided(new: str, old: str = "") -> ActionError | None:
    """A line that stands for others, unless that very line was there before."""
    if not _may_be_elided(new):
        return None
    there: set[str] | None = None
    for number, line in enumerate(new.split("\n"), 1):
        if is_elision(line):
            there = {known.strip() for known in old.split("\n")} if there is None else there
            if line.strip() not in there:
                return ActionError("elided", {"lines": [number]}, ((number, line.strip()[:200]),))
    return None


def _may_be_elided(text: str) -> bool:
    return "..." in text or "…" in text or PLAIN.search(text) is not None


def is_elision(line: str) -> bool:
    """`// … rest of the code`, `/* ... */`; not `...props`, `...` that is code, or a comment about something else."""
    if len(line) > MOST_COMMENT or not ("..." in line or "…" in line or PLAIN.search(line)):
        return False
    found = COMMENT.match(line)
    if found is None:
        return False
    words = next((group for group in found.groups() if group is not None), "").strip()
    without = DOTS.sub("", words).strip()
    dotted = without != words
    if found["bare"] is not None or found["bracket"] is not None:
        return dotted and LEFT_OUT.search(without) is not None
    if dotted and not without.strip("()[] "):
        return True
    return (dotted and LEFT_OUT.search(without) is not None) or PLAIN.search(words) is not None


def left_in(new: str, old: str, path: str) -> ActionError | None:
    """What was copied along and is no part of a file: `malformed`, with the reason."""
    if PROSE.search(path) or path.endswith((".diff", ".patch")):
        return None
    if all(mark.search(new) and not mark.search(old) for mark in CONFLICT):
        return ActionError("malformed", {"reason": "conflict_markers"})
    if DIFF.search(new) and not DIFF.search(old):
        return ActionError("malformed", {"reason": "diff"})
    if _is_numbered(new) and not (_is_numbered(old) or DATA.search(path)):
        return ActionError("malformed", {"reason": "line_numbers"})
    if _is_escaped(new) and not (ENTITY.search(old) or MARKUP.search(path)):
        return ActionError("malformed", {"reason": "html_entities"})
    return None


def _is_numbered(text: str) -> bool:
    """Whether every line has its number before it."""
    lines = [line for line in text.split("\n") if line.strip()]
    found = [NUMBERED.match(line) for line in lines] if len(lines) > 2 else []
    numbers = [int(match[1]) for match in found if match]
    return bool(found) and len(numbers) == len(found) and all(b - a == 1 for a, b in pairwise(numbers))


def _is_escaped(text: str) -> bool:
    """Entities, and none of the characters that they stand for."""
    if ENTITY.search(text) is None:
        return False
    rest = ENTITY.sub("", text)
    return not any(mark in rest for mark in "<>&\"'")
