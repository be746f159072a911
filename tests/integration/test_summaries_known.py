"""Which of many rows stand for the older messages: all parts of a chain, whatever was tried in vain since."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from chat.models import AIConversation, AIMessage, ConversationSummary
from chat.turns import summaries_known
from chat.turns.summaries_known import known_summaries
from tests.integration.long_talks import fill

if TYPE_CHECKING:
    from django.contrib.auth.models import User

    from projects.models import Project

pytestmark = pytest.mark.django_db


@pytest.fixture
def conversation(project: Project, alice: User) -> AIConversation:
    return AIConversation.objects.create(project=project, user=alice, title="Longue")


@pytest.fixture
def messages(conversation: AIConversation) -> list[AIMessage]:
    return fill(conversation, 80)


def row(up_to: AIMessage, after: int = 0, count: int = 1, **changes: Any) -> ConversationSummary:
    given = {"text": f"[{after}-{up_to.pk}]", "pinned": [f"{up_to.pk}.css"], **changes}
    return ConversationSummary.objects.create(
        conversation_id=up_to.conversation_id, up_to=up_to, after=after, messages=count, **given
    )


def chained(messages: list[AIMessage]) -> list[str]:
    """A row for each message, behind the one before."""
    ends = [0, *(message.pk for message in messages)]
    return [row(message, after).text for after, message in zip(ends, messages, strict=False)]


def test_a_long_chain_keeps_its_beginning(conversation: AIConversation, messages: list[AIMessage]) -> None:
    texts = chained(messages[:150])
    with CaptureQueriesContext(connection) as queries:
        chains = known_summaries(conversation.pk).chains
    assert len(queries) == 3
    assert (chains[-1].up_to, chains[-1].messages, list(chains[-1].parts)) == (messages[149].pk, 150, texts)
    assert chains[-1].pinned[0] == f"{messages[149].pk}.css"
    assert [chain.up_to for chain in chains] == sorted(chain.up_to for chain in chains)


def test_many_failures_do_not_hide_what_there_is(conversation: AIConversation, messages: list[AIMessage]) -> None:
    made = row(messages[9], count=10)
    for message in messages[10:90]:
        row(message, text="", error="quota")
    known = known_summaries(conversation.pk)
    assert [chain.parts for chain in known.chains] == [(made.text,)]
    assert known.tried == ("quota", messages[89].pk)


def test_earlier_chains_are_given_as_far_as_they_are_short(
    conversation: AIConversation, messages: list[AIMessage], monkeypatch: pytest.MonkeyPatch
) -> None:
    """What each stands for is put together and counted: the newest always goes in, earlier ones while few."""
    chained(messages[:10])
    monkeypatch.setattr(summaries_known, "MOST_PARTS", 28)
    assert [len(chain.parts) for chain in known_summaries(conversation.pk).chains] == [8, 9, 10]
    monkeypatch.setattr(summaries_known, "MOST_PARTS", 1)
    assert [len(chain.parts) for chain in known_summaries(conversation.pk).chains] == [10]
    monkeypatch.undo()
    monkeypatch.setattr(summaries_known, "MOST_CHAINS", 4)
    assert [len(chain.parts) for chain in known_summaries(conversation.pk).chains] == [7, 8, 9, 10]


def test_a_chain_goes_by_the_parts_that_reach_back(conversation: AIConversation, messages: list[AIMessage]) -> None:
    first, second, third = messages[:3]
    whole = row(third, count=3)
    row(third, second.pk)
    assert [chain.parts for chain in known_summaries(conversation.pk).chains] == [(whole.text,)]
    ConversationSummary.objects.all().delete()
    one, two = row(first), row(third, first.pk, count=2)
    # newer, but nothing reaches up to where it begins
    row(third, second.pk)
    assert [chain.parts for chain in known_summaries(conversation.pk).chains] == [(one.text,), (one.text, two.text)]
