"""The project that a newcomer finds: a small static site, read from `demo_site/`."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from django.db import transaction

from projects.files import Write, commit
from projects.models import Membership, Project, Revision

if TYPE_CHECKING:
    from django.contrib.auth.models import User

DEMO_NAME = "Site de démonstration"
DEMO_FILES = Path(__file__).parent / "demo_site"


@transaction.atomic
def create_demo(owner: User) -> Project:
    """The owner's demo project, made on the first call. Its files are never overwritten: they may have been edited."""
    project = Project.objects.filter(owner=owner, name=DEMO_NAME).order_by("pk").first()
    if project is None:
        project = _create_project(owner)
    return project


def _create_project(owner: User) -> Project:
    project = Project.objects.create(
        name=DEMO_NAME,
        project_type="Site statique",
        technologies=["HTML", "CSS", "JavaScript"],
        description="Le site d'un atelier de céramique : une page d'accueil, son style et son script.",
        owner=owner,
    )
    Membership.objects.create(project=project, user=owner, role=Membership.Role.OWNER)
    changes = [
        Write(file.relative_to(DEMO_FILES).as_posix(), file.read_bytes())
        for file in sorted(DEMO_FILES.rglob("*"))
        if file.is_file()
    ]
    commit(project, owner, changes, origin=Revision.Origin.IMPORT)
    return project
