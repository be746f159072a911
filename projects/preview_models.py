"""Whose look at which state of a project is open, and until when (`projects/preview_tokens.py` writes them)."""

from django.conf import settings
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _


class Preview(models.Model):
    """One person's look at a project: its files now, at a revision, or as a proposal would leave them."""

    key = models.CharField(_("clé"), max_length=32, unique=True)
    project = models.ForeignKey("projects.Project", on_delete=models.CASCADE, related_name="previews")
    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+", db_index=False)
    # Nothing here: the files as they are, whenever they are asked for.
    revision = models.PositiveIntegerField(_("révision"), null=True)
    overlay = models.CharField(_("empreinte de la proposition"), max_length=64, blank=True)
    origin = models.CharField(_("adresse de l'aperçu"), max_length=300)
    studio = models.CharField(_("adresse du studio"), max_length=300)
    created_at = models.DateTimeField(_("créé le"), default=timezone.now)
    expires_at = models.DateTimeField(_("expire le"), db_index=True)

    class Meta:
        verbose_name = _("aperçu")
        verbose_name_plural = _("aperçus")
        indexes = [
            models.Index(fields=("user", "project", "created_at"), name="preview_of_a_person"),
            models.Index(fields=("origin", "expires_at"), name="preview_of_a_host"),
        ]

    def __str__(self) -> str:
        return self.key


class PreviewFile(models.Model):
    """A file that a preview shows in the place of the project's: of a proposal, or made by the compiler."""

    class Kind(models.TextChoices):
        OVERLAY = "overlay", _("proposition")
        BUILT = "built", _("compilé")

    preview = models.ForeignKey(Preview, on_delete=models.CASCADE, related_name="files", db_index=False)
    kind = models.CharField(_("sorte"), max_length=7, choices=Kind)
    path = models.CharField(_("chemin"), max_length=1000)
    data = models.BinaryField(_("octets"), null=True)  # null: the file is not there

    class Meta:
        verbose_name = _("fichier d'aperçu")
        verbose_name_plural = _("fichiers d'aperçu")
        constraints = [
            models.UniqueConstraint(fields=("preview", "kind", "path"), name="preview_file_once"),
            models.CheckConstraint(
                condition=models.Q(kind__in=("overlay", "built")), name="preview_file_kind_is_known"
            ),
        ]

    def __str__(self) -> str:
        return self.path
