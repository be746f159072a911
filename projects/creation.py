"""New projects: empty, from a starter, from an archive, as a copy of another. Each in one transaction.

A starter is a folder of `starters/`: its files are the project's first revision.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import IO, TYPE_CHECKING, Any

from django.db import transaction
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from projects import technologies, tree
from projects.aside import kept_apart, laid_aside
from projects.files import Change, Put, Write, commit
from projects.models import Membership, Project, Revision
from projects.transfer import import_kept, zip_files

if TYPE_CHECKING:
    from django.contrib.auth.models import User

STARTERS = Path(__file__).parent / "starters"
COPIED = (
    "project_type", "technologies", "description", "note", "default_model", "preview_hosts", "preview_spa",
    "protected_paths", "context_pin", "context_exclude",
)  # fmt: skip
NAME_LENGTH = 200


@dataclass(frozen=True, slots=True)
class Starter:
    """What a project can begin with; `folder` is one of `starters/`, none for nothing."""

    key: str
    title: Any
    about: Any
    project_type: Any = ""
    folder: str = ""

    @property
    def contents(self) -> dict[str, bytes]:
        root = STARTERS / self.folder
        if not self.folder:
            return {}
        return {
            file.relative_to(root).as_posix(): file.read_bytes() for file in sorted(root.rglob("*")) if file.is_file()
        }


ALL = (
    Starter(
        "static",
        gettext_lazy("Site statique"),
        gettext_lazy("Une page d'accueil, son style et son script : HTML, CSS et JavaScript, sans rien d'autre."),
        gettext_lazy("Site statique"),
        "static-site",
    ),
    Starter(
        "react",
        gettext_lazy("Application React"),
        gettext_lazy("Une petite liste de tâches : des composants et un état, compilés dans l'aperçu."),
        gettext_lazy("Application React"),
        "react-app",
    ),
    Starter(
        "django",
        gettext_lazy("Page Django"),
        gettext_lazy("Une vue, ses adresses et ses gabarits, à copier dans un site Django."),
        gettext_lazy("Page Django"),
        "django-page",
    ),
    Starter("empty", gettext_lazy("Projet vide"), gettext_lazy("Aucun fichier : vous partez de zéro.")),
)
BY_KEY = {starter.key: starter for starter in ALL}


@transaction.atomic
def from_starter(owner: User, name: str, starter: Starter) -> Project:
    """A new project with the starter's files."""
    writes = [Write(path, data) for path, data in starter.contents.items()]
    return _made(owner, name, writes, str(starter.title), project_type=str(starter.project_type))


def from_archive(owner: User, name: str, archive: IO[bytes]) -> Project:
    """A new project of a zip's files, a few of them in memory at a time. Raises `FilesError`.

    The archive is unpacked, checked and kept before the transaction: nobody's save waits for it.
    """
    with laid_aside(zip_files(archive)) as files, kept_apart(files), transaction.atomic():
        project = _begun(owner, name)
        import_kept(project, owner, files)
        return _detected(project)


@transaction.atomic
def copy_of(project: Project, owner: User, name: str) -> Project:
    """The files as they are now and the settings, for a new owner: neither history, nor conversations, nor members."""
    settings = {field: getattr(project, field) for field in COPIED}
    changes = [Put(file.path, file.digest) for file in tree.entries(project)]
    return _made(owner, name, changes, _("Copie de « %(name)s »") % {"name": project.name}, **settings)


def _made(owner: User, name: str, changes: Sequence[Change], message: str, **settings: Any) -> Project:
    project = _begun(owner, name, **settings)
    if changes:
        commit(project, owner, changes, origin=Revision.Origin.IMPORT, message=message)
    return _detected(project)


def _begun(owner: User, name: str, **settings: Any) -> Project:
    project = Project.objects.create(name=name[:NAME_LENGTH], owner=owner, **settings)
    Membership.objects.create(project=project, user=owner, role=Membership.Role.OWNER)
    return project


def _detected(project: Project) -> Project:
    if not project.technologies:
        project.technologies = technologies.detected(project)
        Project.objects.filter(pk=project.pk).update(technologies=project.technologies)
    return project
