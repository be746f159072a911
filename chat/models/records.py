"""The log of a turn, and the record of every model call."""

from __future__ import annotations

import uuid
from collections.abc import Callable
from typing import Any

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from chat.models.talk import AIMessage
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


class TurnEvent(models.Model):
    """One row of a turn's log: append-only.  `seq` is the number of its last event (see `docs/events.md`)."""

    message = models.ForeignKey(AIMessage, on_delete=models.CASCADE, related_name="events", db_index=False)
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
    message = models.ForeignKey(
        AIMessage, on_delete=models.CASCADE, related_name="calls", verbose_name=_("message"), db_index=False
    )
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
