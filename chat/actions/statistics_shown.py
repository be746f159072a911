"""Statistics as a template shows them."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from django.utils.formats import number_format
from django.utils.translation import gettext as _

from chat.actions.formats import AUTO, Formats, counted, format_set
from chat.actions.messages import name_of
from chat.actions.statistics import OUTCOMES, ModelStatistics, statistics
from chat.models import AIAction
from chat.plots import bar, columns

#: Kinds of errors that are named beside a model.
MOST_ERRORS = 3


def shown(*, days: int, project_id: int | None = None) -> dict[str, Any]:
    """The context of `chat/statistics.html`."""
    found = statistics(days=days, project_id=project_id)
    total = found.total
    formats = counted()
    models = [*found.models, *([_all(total)] if len(found.models) > 1 else [])]
    return {
        "days": days,
        "total": total,
        "capped": found.capped,
        "outcomes": [(name, AIAction.Status(name).label) for name in OUTCOMES],
        "columns": columns(found.by_day, OUTCOMES),
        "most": max(sum(outcomes.values()) for _day, outcomes in found.by_day),
        "first_day": found.by_day[0][0],
        "last_day": found.by_day[-1][0],
        "rows": [_row(model) | {"format": _format(model.model, formats)} for model in models],
    }


def _all(total: ModelStatistics) -> ModelStatistics:
    total.model = _("Tous les modèles")
    return total


def _row(model: ModelStatistics) -> dict[str, Any]:
    counts = (
        model.readable,
        model.loose,
        model.repaired,
        model.applied,
        model.touched_up,
        model.outcomes["rejected"],
        model.undone_soon,
    )
    return {
        "model": model,
        "bar": bar(model.outcomes, OUTCOMES),
        "words": ", ".join(_counted(model, name) for name in OUTCOMES if model.outcomes[name]),
        "errors": ", ".join(f"{name_of(code)} {count}" for code, count in model.errors.most_common(MOST_ERRORS)),
        "cells": [(count, model.share(count)) for count in counts],
        "cost_per_line": _price(model.cost_per_line, lower_bound=model.unpriced > 0),
    }


def _format(model: str, formats: Mapping[str, Formats]) -> str:
    """How a model is asked for files, and why, where both ways are known."""
    known = formats.get(model, Formats())
    if format_set(model) != AUTO or not (known.tools.is_enough and known.text.is_enough):
        return ""
    words = (
        _("Demandé par texte : {text} % de ses propositions y sont lisibles, {tools} % par outils.")
        if known.by_text
        else _("Demandé par outils : {tools} % de ses propositions y sont lisibles, {text} % par texte.")
    )
    return words.format(tools=round(100 * known.tools.rate), text=round(100 * known.text.rate))


def _counted(model: ModelStatistics, outcome: str) -> str:
    return f"{AIAction.Status(outcome).label} {model.outcomes[outcome]}"


def _price(cost: Decimal | None, *, lower_bound: bool) -> str:
    """Dollars; unknown is a dash and never 0, a sum that lacks some is a lower bound."""
    if cost is None:
        return "—"
    amount = number_format(cost.quantize(Decimal("0.000001")))
    return ("≥ " if lower_bound else "") + _("{amount} $").format(amount=amount)
