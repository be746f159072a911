"""`manage.py purge_events --older-than 30`: fewer rows in the log of turns, the same replay.

An answer's text is saved a few times a second, a row each.  Long after its end nobody needs it in such pieces:
neighbouring deltas become one row, and what was kept for the death of a server goes.  Events are numbered by character
(docs/events.md), so whoever resumes in the middle still gets exactly what is missing.
"""

from __future__ import annotations

from argparse import ArgumentParser
from datetime import timedelta
from typing import Any

import msgspec
from django.core.management.base import BaseCommand, CommandError
from django.db import transaction
from django.utils import timezone

from chat.events import types
from chat.events.log import merged
from chat.models import AIMessage, TurnEvent

CHUNK = 500
MOST_DAYS = 36_500


class Command(BaseCommand):
    """Joins rows; drops nothing that a reader would get."""

    help = "Joins the text of old answers in the log of turns into one row; replays stay the same, nothing is lost."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Days."""
        parser.add_argument("--older-than", type=int, default=30, metavar="DAYS", help="of turns that ended before")

    def handle(self, *args: Any, older_than: int, **options: Any) -> None:
        """Says how many rows are gone."""
        if not 0 <= older_than <= MOST_DAYS:
            raise CommandError(f"--older-than takes a number of days, from 0 to {MOST_DAYS}")
        before = timezone.now() - timedelta(days=older_than)
        ended = AIMessage.objects.exclude(status=AIMessage.Status.STREAMING).filter(
            updated_at__lt=before, last_seq__gt=0
        )
        saved = sum(join(pk) for pk in ended.order_by("pk").values_list("pk", flat=True).iterator(CHUNK))
        self.stdout.write(f"{saved} rows of the log were joined into their neighbours")


def join(message_id: int) -> int:
    """Joins one answer's deltas; how many rows that saved.  A run keeps the row of its last number."""
    with transaction.atomic():
        rows = {row.seq: row for row in TurnEvent.objects.filter(message_id=message_id).order_by("seq")}
        events = ((row.seq, types.decode(row.type, row.data)) for row in rows.values())
        kept = merged((seq, event) for seq, event in events if not event.kept)
        gone = [rows.pop(seq).pk for seq in rows.keys() - {seq for seq, _ in kept}]
        if not gone:
            return 0
        changed = []
        for seq, event in kept:
            data = msgspec.to_builtins(event)
            if rows[seq].data != data:
                rows[seq].data = data
                changed.append(rows[seq])
        TurnEvent.objects.filter(pk__in=gone).delete()
        TurnEvent.objects.bulk_update(changed, ["data"], batch_size=CHUNK)
    return len(gone)
