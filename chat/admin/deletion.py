"""Deleting conversations and messages: what goes with them is counted, not listed, and running answers are stopped."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django.db import transaction
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext as _

from chat.models import AIAction, AIConversation, AIMessage, ModelCall, TurnEvent
from chat.turns.stopping import stop_from_thread

#: From here on the page says "so many", not exactly how many.
MOST_COUNTED = 100_000


def messages_of(rows: Iterable[Any]) -> QuerySet[AIMessage]:
    """The messages that go with conversations, or with messages and the answers to them."""
    rows = list(rows)
    ids = [row.pk for row in rows]
    if rows and isinstance(rows[0], AIConversation):
        return AIMessage.objects.filter(conversation_id__in=ids)
    return AIMessage.objects.filter(pk__in=ids) | AIMessage.objects.filter(reply_to_id__in=ids)


def counts_of(rows: Iterable[Any]) -> dict[str, int]:
    """How many rows of each kind would go."""
    rows = list(rows)
    messages = messages_of(rows)
    counts = {}
    if rows and isinstance(rows[0], AIConversation):
        counts[str(AIConversation._meta.verbose_name_plural)] = len(rows)
    counts[str(AIMessage._meta.verbose_name_plural)] = _count(messages)
    for model in (AIAction, ModelCall):
        counts[str(model._meta.verbose_name_plural)] = _count(model.objects.filter(message__in=messages))
    counts[_("événements du journal")] = _count(TurnEvent.objects.filter(message__in=messages))
    return counts


def _count(rows: QuerySet[Any]) -> int:
    return rows.order_by().values("pk")[:MOST_COUNTED].count()


def delete(rows: Iterable[Any]) -> None:
    """Stops what runs, deletes, and puts the counts of the conversations that stay right."""
    rows = list(rows)
    messages = messages_of(rows)
    for pk in messages.filter(status=AIMessage.Status.STREAMING).values_list("pk", flat=True):
        stop_from_thread(pk)
    conversations = {row.conversation_id for row in rows if isinstance(row, AIMessage)}
    with transaction.atomic():
        type(rows[0])._default_manager.filter(pk__in=[row.pk for row in rows]).delete()
        for pk in conversations:
            left = AIMessage.objects.filter(conversation_id=pk, current=True).count()
            AIConversation.objects.filter(pk=pk).update(message_count=left)


class CheapDeletion:
    """For a `ModelAdmin`: Django's own would load every row that goes."""

    deletable = True

    def get_deleted_objects(
        self, objs: Any, request: HttpRequest
    ) -> tuple[list[Any], dict[str, int], set[str], list[str]]:
        """What is deleted, and how much goes with it; nothing protects it."""
        rows = list(objs)
        return [str(row) for row in rows], counts_of(rows), set(), []

    def delete_model(self, request: HttpRequest, obj: Any) -> None:
        """One."""
        delete([obj])

    def delete_queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> None:
        """Those that were ticked."""
        if rows := list(queryset):
            delete(rows)
