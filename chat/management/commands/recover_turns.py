"""`manage.py recover_turns`: a running server does this by itself; this is for when none runs."""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand

from chat.texts import explain_in, site_language
from chat.turns import lease


class Command(BaseCommand):
    """Ends the answers of servers that are gone."""

    help = "Ends the answers whose server is gone: interrupted, their text kept. Answers that a server works on stay."

    def handle(self, *args: Any, **options: Any) -> None:
        """Prints the ids of the answers."""
        found = lease.recover(explain_in(site_language()))
        for pk in found:
            self.stdout.write(str(pk))
        self.stderr.write(f"{len(found)} answers were ended as interrupted")
