"""Conversations and their messages."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from chat.conf import project_model


class AIConversation(models.Model):
    """A list of messages about one project."""

    class Mode(models.TextChoices):
        ASK = "ask", _("demander")
        AUTO = "auto", _("accepter d’office")

    # `db_index=False`, here and below: another index begins with it, and each costs every message that is sent
    project = models.ForeignKey(
        project_model(),
        on_delete=models.CASCADE,
        related_name="ai_conversations",
        verbose_name=_("projet"),
        db_index=False,
    )
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.SET_NULL,
        null=True,
        blank=True,
        related_name="ai_conversations",
        verbose_name=_("utilisateur"),
    )
    title = models.CharField(_("titre"), max_length=200)
    # + the title without accents and case, which not every database finds its way through
    searched = models.CharField(max_length=400, default="", db_default="", editable=False)
    context = models.JSONField(_("contexte"), default=dict, blank=True, help_text=_("Le contexte du projet."))
    created_at = models.DateTimeField(_("créée le"), auto_now_add=True)
    updated_at = models.DateTimeField(_("modifiée le"), auto_now=True)
    # + kept on the row, so that a list of conversations counts nothing
    message_count = models.PositiveIntegerField(_("messages"), default=0)
    # + what happens to proposals of plain files: a person decides, or they are applied when the turn is whole
    mode = models.CharField(_("mode"), max_length=4, choices=Mode.choices, default=Mode.ASK, db_default=Mode.ASK)
    # + of the message that created it: sending twice creates one conversation
    client_id = models.UUIDField(null=True, blank=True, editable=False)

    class Meta:
        verbose_name = _("conversation")
        verbose_name_plural = _("conversations")
        ordering = ("-updated_at", "-id")
        indexes = (
            models.Index(fields=("project", "-updated_at", "-id"), name="chat_conv_project"),
            models.Index(fields=("-updated_at", "-id"), name="chat_conv_newest"),
        )
        constraints = (models.UniqueConstraint(fields=("project", "client_id"), name="chat_conv_client_id"),)

    def __str__(self) -> str:
        return self.title


class AIMessage(models.Model):
    """One message.  An answer's `content` is written when it ends; until then it is the fold of its events."""

    class Role(models.TextChoices):
        USER = "user", _("utilisateur")
        ASSISTANT = "assistant", _("assistant")

    class Status(models.TextChoices):
        STREAMING = "streaming", _("en cours")
        COMPLETE = "complete", _("complète")
        STOPPED = "stopped", _("arrêtée")
        INTERRUPTED = "interrupted", _("interrompue")
        FAILED = "failed", _("échouée")

    conversation = models.ForeignKey(
        AIConversation,
        on_delete=models.CASCADE,
        related_name="messages",
        verbose_name=_("conversation"),
        db_index=False,
    )
    role = models.CharField(_("rôle"), max_length=10, choices=Role.choices)
    content = models.TextField(_("contenu"), blank=True)
    # the tool calls as the model made them
    actions = models.JSONField(_("appels d’outils"), null=True, blank=True)
    metadata = models.JSONField(_("métadonnées"), null=True, blank=True)
    created_at = models.DateTimeField(_("créé le"), auto_now_add=True)
    # +
    updated_at = models.DateTimeField(_("modifié le"), auto_now=True)
    status = models.CharField(_("état"), max_length=12, choices=Status.choices, default=Status.COMPLETE)
    client_id = models.UUIDField(null=True, blank=True, editable=False)
    reply_to = models.ForeignKey(
        "self", on_delete=models.CASCADE, null=True, blank=True, related_name="replies", verbose_name=_("répond à")
    )
    replaces = models.ForeignKey(
        "self",
        on_delete=models.SET_NULL,
        null=True,
        blank=True,
        related_name="replaced_by",
        verbose_name=_("remplace"),
        db_index=False,
    )
    continues = models.ForeignKey(
        "self",
        on_delete=models.SET_NULL,
        null=True,
        blank=True,
        related_name="continued_by",
        verbose_name=_("continue"),
        db_index=False,
    )
    # false once an edit or a retry took its place: kept, not shown
    current = models.BooleanField(_("actuel"), default=True)
    # what the fold of the events has beyond the columns: reasoning, context, steps, usage, model
    trace = models.JSONField(null=True, blank=True, editable=False)
    last_seq = models.BigIntegerField(default=0, editable=False)
    receipt = models.JSONField(_("reçu"), null=True, blank=True, editable=False)
    # which server is at it, and until when it is believed to be alive
    lease_owner = models.CharField(max_length=200, blank=True, default="", editable=False)
    lease_until = models.DateTimeField(null=True, blank=True, editable=False)
    stop_requested = models.BooleanField(default=False, editable=False)

    class Meta:
        verbose_name = _("message")
        verbose_name_plural = _("messages")
        ordering = ("id",)
        indexes = (
            models.Index(fields=("conversation", "current", "-id"), name="chat_msg_page"),
            models.Index(fields=("-created_at", "-id"), name="chat_msg_newest"),
            # the rare ones among a million, for the admin
            models.Index(fields=("status", "-created_at", "-id"), name="chat_msg_status"),
            models.Index(fields=("lease_until",), name="chat_msg_lease", condition=Q(status="streaming")),
            # few have one, and whoever deletes a message looks for those
            models.Index(fields=("replaces",), name="chat_msg_replaces", condition=Q(replaces__isnull=False)),
            models.Index(fields=("continues",), name="chat_msg_continues", condition=Q(continues__isnull=False)),
        )
        constraints = (
            models.UniqueConstraint(fields=("conversation", "client_id"), name="chat_msg_client_id"),
            models.UniqueConstraint(
                fields=("conversation",), condition=Q(status="streaming"), name="chat_one_streaming_answer"
            ),
        )

    def __str__(self) -> str:
        return f"{self.role} {self.pk}"
