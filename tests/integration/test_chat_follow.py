"""The log as it is in the database: pages, cuts, and an end that comes between two looks."""

from __future__ import annotations

from typing import TYPE_CHECKING

import msgspec
import pytest
from asgiref.sync import async_to_sync

from chat.events import follow, types
from chat.events.follow import PAGE, Follower, Rows, stored_after
from chat.events.log import write_events
from chat.models import AIConversation, AIMessage, TurnEvent
from tests.unit.events.atoms import Numbered, atoms, numbered, parsed

if TYPE_CHECKING:
    from projects.models import Project

pytestmark = pytest.mark.django_db
END = types.TurnCompleted({})


@pytest.fixture
def answer(project: Project) -> AIMessage:
    """An answer that is being written."""
    conversation = AIConversation.objects.create(project=project, title="a")
    return AIMessage.objects.create(conversation=conversation, role="assistant", status="streaming")


def store(answer: AIMessage, events: Numbered) -> None:
    """Puts events into the log, one row each."""
    TurnEvent.objects.bulk_create(
        TurnEvent(message=answer, seq=seq, type=event.type, data=msgspec.to_builtins(event)) for seq, event in events
    )


def everything(answer: AIMessage, after: int) -> Numbered:
    """All pages."""
    found: Numbered = []
    for _ in range(100):
        frames, after, ended = stored_after(answer.pk, after)
        found += parsed(frames)
        if ended:
            return found
    raise AssertionError("it never ends")


def test_a_long_log_comes_in_pages(answer: AIMessage) -> None:
    events = numbered([types.TextDelta(f"{n:05}") for n in range(PAGE * 2 + 7)] + [END])
    store(answer, events)
    for after in (0, 3, PAGE * 5, PAGE * 5 + 1, events[-1][0] - 1):
        assert atoms(everything(answer, after)) == atoms(events, after)


def test_an_answer_that_is_written_has_no_end_yet(answer: AIMessage) -> None:
    assert stored_after(answer.pk, 0) == (b"", 0, False)
    store(answer, [(2, types.TextDelta("ab"))])
    assert stored_after(answer.pk, 0)[1:] == (2, False)
    assert stored_after(answer.pk, 2) == (b"", 2, False)


def test_an_answer_that_is_gone_has_ended(answer: AIMessage) -> None:
    AIMessage.objects.all().delete()
    assert stored_after(10**6, 0) == (b"", 0, True)


def test_an_end_between_two_looks_is_not_missed(answer: AIMessage, monkeypatch: pytest.MonkeyPatch) -> None:
    """The rows are looked at before the turn ends, its status after it has ended."""
    events = numbered([types.TextDelta("ab"), END])
    look = follow.rows_after

    def look_then_end(message_id: int, after: int) -> Rows:
        found = look(message_id, after)
        if not TurnEvent.objects.exists():
            store(answer, events)
            AIMessage.objects.update(status="complete")
        return found

    monkeypatch.setattr(follow, "rows_after", look_then_end)
    frames, reached, ended = stored_after(answer.pk, 0)
    assert (parsed(frames), reached, ended) == (events, 3, True)


def test_rows_of_the_log_are_joined(answer: AIMessage) -> None:
    events = numbered([types.TextDelta("a"), types.TextDelta("b"), types.ReasoningDelta("c"), END])
    write_events([(answer.pk, events)])
    write_events([(answer.pk, events)])  # again, after a commit whose answer was lost
    assert list(TurnEvent.objects.order_by("seq").values_list("seq", "type")) == [
        (2, "text.delta"),
        (3, "reasoning.delta"),
        (4, "turn.completed"),
    ]
    assert atoms(everything(answer, 1)) == atoms(events, 1)


def test_a_short_read_passes_over_what_is_for_no_reader(answer: AIMessage) -> None:
    unseen = [types.CallHeard([(0, "a", "modify_file", "x")])] * (PAGE + 5)
    store(answer, [*numbered([*unseen, types.TextDelta("ab"), END])])
    read = b"".join(async_to_sync(all_of)(Follower(answer.pk, waits=False)))
    assert [event.type for _, event in parsed(read)] == ["text.delta", "turn.completed"]


async def all_of(follower: Follower) -> list[bytes]:
    """Its frames."""
    return [data async for data in follower.frames()]
