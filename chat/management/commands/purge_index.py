"""`manage.py purge_index`: forgets what is known of files that no project has any more."""

from __future__ import annotations

from collections.abc import Callable, Collection
from typing import Any

from django.apps import apps
from django.core.management.base import BaseCommand

from chat.conf import project_model, settings
from chat.context import store


class Command(BaseCommand):
    """Safe at any time: what is needed after all is read anew."""

    help = "Drops the index of contents that no file and no revision of any project has any more."

    def handle(self, *args: Any, **options: Any) -> None:
        """Says how many rows are gone."""
        kept = getattr(settings.WORKSPACE, "kept", None) or listed()
        dropped, looked_at = store.purge(kept)
        self.stdout.write(f"{dropped} of {looked_at} rows dropped")


def listed() -> Callable[[Collection[str]], Collection[str]]:
    """`kept` of a host that does not say it: whatever a project lists."""
    projects = apps.get_model(project_model())._default_manager.iterator()
    there = {file.digest for project in projects for file in settings.WORKSPACE(project).list_files()}
    return there.intersection
