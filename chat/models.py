"""Conversations, messages, actions; the log of a turn; the record of every model call.

Fields beyond the given ones say so with a +.
"""

from __future__ import annotations

import uuid
from collections.abc import Callable
from typing import Any

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from chat.conf import project_model
from chat.packing import pack, unpack

USAGE_FIELDS = ("prompt_tokens", "completion_tokens", "cached_tokens", "reasoning_tokens", "estimated")


#: What is known of a model call when it has ended.
CALL_ACCOUNT = (
    *USAGE_FIELDS,
    "provider",
    "base_url",
    "parameters",
    "cost",
    "http_status",
    "attempts",
    "retries",
    "finish_reason",
    "error",
    "first_token_ms",
    "duration_ms",
    "model",
)
CALL_FIELDS = ("request_packed", *CALL_ACCOUNT)


class AIConversation(models.Model):
    """A list of messages about one project."""

    class Mode(models.TextChoices):
        ASK = "ask", _("demander")
        AUTO = "auto", _("accepter d’office")

    project = models.ForeignKey(
        project_model(), on_delete=models.CASCADE, related_name="ai_conversations", verbose_name=_("projet")
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
        AIConversation, on_delete=models.CASCADE, related_name="messages", verbose_name=_("conversation")
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
        "self", on_delete=models.SET_NULL, null=True, blank=True, related_name="replaced_by", verbose_name=_("remplace")
    )
    continues = models.ForeignKey(
        "self",
        on_delete=models.SET_NULL,
        null=True,
        blank=True,
        related_name="continued_by",
        verbose_name=_("continue"),
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
        )
        constraints = (
            models.UniqueConstraint(fields=("conversation", "client_id"), name="chat_msg_client_id"),
            models.UniqueConstraint(
                fields=("conversation",), condition=Q(status="streaming"), name="chat_one_streaming_answer"
            ),
        )

    def __str__(self) -> str:
        return f"{self.role} {self.pk}"


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
        REJECTED = "rejected", _("refusée")
        UNDONE = "undone", _("annulée")

    message = models.ForeignKey(
        AIMessage, on_delete=models.CASCADE, related_name="file_actions", verbose_name=_("message")
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


class TurnEvent(models.Model):
    """One row of a turn's log: append-only.  `seq` is the number of its last event (see `docs/events.md`)."""

    message = models.ForeignKey(AIMessage, on_delete=models.CASCADE, related_name="events")
    seq = models.BigIntegerField()
    type = models.CharField(max_length=32)
    data = models.JSONField()
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ("message", "seq")
        constraints = (models.UniqueConstraint(fields=("message", "seq"), name="chat_event_seq"),)

    def __str__(self) -> str:
        return f"{self.message_id}:{self.seq} {self.type}"


class ModelCall(models.Model):
    """One request to a model, whole: what was sent, what it used, cost and took, how it ended.  Never a key.

    The id is made here and not by the database, so that writing a call a second time (its end, or again after a lost
    commit) is an update of the same row.
    """

    class Purpose(models.TextChoices):
        ANSWER = "answer", _("réponse")
        SUMMARY = "summary", _("résumé")

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    message = models.ForeignKey(AIMessage, on_delete=models.CASCADE, related_name="calls", verbose_name=_("message"))
    purpose = models.CharField(
        _("objet"), max_length=10, choices=Purpose.choices, default=Purpose.ANSWER, db_default=Purpose.ANSWER
    )
    provider = models.CharField(_("fournisseur"), max_length=64)
    base_url = models.CharField(_("adresse"), max_length=500, blank=True)
    model = models.CharField(_("modèle"), max_length=200)
    # JSON, compressed by `chat.packing`
    request_packed = models.BinaryField(editable=False)
    parameters = models.JSONField(_("paramètres"), default=dict, blank=True)
    # null is unknown, never 0
    prompt_tokens = models.PositiveIntegerField(_("jetons envoyés"), null=True, blank=True)
    completion_tokens = models.PositiveIntegerField(_("jetons reçus"), null=True, blank=True)
    cached_tokens = models.PositiveIntegerField(_("jetons en cache"), null=True, blank=True)
    reasoning_tokens = models.PositiveIntegerField(_("jetons de réflexion"), null=True, blank=True)
    estimated = models.BooleanField(_("estimé"), default=False)
    cost = models.DecimalField(_("coût ($)"), max_digits=14, decimal_places=8, null=True, blank=True)
    http_status = models.PositiveSmallIntegerField(_("statut HTTP"), null=True, blank=True)
    attempts = models.PositiveSmallIntegerField(_("essais"), default=0)
    retries = models.JSONField(default=list, blank=True)
    finish_reason = models.CharField(_("fin"), max_length=64, blank=True)
    error = models.JSONField(_("erreur"), null=True, blank=True)
    started_at = models.DateTimeField(_("débutée le"))
    first_token_ms = models.PositiveIntegerField(_("premier jeton (ms)"), null=True, blank=True)
    duration_ms = models.PositiveIntegerField(_("durée (ms)"), null=True, blank=True)

    class Meta:
        verbose_name = _("appel de modèle")
        verbose_name_plural = _("appels de modèle")
        ordering = ("-started_at", "-id")
        indexes = (
            models.Index(fields=("-started_at", "-id"), name="chat_call_newest"),
            # for the admin: which models there are, the calls of one, those that failed
            models.Index(fields=("model", "-started_at", "-id"), name="chat_call_model"),
            models.Index(fields=("-started_at", "-id"), name="chat_call_failed", condition=Q(error__isnull=False)),
            # a conversation's totals, without reading the requests
            models.Index(fields=("message", "cost", "prompt_tokens", "completion_tokens"), name="chat_call_totals"),
        )

    def __str__(self) -> str:
        return f"{self.provider}:{self.model}"

    def keep(self, request: Callable[[], dict[str, Any]]) -> None:
        """Takes where the request's body is to be had.  Whoever saves the row asks for it and compresses it, off the
        event loop; by then it is the one that was sent, and not the one that was meant."""
        self._request: Callable[[], dict[str, Any]] | None = request
        self._packed: dict[str, Any] | None = None
        self._saved: dict[str, Any] | None = None

    def packed(self) -> ModelCall:
        """The row, ready to be saved."""
        request = getattr(self, "_request", None)
        if request is not None:
            body = request()
            if body is not self._packed:
                self.request_packed, self._packed = pack(body), body
        return self

    @property
    def is_sent_again(self) -> bool:
        """Whether the row in the database has another request, or there is none yet."""
        request = getattr(self, "_request", None)
        return request is None or self._saved is None or request() is not self._saved

    def saved(self) -> None:
        """The row is in the database: the compressed request, some KiB of every open stream, need not be held."""
        if getattr(self, "_packed", None) is not None:
            self.request_packed, self._saved, self._packed = b"", self._packed, None

    @property
    def usage(self) -> dict[str, Any]:
        """Tokens, as `metadata` has them."""
        return {name: getattr(self, name) for name in USAGE_FIELDS}

    @property
    def request(self) -> dict[str, Any]:
        """The request's body as it was sent."""
        request: dict[str, Any] = unpack(bytes(self.request_packed))
        return request


class ConversationSummary(models.Model):
    """What stands for the older messages of a conversation in requests; the messages themselves stay as they are.

    A row stands for all messages up to its boundary or, of a conversation that was too long for one request, for those
    behind another (`after`).  It is valid for as long as these are as many as when it was made: what is edited, asked
    again or deleted is one fewer.  A summary that the model failed to make is a row, too (`error`, no text), so that
    it is not asked for it again at every turn.
    """

    conversation = models.ForeignKey(
        AIConversation, on_delete=models.CASCADE, related_name="summaries", verbose_name=_("conversation")
    )
    # the boundary: the last message that it stands for
    up_to = models.ForeignKey(AIMessage, on_delete=models.CASCADE, related_name="+", verbose_name=_("jusqu’au message"))
    # the message behind which it begins; 0: the beginning
    after = models.PositiveBigIntegerField(_("depuis le message"), default=0, db_default=0)
    # how many messages there are from there up to it, and how many of them came since the summary before
    messages = models.PositiveIntegerField(_("messages"))
    added = models.PositiveIntegerField(_("messages de plus"), default=0)
    # how many of them nobody has read to the model: more than a request reads had gathered
    unread = models.PositiveIntegerField(_("messages non lus"), default=0)
    text = models.TextField(_("texte"), blank=True)
    # files that the person had pinned when he asked
    pinned = models.JSONField(_("fichiers épinglés"), default=list, blank=True)
    # that the text takes in later requests, by our count
    tokens = models.PositiveIntegerField(_("jetons"), default=0)
    model = models.CharField(_("modèle"), max_length=200, blank=True)
    cost = models.DecimalField(_("coût ($)"), max_digits=14, decimal_places=8, null=True, blank=True)
    call = models.ForeignKey(
        ModelCall, on_delete=models.SET_NULL, null=True, blank=True, related_name="+", verbose_name=_("appel de modèle")
    )
    error = models.CharField(_("erreur"), max_length=64, blank=True)
    created_at = models.DateTimeField(_("créé le"), auto_now_add=True)

    class Meta:
        verbose_name = _("résumé")
        verbose_name_plural = _("résumés")
        ordering = ("-id",)
        indexes = (models.Index(fields=("conversation", "-id"), name="chat_summary_newest"),)

    def __str__(self) -> str:
        return f"{self.conversation_id} ≤ {self.up_to_id}"


class FileIndex(models.Model):
    """What is known of some bytes read as a language, for choosing the context: made once, whoever has them."""

    # the digest, a colon, the language
    name = models.CharField(max_length=100, primary_key=True)
    version = models.PositiveSmallIntegerField()
    created_at = models.DateTimeField(auto_now_add=True)
    # made by `chat.context.facts`
    data = models.BinaryField()

    class Meta:
        verbose_name = _("index d’un fichier")
        verbose_name_plural = _("index des fichiers")

    def __str__(self) -> str:
        return self.name
