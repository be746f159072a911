"""What an edit or another try took the place of can be gone back to, whatever became of the newer one."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import pytest
from django.contrib.auth import get_user_model
from django.test import Client

from chat import workspace
from chat.llm.base import Finish, Text
from chat.llm.errors import Refused
from chat.models import AIAction, AIConversation, AIMessage
from chat.testing import Script, scripted
from projects.models import Project

if TYPE_CHECKING:
    from django.test.utils import CaptureQueriesContext

pytestmark = pytest.mark.django_db
CUT = Script.of(Text("moitié, "), Finish("length", "length"))


class Talk:
    """A conversation, by the API."""

    def __init__(self) -> None:
        owner = get_user_model().objects.create_user("ada")
        self.project = Project.objects.create(name="Demo", owner=owner)
        self.client = Client()
        self.client.force_login(owner)
        self.id: int | None = None

    def post(self, path: str, **body: Any) -> Any:
        return self.client.post(
            f"/api/chat/{path}", body, content_type="application/json", headers={"sec-fetch-site": "same-origin"}
        )

    def send(self, content: str, **body: Any) -> int:
        """Sends a message; the answer's id."""
        known = {} if self.id is None else {"conversation_id": self.id}
        reply = self.post("message", project_id=self.project.pk, content=content, **known, **body).json()
        self.id = reply["conversation_id"]
        return int(reply["message"]["id"])

    def again(self, answer: int, what: str = "retry") -> int:
        return int(self.post(f"messages/{answer}/{what}").json()["message"]["id"])

    def choose(self, answer: int) -> Any:
        return self.post(f"messages/{answer}/choose")

    def page(self, query: str = "") -> Any:
        return self.client.get(f"/api/chat/conversations/{self.id}/messages{query}").json()

    def shown(self) -> list[str]:
        page = self.page()
        assert page["conversation"]["message_count"] == len(page["messages"])
        return [message["content"] for message in page["messages"]]

    def versions(self) -> list[tuple[int, bool]]:
        return [(version["answer"], version["current"]) for version in self.page()["versions"]]


@pytest.fixture
def talk() -> Talk:
    return Talk()


def question_of(answer: int) -> int:
    question = AIMessage.objects.get(pk=answer).reply_to
    assert question is not None
    return question.pk


def test_the_answer_before_a_retry_that_failed_comes_back_and_is_what_the_model_knows(talk: Talk) -> None:
    with scripted(Script.text("une"), Script.of(Refused("auth", "no")), Script.text("trois")) as model:
        first = talk.send("Salut")
        second = talk.again(first)
        assert talk.versions() == [(first, False), (second, True)]
        reply = talk.choose(first)
        assert (reply.status_code, reply.json()["conversation_id"]) == (200, talk.id)
        assert talk.shown() == ["Salut", "une"]
        assert talk.versions() == [(first, True), (second, False)]
        talk.send("Et après ?")
    assert [message["content"] for message in model.requests[-1].messages[1:]] == ["Salut", "une", "Et après ?"]
    assert talk.shown() == ["Salut", "une", "Et après ?", "trois"]


def test_an_edited_question_comes_back_with_its_answer(talk: Talk) -> None:
    with scripted(*(Script.text(text) for text in ("a", "b", "c", "d"))):
        talk.send("Avant")
        first = talk.send("Un")
        second = talk.send("Deux", replaces=question_of(first))
        third = talk.send("Trois", replaces=question_of(second))
        assert [answer for answer, _ in talk.versions()] == [first, second, third]
        talk.choose(first)
        assert talk.shown() == ["Avant", "a", "Un", "b"]
        talk.choose(second)
        assert talk.shown() == ["Avant", "a", "Deux", "c"]


def test_what_was_continued_is_one_version_with_all_its_parts(talk: Talk) -> None:
    with scripted(CUT, Script.text("fin"), Script.text("autre fin"), Script.text("tout autre")):
        first = talk.send("Conte")
        second = talk.again(first, "continue")
        third = talk.again(second)
        fourth = talk.send("Conte mieux", replaces=question_of(first))
        assert [answer for answer, _ in talk.versions()] == [second, third, fourth]
        talk.choose(second)
        assert talk.shown() == ["Conte", "moitié, ", "fin"]
        talk.choose(third)
        assert talk.shown() == ["Conte", "moitié, ", "autre fin"]


def test_the_exchange_before_is_no_version_of_the_last_one(talk: Talk) -> None:
    with scripted(*(Script.text(text) for text in "abcd")):
        first = talk.send("Un")
        second = talk.again(first)
        talk.choose(first)
        third = talk.send("Deux")
        assert talk.versions() == []
        assert talk.choose(third).status_code == 200  # it is the one
        assert talk.choose(second).json()["error"]["code"] == "not_last"
        fourth = talk.again(third)
        assert [answer for answer, _ in talk.versions()] == [third, fourth]
    assert talk.choose(fourth).status_code == 200
    assert talk.choose(question_of(first)).json()["error"]["code"] == "not_last"
    assert talk.choose(10**9).status_code == 404


def test_choosing_twice_is_choosing_once(talk: Talk) -> None:
    with scripted(Script.text("a"), Script.text("b")):
        first = talk.send("Un")
        talk.again(first)
    assert talk.choose(first).json() == talk.choose(first).json()
    assert talk.shown() == ["Un", "a"]


def test_nothing_is_chosen_while_an_answer_is_written(talk: Talk) -> None:
    with scripted(Script.text("a"), Script.text("b")):
        first = talk.send("Un")
        second = talk.again(first)
    AIMessage.objects.filter(pk=second).update(status="streaming")
    assert talk.choose(first).json()["error"]["code"] == "turn_in_progress"
    assert AIMessage.objects.get(pk=second).current


def test_a_version_says_how_many_of_its_changes_are_in_the_files(talk: Talk) -> None:
    with scripted(Script.text("a"), Script.text("b")):
        first = talk.send("Un")
        second = talk.again(first)
    for position, status in enumerate(("completed", "completed", "pending", "undone")):
        AIAction.objects.create(
            message_id=first, action_type="create_file", action_data={}, status=status, position=position
        )
    found = {version["answer"]: version["applied"] for version in talk.page()["versions"]}
    assert found == {first: 2, second: 0}
    assert [version["messages"][0] for version in talk.page()["versions"]] == [question_of(first)] * 2


def test_open_pages_hear_of_it(talk: Talk, monkeypatch: pytest.MonkeyPatch) -> None:
    with scripted(Script.text("a"), Script.text("b")):
        first = talk.send("Un")
        talk.again(first)
    heard: list[workspace.ConversationNews] = []
    monkeypatch.setattr(workspace, "conversation_listeners", [heard.append])
    talk.choose(first)
    assert [(news.conversation_id, news.what, news.message_id) for news in heard] == [(talk.id, "message", None)]


def test_many_versions_take_no_more_queries_than_two(
    talk: Talk, django_assert_max_num_queries: Callable[..., CaptureQueriesContext]
) -> None:
    with scripted(*(Script.text("a") for _ in range(2))):
        talk.again(talk.send("Un"))
    with django_assert_max_num_queries(13) as few:
        talk.page()
    conversation = AIConversation.objects.get()
    last = AIMessage.objects.filter(conversation=conversation, current=True).latest("id")
    AIMessage.objects.bulk_create(
        AIMessage(conversation=conversation, role="assistant", reply_to=last.reply_to, current=False)
        for _ in range(1000)
    )
    with django_assert_max_num_queries(len(few)):
        assert 2 < len(talk.page()["versions"]) <= 202
    assert talk.page(f"?before={last.pk}")["versions"] == []
