"""What model calls have cost, summed by the database.  A null price is unknown, so a sum says how many it lacks."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal

from django.db.models import Count, Q, QuerySet, Sum
from django.utils.formats import number_format
from django.utils.translation import gettext as _

from chat.models import ModelCall

SUMS = {
    "calls": Count("pk"),
    # before the sum, whose name hides the column
    "unpriced": Count("pk", filter=Q(cost=None)),
    "cost": Sum("cost"),
    "prompt_tokens": Sum("prompt_tokens"),
    "completion_tokens": Sum("completion_tokens"),
}


@dataclass(frozen=True, slots=True)
class Totals:
    """Sums over some calls."""

    calls: int = 0
    unpriced: int = 0
    cost: Decimal | None = None
    prompt_tokens: int | None = None
    completion_tokens: int | None = None

    def __str__(self) -> str:
        """The price; a sum that lacks some is a lower bound."""
        if self.cost is None:
            return "—"
        bound = "≥ " if self.unpriced else ""
        return f"{bound}{price(self.cost)}"


def price(cost: Decimal | None) -> str:
    """A price in dollars, as exact as it is kept; what is unknown is a dash, never 0."""
    if cost is None:
        return "—"
    return _("{amount} $").format(amount=number_format(cost.quantize(Decimal("0.000001")), force_grouping=True))


def totals_of(calls: QuerySet[ModelCall]) -> Totals:
    """Sums over calls, in one query."""
    return Totals(**calls.order_by().aggregate(**SUMS))


def totals_by_conversation(conversation_ids: Iterable[int]) -> dict[int, Totals]:
    """Sums for each of some conversations, in one query."""
    calls = ModelCall.objects.order_by().filter(message__conversation_id__in=list(conversation_ids))
    rows = calls.values_list("message__conversation_id").annotate(**SUMS)
    return {pk: Totals(*sums) for pk, *sums in rows}
