"""Who belongs to a project. The founder is `Project.owner`; his role changes by handing over alone."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db import transaction

from projects.models import Membership, Project

if TYPE_CHECKING:
    from django.contrib.auth.models import User
    from django.db.models import QuerySet


class NotPossible(Exception):
    """The founder's own place, or somebody who is no member."""


def members_of(project: Project) -> QuerySet[Membership]:
    """Everybody, the founder too, by name."""
    return project.memberships.select_related("user").order_by("user__username")


def change_role(project: Project, user_id: int, role: str) -> None:
    """Raises `NotPossible`."""
    if user_id == project.owner_id or not project.memberships.filter(user=user_id).update(role=role):
        raise NotPossible


def remove(project: Project, user_id: int) -> None:
    """Also how somebody leaves. Raises `NotPossible`."""
    if user_id == project.owner_id or not project.memberships.filter(user=user_id).delete()[0]:
        raise NotPossible


@transaction.atomic
def hand_over(project: Project, user_id: int) -> None:
    """Makes a member the founder; who was it stays as an editor. Raises `NotPossible`."""
    locked = Project.objects.select_for_update().get(pk=project.pk)
    heir = locked.memberships.filter(user=user_id, user__is_active=True).first()
    if heir is None or user_id == locked.owner_id:
        raise NotPossible
    if locked.owner is not None:
        _set(locked, locked.owner, Membership.Role.EDITOR)
    _set(locked, heir.user, Membership.Role.OWNER)
    Project.objects.filter(pk=project.pk).update(owner=user_id)


def _set(project: Project, user: User, role: str) -> None:
    Membership.objects.update_or_create(project=project, user=user, defaults={"role": role})
