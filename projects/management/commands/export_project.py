from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from projects.git_export import write_repository
from projects.models import Project
from projects.transfer import write_zip


class Command(BaseCommand):
    help = "Writes the files of a project into a new zip archive, or its whole history into a new git repository."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("project", type=int, help="the project's number")
        parser.add_argument("path", type=Path, help="the archive or repository to make; it must not exist")
        parser.add_argument("--git", action="store_true", help="a bare git repository, one commit per revision")

    def handle(self, *args: Any, project: int, path: Path, git: bool, **options: Any) -> None:
        found = Project.objects.filter(pk=project).first()
        if found is None:
            raise CommandError(f"there is no project {project}")
        try:
            self.stderr.write(_write(found, path, git=git))
        except OSError as error:
            raise CommandError(str(error)) from error


def _write(project: Project, path: Path, *, git: bool) -> str:
    if git:
        return f"{write_repository(project, path)} commits"
    with path.open("x+b") as target:
        return f"{write_zip(project, target)} files"
