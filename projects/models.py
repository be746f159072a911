"""What a project is, who may see it, its files and their history.

    Project ─┬─ Membership
             ├─ Invitation                                   who may become a member, until when
             ├─ Preview                                      who looks at which state of it (`preview_models.py`)
             ├─ ProjectFile ───── path → Blob                what is there now
             └─ Revision ─┬─ RevisionChange: path, before → after (Blobs)
                          └─ …                               how it came to be

A `Blob` is some bytes, kept once. `ProjectFile` is what the changes of all revisions add up to (`history.replay`): it
is written together with them, by `projects/files.py` alone.
"""

from collections.abc import Iterable
from typing import Any

from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from knox.models import AbstractAuthToken

from projects.preview_models import Preview, PreviewFile

__all__ = [
    "ApiToken", "Blob", "Invitation", "Membership", "Preview", "PreviewFile", "Project", "ProjectFile", "Revision",
    "RevisionChange",
]  # fmt: skip


def validate_names(value: object) -> None:
    if not isinstance(value, list) or not all(isinstance(name, str) for name in value):
        raise ValidationError(_('Une liste de noms est attendue, par exemple ["HTML", "CSS"].'))


class Project(models.Model):
    #: What commits keep up to date.
    TOTALS = frozenset({"head", "file_count", "total_bytes"})

    name = models.CharField(_("nom"), max_length=200)
    project_type = models.CharField(_("type"), max_length=100, blank=True)
    technologies = models.JSONField(_("technologies"), default=list, blank=True, validators=[validate_names])
    description = models.TextField(_("description"), blank=True)
    owner = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.SET_NULL,
        null=True,
        blank=True,
        related_name="owned_projects",
        verbose_name=_("propriétaire"),
    )
    members = models.ManyToManyField(
        settings.AUTH_USER_MODEL,
        through="Membership",
        related_name="member_projects",
        blank=True,
        verbose_name=_("membres"),
    )
    created_at = models.DateTimeField(_("créé le"), auto_now_add=True)
    updated_at = models.DateTimeField(_("modifié le"), auto_now=True)
    archived_at = models.DateTimeField(_("archivé le"), null=True, blank=True)
    # Settings of the project. The assistant is told the note; lists hold one text each.
    note = models.TextField(_("consigne pour l'assistant"), blank=True, default="")
    default_model = models.CharField(_("modèle par défaut"), max_length=200, blank=True, default="")
    preview_hosts = models.JSONField(
        _("serveurs permis à l'aperçu"), default=list, blank=True, validators=[validate_names]
    )
    preview_spa = models.BooleanField(_("aperçu d'une page unique"), default=False)
    protected_paths = models.JSONField(_("fichiers protégés"), default=list, blank=True, validators=[validate_names])
    context_exclude = models.JSONField(
        _("fichiers tus à l'assistant"), default=list, blank=True, validators=[validate_names]
    )
    context_pin = models.JSONField(
        _("fichiers toujours donnés à l'assistant"), default=list, blank=True, validators=[validate_names]
    )
    # Kept with every commit, so that none has to count: the last revision's number, and what the files add up to.
    head = models.PositiveIntegerField(_("révision"), default=0, db_default=0, editable=False)
    file_count = models.PositiveIntegerField(_("fichiers"), default=0, db_default=0, editable=False)
    total_bytes = models.PositiveBigIntegerField(_("octets"), default=0, db_default=0, editable=False)

    class Meta:
        verbose_name = _("projet")
        verbose_name_plural = _("projets")
        ordering = ("-updated_at", "-id")

    def __str__(self) -> str:
        return self.name

    def save(self, *, update_fields: Iterable[str] | None = None, **options: Any) -> None:
        """Never writes the totals back: a commit may have changed them since the row was read, and `files.commit`
        alone knows them. A project whose `head` went back could not be saved to any more."""
        if update_fields is None and not self._state.adding:
            fields = self._meta.concrete_fields
            update_fields = [one.name for one in fields if not one.primary_key and one.name not in self.TOTALS]
        super().save(update_fields=update_fields, **options)


class Membership(models.Model):
    class Role(models.TextChoices):
        OWNER = "owner", _("propriétaire")
        EDITOR = "editor", _("éditeur")
        VIEWER = "viewer", _("lecteur")

    project = models.ForeignKey(Project, on_delete=models.CASCADE, related_name="memberships", db_index=False)
    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="project_memberships")
    role = models.CharField(_("rôle"), max_length=10, choices=Role, default=Role.EDITOR)

    class Meta:
        verbose_name = _("membre")
        verbose_name_plural = _("membres")
        constraints = [
            models.UniqueConstraint(fields=("project", "user"), name="membership_once_per_project"),
            models.CheckConstraint(
                condition=models.Q(role__in=("owner", "editor", "viewer")), name="membership_role_is_known"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.user} · {self.get_role_display()}"


class Invitation(models.Model):
    """One person may become a member by a link (`projects/invitations.py`), once, until it ends or is taken back."""

    project = models.ForeignKey(Project, on_delete=models.CASCADE, related_name="invitations")
    role = models.CharField(_("rôle"), max_length=10, choices=Membership.Role, default=Membership.Role.EDITOR)
    label = models.CharField(_("pour qui"), max_length=200, blank=True)
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+", verbose_name=_("invité par")
    )
    created_at = models.DateTimeField(_("créée le"), default=timezone.now)
    expires_at = models.DateTimeField(_("expire le"))
    accepted_at = models.DateTimeField(_("acceptée le"), null=True, blank=True)
    accepted_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.SET_NULL,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("acceptée par"),
    )

    class Meta:
        verbose_name = _("invitation")
        verbose_name_plural = _("invitations")
        ordering = ("-created_at", "-id")
        constraints = [
            models.CheckConstraint(condition=models.Q(role__in=("editor", "viewer")), name="invitation_role_is_known")
        ]

    def __str__(self) -> str:
        return f"{self.project} · {self.get_role_display()}"


