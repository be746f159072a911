"""Which files are kept from the model: `.webox-ignore` and `.gitignore` files, and globs of project and conversation.

The rules are Git's (gitignore(5)), wherever they stand: a file's rules hold for its own folder and below, and those of
a deeper folder win.  A `.webox-ignore` comes after the `.gitignore` beside it, so that `!dist/app.js` there lets a file
in that Git leaves alone.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from functools import lru_cache

from pathspec import GitIgnoreSpec

NAMES = (".gitignore", ".webox-ignore")
#: Longer ones are cut: a rule file is short.
MAX_CHARACTERS = 100_000
MAX_FILES = 200
#: A rule becomes a regular expression: with many stars in one name it may take for ever to say no.  Such rules, very
#: long ones, and those beyond so many in all are passed over.
MAX_STARS, MAX_RULE, MAX_RULES = 3, 200, 1_000
#: So many paths of a project are remembered.
MAX_PATHS = 20_000


def rule_files(paths: Iterable[str]) -> list[str]:
    """The rule files among a project's paths, outer folders first and, in a folder, `.gitignore` first."""
    found = [path for path in paths if path.rpartition("/")[2] in NAMES]
    return sorted(
        found, key=lambda path: (path.count("/"), path.rpartition("/")[0], NAMES.index(path.rpartition("/")[2]))
    )[:MAX_FILES]


def ignored_by(texts: Mapping[str, str], globs: Sequence[str] = ()) -> Callable[[str], bool]:
    """Says of a path whether it is kept from the model.  `texts`: rule files by path, in the order of `rule_files`."""
    rules, left = [], MAX_RULES
    for path, text in texts.items():
        kept = [line for line in text[:MAX_CHARACTERS].splitlines() if _is_plain(line)][:left]
        left -= len(kept)
        rules.append((path.rpartition("/")[0], "\n".join(kept)))
    globs = [glob for glob in globs if _is_plain(glob)][:MAX_RULES]
    return _judge((*rules, ("", "\n".join(globs))) if globs else tuple(rules))


def _is_plain(rule: str) -> bool:
    """Whether a rule is one, and can be tried in no time."""
    if not rule.strip() or rule.startswith("#"):
        return False
    return len(rule) <= MAX_RULE and all(part.count("*") <= MAX_STARS for part in rule.split("/"))


@lru_cache(maxsize=64)
def _judge(rules: tuple[tuple[str, str], ...]) -> Callable[[str], bool]:
    """What the same rules said of the same path is remembered: a project's paths are asked with every request."""
    specs = [(folder, _spec(text)) for folder, text in rules]

    @lru_cache(maxsize=MAX_PATHS)
    def ignored(path: str) -> bool:
        verdict = False
        for folder, spec in specs:
            if folder and not path.startswith(f"{folder}/"):
                continue
            found = spec.check_file(path[len(folder) + 1 :] if folder else path).include
            verdict = verdict if found is None else found
        return verdict

    return ignored if specs else lambda _: False


def _spec(text: str) -> GitIgnoreSpec:
    """The rules of one text; a line that is no rule is passed over."""
    kept = []
    for line in text.splitlines():
        try:
            GitIgnoreSpec.from_lines([line])
        except (ValueError, re.error):
            continue
        kept.append(line)
    return GitIgnoreSpec.from_lines(kept)
