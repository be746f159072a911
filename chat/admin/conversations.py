"""Conversations: a list, and one with its messages a page at a time."""

from __future__ import annotations

from typing import Any

from django.contrib import admin
from django.db.models import Q, QuerySet
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext_lazy as _

from chat.admin import shown
from chat.admin.base import MOST_SEARCHED, ReadOnlyAdmin, page_of
from chat.admin.deletion import CheapDeletion
from chat.admin.filters import ProjectFilter, UserFilter
from chat.admin.messages import for_list
from chat.admin.totals import Totals, totals_by_conversation, totals_of
from chat.models import AIConversation, AIMessage, ModelCall

MESSAGES_PER_PAGE = 50


@admin.register(AIConversation)
class ConversationAdmin(CheapDeletion, ReadOnlyAdmin):
    """Conversations, the last changed first."""

    list_display = ("shown_title", "shown_project", "shown_user", "message_count", "shown_cost", "updated_at", "id")
    list_filter = (ProjectFilter, UserFilter, "updated_at", "created_at")
    list_select_related = ("project", "user")
    search_fields = ("title",)
    heavy = ("context",)
    fields = (
        "title",
        ("shown_project", "shown_user"),
        ("created_at", "updated_at"),
        ("message_count", "shown_cost", "shown_tokens"),
        "shown_context",
    )

    def by_words(self, words: str) -> Q:
        """In the title, or in one of the newest messages."""
        newest = AIMessage.objects.order_by("-pk").values("pk")[:MOST_SEARCHED]
        said = AIMessage.objects.filter(pk__in=newest, content__icontains=words)
        return Q(title__icontains=words) | Q(pk__in=said.values("conversation_id"))

    def with_columns(self, rows: list[AIConversation]) -> list[AIConversation]:
        """With what each has cost."""
        totals = totals_by_conversation(row.pk for row in rows)
        for row in rows:
            row.totals = totals.get(row.pk, Totals())  # type: ignore[attr-defined]
        return rows

    def calls_of(self, rows: QuerySet[AIConversation]) -> QuerySet[ModelCall]:
        """Of all their messages."""
        return ModelCall.objects.filter(message__conversation__in=rows.values("pk"))

    def render_change_form(
        self,
        request: HttpRequest,
        context: dict[str, Any],
        add: bool = False,
        change: bool = False,
        form_url: str = "",
        obj: Any = None,
    ) -> HttpResponse:
        """With a page of messages, the newest first."""
        if obj is not None:
            context["message_page"] = page_of(request, for_list(obj.messages.order_by("-pk")), MESSAGES_PER_PAGE)
        return super().render_change_form(request, context, add, change, form_url, obj)

    @admin.display(description=_("titre"))
    def shown_title(self, row: AIConversation) -> str:
        """Never empty: it is what is clicked."""
        return shown.excerpt(row.title)

    @admin.display(description=_("projet"))
    def shown_project(self, row: AIConversation) -> str:
        """A click shows all of the project's."""
        return shown.narrowed(self, "project", row.project_id, row.project)

    @admin.display(description=_("utilisateur"))
    def shown_user(self, row: AIConversation) -> str:
        """A click shows all of the person's."""
        return shown.narrowed(self, "user", row.user_id, row.user)

    @admin.display(description=_("coût"))
    def shown_cost(self, row: AIConversation) -> str:
        """Of all its calls, replaced answers included."""
        return str(_totals(row))

    @admin.display(description=_("jetons envoyés / reçus"))
    def shown_tokens(self, row: AIConversation) -> str:
        """As far as known."""
        totals = _totals(row)
        return f"{totals.prompt_tokens or 0} / {totals.completion_tokens or 0}"

    @admin.display(description=_("contexte"))
    def shown_context(self, row: AIConversation) -> str:
        """The project's context, as it was sent."""
        return shown.json_block(row.context)


def _totals(row: Any) -> Totals:
    """A conversation's sums: a list has them already, its own page asks once."""
    if not hasattr(row, "totals"):
        row.totals = totals_of(ModelCall.objects.filter(message__conversation=row))
    totals: Totals = row.totals
    return totals
