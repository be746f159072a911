"""What was proposed, and what became of it."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from chat.models.talk import AIMessage


class AIAction(models.Model):
    """One proposed change of one file."""

    class Type(models.TextChoices):
        CREATE = "create_file", _("créer un fichier")
        MODIFY = "modify_file", _("modifier un fichier")
        DELETE = "delete_file", _("supprimer un fichier")
        RENAME = "rename_file", _("renommer un fichier")

    class Status(models.TextChoices):
        PENDING = "pending", _("en attente")
        COMPLETED = "completed", _("appliquée")
        FAILED = "failed", _("échouée")
        REJECTED = "rejected", _("rejetée")
        UNDONE = "undone", _("annulée")

    message = models.ForeignKey(
        AIMessage, on_delete=models.CASCADE, related_name="file_actions", verbose_name=_("message"), db_index=False
    )
    action_type = models.CharField(_("type"), max_length=20, choices=Type.choices)
    action_data = models.JSONField(_("données"), default=dict)
    status = models.CharField(_("état"), max_length=10, choices=Status.choices, default=Status.PENDING)
    result = models.JSONField(_("résultat"), null=True, blank=True)
    created_at = models.DateTimeField(_("créée le"), auto_now_add=True)
    executed_at = models.DateTimeField(_("exécutée le"), null=True, blank=True)
    # + within the turn
    position = models.PositiveIntegerField(_("position"), default=0)
    # digest of the file that it was planned on, empty for no file; hash of all that is shown of it
    base = models.CharField(max_length=64, blank=True, default="", editable=False)
    hash = models.CharField(max_length=64, blank=True, default="", editable=False)
    added = models.PositiveIntegerField(_("lignes ajoutées"), default=0)
    removed = models.PositiveIntegerField(_("lignes retirées"), default=0)
    hunks = models.JSONField(default=list, blank=True, editable=False)
    error = models.JSONField(_("erreur"), null=True, blank=True)
    protected = models.BooleanField(_("protégée"), default=False)
    incomplete = models.BooleanField(_("incomplète"), default=False)
    # how many tries the model had before it was right; how loosely an edit had to be matched
    repairs = models.PositiveSmallIntegerField(_("reprises"), default=0)
    matched = models.CharField(max_length=10, blank=True, default="", editable=False)
    # the revision that its last step made, and the one that undid it
    revision = models.PositiveIntegerField(_("révision"), null=True, blank=True)
    undone_by = models.PositiveIntegerField(_("annulée par"), null=True, blank=True)
    decided_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.SET_NULL,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("décidée par"),
    )
    decided_at = models.DateTimeField(_("décidée le"), null=True, blank=True)
    reason = models.TextField(_("raison"), blank=True, default="")
    # which hunks were taken (null: all), and whether the person changed the proposal before
    taken = models.JSONField(null=True, blank=True, editable=False)
    edited = models.BooleanField(_("retouchée"), default=False)
    automatic = models.BooleanField(_("appliquée d’office"), default=False)

    class Meta:
        verbose_name = _("action")
        verbose_name_plural = _("actions")
        ordering = ("message", "position", "id")
        indexes = (
            models.Index(fields=("-created_at", "-id"), name="chat_action_newest"),
            # what waits in a whole project is asked for by every page that opens
            models.Index(fields=("message",), name="chat_action_pending", condition=models.Q(status="pending")),
        )
        constraints = (models.UniqueConstraint(fields=("message", "position"), name="chat_action_position"),)

    def __str__(self) -> str:
        return f"{self.action_type} {self.action_data.get('path', '')}"

    @property
    def path(self) -> str:
        """The file."""
        return str(self.action_data.get("path", ""))

    @property
    def to(self) -> str | None:
        """Where the file goes, of a rename."""
        to = self.action_data.get("to")
        return None if to is None else str(to)


class ActionContent(models.Model):
    """The bytes of an action, compressed by `chat.packing`: in a table of their own, so that lists never read them.

    `before` and `after` are what was shown; null is no file.  `was` and `became` are what the file held before and
    after the last step that the action took, forth or back: what an undo starts from.
    """

    action = models.OneToOneField(AIAction, on_delete=models.CASCADE, primary_key=True, related_name="contents")
    before = models.BinaryField(null=True, editable=False)
    after = models.BinaryField(null=True, editable=False)
    was = models.BinaryField(null=True, editable=False)
    became = models.BinaryField(null=True, editable=False)

    class Meta:
        verbose_name = _("contenu d’une action")
        verbose_name_plural = _("contenus d’actions")

    def __str__(self) -> str:
        return str(self.pk)
