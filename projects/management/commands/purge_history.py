from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from projects.errors import FilesError
from projects.models import Project
from projects.purge import purge


class Command(BaseCommand):
    help = "Forgets the history of a project before a revision, for ever. The files as they are stay."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("project", type=int, help="the project's number")
        parser.add_argument("--before", type=int, required=True, help="the first revision whose changes are kept")
        parser.add_argument("--yes", action="store_true", help="do not ask")

    def handle(self, *args: Any, project: int, before: int, yes: bool, **options: Any) -> None:
        found = Project.objects.filter(pk=project).first()
        if found is None:
            raise CommandError(f"there is no project {project}")
        if not yes and input(f"Forget what “{found}” was before r{before}? It cannot be undone. [y/N] ") != "y":
            raise CommandError("nothing was changed")
        try:
            purged = purge(found, None, before=before)
        except FilesError as error:
            raise CommandError(str(error)) from error
        self.stdout.write(f"{purged.revisions} revisions, {purged.contents} contents, {purged.bytes} bytes")
