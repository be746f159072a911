"""What became of proposals, by model: in the admin, and on a project's page."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal
from typing import TYPE_CHECKING, Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from chat.actions import statistics as module
from chat.actions.statistics import ModelStatistics, statistics
from chat.models import AIAction, AIConversation, AIMessage, ModelCall
from chat.plots import WIDTH, bar, columns
from tests.integration.admin.conftest import HOSTILE, add_call

if TYPE_CHECKING:
    from django.contrib.auth.models import User
    from django.test import Client

    from projects.models import Project

pytestmark = pytest.mark.django_db

MOST_QUERIES = 9


def answer(project: Project, model: str | None = "gpt-4o", cost: str | None = "0.01", calls: int = 1) -> AIMessage:
    """An answer of a model, with its calls."""
    conversation = AIConversation.objects.create(project=project, title="x")
    metadata = None if model is None else {"model": model}
    message = AIMessage.objects.create(conversation=conversation, role="assistant", metadata=metadata)
    for _ in range(calls):
        add_call(message, model=model or "?", cost=None if cost is None else Decimal(cost))
    return message


def propose(message: AIMessage, status: str = "pending", *, days_ago: int = 0, **given: Any) -> AIAction:
    """A proposal of it."""
    position = message.file_actions.count()
    fields = {"action_type": "modify_file", "action_data": {"path": "a.js"}, "matched": "exact", **given}
    action = AIAction.objects.create(message=message, position=position, status=status, **fields)
    if days_ago:
        AIAction.objects.filter(pk=action.pk).update(created_at=timezone.now() - timedelta(days=days_ago))
    return action


def of(model: str, **given: Any) -> ModelStatistics:
    return next(one for one in statistics(**given).models if one.model == model)


class TestFigures:
    def test_outcomes_are_counted_by_model(self, project: Project) -> None:
        first = answer(project)
        for status in ("completed", "completed", "rejected", "undone", "pending"):
            propose(first, status)
        propose(first, "failed", error={"code": "malformed"})
        propose(first, "failed", error={"code": "no_match"})
        propose(answer(project, "other"))
        found = of("gpt-4o")
        assert (found.answers, found.proposals, found.readable, found.applied) == (1, 7, 6, 3)
        assert found.outcomes == {"completed": 2, "rejected": 1, "undone": 1, "pending": 1, "failed": 2}
        assert found.errors == {"malformed": 1, "no_match": 1}
        assert [one.model for one in statistics().models] == ["gpt-4o", "other"]
        assert statistics().total.proposals == 8

    def test_repairs_loose_matches_and_touching_up(self, project: Project) -> None:
        message = answer(project)
        propose(message, "completed", repairs=1)
        propose(message, "failed", repairs=2, error={"code": "no_match"})
        propose(message, "pending", matched="indent")
        propose(message, "completed", edited=True)
        propose(message, "completed", taken=[0], hunks=[[0, 1, 0, 1], [2, 2, 2, 4]], added=3, removed=1)
        found = of("gpt-4o")
        assert (found.repaired, found.loose, found.touched_up) == (1, 1, 2)

    def test_only_an_undo_within_the_hour_counts_against_a_model(self, project: Project) -> None:
        message, now = answer(project), timezone.now()
        propose(message, "undone", executed_at=now, decided_at=now + timedelta(minutes=59))
        propose(message, "undone", executed_at=now, decided_at=now + timedelta(minutes=61))
        propose(message, "undone")
        propose(message, "completed", executed_at=now, decided_at=now)
        assert of("gpt-4o").undone_soon == 1

    def test_a_line_costs_what_all_calls_of_its_answers_cost(self, project: Project) -> None:
        first, second = answer(project, calls=2), answer(project)
        propose(first, "completed", added=3, removed=1)
        propose(first, "completed", taken=[1], hunks=[[0, 1, 0, 1], [2, 2, 2, 6]], added=5, removed=1)
        propose(second, "rejected", added=100)
        found = of("gpt-4o")
        assert found.accepted_lines == 4 + 4
        assert found.cost == Decimal("0.03")
        assert found.cost_per_line == Decimal("0.03") / 8

    def test_an_unknown_price_is_not_0(self, project: Project) -> None:
        propose(answer(project, "unpriced", cost=None), "completed", added=1)
        assert of("unpriced").cost_per_line is None
        propose(answer(project, "free", cost="0"), "completed", added=1)
        assert of("free").cost_per_line == 0
        propose(answer(project, "no-lines"), "rejected")
        assert of("no-lines").cost_per_line is None

    def test_a_period_and_a_project(self, project: Project, django_user_model: type[User]) -> None:
        from projects.models import Project as Model

        other = Model.objects.create(name="other", owner=project.owner)
        propose(answer(project))
        propose(answer(project), days_ago=8)
        propose(answer(other))
        assert statistics(days=7).total.proposals == 2
        assert statistics(days=30).total.proposals == 3
        assert statistics(days=30, project_id=other.pk).total.proposals == 1
        by_day = statistics(days=30).by_day
        assert len(by_day) == 30
        assert [sum(outcomes.values()) for _, outcomes in by_day][-1] == 2
        assert sum(sum(outcomes.values()) for _, outcomes in by_day) == 3

    def test_an_answer_of_an_unknown_model(self, project: Project) -> None:
        propose(answer(project, None))
        assert of("?").proposals == 1

    def test_the_newest_alone_are_counted(self, project: Project, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(module, "MOST_COUNTED", 3)
        message = answer(project)
        for _ in range(3):
            propose(message)
        assert not statistics().capped
        propose(message)
        assert statistics().capped
        assert statistics().total.proposals == 3


class TestPlots:
    def test_a_bar_is_divided_by_share(self) -> None:
        parts = bar(statistics_counter(a=3, b=1), ("a", "b", "c"))
        assert [(part.outcome, part.x, part.width) for part in parts] == [("a", 0, 450), ("b", 450, 150)]
        assert bar(statistics_counter(), ("a",)) == []

    def test_the_tallest_day_has_the_full_height(self) -> None:
        today = timezone.localdate()
        days = [(today, statistics_counter(a=2, b=2)), (today, statistics_counter()), (today, statistics_counter(a=1))]
        made = columns(days, ("a", "b"))
        assert [column.count for column in made] == [4, 0, 1]
        assert min(part.y for part in made[0].segments) == 0
        assert made[2].segments[0].height == 30
        assert all(part.x >= 0 and part.x + part.width <= WIDTH for column in made for part in column.segments)


def statistics_counter(**counts: int) -> Any:
    from collections import Counter

    return Counter(counts)


class TestAdmin:
    def address(self, query: str = "") -> str:
        return reverse("admin:chat_aiaction_statistics") + query

    def test_the_page(self, boss: Client, project: Project) -> None:
        message = answer(project, HOSTILE)
        propose(message, "completed", added=4)
        propose(message, "failed", error={"code": "no_match"})
        page = boss.get(self.address()).content.decode()
        assert "&lt;script&gt;alert(1)" in page
        assert "<script>alert(1)" not in page
        assert "texte introuvable 1" in page
        assert "0,002500 $" in page
        assert 'aria-label="appliquée 1, échouée 1"' in page

    def test_its_cost_does_not_grow(self, boss: Client, project: Project) -> None:
        for number in range(12):
            propose(answer(project, f"model-{number}"), "completed", added=1)
        boss.get(self.address())
        with CaptureQueriesContext(connection) as queries:
            assert boss.get(self.address("?days=90")).status_code == 200
        assert len(queries) <= MOST_QUERIES

    @pytest.mark.parametrize("query", ["?days=7", "?days=8", "?days=", "?days=x", "?days=²"])
    def test_any_period_is_answered(self, boss: Client, query: str) -> None:
        page = boss.get(self.address(query)).content.decode()
        assert f"Aucune proposition ces {7 if query == '?days=7' else 30} derniers jours." in page

    def test_the_list_leads_to_it(self, boss: Client) -> None:
        assert self.address() in boss.get(reverse("admin:chat_aiaction_changelist")).content.decode()

    def test_it_asks_for_the_right_to_see_actions(self, client: Client, django_user_model: type[User]) -> None:
        client.force_login(django_user_model.objects.create_user("staff", is_staff=True))
        assert client.get(self.address()).status_code == 403

    def test_english(self, boss: Client, project: Project) -> None:
        propose(answer(project), "completed", added=1)
        page = boss.get(self.address(), headers={"accept-language": "en"}).content.decode()
        assert "Cost per line" in page


def test_a_projects_page_shows_its_own(client: Client, alice: User, project: Project) -> None:
    from projects.models import Project as Model

    client.force_login(alice)
    propose(answer(project, "mine"), "completed", added=1)
    propose(answer(Model.objects.create(name="other", owner=project.owner), "theirs"))
    page = client.get(reverse("projects:statistics", args=[project.pk])).content.decode()
    assert "mine" in page
    assert "theirs" not in page
    assert ModelCall.objects.count() == 2
