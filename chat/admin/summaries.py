"""Summaries of long conversations: what stands for the older messages, and what it cost."""

from __future__ import annotations

from typing import Any

from django.contrib import admin
from django.db.models import Q, QuerySet
from django.utils.translation import gettext_lazy as _

from chat.admin import shown
from chat.admin.base import ReadOnlyAdmin
from chat.admin.totals import price
from chat.models import AIConversation, AIMessage, ConversationSummary, ModelCall


@admin.register(ConversationSummary)
class SummaryAdmin(ReadOnlyAdmin):
    """Summaries, the newest first.  They go with their conversation."""

    list_display = (
        "id",
        "shown_conversation",
        "messages",
        "tokens",
        "model",
        "shown_cost",
        "error",
        "created_at",
    )
    ordering = ("-id",)
    search_fields = ("model",)
    heavy = ("text", "pinned")
    fields = (
        ("shown_conversation", "after", "shown_up_to"),
        ("messages", "added", "unread"),
        ("model", "tokens", "shown_cost", "shown_call"),
        ("created_at", "error"),
        "shown_pinned",
        "shown_text",
    )

    def by_number(self, number: int) -> Q:
        """Those of a conversation."""
        return Q(conversation_id=number)

    def by_words(self, words: str) -> Q:
        """What they say."""
        return Q(text__icontains=words) | Q(model__icontains=words)

    def calls_of(self, rows: QuerySet[ConversationSummary]) -> QuerySet[ModelCall]:
        """Those that made them."""
        return ModelCall.objects.filter(pk__in=rows.values("call"))

    @admin.display(description=_("conversation"))
    def shown_conversation(self, row: ConversationSummary) -> str:
        """Its page."""
        return shown.link_to(AIConversation, row.conversation_id, row.conversation_id)

    @admin.display(description=_("jusqu’au message"))
    def shown_up_to(self, row: ConversationSummary) -> str:
        """The last one that it stands for."""
        return shown.link_to(AIMessage, row.up_to_id, row.up_to_id)

    @admin.display(description=_("appel de modèle"))
    def shown_call(self, row: ConversationSummary) -> str:
        """The one that made it."""
        return shown.link_to(ModelCall, row.call_id, row.call_id) if row.call_id else shown.NOTHING

    @admin.display(description=_("coût"))
    def shown_cost(self, row: ConversationSummary) -> str:
        """In dollars; a dash where the price is unknown."""
        return price(row.cost)

    @admin.display(description=_("fichiers épinglés"))
    def shown_pinned(self, row: ConversationSummary) -> Any:
        """Their paths."""
        return shown.json_block(row.pinned)

    @admin.display(description=_("texte"))
    def shown_text(self, row: ConversationSummary) -> Any:
        """As the model wrote it."""
        return shown.text_block(row.text)
