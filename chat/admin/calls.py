"""Model calls: what was sent, word for word, what it used, cost and took."""

from __future__ import annotations

import uuid
from typing import Any

from django.contrib import admin
from django.db.models import Q, QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _
from zstandard import ZstdError

from chat.admin import shown
from chat.admin.base import ReadOnlyAdmin
from chat.admin.filters import ModelFilter, OutcomeFilter, ProjectFilter, UserFilter
from chat.admin.totals import price
from chat.models import AIMessage, ModelCall


@admin.register(ModelCall)
class CallAdmin(ReadOnlyAdmin):
    """Calls, the newest first.  They go with their message."""

    list_display = (
        "model",
        "provider",
        "purpose",
        "shown_message",
        "prompt_tokens",
        "completion_tokens",
        "shown_cost",
        "shown_outcome",
        "duration_ms",
        "started_at",
    )
    list_filter = (ProjectFilter, UserFilter, ModelFilter, OutcomeFilter, "started_at")
    ordering = ("-started_at", "-id")
    age = "started_at"
    search_fields = ("model", "provider")
    search_help_text = _("Le numéro d’un message, l’identifiant d’un appel, un modèle, un fournisseur ou une adresse.")
    heavy = ("request_packed", "parameters", "retries")
    fields = (
        ("shown_message", "id"),
        ("purpose", "provider", "model", "base_url"),
        ("started_at", "first_token_ms", "duration_ms"),
        ("http_status", "attempts", "finish_reason"),
        ("prompt_tokens", "completion_tokens", "shown_cost"),
        ("cached_tokens", "reasoning_tokens", "estimated"),
        "shown_error",
        "shown_retries",
        "shown_parameters",
        "shown_request",
    )

    def get_search_results(
        self, request: HttpRequest, queryset: QuerySet[Any], search_term: str
    ) -> tuple[QuerySet[Any], bool]:
        """Also by a call's own id."""
        try:
            return queryset.filter(pk=uuid.UUID(search_term.strip())), False
        except ValueError:
            return super().get_search_results(request, queryset, search_term)

    def by_number(self, number: int) -> Q:
        """Calls of a message."""
        return Q(message_id=number)

    def by_words(self, words: str) -> Q:
        """Whom was asked."""
        return Q(model__icontains=words) | Q(provider__icontains=words) | Q(base_url__icontains=words)

    def calls_of(self, rows: QuerySet[ModelCall]) -> QuerySet[ModelCall]:
        """Themselves."""
        return ModelCall.objects.filter(pk__in=rows.values("pk"))

    @admin.display(description=_("message"))
    def shown_message(self, row: ModelCall) -> str:
        """Its page."""
        return shown.link_to(AIMessage, row.message_id, row.message_id)

    @admin.display(description=_("coût"))
    def shown_cost(self, row: ModelCall) -> str:
        """In dollars; a dash where the price is unknown."""
        return price(row.cost)

    @admin.display(description=_("issue"))
    def shown_outcome(self, row: ModelCall) -> str:
        """The code of its error, or why it ended."""
        error: Any = row.error
        return str((error or {}).get("code") or row.finish_reason or shown.NOTHING)

    @admin.display(description=_("erreur"))
    def shown_error(self, row: ModelCall) -> str:
        """Code, detail, message."""
        return shown.json_block(row.error)

    @admin.display(description=_("nouveaux essais"))
    def shown_retries(self, row: ModelCall) -> str:
        """What was tried before."""
        return shown.json_block(row.retries)

    @admin.display(description=_("paramètres"))
    def shown_parameters(self, row: ModelCall) -> str:
        """All but messages and tools."""
        return shown.json_block(row.parameters)

    @admin.display(description=_("requête exacte"))
    def shown_request(self, row: ModelCall) -> str:
        """The body that was sent; the key is not part of it."""
        try:
            return shown.json_block(row.request)
        except (ZstdError, ValueError):
            return str(_("Illisible."))
