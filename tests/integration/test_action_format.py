"""Which way a model is asked for files, by what became of its proposals."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator
from itertools import pairwise
from typing import TYPE_CHECKING

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils.translation import override

from chat.actions.formats import ENOUGH, RECENT, Formats, Tally, counted, known, summed
from chat.actions.statistics_shown import shown
from chat.llm.scripted import ScriptedProvider
from chat.models import AIAction, AIConversation, AIMessage
from chat.testing import Script, scripted
from projects.models import Project

if TYPE_CHECKING:
    from django.contrib.auth.models import User
    from django.test import Client

MODEL = "scripted-1"


@pytest.fixture(autouse=True)
def counted_anew() -> Iterator[None]:
    known.forget()
    yield
    known.forget()


@pytest.mark.parametrize(("tools", "text", "last", "by_text"), [
    ((20, 10), (20, 20), "tools", True),
    ((20, 10), (20, 12), "tools", False),   # not much better
    ((20, 18), (20, 20), "tools", False),   # good enough
    ((19, 0), (20, 20), "tools", False),    # too few to say
    ((20, 0), (19, 19), "tools", False),
    ((20, 20), (20, 0), "tools", False),
    ((20, 10), (20, 20), "text", True),
    ((20, 10), (20, 10), "text", True),     # no better, no worse: it stays
    ((20, 10), (20, 8), "text", True),
    ((20, 12), (20, 8), "text", False),     # text does badly, tools clearly better: back
    ((20, 18), (20, 17), "text", False),    # tools are good: nothing keeps it from them
    ((20, 10), (19, 19), "text", False),    # too few to say
])  # fmt: skip
def test_which_way(tools: tuple[int, int], text: tuple[int, int], last: str, by_text: bool) -> None:
    assert Formats(Tally(*tools), Tally(*text), last).by_text is by_text


@pytest.mark.parametrize(
    "rates", [(0.5, 0.5), (0.6, 0.7), (0.7, 0.6), (0.8, 0.1), (0.1, 0.8), (0.84, 0.84), (0.0, 0.0)]
)
def test_it_does_not_go_to_and_fro(rates: tuple[float, float]) -> None:
    """A model that does as well as it does either way changes its way once at most after the first count."""
    tools, text = (deque([True] * round(100 * rate) + [False] * round(100 * (1 - rate))) for rate in rates)
    rows = [(MODEL, True, None if ok else "malformed") for ok in tools]
    rows += [(MODEL, False, None if ok else "malformed") for ok in text]
    way, ways = True, []
    for _ in range(20):
        way = not summed(rows)[MODEL].by_text
        ways.append(way)
        made = tools if way else text
        made.rotate(7)
        rows[:0] = [(MODEL, way, None if ok else "malformed") for ok in list(made)[:10]]
    assert sum(one != other for one, other in pairwise(ways)) <= 1


def test_what_is_long_past_does_not_count() -> None:
    rows = [(MODEL, True, None)] * RECENT + [(MODEL, True, "malformed")] * 500 + [(MODEL, False, None)] * 5
    assert summed(rows) == {MODEL: Formats(Tally(RECENT, RECENT), Tally(5, 5), "tools")}


def test_what_was_cut_says_nothing() -> None:
    rows = [(MODEL, True, None), (MODEL, True, "incomplete"), (MODEL, True, "malformed"), (MODEL, False, "no_match")]
    assert summed([*rows, (None, True, None)]) == {MODEL: Formats(Tally(2, 1), Tally(1, 1), "tools")}


def past(project: Project, *, by_tools: bool, code: str | None, model: str = MODEL) -> None:
    """So many proposals that they say something, by one way."""
    conversation = AIConversation.objects.create(project=project, title="t")
    calls = [{"id": "c0", "name": "create_file", "arguments": "{", "malformed": True}] if by_tools else None
    message = AIMessage.objects.create(
        conversation=conversation, role="assistant", trace={"model": model}, metadata={"model": model}, actions=calls
    )
    error = None if code is None else {"code": code, "values": {}, "nearest": []}
    for position in range(ENOUGH):
        AIAction.objects.create(
            message=message, action_type="create_file", action_data={"path": "a"}, position=position, error=error
        )


@pytest.mark.django_db
class TestChoice:
    @pytest.fixture
    def project(self, alice: User) -> Project:
        return Project.objects.create(name="Site", owner=alice)

    def has_tools(self, client: Client, project: Project, alice: User, **settings: str) -> bool:
        """Whether a request leaves with tools."""
        client.force_login(alice)
        client.defaults["HTTP_SEC_FETCH_SITE"] = "same-origin"
        with scripted(Script.text("Bien."), **settings) as model:
            body = {"project_id": project.pk, "content": "Crée", "model": MODEL}
            assert client.post("/api/chat/message", body, content_type="application/json").status_code == 200
        return bool(model.requests[0].tools)

    def test_a_model_that_garbles_its_calls_is_asked_by_text(
        self, client: Client, project: Project, alice: User
    ) -> None:
        assert self.has_tools(client, project, alice)
        past(project, by_tools=True, code="malformed")
        known.forget()
        assert self.has_tools(client, project, alice), "nothing is known of the other way"
        past(project, by_tools=False, code=None)
        assert self.has_tools(client, project, alice), "it is counted now and then"
        known.forget()
        assert not self.has_tools(client, project, alice)
        assert self.has_tools(client, project, alice, ACTION_FORMAT="tools"), "the setting goes before"

    def test_a_model_that_does_badly_by_text_too_goes_back_to_the_tools_that_were_better(
        self, client: Client, project: Project, alice: User
    ) -> None:
        past(project, by_tools=True, code="malformed")
        past(project, by_tools=True, code=None)
        past(project, by_tools=False, code=None)
        known.forget()
        assert not self.has_tools(client, project, alice), "half against all"
        for _ in range(5):
            past(project, by_tools=False, code="malformed")
        known.forget()
        assert self.has_tools(client, project, alice)

    def test_tools_that_were_refused_once_are_asked_for_again_where_they_are_known_to_work(
        self, client: Client, project: Project, alice: User, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(ScriptedProvider, "takes_tools", lambda *_: False)
        past(project, by_tools=True, code=None)
        past(project, by_tools=False, code=None)
        known.forget()
        assert not self.has_tools(client, project, alice), "text does well"
        for _ in range(5):
            past(project, by_tools=False, code="malformed")
        known.forget()
        assert self.has_tools(client, project, alice)
        assert not self.has_tools(client, project, alice), "not with every message"
        never = property(lambda _: False, lambda *_: None)
        monkeypatch.setattr(ScriptedProvider, "supports_tools", never, raising=False)
        known.forget()
        assert not self.has_tools(client, project, alice), "a provider that has none has none"

    def test_it_is_one_query_and_told(self, project: Project) -> None:
        past(project, by_tools=True, code="malformed")
        past(project, by_tools=False, code=None)
        with CaptureQueriesContext(
            connection,
        ) as queries:
            assert counted()[MODEL].by_text
        assert len(queries) == 1
        with override("fr"):
            (row,) = shown(days=30)["rows"]
        assert row["format"].startswith("Demandé par texte : 100 %")
