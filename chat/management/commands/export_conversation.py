"""`manage.py export_conversation 7 > 7.json`: everything that is kept of a conversation."""

from __future__ import annotations

from argparse import ArgumentParser
from collections.abc import Mapping
from typing import Any

import msgspec
from django.core.management.base import BaseCommand, CommandError
from django.db.models import Model

from chat.actions import rows
from chat.actions.text import text_of
from chat.models import AIConversation, AIMessage

CHUNK = 200


class Command(BaseCommand):
    """Writes JSON as it reads: a long conversation need not fit in memory."""

    help = "Writes a conversation as JSON: messages, actions, the log of each turn and every model call, whole."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Which one."""
        parser.add_argument("conversation", type=int)

    def handle(self, *args: Any, conversation: int, **options: Any) -> None:
        """One object; a line for each message."""
        found = AIConversation.objects.filter(pk=conversation).first()
        if found is None:
            raise CommandError(f"there is no conversation {conversation}")
        self.stdout.write(f'{{"conversation": {encoded(fields_of(found))},\n"messages": [', ending="")
        messages = found.messages.order_by("pk").prefetch_related("file_actions", "events", "calls")
        for number, message in enumerate(messages.iterator(CHUNK)):
            self.stdout.write(("," if number else "") + "\n" + encoded(message_of(message)), ending="")
        summaries = [fields_of(row) for row in found.summaries.order_by("pk")]
        self.stdout.write(f'\n],\n"summaries": {encoded(summaries)}}}')


def message_of(message: AIMessage) -> dict[str, Any]:
    """A message with all that hangs on it."""
    calls = sorted(message.calls.all(), key=lambda call: call.started_at)
    return {
        **fields_of(message),
        "file_actions": actions_of(message),
        "events": [fields_of(row) for row in message.events.all()],
        "calls": [{**fields_of(row, leave_out="request_packed"), "request": row.request} for row in calls],
    }


def actions_of(message: AIMessage) -> list[dict[str, Any]]:
    """A message's proposals with the bytes of their files: as text, or in base64 where they are none."""
    found = list(message.file_actions.all())
    contents = rows.contents_of(found) if found else {}
    return [{**fields_of(row), "contents": sides(contents.get(row.pk))} for row in found]


def sides(contents: Mapping[str, bytes | None] | None) -> dict[str, Any]:
    """Each side of an action."""
    shown = {}
    for side, data in (contents or {}).items():
        text = None if data is None else text_of(data)
        shown[side] = data if text is None else text
    return shown


def fields_of(row: Model, leave_out: str = "") -> dict[str, Any]:
    """Every column of a row."""
    names = [field.attname for field in row._meta.concrete_fields if field.attname != leave_out]
    return {name: getattr(row, name) for name in names}


def encoded(value: Any) -> str:
    """As JSON; a decimal number stays exact as a string."""
    return msgspec.json.encode(value).decode()
