"""A conversation that is far too long for one request, and none of it summarised yet; and models that have more or less
room for it than the one before."""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING, Any

import pytest
from django.test import Client

from chat.llm.base import ModelRequest
from chat.llm.errors import Refused
from chat.llm.scripted import Script, ScriptedProvider
from chat.models import AIConversation, AIMessage, ConversationSummary, ModelCall
from chat.turns.summaries_known import known_summaries
from tests.integration.long_talks import ask, fill, is_summary, post
from tests.integration.proposals import propose, write

if TYPE_CHECKING:
    from django.contrib.auth.models import User

    from projects.models import Project

pytestmark = pytest.mark.django_db
TURNS = 1_000
LARGE = {"CONTEXT_TOKENS": 400_000}
MIDDLE = {"CONTEXT_TOKENS": 12_000}


@pytest.fixture
def as_alice(client: Client, alice: User) -> Client:
    client.force_login(alice)
    return client


@pytest.fixture
def conversation(project: Project, alice: User) -> AIConversation:
    return AIConversation.objects.create(project=project, user=alice, title="Longue")


def numbers(text: str) -> set[int]:
    """The messages that a text tells of."""
    return {int(number) for number in re.findall(r"message(\d+) ", text)}


def sent(request: ModelRequest) -> str:
    return "\n".join(str(message["content"]) for message in request.messages)


class Remembering:
    """A model that names in its summary what it has read: the lowest and the highest message, of each part."""

    def __init__(self, fails_at: int = 0) -> None:
        self.provider = ScriptedProvider(answer=self.answer)
        self.summarised = 0
        self._fails_at = fails_at

    def answer(self, request: ModelRequest) -> Script:
        if not is_summary(request):
            return Script.text("Voilà.")
        self.summarised += 1
        if self.summarised == self._fails_at:
            return Script.of(Refused("quota", "no more", status=429))
        read = str(request.messages[1]["content"])
        told = [f"[{low}-{high}]" for low, high in re.findall(r"\[(\d+)-(\d+)\]", read)]
        found = numbers(read)
        return Script.text(" ".join([*told, f"[{min(found)}-{max(found)}]"] if found else told))

    @property
    def requests(self) -> list[ModelRequest]:
        """Those for a summary."""
        return [request for request in self.provider.requests if is_summary(request)]

    @property
    def answered(self) -> str:
        """All of the last request for an answer."""
        return sent(next(one for one in reversed(self.provider.requests) if not is_summary(one)))


def told_of(text: str) -> set[int]:
    """The messages that a request tells of: as they are, or in a summary."""
    ranges = (range(int(low), int(high) + 1) for low, high in re.findall(r"\[(\d+)-(\d+)\]", text))
    return numbers(text).union(*ranges)


def test_a_thousand_turns_without_any_summary_lose_nothing(as_alice: Client, conversation: AIConversation) -> None:
    first = fill(conversation, 1, context={"pinned": ["style.css"]})[1]
    (action,) = propose(first, write(0, "a.js", None, b"1"))
    action.status, action.reason = "rejected", "trop long"
    action.save()
    fill(conversation, TURNS - 1)
    model = Remembering()
    answer = ask(as_alice, conversation, model.provider)
    # every message was read, in slices that each have their room, and then one summary was made of all
    assert set().union(*(numbers(sent(request)) for request in model.requests)) | numbers(model.answered) == set(
        range(TURNS * 2)
    )
    assert told_of(model.answered) == set(range(TURNS * 2))
    assert "Fichiers que la personne avait épinglés : style.css" in model.answered
    assert "- create_file a.js : refusée par la personne : trop long" in model.answered
    assert (answer["context"]["dropped_messages"], answer["content"]) == (0, "Voilà.")
    calls = ModelCall.objects.filter(message_id=answer["id"])
    assert [call.purpose for call in calls].count("summary") == len(model.requests) <= 24
    assert answer["metadata"]["prompt_tokens"] == sum(call.prompt_tokens or 0 for call in calls)
    (step,) = answer["steps"]
    count = len(model.requests)
    summarised = answer["context"]["summarised_messages"]
    assert step["arguments"] == {"messages": summarised, "part": count, "parts": count}
    assert (step["done"], step["error"]) == (True, None)
    (chain,) = known_summaries(conversation.pk).chains[-1:]
    assert (len(chain.parts), chain.messages) == (1, summarised)
    # the slices are told as long as they stand for something
    shown = as_alice.get(f"/api/chat/conversations/{conversation.pk}/messages?limit=200").json()["summaries"]
    assert [row["messages"] for row in shown] == [summarised]
    # and it is not made again
    ask(as_alice, conversation, model.provider)
    assert len(model.requests) == count
    assert told_of(model.answered) == set(range(TURNS * 2))


