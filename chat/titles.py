"""What conversations are called, and how their names are found again.  Pure."""

from __future__ import annotations

from chat.context.words import folded

TITLE_CHARACTERS = 80
#: What a conversation is called until its first message gives it a name.
UNTITLED = {"fr": "Nouvelle conversation", "en": "New conversation"}
#: A sign may fold to several.
SEARCHED_CHARACTERS = 400


def title_of(content: str) -> str:
    """A conversation's title from its first message: the first line with text, cut at a word."""
    line = next((line.strip() for line in content.splitlines() if line.strip()), "")
    if len(line) <= TITLE_CHARACTERS:
        return line
    return line[:TITLE_CHARACTERS].rsplit(" ", 1)[0].rstrip(" ,.;:") + "…"


def searched(title: str) -> str:
    """A title, or what it is searched for, without accents and case: databases fold letters each in its own way, and
    SQLite those of ASCII alone."""
    return folded(title).casefold()[:SEARCHED_CHARACTERS]
