"""One conversation, message, action or call: shown whole, changed never, deleted with care."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from chat.models import AIAction, AIConversation, AIMessage, ModelCall, TurnEvent
from tests.integration.admin.conftest import HOSTILE, Make, add_call, add_turn

if TYPE_CHECKING:
    from django.test import Client

pytestmark = pytest.mark.django_db

MOST_QUERIES = 9


def address(row: Any, view: str = "change") -> str:
    return reverse(f"admin:chat_{row._meta.model_name}_{view}", args=[row.pk])


def page(client: Client, row: Any, view: str = "change", **query: Any) -> str:
    answer = client.get(address(row, view), query)
    assert answer.status_code == 200
    return answer.content.decode()


def one_of_each(make: Make) -> list[Any]:
    message = add_turn(make(turns=0))
    return [message.conversation, message, message.file_actions.get(), message.calls.get()]


class TestConversation:
    def test_ten_thousand_messages_open_a_page_at_a_time(self, boss: Client, make: Make) -> None:
        conversation = make(turns=0)
        AIMessage.objects.bulk_create(
            AIMessage(conversation=conversation, role="user", content=f"Texte numéro {number};")
            for number in range(10_000)
        )
        page(boss, conversation)
        with CaptureQueriesContext(connection) as queries:
            newest = page(boss, conversation)
        assert len(queries) <= MOST_QUERIES
        assert len(newest) < 100_000
        assert "Texte numéro 9999;" in newest
        assert "Texte numéro 9949;" not in newest
        assert "page 1 sur 200" in newest
        assert "Texte numéro 0;" in page(boss, conversation, page=200)
        assert "page 200 sur 200" in page(boss, conversation, page=9_999)

    def test_it_says_what_it_cost(self, boss: Client, make: Make) -> None:
        assert "0,004800 $" in page(boss, make(turns=3))

    def test_a_replaced_answer_is_named(self, boss: Client, make: Make) -> None:
        assert "remplacé" in page(boss, add_turn(make(turns=0), current=False).conversation)


class TestMessage:
    def test_content_actions_calls_and_log_are_there(self, boss: Client, make: Make) -> None:
        message = add_turn(make(turns=0), trace={"reasoning": "Je pense."}, receipt={"tokens": 77})
        shown = page(boss, message)
        for text in ("Réponse 0", "Je pense.", "&quot;tokens&quot;: 77", "page.html", "turn.started", "text.delta"):
            assert text in shown
        assert address(message.calls.get()) in shown
        assert address(message.file_actions.get()) in shown

    def test_a_long_log_and_a_long_text_are_cut(self, boss: Client, make: Make) -> None:
        message = add_turn(make(turns=0), content="x" * 250_000)
        TurnEvent.objects.bulk_create(
            TurnEvent(message=message, seq=100 + n, type="text.delta", data={"text": "y" * 5_000}) for n in range(300)
        )
        page(boss, message)
        with CaptureQueriesContext(connection) as queries:
            shown = page(boss, message)
        assert len(queries) <= MOST_QUERIES
        assert "150000 caractères de plus" in shown
        assert "page 1 sur 4" in shown
        assert len(shown) < 500_000


class TestCall:
    def test_the_exact_request_is_shown(self, boss: Client, make: Make) -> None:
        call = add_turn(make(turns=0)).calls.get()
        shown = page(boss, call)
        assert "&quot;role&quot;: &quot;user&quot;" in shown
        assert "&lt;script&gt;alert(1)&lt;/script&gt;" in shown

    def test_a_broken_record_is_said_in_words(self, boss: Client, make: Make) -> None:
        call = add_call(add_turn(make(turns=0)), request_packed=b"not zstandard")
        assert "Illisible." in page(boss, call)


class TestReadOnly:
    def test_nothing_can_be_added_or_changed(self, boss: Client, make: Make) -> None:
        for row in one_of_each(make):
            assert boss.get(reverse(f"admin:chat_{row._meta.model_name}_add")).status_code == 403
            assert boss.post(address(row), {"title": "x", "content": "x", "status": "failed"}).status_code == 403
            before = type(row).objects.filter(pk=row.pk).values().get()
            page(boss, row)
            assert type(row).objects.filter(pk=row.pk).values().get() == before

    def test_hostile_texts_stay_text_and_nothing_is_inline(self, boss: Client, make: Make) -> None:
        message = add_turn(
            make(turns=0, title=HOSTILE, context={"a": HOSTILE}), content=HOSTILE, metadata={"model": HOSTILE}
        )
        action = AIAction.objects.create(
            message=message, position=1, action_type="create_file", action_data={"path": HOSTILE}
        )
        for row in (message.conversation, message, action, message.calls.get()):
            shown = page(boss, row)
            assert "<img src=x" not in shown
            assert "<script>" not in shown
            assert "<style" not in shown
            assert 'style="' not in shown


class TestDeletion:
    def test_actions_and_calls_go_with_their_message_only(self, boss: Client, make: Make) -> None:
        _, _, action, call = one_of_each(make)
        for row in (action, call):
            assert boss.post(address(row, "delete"), {"post": "yes"}).status_code == 403
        assert AIAction.objects.count() == ModelCall.objects.count() == 1

    def test_the_page_counts_what_goes_without_loading_it(self, boss: Client, make: Make) -> None:
        conversation = make(turns=40)
        page(boss, conversation, "delete")
        with CaptureQueriesContext(connection) as queries:
            answer = boss.get(address(conversation, "delete"))
        assert len(queries) <= MOST_QUERIES
        assert dict(answer.context["model_count"]) == {
            "conversations": 1, "messages": 80, "actions": 40, "appels de modèle": 40, "événements du journal": 80,
        }  # fmt: skip
        assert "Réponse 7" not in answer.content.decode()

    def test_a_conversation_goes_with_all_it_has(self, boss: Client, make: Make) -> None:
        conversation, other = make(turns=3), make(turns=1)
        boss.post(address(conversation, "delete"), {"post": "yes"})
        assert AIConversation.objects.get() == other
        assert AIMessage.objects.count() == TurnEvent.objects.count() == 2
        assert AIAction.objects.count() == ModelCall.objects.count() == 1

    def test_several_at_once(self, boss: Client, make: Make) -> None:
        pks = [make().pk, make().pk]
        kept = make()
        data = {"action": "delete_selected", "_selected_action": pks, "post": "yes"}
        boss.post(reverse("admin:chat_aiconversation_changelist"), data)
        assert AIConversation.objects.get() == kept

    def test_a_question_goes_with_its_answer_and_the_count_stays_right(self, boss: Client, make: Make) -> None:
        conversation = make(turns=2)
        question = conversation.messages.filter(role="user").first()
        assert question is not None
        assert dict(boss.get(address(question, "delete")).context["model_count"])["messages"] == 2
        boss.post(address(question, "delete"), {"post": "yes"})
        conversation.refresh_from_db()
        assert conversation.message_count == conversation.messages.count() == 2

    def test_a_running_answer_is_stopped_first(self, boss: Client, make: Make, monkeypatch: pytest.MonkeyPatch) -> None:
        from chat.admin import deletion

        stopped: list[int] = []
        monkeypatch.setattr(deletion, "stop_from_thread", stopped.append)
        message = add_turn(make(turns=0), status="streaming")
        boss.post(address(message.conversation, "delete"), {"post": "yes"})
        assert stopped == [message.pk]
        assert not AIConversation.objects.exists()


def test_the_admin_is_the_studios(boss: Client) -> None:
    text = boss.get(reverse("admin:index")).content.decode()
    assert "WeBox Studio" in text
    assert "Administration de Django" not in text