def test_what_is_broken_off_goes_on_where_it_was(as_alice: Client, conversation: AIConversation) -> None:
    """As after a server that died: what is kept of the summaries is what the next turn begins with."""
    fill(conversation, TURNS)
    model = Remembering(fails_at=5)
    answer = ask(as_alice, conversation, model.provider)
    assert (answer["steps"][0]["error"], answer["content"]) == ("quota", "Voilà.")
    assert answer["context"]["dropped_messages"] > 0
    assert len(model.requests) == 5
    # what there is of it goes in
    assert told_of(model.answered) >= numbers(sent(model.requests[0])) | numbers(sent(model.requests[3]))
    ConversationSummary.objects.exclude(error="").delete()
    before = set().union(*(numbers(sent(request)) for request in model.requests[:4]))
    again = ask(as_alice, conversation, model.provider)
    assert again["context"]["dropped_messages"] == 0
    assert told_of(model.answered) == set(range(TURNS * 2))
    assert not before & set().union(*(numbers(sent(request)) for request in model.requests[5:]))


def test_a_turn_makes_so_many_calls_and_the_next_one_goes_on(as_alice: Client, conversation: AIConversation) -> None:
    fill(conversation, TURNS)
    model = Remembering()
    turns = 0
    while not turns or not told_of(model.answered) >= set(range(TURNS * 2)):
        before = len(model.requests)
        answer = ask(as_alice, conversation, model.provider, SUMMARY_CALLS=8)
        assert len(model.requests) - before <= 8
        turns += 1
        assert turns < 6
    assert turns > 1
    assert answer["context"]["dropped_messages"] == 0


def test_summaries_leave_half_of_the_turn_s_tokens(as_alice: Client, conversation: AIConversation) -> None:
    fill(conversation, TURNS)
    model = Remembering()
    answer = ask(as_alice, conversation, model.provider, MAX_TURN_TOKENS=90)
    # ten tokens in and five out for each
    assert len(model.requests) == 3
    assert (answer["status"], answer["content"]) == ("complete", "Voilà.")


def test_its_tokens_are_among_those_of_the_turn(as_alice: Client, conversation: AIConversation) -> None:
    """Fifteen for the summary and for each answer that reads."""
    fill(conversation, 60)
    reads = iter(range(20))

    def answer(request: ModelRequest) -> Script:
        if is_summary(request):
            return Script.text("- bleu")
        return Script.calls(("search", json.dumps({"query": f"x{next(reads)}"})))

    provider = ScriptedProvider(answer=answer)
    reply = post(as_alice, conversation, provider, MAX_TURN_TOKENS=40)
    assert reply.json()["error"]["code"] == "too_many_steps"
    used = sum((one.prompt_tokens or 0) + (one.completion_tokens or 0) for one in ModelCall.objects.all())
    assert (len(provider.requests), used) == (3, 45)


def switched(as_alice: Client, conversation: AIConversation, model: Remembering, settings: dict[str, Any]) -> set[int]:
    """The messages that a model gets as they are."""
    ask(as_alice, conversation, model.provider, **settings)
    request = next(one for one in reversed(model.provider.requests) if not is_summary(one))
    return set().union(*(numbers(str(message["content"])) for message in request.messages[1:]))


def test_a_model_with_more_room_gets_the_messages_again(as_alice: Client, conversation: AIConversation) -> None:
    fill(conversation, 150)
    model = Remembering()
    everything = set(range(300))
    small = switched(as_alice, conversation, model, {})
    made = len(model.requests)
    assert small < everything
    assert made
    assert switched(as_alice, conversation, model, LARGE) == everything
    assert "Résumé des" not in model.answered
    again = switched(as_alice, conversation, model, {})
    assert again == small
    assert told_of(model.answered) >= everything
    assert len(model.requests) == made


def test_a_model_with_a_little_more_room_gets_an_earlier_summary(
    as_alice: Client, conversation: AIConversation
) -> None:
    model = Remembering()
    for _ in range(6):
        fill(conversation, 30)
        small = switched(as_alice, conversation, model, {})
    ends = [chain.up_to for chain in known_summaries(conversation.pk).chains]
    assert len(ends) > 2
    made = len(model.requests)
    middle = switched(as_alice, conversation, model, MIDDLE)
    assert small < middle < set(range(conversation.messages.count()))
    assert told_of(model.answered) >= middle
    first = AIMessage.objects.filter(conversation=conversation, content__startswith=f"message{min(middle)} ").get()
    assert first.pk - 1 in ends[:-1]
    assert len(model.requests) == made


def test_more_short_messages_than_are_read_are_not_lost(as_alice: Client, conversation: AIConversation) -> None:
    """They would all fit, but so many are not read for every request."""
    fill(conversation, 500, words=1)
    model = Remembering()
    answer = ask(as_alice, conversation, model.provider, CONTEXT_TOKENS=20_000)
    assert told_of(model.answered) == set(range(1_000))
    assert answer["context"]["dropped_messages"] == 0
