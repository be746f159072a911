"""The lists: what they find, and that they cost the same for many rows."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from chat.admin import base
from chat.models import AIAction, AIConversation, AIMessage, ModelCall
from projects.models import Project
from tests.integration.admin.conftest import HOSTILE, Make, add_call, add_turn

if TYPE_CHECKING:
    from django.contrib.auth.models import User
    from django.test import Client

pytestmark = pytest.mark.django_db

MODELS = ("aiconversation", "aimessage", "aiaction", "modelcall")
MOST_QUERIES = 9


def rows(client: Client, model: str, /, **query: Any) -> list[Any]:
    """The rows of a list."""
    answer = client.get(reverse(f"admin:chat_{model}_changelist"), query)
    assert answer.status_code == 200
    return list(answer.context["cl"].result_list)


def ids(client: Client, model: str, /, **query: Any) -> set[Any]:
    return {row.pk for row in rows(client, model, **query)}


def queries(client: Client, model: str, /, **query: Any) -> int:
    with CaptureQueriesContext(connection) as found:
        rows(client, model, **query)
    return len(found)


class TestCost:
    @pytest.mark.parametrize("model", MODELS)
    def test_many_rows_take_the_queries_of_a_few(self, boss: Client, make: Make, model: str) -> None:
        make(turns=2)
        queries(boss, model)
        few = queries(boss, model)
        for number in range(30):
            make(turns=2, project=Project.objects.create(name=f"Projet {number}"))
        assert queries(boss, model) == few <= MOST_QUERIES

    @pytest.mark.parametrize("model", MODELS)
    def test_every_filter_and_a_search_at_once_too(self, boss: Client, make: Make, model: str) -> None:
        make(turns=3)
        everything = {"project": "démo", "user": "alice", "q": "une page"}
        if model in {"aimessage", "modelcall"}:
            everything["model"] = "gpt-4-turbo"
        queries(boss, model, **everything)
        assert queries(boss, model, **everything) <= MOST_QUERIES

    def test_no_list_counts_further_than_it_says(
        self, boss: Client, make: Make, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(base, "MOST_COUNTED", 3)
        make(turns=4)
        with CaptureQueriesContext(connection) as found:
            answer = boss.get(reverse("admin:chat_aimessage_changelist"))
        assert answer.context["cl"].result_count == 3
        assert "3 lignes les plus récentes" in answer.content.decode()
        counts = [query["sql"] for query in found if "COUNT(*)" in query["sql"]]
        assert counts
        assert all("LIMIT 3" in sql for sql in counts)

    def test_a_list_loads_no_long_text(self, boss: Client, make: Make) -> None:
        make()
        long = {"aimessage": '"trace"', "modelcall": "request_packed", "aiconversation": '"context"'}
        for model, column in long.items():
            with CaptureQueriesContext(connection) as found:
                rows(boss, model)
            assert not [query["sql"] for query in found if column in query["sql"]]

    def test_a_search_for_words_reads_the_newest_only(
        self, boss: Client, make: Make, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(base, "MOST_SEARCHED", 2)
        make(turns=2)
        assert {row.content for row in AIMessage.objects.filter(pk__in=ids(boss, "aimessage", q="Question"))} == {
            "Question 1"
        }


class TestOrder:
    @pytest.mark.parametrize("model", MODELS)
    def test_the_newest_comes_first(self, boss: Client, make: Make, model: str) -> None:
        make(turns=2)
        make(turns=1)
        field = {"aiconversation": "updated_at", "modelcall": "started_at"}.get(model, "created_at")
        moments = [getattr(row, field) for row in rows(boss, model)]
        assert moments == sorted(moments, reverse=True)
        assert len(set(moments)) > 1


class TestSearch:
    def test_conversations_by_number_title_and_text(self, boss: Client, make: Make) -> None:
        first, second = make(title="Bleue"), make(title="Verte")
        add_turn(second, content="du safran")
        assert ids(boss, "aiconversation", q=str(first.pk)) == {first.pk}
        assert ids(boss, "aiconversation", q="bleu") == {first.pk}
        assert ids(boss, "aiconversation", q="safran") == {second.pk}
        assert ids(boss, "aiconversation", q="' OR 1=1 --") == set()

    def test_messages_by_number_conversation_and_text(self, boss: Client, make: Make) -> None:
        conversation = make()
        message = add_turn(make(), content="du safran")
        assert ids(boss, "aimessage", q="SAFRAN") == {message.pk}
        assert message.pk in ids(boss, "aimessage", q=str(message.pk))
        of_conversation = set(conversation.messages.values_list("pk", flat=True))
        assert of_conversation <= ids(boss, "aimessage", q=str(conversation.pk))

    def test_calls_by_message_id_and_model(self, boss: Client, make: Make) -> None:
        make()
        message = add_turn(make(), content="")
        call = add_call(message, model="autre-modele")
        assert ids(boss, "modelcall", q=str(call.pk)) == {call.pk}
        assert ids(boss, "modelcall", q="autre") == {call.pk}
        assert call.pk in ids(boss, "modelcall", q=str(message.pk))

    def test_actions_by_path(self, boss: Client, make: Make) -> None:
        message = add_turn(make())
        found = AIAction.objects.create(
            message=message, position=1, action_type="modify_file", action_data={"path": "src/seul.py"}
        )
        assert ids(boss, "aiaction", q="seul.py") == {found.pk}


class TestFilters:
    @pytest.mark.parametrize("model", MODELS)
    def test_by_project_and_by_person(self, boss: Client, make: Make, mallory: User, model: str) -> None:
        other = Project.objects.create(name="Le jardin", owner=mallory)
        make()
        make(project=other, user=mallory)
        everything = ids(boss, model)
        by_name = ids(boss, model, project="jardin")
        assert by_name
        assert by_name == ids(boss, model, project=str(other.pk)) == ids(boss, model, user="mallory")
        assert by_name == ids(boss, model, user=str(mallory.pk))
        assert by_name < everything
        assert ids(boss, model, project="inconnu") == ids(boss, model, project="9" * 30) == set()

    @pytest.mark.parametrize("few", [0, 1_000])
    def test_both_ways_to_narrow_find_the_same(
        self, boss: Client, make: Make, monkeypatch: pytest.MonkeyPatch, few: int
    ) -> None:
        from chat.admin import filters

        monkeypatch.setattr(filters, "FEW", few)
        wanted = make(project=Project.objects.create(name="Le jardin"))
        make()
        expected = set(wanted.messages.values_list("pk", flat=True))
        assert ids(boss, "aimessage", project="jardin") == expected
        assert ids(boss, "aimessage", model="gpt-4-turbo") == set(
            ModelCall.objects.values_list("message_id", flat=True)
        )

    def test_by_role_status_model_and_outcome(self, boss: Client, make: Make) -> None:
        make()
        failed = add_turn(make(), status="failed")
        call = add_call(failed, model="autre-modele", error={"code": "rate_limit"})
        assert ids(boss, "aimessage", status__exact="failed") == {failed.pk}
        assert ids(boss, "aimessage", model="autre-modele") == {failed.pk}
        assert {row.role for row in rows(boss, "aimessage", role__exact="user")} == {"user"}
        assert ids(boss, "modelcall", model="autre-modele") == {call.pk}
        assert ids(boss, "modelcall", outcome="error") == {call.pk}
        assert call.pk not in ids(boss, "modelcall", outcome="ok")
        assert "autre-modele" in boss.get(reverse("admin:chat_modelcall_changelist")).content.decode()

    def test_a_typed_filter_keeps_the_others(self, boss: Client, make: Make) -> None:
        make()
        query = {"role__exact": "user", "q": "Question", "p": "1"}
        page = boss.get(reverse("admin:chat_aimessage_changelist"), query).content.decode()
        assert '<input type="hidden" name="role__exact" value="user">' in page
        assert '<input type="hidden" name="q" value="Question">' in page
        assert '<input type="hidden" name="p"' not in page

    def test_a_page_lists_no_project_that_it_does_not_show(self, boss: Client, make: Make) -> None:
        make()
        Project.objects.bulk_create(Project(name=f"Rangé {number}") for number in range(50))
        assert "Rangé" not in boss.get(reverse("admin:chat_aiconversation_changelist")).content.decode()


class TestTotals:
    def test_a_conversation_and_the_list_say_what_they_cost(self, boss: Client, make: Make) -> None:
        first, second = make(turns=3), make(turns=1)
        answer = boss.get(reverse("admin:chat_aiconversation_changelist"))
        shown = {row.pk: str(row.totals) for row in answer.context["cl"].result_list}
        assert shown == {first.pk: "0,004800 $", second.pk: "0,001600 $"}
        page = answer.content.decode()
        assert "Coût : <strong>0,006400 $</strong>" in page
        assert "Appels de modèle : 4" in page
        assert "400 envoyés, 80 reçus" in page

    def test_an_unknown_price_makes_a_lower_bound_and_never_zero(self, boss: Client, make: Make) -> None:
        message = add_turn(make(turns=0))
        add_call(message, cost=None)
        page = boss.get(reverse("admin:chat_modelcall_changelist")).content.decode()
        assert "<strong>≥ 0,001600 $</strong>" in page
        assert "Sans prix connu : 1" in page
        ModelCall.objects.update(cost=None)
        assert "<strong>—</strong>" in boss.get(reverse("admin:chat_modelcall_changelist")).content.decode()

    def test_the_sum_is_of_what_is_filtered(self, boss: Client, make: Make) -> None:
        make(turns=3)
        make(turns=1, project=Project.objects.create(name="Le jardin"))
        for model in ("aiconversation", "aimessage", "modelcall"):
            page = boss.get(reverse(f"admin:chat_{model}_changelist"), {"project": "jardin"}).content.decode()
            assert "<strong>0,001600 $</strong>" in page


class TestSafety:
    @pytest.mark.parametrize("model", MODELS)
    def test_hostile_texts_stay_text_and_nothing_is_inline(self, boss: Client, make: Make, model: str) -> None:
        conversation = make(title=HOSTILE, project=Project.objects.create(name=HOSTILE))
        message = add_turn(conversation, content=HOSTILE, metadata={"model": HOSTILE, "cost": HOSTILE})
        add_call(message, model=HOSTILE[:190])
        AIAction.objects.create(message=message, position=1, action_type="create_file", action_data={"path": HOSTILE})
        page = boss.get(reverse(f"admin:chat_{model}_changelist"), {"project": HOSTILE}).content.decode()
        assert "<img src=x" not in page
        assert "<script>" not in page
        assert "<style" not in page
        assert 'style="' not in page

    def test_strangers_see_nothing(self, client: Client, alice: User) -> None:
        client.force_login(alice)
        for model in MODELS:
            assert client.get(reverse(f"admin:chat_{model}_changelist")).status_code == 302

    def test_both_languages(self, boss: Client, make: Make) -> None:
        make()
        address = reverse("admin:chat_aiconversation_changelist")
        french = boss.get(address, headers={"accept-language": "fr"}).content.decode()
        english = boss.get(address, headers={"accept-language": "en"}).content.decode()
        assert "Appels de modèle" in french
        assert "Model calls" in english
        assert "Coût" not in english
        assert AIConversation.objects.count() == 1
