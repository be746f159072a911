"""`manage.py` commands of chat."""

from __future__ import annotations

import json
from datetime import timedelta
from io import StringIO
from typing import TYPE_CHECKING, Any

import pytest
from django.core.management import CommandError, call_command
from django.utils import timezone

from chat.events import types
from chat.events.follow import stored_after
from chat.events.state import fold
from chat.models import AIConversation, AIMessage, TurnEvent
from tests.integration.admin.conftest import HOSTILE, REQUEST, add_turn

if TYPE_CHECKING:
    from django.contrib.auth.models import User

    from projects.models import Project

pytestmark = pytest.mark.django_db

PIECES = ("Bon", "jour", " 👋🏽", ", ", "voilà", " une page.")


@pytest.fixture
def conversation(project: Project, alice: User) -> AIConversation:
    return AIConversation.objects.create(project=project, user=alice, title="Une page")


def output(*words: Any, **options: Any) -> str:
    out = StringIO()
    call_command(*map(str, words), stdout=out, stderr=StringIO(), **options)
    return out.getvalue()


def logged(conversation: AIConversation, days: int = 90, status: str = "complete") -> AIMessage:
    """An answer with a log of many rows, as it is written while it runs."""
    message = AIMessage.objects.create(conversation=conversation, role="assistant", status=status)
    seq, rows = 1, [(1, types.TurnStarted(message.pk, 1, 1, "", "m", ""))]
    for kind in (types.ReasoningDelta, types.TextDelta):
        for piece in PIECES:
            seq += len(piece)
            rows.append((seq, kind(piece)))
        seq += 1
        rows.append((seq, types.StepFinished(1, "read")))
    rows.append((seq + 1, types.TurnCompleted({"cost": None})))
    for number, event in rows:
        data = types.msgspec.to_builtins(event)
        TurnEvent.objects.create(message=message, seq=number, type=event.type, data=data)
    old = timezone.now() - timedelta(days=days)
    AIMessage.objects.filter(pk=message.pk).update(updated_at=old, last_seq=seq + 1)
    return message


def state(message: AIMessage) -> Any:
    rows = message.events.order_by("seq").values_list("seq", "type", "data")
    return fold((seq, types.decode(type_, data)) for seq, type_, data in rows).state()


def text_after(message: AIMessage, after: int) -> str:
    frames = stored_after(message.pk, after)[0].decode()
    deltas = [frame for frame in frames.split("\n\n") if "event: text.delta" in frame]
    return "".join(json.loads(frame.split("data: ")[1])["text"] for frame in deltas)


class TestPurgeEvents:
    def test_fewer_rows_and_every_replay_the_same(self, conversation: AIConversation) -> None:
        message = logged(conversation)
        before = state(message), [text_after(message, after) for after in range(60)]
        assert "10 rows" in output("purge_events", "--older-than", 30)
        assert message.events.count() == 6
        assert (state(message), [text_after(message, after) for after in range(60)]) == before
        assert "0 rows" in output("purge_events", "--older-than", 30)

    @pytest.mark.parametrize("days", [-5, 36_501, 10**10])
    def test_a_number_of_days_is_none_below_nothing_or_beyond_any_time(self, days: int) -> None:
        with pytest.raises(CommandError, match="from 0 to"):
            output("purge_events", "--older-than", days)

    def test_running_and_recent_turns_stay_as_they_are(self, conversation: AIConversation) -> None:
        running, recent = logged(conversation, status="streaming"), logged(conversation, days=3)
        counts = running.events.count(), recent.events.count()
        assert "0 rows" in output("purge_events", "--older-than", 30)
        assert (running.events.count(), recent.events.count()) == counts


class TestRecoverTurns:
    def test_an_answer_without_a_server_is_interrupted_and_keeps_its_text(self, conversation: AIConversation) -> None:
        past = timezone.now() - timedelta(minutes=5)
        lost = AIMessage.objects.create(
            conversation=conversation, role="assistant", status="streaming", lease_owner="gone", lease_until=past
        )
        TurnEvent.objects.create(message=lost, seq=3, type="text.delta", data={"text": "Bon"})
        assert output("recover_turns") == f"{lost.pk}\n"
        lost.refresh_from_db()
        assert (lost.status, lost.content) == ("interrupted", "Bon")
        assert output("recover_turns") == ""

    def test_an_answer_with_a_living_server_stays(self, conversation: AIConversation) -> None:
        soon = timezone.now() + timedelta(minutes=5)
        AIMessage.objects.create(
            conversation=conversation, role="assistant", status="streaming", lease_owner="alive", lease_until=soon
        )
        assert output("recover_turns") == ""


class TestExportConversation:
    def test_everything_is_in_it(self, conversation: AIConversation) -> None:
        message = add_turn(conversation, receipt={"tokens": 7})
        found = json.loads(output("export_conversation", conversation.pk))
        assert found["conversation"]["title"] == "Une page"
        question, answer = found["messages"]
        assert (question["role"], answer["content"]) == ("user", "Réponse 0")
        assert answer["receipt"] == {"tokens": 7}
        assert answer["file_actions"][0]["action_data"] == {"path": "page.html"}
        assert [event["seq"] for event in answer["events"]] == [1, 10]
        assert answer["events"][1]["data"] == {"text": HOSTILE}
        (call,) = answer["calls"]
        assert call["request"] == REQUEST
        assert call["cost"] == "0.00160000"
        assert call["id"] == str(message.calls.get().pk)
        for model, row in (
            (AIMessage, answer),
            (TurnEvent, answer["events"][0]),
            (AIConversation, found["conversation"]),
        ):
            assert {field.attname for field in model._meta.concrete_fields} <= row.keys()

    def test_an_empty_one_and_an_unknown_one(self, conversation: AIConversation) -> None:
        assert json.loads(output("export_conversation", conversation.pk))["messages"] == []
        with pytest.raises(CommandError, match="no conversation 999"):
            output("export_conversation", 999)