class ApiToken(AbstractAuthToken):  # type: ignore[misc]
    """A person's key for the API (django-rest-knox): only its digest is kept. The name tells one from another."""

    name = models.CharField(_("nom"), max_length=100)

    class Meta:
        verbose_name = _("jeton d'API")
        verbose_name_plural = _("jetons d'API")
        ordering = ("-created",)

    def __str__(self) -> str:
        return self.name


class Blob(models.Model):
    """Bytes, once each, whoever has them. Never changed; `encoding` is empty where they are no text."""

    digest = models.CharField(_("empreinte SHA-256"), max_length=64, primary_key=True)
    size = models.PositiveBigIntegerField(_("taille"))
    encoding = models.CharField(_("encodage"), max_length=20, blank=True)
    # Last: a row's other columns are then read without it.
    data = models.BinaryField(_("octets"))

    class Meta:
        verbose_name = _("contenu")
        verbose_name_plural = _("contenus")

    def __str__(self) -> str:
        return self.digest


class ProjectFile(models.Model):
    """A file as it is now. Written by `projects/files.py` alone."""

    project = models.ForeignKey(Project, on_delete=models.CASCADE, related_name="files", db_index=False)
    path = models.CharField(_("chemin"), max_length=1000)
    folded = models.CharField(_("chemin sans casse"), max_length=1000, editable=False)
    blob = models.ForeignKey(Blob, on_delete=models.PROTECT, related_name="+", verbose_name=_("contenu"))
    updated_at = models.DateTimeField(_("modifié le"), default=timezone.now)

    class Meta:
        verbose_name = _("fichier")
        verbose_name_plural = _("fichiers")
        ordering = ("path",)
        constraints = [
            models.UniqueConstraint(fields=("project", "path"), name="file_path_once_per_project"),
            models.UniqueConstraint(fields=("project", "folded"), name="file_folded_path_once_per_project"),
        ]

    def __str__(self) -> str:
        return self.path


class Revision(models.Model):
    """One committed change of a project's files: who, why, and in its `changes` what."""

    class Origin(models.TextChoices):
        USER = "user", _("personne")
        ASSISTANT = "assistant", _("assistant")
        IMPORT = "import", _("import")
        RESTORE = "restore", _("restauration")

    project = models.ForeignKey(Project, on_delete=models.CASCADE, related_name="revisions", db_index=False)
    number = models.PositiveIntegerField(_("numéro"))
    author = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.SET_NULL,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("auteur"),
    )
    origin = models.CharField(_("origine"), max_length=10, choices=Origin)
    message = models.CharField(_("message"), max_length=1000, blank=True)
    created_at = models.DateTimeField(_("créée le"), default=timezone.now)
    # The page that asked for it, so that it knows its own changes again (`projects/caller.py`).
    client = models.CharField(max_length=36, blank=True, default="", db_default="", editable=False)

    class Meta:
        verbose_name = _("révision")
        verbose_name_plural = _("révisions")
        ordering = ("-number",)
        constraints = [
            models.UniqueConstraint(fields=("project", "number"), name="revision_number_once_per_project"),
            models.CheckConstraint(
                condition=models.Q(origin__in=("user", "assistant", "import", "restore")),
                name="revision_origin_is_known",
            ),
        ]

    def __str__(self) -> str:
        return f"r{self.number}"


class RevisionChange(models.Model):
    """One path of a revision: its bytes before and after, `None` where there was, or is, no file."""

    # The revision's project again: a file's history is then one range of one index.
    project = models.ForeignKey(Project, on_delete=models.CASCADE, related_name="+", db_index=False)
    revision = models.ForeignKey(Revision, on_delete=models.CASCADE, related_name="changes", db_index=False)
    path = models.CharField(_("chemin"), max_length=1000)
    before = models.ForeignKey(Blob, on_delete=models.PROTECT, null=True, related_name="+", verbose_name=_("avant"))
    after = models.ForeignKey(Blob, on_delete=models.PROTECT, null=True, related_name="+", verbose_name=_("après"))
    renamed_from = models.CharField(_("ancien chemin"), max_length=1000, blank=True)

    class Meta:
        verbose_name = _("changement")
        verbose_name_plural = _("changements")
        ordering = ("path",)
        constraints = [models.UniqueConstraint(fields=("revision", "path"), name="change_path_once_per_revision")]
        indexes = [models.Index(fields=("project", "path", "revision"), name="change_of_a_path")]

    def __str__(self) -> str:
        return self.path


class Presence(models.Model):
    """A project's open page at a server, and the file that it shows. Fades unless renewed (`projects/presence.py`)."""

    project = models.ForeignKey(Project, on_delete=models.CASCADE, related_name="+", db_index=False)
    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+")
    client = models.CharField(max_length=36)
    path = models.CharField(max_length=1000, blank=True)
    # The server that renews it; empty for a page that asks now and then.
    holder = models.CharField(max_length=16, blank=True, default="")
    seen_at = models.DateTimeField(default=timezone.now)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=("project", "user", "client", "holder"), name="presence_once_per_server")
        ]

    def __str__(self) -> str:
        return f"{self.client} · {self.path}"
