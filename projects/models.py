"""What a project is, who may see it, and its files."""

from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import models
from django.utils.translation import gettext_lazy as _


def validate_names(value: object) -> None:
    if not isinstance(value, list) or not all(isinstance(name, str) for name in value):
        raise ValidationError(_('Une liste de noms est attendue, par exemple ["HTML", "CSS"].'))


class Project(models.Model):
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

    class Meta:
        verbose_name = _("projet")
        verbose_name_plural = _("projets")
        ordering = ("-updated_at", "-id")

    def __str__(self) -> str:
        return self.name


class Membership(models.Model):
    class Role(models.TextChoices):
        OWNER = "owner", _("propriétaire")
        EDITOR = "editor", _("éditeur")
        VIEWER = "viewer", _("lecteur")

    project = models.ForeignKey(Project, on_delete=models.CASCADE, related_name="memberships")
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


class ProjectFile(models.Model):
    project = models.ForeignKey(Project, on_delete=models.CASCADE, related_name="files")
    path = models.CharField(_("chemin"), max_length=500)
    content = models.TextField(_("contenu"), blank=True)
    updated_at = models.DateTimeField(_("modifié le"), auto_now=True)

    class Meta:
        verbose_name = _("fichier")
        verbose_name_plural = _("fichiers")
        ordering = ("path",)
        constraints = [models.UniqueConstraint(fields=("project", "path"), name="file_path_once_per_project")]

    def __str__(self) -> str:
        return self.path
