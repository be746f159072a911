"""Links that make somebody a member: signed, for one person, until a day, and only while its maker may invite.

The link is the row's number under SECRET_KEY's signature: the database alone gives none away, and the owner can see it
again. Taking it back deletes the row.
"""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from django.core.signing import BadSignature, Signer
from django.db import transaction
from django.utils import timezone

from projects import access
from projects.models import Invitation, Membership, Project

if TYPE_CHECKING:
    from django.contrib.auth.models import User
    from django.db.models import QuerySet

LIFETIMES = (1, 7, 30)
MOST_OPEN = 100
RANK = {Membership.Role.VIEWER.value: 0, Membership.Role.EDITOR.value: 1, Membership.Role.OWNER.value: 2}


class NotValid(Exception):
    """The link is none, is used up, over or taken back: which of them is nobody's business."""


def invite(project: Project, by: User, role: str, days: int, label: str = "") -> Invitation:
    ends = timezone.now() + timedelta(days=days)
    return Invitation.objects.create(project=project, created_by=by, role=role, expires_at=ends, label=label)


def open_ones(project: Project) -> QuerySet[Invitation]:
    return _open().filter(project=project).select_related("created_by")


def key_of(invitation: Invitation) -> str:
    """What the link ends in."""
    return _signer().sign(str(invitation.pk))


def find(key: str) -> Invitation:
    """The open invitation that a link names. Raises `NotValid`."""
    try:
        number = int(_signer().unsign(key))
    except (BadSignature, ValueError) as error:
        raise NotValid from error
    found = _open().select_related("project", "created_by").filter(pk=number).first()
    if found is None or not _may_invite(found):
        raise NotValid
    return found


@transaction.atomic
def accept(key: str, user: User) -> Project:
    """Makes a person a member, or raises his role; never lowers it. Once: of two at the same time, one is refused.

    Raises `NotValid`.
    """
    invitation = find(key)
    taken = _open().filter(pk=invitation.pk).update(accepted_at=timezone.now(), accepted_by=user)
    if not taken:
        raise NotValid
    project = invitation.project
    member, is_new = Membership.objects.get_or_create(project=project, user=user, defaults={"role": invitation.role})
    if not is_new and RANK[member.role] < RANK[invitation.role]:
        Membership.objects.filter(pk=member.pk).update(role=invitation.role)
    return project


def _open() -> QuerySet[Invitation]:
    return Invitation.objects.filter(accepted_at=None, expires_at__gt=timezone.now())


def _may_invite(invitation: Invitation) -> bool:
    maker = invitation.created_by
    return maker.is_active and access.can_manage(maker, invitation.project)


def _signer() -> Signer:
    return Signer(salt="projects.invitation")
