"""Messages: a list, and one with its actions, its model calls and its log."""

from __future__ import annotations

from typing import Any

from django.contrib import admin
from django.db.models import Q, QuerySet
from django.db.models.functions import Left
from django.http import HttpRequest, HttpResponse
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _

from chat.admin import shown
from chat.admin.base import ReadOnlyAdmin, page_of
from chat.admin.deletion import CheapDeletion
from chat.admin.filters import ModelFilter, ProjectFilter, UserFilter
from chat.models import AIAction, AIConversation, AIMessage, ModelCall

EVENTS_PER_PAGE = 100
BEGINNING = 400
HEAVY = ("content", "actions", "trace", "receipt")


def for_list(messages: QuerySet[AIMessage]) -> QuerySet[AIMessage]:
    """Messages without their texts, which may be megabytes: the beginning alone."""
    return messages.defer(*HEAVY).annotate(beginning=Left("content", BEGINNING))


@admin.register(AIMessage)
class MessageAdmin(CheapDeletion, ReadOnlyAdmin):
    """Messages, the newest first."""

    list_display = ("shown_excerpt", "role", "status", "shown_model", "shown_cost", "shown_conversation", "created_at")
    list_filter = (ProjectFilter, UserFilter, "role", "status", ModelFilter, "created_at")
    list_select_related = ("conversation",)
    search_fields = ("content",)
    ordering = ("-created_at", "-id")
    fields = (
        "shown_conversation",
        ("role", "status", "current"),
        ("shown_model", "shown_cost"),
        ("created_at", "updated_at"),
        ("shown_reply_to", "shown_replaces", "shown_continues"),
        "shown_content",
        "shown_metadata",
        "shown_actions",
        "shown_trace",
        "shown_receipt",
    )

    def by_number(self, number: int) -> Q:
        """A message, or all of a conversation."""
        return Q(pk=number) | Q(conversation_id=number)

    def by_words(self, words: str) -> Q:
        """In the text."""
        return Q(content__icontains=words)

    def light(self, rows: Any) -> Any:
        """With the beginning of each text alone."""
        return for_list(rows).defer(*HEAVY, "conversation__context")

    def calls_of(self, rows: QuerySet[AIMessage]) -> QuerySet[ModelCall]:
        """Of these messages."""
        return ModelCall.objects.filter(message__in=rows.values("pk"))

    def get_queryset(self, request: HttpRequest) -> QuerySet[AIMessage]:
        """With the conversation, whose title every page shows."""
        return super().get_queryset(request).select_related("conversation")

    def render_change_form(
        self,
        request: HttpRequest,
        context: dict[str, Any],
        add: bool = False,
        change: bool = False,
        form_url: str = "",
        obj: Any = None,
    ) -> HttpResponse:
        """With its actions, its calls and a page of its log."""
        if obj is not None:
            context["file_actions"] = [(shown.address_of(AIAction, row.pk), row) for row in obj.file_actions.all()]
            calls = obj.calls.defer("request_packed", "parameters").order_by("started_at")
            context["calls"] = [(shown.address_of(ModelCall, row.pk), row) for row in calls]
            context["event_page"] = events = page_of(request, obj.events.order_by("seq"), EVENTS_PER_PAGE)
            for event in events:
                event.shown = shown.one_line(event.data)
        return super().render_change_form(request, context, add, change, form_url, obj)

    @admin.display(description=_("texte"))
    def shown_excerpt(self, row: Any) -> str:
        """The beginning, on one line."""
        return shown.excerpt(row.beginning)

    @admin.display(description=_("conversation"))
    def shown_conversation(self, row: AIMessage) -> str:
        """Its page."""
        return shown.link_to(AIConversation, row.conversation_id, shown.excerpt(row.conversation.title))

    @admin.display(description=_("modèle"))
    def shown_model(self, row: AIMessage) -> str:
        """The model that answered."""
        return (row.metadata or {}).get("model") or shown.NOTHING

    @admin.display(description=_("coût"))
    def shown_cost(self, row: AIMessage) -> str:
        """As the answer's own account says."""
        return shown.metadata_cost(row.metadata)

    @admin.display(description=_("contenu"))
    def shown_content(self, row: AIMessage) -> str:
        """As it was written."""
        return shown.text_block(row.content)

    @admin.display(description=_("métadonnées"))
    def shown_metadata(self, row: AIMessage) -> str:
        """Model, tokens, cost, error."""
        return shown.json_block(row.metadata)

    @admin.display(description=_("appels d’outils"))
    def shown_actions(self, row: AIMessage) -> str:
        """As the model made them."""
        return shown.json_block(row.actions)

    @admin.display(description=_("trace"))
    def shown_trace(self, row: AIMessage) -> str:
        """Reasoning, context, steps."""
        return shown.json_block(row.trace)

    @admin.display(description=_("reçu"))
    def shown_receipt(self, row: AIMessage) -> str:
        """What the model was given."""
        return shown.json_block(row.receipt)

    @admin.display(description=_("répond à"))
    def shown_reply_to(self, row: AIMessage) -> str:
        """The question."""
        return _message(row.reply_to_id)

    @admin.display(description=_("remplace"))
    def shown_replaces(self, row: AIMessage) -> str:
        """What it took the place of."""
        return _message(row.replaces_id)

    @admin.display(description=_("continue"))
    def shown_continues(self, row: AIMessage) -> str:
        """The text it goes on from."""
        return _message(row.continues_id)


def _message(pk: int | None) -> str:
    return shown.link_to(AIMessage, pk, pk) if pk is not None else SafeString(shown.NOTHING)
