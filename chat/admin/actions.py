"""Proposed changes of files."""

from __future__ import annotations

from typing import Any

from django.contrib import admin
from django.core.exceptions import PermissionDenied
from django.db.models import Q, QuerySet
from django.http import HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.urls import URLPattern, path
from django.utils.translation import gettext_lazy as _

from chat.actions.statistics import PERIODS
from chat.admin import shown
from chat.admin.base import ReadOnlyAdmin
from chat.admin.filters import ProjectFilter, UserFilter
from chat.models import AIAction, AIMessage, ModelCall


@admin.register(AIAction)
class ActionAdmin(ReadOnlyAdmin):
    """Actions, the newest first.  They go with their message."""

    list_display = ("shown_path", "action_type", "status", "shown_message", "created_at", "executed_at")
    list_filter = (ProjectFilter, UserFilter, "status", "action_type", "created_at")
    ordering = ("-created_at", "-id")
    search_fields = ("action_data__path",)
    heavy = ("result",)
    fields = (
        "shown_message",
        "action_type",
        "status",
        "position",
        "created_at",
        "executed_at",
        "decided_at",
        "reason",
        "revision",
        "undone_by",
        "automatic",
        "edited",
        "protected",
        "incomplete",
        "repairs",
        "shown_data",
        "shown_result",
    )

    def get_urls(self) -> list[URLPattern]:
        """With the statistics."""
        view = self.admin_site.admin_view(self.statistics)
        return [path("statistics/", view, name="chat_aiaction_statistics"), *super().get_urls()]

    def statistics(self, request: HttpRequest) -> HttpResponse:
        """What became of proposals, by model and by day."""
        if not self.has_view_permission(request):
            raise PermissionDenied
        asked = request.GET.get("days", "")
        days = int(asked) if asked in map(str, PERIODS) else PERIODS[1]
        context = {
            **self.admin_site.each_context(request),
            "opts": self.opts,
            "title": _("Statistiques par modèle"),
            "periods": PERIODS,
            "days": days,
        }
        return TemplateResponse(request, "admin/chat/aiaction/statistics.html", context)

    def by_number(self, number: int) -> Q:
        """An action, or all of a message."""
        return Q(pk=number) | Q(message_id=number)

    def by_words(self, words: str) -> Q:
        """In the path."""
        return Q(action_data__path__icontains=words)

    def calls_of(self, rows: QuerySet[AIAction]) -> QuerySet[ModelCall]:
        """Of the messages that proposed them."""
        return ModelCall.objects.filter(message__in=rows.values("message_id"))

    @admin.display(description=_("chemin"))
    def shown_path(self, row: AIAction) -> str:
        """The file."""
        data: Any = row.action_data
        return shown.excerpt(str(data.get("path", ""))) if isinstance(data, dict) else shown.NOTHING

    @admin.display(description=_("message"))
    def shown_message(self, row: AIAction) -> str:
        """Its page."""
        return shown.link_to(AIMessage, row.message_id, row.message_id)

    @admin.display(description=_("données"))
    def shown_data(self, row: AIAction) -> str:
        """What is proposed."""
        return shown.json_block(row.action_data)

    @admin.display(description=_("résultat"))
    def shown_result(self, row: AIAction) -> str:
        """What came of it."""
        return shown.json_block(row.result)
