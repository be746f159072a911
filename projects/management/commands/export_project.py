from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import transaction

from projects.models import Project
from projects.transfer import write_zip


class Command(BaseCommand):
    help = "Writes the files of a project into a new zip archive."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("project", type=int, help="the project's number")
        parser.add_argument("path", type=Path, help="the archive to make; it must not exist")

    def handle(self, *args: Any, project: int, path: Path, **options: Any) -> None:
        found = Project.objects.filter(pk=project).first()
        if found is None:
            raise CommandError(f"there is no project {project}")
        try:
            with transaction.atomic(), path.open("xb") as target:
                count = write_zip(found, target)
        except OSError as error:
            raise CommandError(str(error)) from error
        self.stderr.write(f"{count} files")
