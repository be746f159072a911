"""How well models propose: what became of their proposals, and what an accepted line cost.

Rows are summed here and not by the database: a bounded number of the newest, the same on every database.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any, NamedTuple

from django.db.models import Count, Q, QuerySet, Sum
from django.utils import timezone

from chat.models import AIAction, ModelCall

PERIODS = (7, 30, 90)
MOST_COUNTED = 10_000
#: An undo this soon says that the proposal was no good.
SOON = timedelta(hours=1)
#: What was no action at all; anything else that failed was one that could not be carried out.
UNREADABLE = frozenset({"malformed", "unknown_tool", "incomplete"})
#: What a proposal came to, in the order of the plots.
OUTCOMES = ("completed", "pending", "rejected", "undone", "failed")


class Row(NamedTuple):
    """What is read of a proposal."""

    message_id: int
    model: str | None
    status: str
    error: dict[str, Any] | None
    repairs: int
    matched: str
    added: int
    removed: int
    hunks: list[list[int]]
    taken: list[int] | None
    edited: bool
    created_at: datetime
    executed_at: datetime | None
    decided_at: datetime | None


class Spent(NamedTuple):
    """What the calls of one answer cost, and how many of them have no known price."""

    cost: Decimal | None
    unpriced: int


@dataclass(slots=True)
class ModelStatistics:
    """What became of one model's proposals."""

    model: str
    answers: int = 0
    proposals: int = 0
    readable: int = 0
    loose: int = 0
    repaired: int = 0
    touched_up: int = 0
    undone_soon: int = 0
    accepted_lines: int = 0
    cost: Decimal | None = None
    unpriced: int = 0
    outcomes: Counter[str] = field(default_factory=Counter)
    errors: Counter[str] = field(default_factory=Counter)

    @property
    def applied(self) -> int:
        """Carried out, whatever came later."""
        return self.outcomes["completed"] + self.outcomes["undone"]

    @property
    def cost_per_line(self) -> Decimal | None:
        """Dollars for each line that was accepted and stayed; nothing where either is unknown."""
        if self.cost is None or not self.accepted_lines:
            return None
        return self.cost / self.accepted_lines

    def share(self, count: int) -> int:
        """Percent of all proposals."""
        return round(100 * count / self.proposals) if self.proposals else 0

    def add(self, row: Row) -> None:
        """Counts one proposal."""
        code = str((row.error or {}).get("code", ""))
        self.proposals += 1
        self.outcomes[row.status] += 1
        self.readable += code not in UNREADABLE
        self.loose += not code and row.matched not in ("", "exact")
        self.repaired += not code and row.repairs > 0
        self.touched_up += row.status == "completed" and (row.edited or row.taken is not None)
        self.undone_soon += _is_undone_soon(row)
        self.accepted_lines += _accepted_lines(row)
        if code:
            self.errors[code] += 1

    def pay(self, spent: Spent) -> None:
        """Counts one answer and what it cost."""
        self.answers += 1
        self.unpriced += spent.unpriced
        if spent.cost is not None:
            self.cost = (self.cost or Decimal(0)) + spent.cost


@dataclass(frozen=True, slots=True)
class Statistics:
    """All of a period; `capped`: of its newest proposals only."""

    days: int
    models: list[ModelStatistics]
    by_day: list[tuple[date, Counter[str]]]
    capped: bool = False

    @property
    def total(self) -> ModelStatistics:
        """All models together."""
        total = ModelStatistics("")
        for one in self.models:
            for name in ("answers", "proposals", "readable", "loose", "repaired", "touched_up", "undone_soon",
                         "accepted_lines", "unpriced"):  # fmt: skip
                setattr(total, name, getattr(total, name) + getattr(one, name))
            total.outcomes += one.outcomes
            total.errors += one.errors
            if one.cost is not None:
                total.cost = (total.cost or Decimal(0)) + one.cost
        return total


def statistics(*, days: int = 30, project_id: int | None = None) -> Statistics:
    """Of one project or all, in two queries."""
    since = timezone.now() - timedelta(days=days)
    actions = AIAction.objects.filter(created_at__gte=since).order_by("-created_at", "-id")
    if project_id is not None:
        actions = actions.filter(message__conversation__project_id=project_id)
    newest = actions[: MOST_COUNTED + 1]
    names = [name if name != "model" else "message__metadata__model" for name in Row._fields]
    rows = [Row(*values) for values in newest.values_list(*names)]
    capped = len(rows) > MOST_COUNTED
    return summed(rows[:MOST_COUNTED], _spent(newest), days=days, today=timezone.localdate(), capped=capped)


def _spent(actions: QuerySet[AIAction]) -> dict[int, Spent]:
    """By answer, all its calls."""
    calls = ModelCall.objects.order_by().filter(message__in=actions.values("message_id"))
    # the unpriced before the sum, whose name hides the column
    found = calls.values_list("message_id").annotate(unpriced=Count("pk", filter=Q(cost=None)), total=Sum("cost"))
    return {message_id: Spent(cost, unpriced) for message_id, unpriced, cost in found}


def summed(
    rows: Sequence[Row], spent: Mapping[int, Spent], *, days: int, today: date, capped: bool = False
) -> Statistics:
    """Proposals and costs, by model and by day; the models with most proposals first."""
    models: dict[str, ModelStatistics] = {}
    answers: dict[int, str] = {}
    by_day: defaultdict[date, Counter[str]] = defaultdict(Counter)
    for row in rows:
        name = str(row.model or "?")
        models.setdefault(name, ModelStatistics(name)).add(row)
        answers[row.message_id] = name
        by_day[timezone.localdate(row.created_at)][row.status] += 1
    for message_id, name in answers.items():
        models[name].pay(spent.get(message_id, Spent(None, 0)))
    ordered = sorted(models.values(), key=lambda one: (-one.proposals, one.model))
    return Statistics(days, ordered, list(_days(by_day, days, today)), capped)


def _days(by_day: Mapping[date, Counter[str]], days: int, today: date) -> Iterable[tuple[date, Counter[str]]]:
    """Every day of the period, also those without proposals."""
    for back in range(days - 1, -1, -1):
        day = today - timedelta(days=back)
        yield day, by_day.get(day, Counter())


def _is_undone_soon(row: Row) -> bool:
    if row.status != "undone" or row.executed_at is None or row.decided_at is None:
        return False
    return row.decided_at - row.executed_at <= SOON


def _accepted_lines(row: Row) -> int:
    """Lines of what is applied and stays: added and removed ones, of the hunks that were taken."""
    if row.status != "completed":
        return 0
    if row.taken is None:
        return row.added + row.removed
    hunks = [row.hunks[number] for number in row.taken if 0 <= number < len(row.hunks)]
    return sum(hunk[1] - hunk[0] + hunk[3] - hunk[2] for hunk in hunks)
