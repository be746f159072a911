"""Values → what an admin page shows.  Everything here is hostile text and is escaped."""

from __future__ import annotations

import json
from decimal import Decimal
from typing import Any

from django.db.models import Model
from django.urls import reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.text import Truncator
from django.utils.translation import gettext as _

from chat.admin.totals import price

#: Characters of one text that a page shows; an answer may have millions.
MOST_CHARACTERS = 100_000
MOST_IN_A_CELL = 2_000
EXCERPT = 120
NOTHING = "—"


def cut(text: str, most: int = MOST_CHARACTERS) -> str:
    """A text, or its beginning and how much is missing."""
    if len(text) <= most:
        return text
    return text[:most] + "\n" + _("[… {count} caractères de plus]").format(count=len(text) - most)


def text_block(text: str) -> SafeString:
    """A text as it was written, line breaks kept."""
    return format_html('<pre class="chat-text" dir="auto">{}</pre>', cut(text)) if text else SafeString(NOTHING)


def json_block(value: Any) -> SafeString:
    """A JSON value, indented."""
    if value is None or value in ({}, []):
        return SafeString(NOTHING)
    return format_html('<pre class="chat-json" tabindex="0">{}</pre>', cut(pretty(value)))


def pretty(value: Any) -> str:
    """A JSON value for people."""
    return json.dumps(value, indent=2, ensure_ascii=False, default=str)


def one_line(value: Any) -> str:
    """A JSON value of a table, cut."""
    return cut(json.dumps(value, ensure_ascii=False), MOST_IN_A_CELL)


def excerpt(text: str) -> str:
    """One line of a text."""
    return Truncator(" ".join(text.split())).chars(EXCERPT) or NOTHING


def address_of(model: type[Model], pk: Any) -> str:
    """The admin page of a row of chat's."""
    return reverse(f"admin:{model._meta.app_label}_{model._meta.model_name}_change", args=[pk])


def link_to(model: type[Model], pk: Any, text: Any) -> SafeString:
    """A link to the page of a row of chat's."""
    return format_html('<a href="{}">{}</a>', address_of(model, pk), text)


def narrowed(admin: Any, parameter: str, pk: Any, text: Any) -> SafeString:
    """A value that leads to the list of all rows that share it."""
    if pk is None:
        return SafeString(NOTHING)
    meta = admin.model._meta
    address = reverse(f"admin:{meta.app_label}_{meta.model_name}_changelist")
    return format_html('<a href="{}?{}={}">{}</a>', address, parameter, pk, text)


def metadata_cost(metadata: Any) -> str:
    """What an answer's metadata says that it cost."""
    try:
        return price(Decimal((metadata or {})["cost"]))
    except (KeyError, TypeError, ArithmeticError):
        return NOTHING
