"""Which way a model is asked for files, by what became of its proposals."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils.translation import override

from chat.actions.formats import ENOUGH, Formats, Tally, counted, known, summed
from chat.actions.statistics_shown import shown
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


@pytest.mark.parametrize(("tools", "text", "better"), [
    ((20, 10), (20, 20), True),
    ((20, 10), (20, 12), False),   # not much better
    ((20, 18), (20, 20), False),   # good enough
    ((19, 0), (20, 20), False),    # too few to say
    ((20, 0), (19, 19), False),
    ((20, 20), (20, 0), False),
])  # fmt: skip
def test_when_text_is_better(tools: tuple[int, int], text: tuple[int, int], better: bool) -> None:
    assert Formats(Tally(*tools), Tally(*text)).text_is_better is better


def test_what_was_cut_says_nothing() -> None:
    rows = [(MODEL, True, None), (MODEL, True, "incomplete"), (MODEL, True, "malformed"), (MODEL, False, "no_match")]
    assert summed([*rows, (None, True, None)]) == {MODEL: Formats(Tally(2, 1), Tally(1, 1))}


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

    def test_it_is_one_query_and_told(self, project: Project) -> None:
        past(project, by_tools=True, code="malformed")
        past(project, by_tools=False, code=None)
        with CaptureQueriesContext(
            connection,
        ) as queries:
            assert counted()[MODEL].text_is_better
        assert len(queries) == 1
        with override("fr"):
            (row,) = shown(days=30)["rows"]
        assert row["format"].startswith("Demandé par texte : 100 %")
