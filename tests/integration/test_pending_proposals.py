"""What waits for a person in a project, whichever conversation proposed it."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

import pytest
from django.test import Client
from pytest_django import DjangoAssertNumQueries

from chat import workspace
from chat.models import AIAction, AIMessage
from chat.workspace import ConversationNews
from projects.models import Project
from tests.integration.proposals import answer_in, failed, propose, write

if TYPE_CHECKING:
    from django.contrib.auth.models import User

pytestmark = pytest.mark.django_db


@pytest.fixture
def project(alice: User) -> Project:
    return Project.objects.create(name="Site", owner=alice)


@pytest.fixture
def me(client: Client, alice: User) -> Client:
    client.force_login(alice)
    client.defaults["HTTP_SEC_FETCH_SITE"] = "same-origin"
    return client


def listed(client: Client, project: Project) -> dict[str, Any]:
    reply = client.get(f"/api/chat/proposals/{project.pk}")
    assert reply.status_code == 200, reply.content
    return dict(reply.json())


def test_all_conversations_newest_first_and_nothing_that_is_decided(me: Client, project: Project, alice: User) -> None:
    old, new = answer_in(project), answer_in(project)
    first, second = propose(old, write(0, "a.txt", None, b"a\n"), write(1, "b.txt", None, b"b\n"))
    (third, _) = propose(new, write(0, "a.txt", None, b"c\n"), failed(1, "d.txt", b""))
    AIAction.objects.filter(pk=second.pk).update(status="rejected")
    propose(answer_in(project, current=False), write(0, "e.txt", None, b"e\n"))
    propose(answer_in(Project.objects.create(name="Autre", owner=alice)), write(0, "f.txt", None, b"f\n"))
    found = listed(me, project)
    assert [each["id"] for each in found["proposals"]] == [third.pk, first.pk]
    assert found["more"] is False
    newest = found["proposals"][0]
    assert (newest["message_id"], newest["conversation_id"]) == (new.pk, new.conversation_id)
    assert newest["conversation_title"] == "Une page"
    shown = me.get(f"/api/chat/actions/{third.pk}").json()
    assert {key: newest[key] for key in ("hash", "path", "hunks", "status")}.items() <= shown.items()


def test_a_stranger_sees_nothing(me: Client, django_user_model: Any) -> None:
    bob = django_user_model.objects.create_user("bob")
    theirs = Project.objects.create(name="Privé", owner=bob)
    propose(answer_in(theirs), write(0, "a.txt", None, b"a\n"))
    assert me.get(f"/api/chat/proposals/{theirs.pk}").status_code == 404


def test_queries_do_not_grow(
    me: Client, project: Project, django_assert_max_num_queries: DjangoAssertNumQueries
) -> None:
    propose(answer_in(project), write(0, "a.txt", None, b"a\n"))
    with django_assert_max_num_queries(4) as few:
        listed(me, project)
    for _ in range(5):
        propose(answer_in(project), *(write(at, f"{at}.txt", None, b"x\n") for at in range(4)))
    with django_assert_max_num_queries(len(few)):
        assert len(listed(me, project)["proposals"]) == 21


def test_no_answer_is_read_for_it(me: Client, project: Project, django_assert_max_num_queries: Any) -> None:
    propose(answer_in(project), write(0, "a.txt", None, b"a\n"))
    with django_assert_max_num_queries(4) as queries:
        listed(me, project)
    (reads,) = [each["sql"] for each in queries.captured_queries if "chat_aiaction" in each["sql"]]
    columns = set(re.findall(r'"chat_ai(?:message|conversation)"\."\w+"', reads.partition(" FROM ")[0]))
    ids = {'"chat_aimessage"."id"', '"chat_aimessage"."conversation_id"', '"chat_aiconversation"."id"'}
    assert columns == {*ids, '"chat_aiconversation"."title"'}


def test_the_oldest_are_left_out_and_it_is_said(me: Client, project: Project, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("chat.api.pending.MOST", 2)
    actions = propose(answer_in(project), *(write(at, f"{at}.txt", None, b"x\n") for at in range(3)))
    found = listed(me, project)
    assert ([each["id"] for each in found["proposals"]], found["more"]) == ([each.pk for each in actions[:2]], True)


def test_a_rejection_is_of_what_was_shown(me: Client, project: Project) -> None:
    message: AIMessage = answer_in(project)
    (action,) = propose(message, write(0, "a.txt", None, b"a\n"))
    address = f"/api/chat/actions/{action.pk}/reject"
    reply = me.post(address, {"reason": "Non", "hash": "another"}, content_type="application/json")
    assert (reply.status_code, reply.json()["error"]["code"]) == (409, "stale")
    assert AIAction.objects.get(pk=action.pk).status == "pending"
    reply = me.post(address, {"reason": "Non", "hash": action.hash}, content_type="application/json")
    assert (reply.status_code, AIAction.objects.get(pk=action.pk).reason) == (200, "Non")


def test_who_watches_the_project_hears_of_new_proposals(
    project: Project, monkeypatch: pytest.MonkeyPatch, django_capture_on_commit_callbacks: Any
) -> None:
    from chat.actions.types import CreateFile
    from chat.turns.project_kit import ProjectKit

    heard: list[ConversationNews] = []
    monkeypatch.setattr(workspace, "conversation_listeners", [heard.append])
    answer = answer_in(project)
    AIMessage.objects.filter(pk=answer.pk).update(status="streaming", lease_owner="me")
    answer.refresh_from_db()
    kit = ProjectKit(answer, answer.conversation, project.owner, native=True, language="fr")
    kit.prepare()
    with django_capture_on_commit_callbacks(execute=True):
        kit._write(kit._plan([CreateFile("a.txt", "x\n")]), {})
    (news,) = heard
    assert (news.what, news.message_id, [dict(each)["status"] for each in news.actions]) == (
        "proposals", answer.pk, ["pending"],
    )  # fmt: skip
