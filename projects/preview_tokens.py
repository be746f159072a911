"""The way into a preview: a signed path of one person, one project and one state of it, for a quarter of an hour.

The signature keeps guesses from the database; the row says whose it is and until when, so that a page which renews it
keeps its address, and with it its state. Access is looked at again with each file.
"""

from __future__ import annotations

import hashlib
import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

import msgspec
from django.conf import settings
from django.core import signing
from django.db import transaction
from django.utils import timezone

from projects import access, history, paths
from projects.errors import FilesError
from projects.limits import limit
from projects.models import Preview, PreviewFile, Project

if TYPE_CHECKING:
    from django.contrib.auth.models import User

Overlay = Mapping[str, str | None]

SIGNER = signing.Signer(salt="projects.preview", sep=".")
# An address that is renewed for a whole day's work ends nevertheless.
LONGEST = timedelta(hours=12)
MOST_OPEN = 40


@dataclass(frozen=True, slots=True)
class Place:
    """Where a preview is shown, and which studio may show it."""

    origin: str
    studio: str


def seconds() -> int:
    """How long an address holds when nobody renews it."""
    return int(settings.PREVIEW_SECONDS)


def open_preview(
    project: Project, user: User, place: Place, *, revision: int | None = None, overlay: Overlay | None = None
) -> Preview:
    """This person's preview of this state; the one that is open already, renewed, where there is one."""
    if revision is not None:
        history.revision(project, revision)
    checked = _checked(overlay)
    digest, now = _digest(checked), timezone.now()
    found = (
        Preview.objects.filter(project=project, user=user, revision=revision, overlay=digest)
        .filter(origin=place.origin, studio=place.studio, expires_at__gt=now, created_at__gt=now - LONGEST)
        .order_by("-pk")
        .first()
    )
    if found is not None:
        return _renewed(found, now)
    made = Preview(
        project=project, user=user, revision=revision, overlay=digest, origin=place.origin, studio=place.studio,
        key=secrets.token_urlsafe(15), created_at=now, expires_at=now + timedelta(seconds=seconds()),
    )  # fmt: skip
    return _kept(made, checked)


def renew(project: Project, user: User, token: str) -> Preview | None:
    """The person's own preview, for longer; `None` where it is no more."""
    now = timezone.now()
    mine = Preview.objects.filter(key=_key(token) or "", project=project, user=user, expires_at__gt=now)
    found = mine.filter(created_at__gt=now - LONGEST).first()
    return None if found is None else _renewed(found, now)


def find(token: str) -> Preview | None:
    """What an address stands for; `None` where it has ended, or its person may not see the project any more."""
    key = _key(token)
    if key is None:
        return None
    found = Preview.objects.filter(key=key, expires_at__gt=timezone.now()).select_related("user").first()
    if found is None or not found.user.is_active:
        return None
    try:
        found.project = access.project_for(found.user, found.project_id)
    except Project.DoesNotExist:
        return None
    return found


def is_signed(token: str) -> bool:
    """Whether we made this address, whatever has become of it."""
    return _key(token) is not None


def token_of(preview: Preview) -> str:
    return str(SIGNER.sign(preview.key))


@transaction.atomic
def keep_build(preview: Preview, outputs: Mapping[str, str]) -> None:
    """What the compiler made of this preview's files; the build before it goes."""
    preview.files.filter(kind=PreviewFile.Kind.BUILT).delete()
    rows = [
        PreviewFile(preview=preview, kind=PreviewFile.Kind.BUILT, path=_path(path), data=text.encode())
        for path, text in outputs.items()
    ]
    PreviewFile.objects.bulk_create(rows, batch_size=100)


def _key(token: str) -> str | None:
    try:
        return str(SIGNER.unsign(token))
    except signing.BadSignature:
        return None


def _checked(overlay: Overlay | None) -> dict[str, bytes | None]:
    found = {_path(path): None if text is None else text.encode() for path, text in (overlay or {}).items()}
    for path, data in found.items():
        if data is not None and len(data) > limit("MAX_TEXT_BYTES"):
            raise FilesError("too_large", path=path)
    return found


def _path(path: str) -> str:
    return str(paths.parse(path))


def _digest(overlay: Mapping[str, bytes | None]) -> str:
    if not overlay:
        return ""
    return hashlib.sha256(msgspec.json.encode(sorted(overlay.items(), key=lambda item: item[0]))).hexdigest()


@transaction.atomic
def _kept(preview: Preview, overlay: Mapping[str, bytes | None]) -> Preview:
    """The new one, and room for it: what has ended goes, and the oldest of a person who has many."""
    Preview.objects.filter(expires_at__lte=preview.created_at).delete()
    mine = Preview.objects.filter(user=preview.user).order_by("-pk").values_list("pk", flat=True)
    if old := list(mine[MOST_OPEN - 1 :]):
        Preview.objects.filter(pk__in=old).delete()
    preview.save(force_insert=True)
    rows = [
        PreviewFile(preview=preview, kind=PreviewFile.Kind.OVERLAY, path=path, data=data)
        for path, data in overlay.items()
    ]
    PreviewFile.objects.bulk_create(rows, batch_size=100)
    return preview


def _renewed(preview: Preview, now: datetime) -> Preview:
    """Written at most once a minute."""
    until = now + timedelta(seconds=seconds())
    if until - preview.expires_at > timedelta(seconds=min(60, seconds() / 4)):
        Preview.objects.filter(pk=preview.pk).update(expires_at=until)
        preview.expires_at = until
    return preview
