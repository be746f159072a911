from collections.abc import Iterator
from pathlib import Path
from typing import Any

from django.contrib.auth import get_user_model
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import transaction

from projects.access import local_user
from projects.aside import kept_apart, laid_aside
from projects.errors import FilesError
from projects.folders import read_folder
from projects.models import Membership, Project
from projects.transfer import import_kept, zip_files


class Command(BaseCommand):
    help = "Makes a project of a folder (what its .gitignore leaves) or of a zip archive, and prints its number."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("path", type=Path, help="a folder or a zip archive")
        parser.add_argument("--name", help="the project's name; else that of the folder or archive")
        parser.add_argument("--owner", help="a username; else this machine's user")
        parser.add_argument("--project", type=int, help="put the files into this project instead; replaces files")

    def handle(
        self, *args: Any, path: Path, name: str | None, owner: str | None, project: int | None, **options: Any
    ) -> None:
        try:
            with laid_aside(_contents(path)) as files, kept_apart(files), transaction.atomic():
                made = _project(project, name or path.resolve().stem, owner)
                revision = import_kept(made, made.owner, files, replace=True)
        except FilesError as error:
            raise CommandError(str(error)) from error
        self.stderr.write(f"{revision.changes.count() if revision else 0} files")
        self.stdout.write(str(made.pk))


def _contents(path: Path) -> Iterator[tuple[str, bytes]]:
    """The files, one after the other."""
    if path.is_dir():
        yield from read_folder(path)
        return
    try:
        with path.open("rb") as source:
            yield from zip_files(source)
    except OSError as error:
        raise CommandError(str(error)) from error


def _project(number: int | None, name: str, owner: str | None) -> Project:
    if number is not None:
        found = Project.objects.filter(pk=number).first()
        if found is None:
            raise CommandError(f"there is no project {number}")
        return found
    user = local_user() if owner is None else get_user_model().objects.filter(username=owner).first()
    if user is None:
        raise CommandError(f"there is no user {owner}")
    made = Project.objects.create(name=name[:200], owner=user)
    Membership.objects.create(project=made, user=user, role=Membership.Role.OWNER)
    return made
