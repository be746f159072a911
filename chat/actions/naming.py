"""Which words name a file.

A path is recognised only where nothing else stands: in a fence's info string, or alone on a line. A path inside a
sentence names nothing.
"""

from __future__ import annotations

import re

from chat.actions.languages import ENDING, language_of, words

#: Files that are known without an ending.
BARE_NAMES = words(
    "Dockerfile Makefile makefile GNUmakefile Rakefile Gemfile Procfile Vagrantfile Jenkinsfile Pipfile Brewfile "
    "Caddyfile Justfile justfile LICENSE README CHANGELOG AUTHORS CONTRIBUTING COPYING NOTICE"
)
#: Look like files, and are products or languages.
NO_FILES = words(
    "node.js next.js nuxt.js vue.js react.js express.js three.js d3.js p5.js chart.js moment.js angular.js ember.js "
    "backbone.js alpine.js discord.js socket.io asp.net vb.net ml.net stimulus.js gatsby.js svelte.js solid.js "
    "polymer.js meteor.js sails.js koa.js nest.js electron.js handlebars.js require.js underscore.js babylon.js "
    "tensorflow.js"
)
HIDDEN_NAME = re.compile(r"^\.[A-Za-z][\w.-]*$")
NOT_IN_A_PATH = re.compile(r"[\n\r\t<>|`*\"{}=;,!?]|://")
NAMED = re.compile(
    r"""\b(?:title|file|file_?name|file_?path|path)\s*=\s*(?:"([^"]+)"|'([^']+)'|(\S+))""", re.IGNORECASE
)
INFO_COMMENT = re.compile(r"^(?://|#|<!--|/\*)\s*(?=\S)")
COMMENT_ENDS = ("-->", "*/")
HEAD = re.compile(r"^(?:#{1,6}\s+)?(?:\d{1,3}[.)]\s+)?")
LABEL = re.compile(r"^(?:(?:nom du )?fichier|file(?:\s?name)?|path|chemin)\s*:\s*", re.IGNORECASE)
WRAPS = (("**", "**"), ("__", "__"), ("`", "`"), ("*", "*"), ('"', '"'), ("'", "'"), ("«", "»"))
MOST_PATH = 400


def is_path(text: str) -> bool:
    """Whether a text is written as a file's path. Whether it may be one is for the host to say."""
    if not 0 < len(text) <= MOST_PATH or NOT_IN_A_PATH.search(text) or text.casefold() in NO_FILES:
        return False
    name = re.split(r"[/\\]", text)[-1]
    return bool(ENDING.search(name) or HIDDEN_NAME.match(name) or name in BARE_NAMES)


def path_in_info(info: str) -> tuple[str, str | None]:
    """Language and path of a fence's info string: `js a.js`, `a.js`, `js:a.js`, `js title="a b.js"`."""
    info = info.strip()
    if found := NAMED.search(info):
        named = next(group for group in found.groups() if group)
        before = info[: found.start()].split()
        return (before[0] if before else language_of(named)), (named if is_path(named) else None)
    said = info.split(maxsplit=1)
    if not said:
        return "", None
    if len(said) == 1:
        language, _, behind = info.partition(":")
        if behind and is_path(behind):
            return language, behind
        path = unwrapped(info)
        return (language_of(path), path) if is_path(path) else (info, None)
    return said[0], _path_of(said[1])


def _path_of(text: str) -> str | None:
    """The one path of an info string; further words may only be settings of the fence."""
    first, *more = INFO_COMMENT.sub("", text).split()
    path = unwrapped(first)
    return (
        path
        if is_path(path) and all(word[0] in "{[(" or "=" in word or word in COMMENT_ENDS for word in more)
        else None
    )


def path_alone(line: str) -> str | None:
    """The path that a line consists of, however it is marked: `**a.js**`, `### 1. a.js`, `Fichier : a.js`."""
    text = HEAD.sub("", line.strip(), count=1)
    for _ in range(3):
        text = LABEL.sub("", unwrapped(text.removesuffix(":").rstrip()), count=1)
    return text if is_path(text) and " " not in text else None


def unwrapped(text: str) -> str:
    """The text without the marks around it."""
    text = text.strip()
    for left, right in WRAPS:
        inner = text[len(left) : len(text) - len(right)]
        if len(text) > len(left + right) and text.startswith(left) and text.endswith(right) and right not in inner:
            return inner.strip()
    return text
