"""What a hostile caller, server or moment did to an earlier version, and must not do again."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest
from asgiref.sync import sync_to_async
from django.conf import settings
from django.contrib.auth import get_user_model
from django.db import IntegrityError
from django.test import AsyncClient, Client, override_settings
from django.utils import timezone

from chat.api.input import MAX_DEPTH, depth_of
from chat.api.short import ShortWay
from chat.events.log import TurnLog, saver
from chat.events.types import TextDelta, TurnCompleted
from chat.llm.base import Finish, Text
from chat.models import AIConversation, AIMessage, ModelCall, TurnEvent
from chat.testing import Script, scripted
from chat.turns import launch as launching
from chat.turns import lease
from chat.turns.finish import Ending, Finisher
from chat.turns.supervisor import Supervisor, supervisor
from projects import files
from projects.files import Write
from projects.models import Membership, Project

OWNER = "me"


@pytest.fixture
def project(transactional_db: None) -> Project:
    return Project.objects.create(name="Demo", owner=get_user_model().objects.create_user("ada"))


def running(project: Project) -> AIMessage:
    """A streaming answer of this process."""
    conversation = AIConversation.objects.create(project=project, title="t", message_count=2)
    question = AIMessage.objects.create(conversation=conversation, role="user", content="?")
    return AIMessage.objects.create(
        conversation=conversation, role="assistant", status="streaming", reply_to=question, lease_owner=OWNER
    )


class TestDepth:
    @pytest.mark.parametrize(
        ("data", "deepest"),
        [
            (b"[" * 33 + b'"' + b'\\"' * 200_000, 33),
            (b"[" * 40 + b'"]]]]"' + b"]" * 40, 40),
            (b'"' + b"[" * 100 + b'"', 0),
            (b"[" * 33 + b'"' + b"\\" * 200_001, 33),
        ],
    )
    def test_brackets_in_strings_do_not_count_and_no_string_is_read_twice(self, data: bytes, deepest: int) -> None:
        """An open string of escaped quotes was quadratic: this many bytes took minutes."""
        assert depth_of(data) == deepest

    def test_few_brackets_are_not_even_looked_at(self) -> None:
        assert depth_of(b"[" * MAX_DEPTH) == 0


class TestShortWay:
    async def test_a_body_of_a_get_is_not_read(self) -> None:
        asked = []

        async def receive() -> dict[str, Any]:
            asked.append(1)
            return {"type": "http.request", "body": b"x" * 1_000_000, "more_body": len(asked) < 1000}

        sent: list[dict[str, Any]] = []

        async def send(event: dict[str, Any]) -> None:
            sent.append(event)

        scope = {
            "type": "http",
            "method": "GET",
            "path": "/api/chat/messages/1/events",
            "scheme": "http",
            "query_string": b"",
            "headers": [(b"host", b"evil")],
            "client": ("203.0.113.1", 1),
        }
        await ShortWay(None)(scope, receive, send)  # type: ignore[arg-type]
        assert sent[0]["status"] in {400, 401}
        assert not asked

    async def test_a_post_that_sends_more_than_it_said_is_dropped(self) -> None:
        got = 0

        async def receive() -> dict[str, Any]:
            nonlocal got
            got += 1
            return {"type": "http.request", "body": b"x" * 100_000, "more_body": True}

        scope = {
            "type": "http",
            "method": "POST",
            "path": "/api/chat/message",
            "scheme": "http",
            "query_string": b"",
            "headers": [(b"accept", b"text/event-stream"), (b"content-length", b"10")],
        }
        await ShortWay(None)(scope, receive, None)  # type: ignore[arg-type]
        assert got <= 4

    def test_a_position_of_many_digits(self, project: Project) -> None:
        client = Client()
        client.force_login(project.owner)
        reply = client.get("/api/chat/messages/1/events", headers={"last-event-id": "0" * 5000})
        assert (reply.status_code, reply.json()["error"]["code"]) == (400, "invalid")


class TestGroups:
    async def test_a_deleted_message_does_not_keep_others_from_being_saved(self, project: Project) -> None:
        answer = await sync_to_async(running)(project)
        lost: list[bool] = []
        gone, good = TurnLog(10**9), TurnLog(answer.pk)
        gone.on_lost = lambda: lost.append(True)
        for log in (gone, good):
            log.append([TextDelta("abc")])
        assert await saver.flush()
        assert [row async for row in TurnEvent.objects.values_list("message_id", "seq")] == [(answer.pk, 3)]
        assert (good.saved, lost) == (3, [True])
        await supervisor.shutdown()

    async def test_an_end_that_cannot_be_written_takes_no_other_with_it(self, project: Project) -> None:
        answers = [await sync_to_async(running)(project) for _ in range(2)]
        endings = []
        for answer, name in zip(answers, ("good", "x\ud800"), strict=True):
            log = TurnLog(answer.pk)
            log.append([TextDelta("Bonjour")])
            answer.content, answer.status = "Bonjour", "complete"
            call = ModelCall(message=answer, model=name, started_at=timezone.now())
            endings.append(Ending(log, answer, [TurnCompleted({})], calls=[call]))
        finisher = Finisher()
        ended = await asyncio.gather(*(finisher.finish(ending, OWNER) for ending in endings))
        assert ended == [True, True]
        rows = [row async for row in AIMessage.objects.filter(role="assistant").order_by("pk")]
        assert [(row.status, row.content) for row in rows] == [("complete", "Bonjour"), ("interrupted", "Bonjour")]
        types = [row.type async for row in TurnEvent.objects.filter(message=rows[1]).order_by("seq")]
        assert types == ["text.delta", "turn.interrupted"]
        await supervisor.shutdown()


class TestMoments:
    async def test_a_caller_who_leaves_between_the_rows_and_the_turn(
        self, project: Project, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        """His message is there, and its answer is written all the same."""
        client, entered = AsyncClient(), asyncio.Event()
        await client.aforce_login(project.owner)
        real = launching._launch

        async def slow(*arguments: Any) -> None:
            entered.set()
            await asyncio.sleep(0.05)
            await real(*arguments)

        monkeypatch.setattr(launching, "_launch", slow)
        with scripted(Script.text("Bonjour")):
            asking = asyncio.ensure_future(
                client.post(
                    "/api/chat/message",
                    {"project_id": project.pk, "content": "?"},
                    content_type="application/json",
                    headers={"sec-fetch-site": "same-origin"},
                )
            )
            await entered.wait()
            asking.cancel()
            await asyncio.gather(asking, return_exceptions=True)
            await supervisor.shutdown()
        answer = await AIMessage.objects.aget(role="assistant")
        assert (answer.status, answer.content) == ("complete", "Bonjour")

    def test_a_turn_that_cannot_be_launched_is_failed_at_once(self, project: Project) -> None:
        client = Client()
        client.force_login(project.owner)
        broken = {
            **settings.CHAT,
            "PROVIDERS": {"a": {"BACKEND": "chat.llm.scripted.ScriptedProvider", "OPTIONS": {"nonsense": 1}}},
        }
        with override_settings(CHAT=broken):
            reply = client.post(
                "/api/chat/message",
                {"project_id": project.pk, "content": "?"},
                content_type="application/json",
                headers={"sec-fetch-site": "same-origin"},
            )
        assert (reply.status_code, reply.json()["error"]["code"]) == (500, "server_error")
        answer = AIMessage.objects.get(role="assistant")
        assert (answer.status, answer.metadata["error"]["code"]) == ("failed", "stream_error")

    def test_a_row_of_another_version_does_not_keep_an_answer_open(self, project: Project) -> None:
        answer = running(project)
        TurnEvent.objects.create(message=answer, seq=3, type="text.delta", data={"text": "abc"})
        TurnEvent.objects.create(message=answer, seq=4, type="of.tomorrow", data={})
        assert lease.recover(lambda code, detail, received=True: code) == [answer.pk]
        answer.refresh_from_db()
        assert (answer.status, answer.content) == ("interrupted", "abc")

    @pytest.mark.parametrize("broken", ["proposals_left", "fold", "fill_answer"])
    def test_an_answer_that_cannot_be_ended_keeps_no_other_open(
        self, project: Project, monkeypatch: pytest.MonkeyPatch, broken: str
    ) -> None:
        """Without its proposals it can, mostly; if not even so, the next ones are ended all the same."""
        poisoned, good = running(project), running(project)
        for answer in (poisoned, good):
            TurnEvent.objects.create(message=answer, seq=3, type="text.delta", data={"text": "abc"})
        real, calls = getattr(lease, broken), []

        def once(*arguments: Any) -> Any:
            calls.append(arguments)
            if len(calls) <= (2 if broken == "fill_answer" else 1):
                raise ZeroDivisionError
            return real(*arguments)

        monkeypatch.setattr(lease, broken, once)
        ended = [good.pk] if broken == "fill_answer" else [poisoned.pk, good.pk]
        assert sorted(lease.recover(lambda code, detail, received=True: code)) == ended
        rows = AIMessage.objects.filter(pk__in=ended)
        assert {(row.status, row.content) for row in rows} == {("interrupted", "abc")}

    async def test_the_watch_outlives_what_it_cannot_do(self, monkeypatch: pytest.MonkeyPatch) -> None:
        watcher, done = Supervisor(), asyncio.Event()
        failures = iter([KeyError("of.tomorrow"), IntegrityError()])

        async def recover(conversation_id: int | None = None) -> None:
            for failure in failures:
                raise failure
            done.set()

        monkeypatch.setattr(watcher, "recover", recover)
        monkeypatch.setattr("chat.turns.supervisor.WATCH_SECONDS", 0)
        monkeypatch.setitem(launching.settings._cache, "LEASE_SECONDS", 0)
        watching = asyncio.ensure_future(watcher._watch_over())
        async with asyncio.timeout(5):
            await done.wait()
        watching.cancel()

    def test_what_this_server_runs_is_not_lost_however_old_its_lease(self, project: Project) -> None:
        answer = running(project)
        assert lease.recover(lambda code, detail, received=True: code, alive=[answer.pk]) == []
        assert lease.renew(OWNER, [answer.pk, 10**9]) == {10**9}


class TestQuestions:
    def test_asking_again_asks_the_same(self, project: Project) -> None:
        """The selection belongs to the question: it is in the retry, in the continuation, and in the history."""
        client = Client()
        client.force_login(project.owner)
        headers = {"sec-fetch-site": "same-origin"}
        context = {
            "open_file": "a.js",
            "selection": {"path": "a.js", "text": "let a = 1", "from_line": 3, "to_line": 3},
        }
        cut = Script.of(Text("Ceci "), Finish("length", "length"))
        with scripted(cut, cut, Script.text("est")) as model:
            first = client.post(
                "/api/chat/message",
                {"project_id": project.pk, "content": "Explique", "context": context},
                content_type="application/json",
                headers=headers,
            ).json()["message"]["id"]
            second = client.post(
                f"/api/chat/messages/{first}/retry", {}, content_type="application/json", headers=headers
            ).json()["message"]["id"]
            client.post(f"/api/chat/messages/{second}/continue", {}, content_type="application/json", headers=headers)
        asked = [request.messages[1]["content"] for request in model.requests]
        assert asked == ["Explique\n\n```a.js:3-3\nlet a = 1\n```"] * 3
        assert AIConversation.objects.get().context["name"] == "Demo"

    @pytest.mark.parametrize("path", [".env", "plans.md", "b.js"])
    def test_what_is_selected_in_a_file_that_is_kept_back_is_never_sent(self, project: Project, path: str) -> None:
        """Neither with its question, nor with the next one, as history."""
        project.context_exclude = ["plans.md"]
        project.save()
        files.commit(project, project.owner, [Write("plans.md", b"x")])
        client = Client()
        client.force_login(project.owner)
        context = {"selection": {"path": path, "text": "Yq7KvalueW2"}, "excluded": ["b.js"]}
        with scripted(Script.text("Un"), Script.text("Deux")) as model:
            known: dict[str, Any] = {"project_id": project.pk}
            for number in (1, 2):
                reply = client.post(
                    "/api/chat/message",
                    {**known, "content": f"Question {number}", **({"context": context} if number == 1 else {})},
                    content_type="application/json",
                    headers={"sec-fetch-site": "same-origin"},
                ).json()
                known["conversation_id"] = reply["conversation_id"]
        assert len(model.requests) == 2
        assert "Question 1" in str(model.requests[1].messages)
        assert "Yq7K" not in str([request.messages for request in model.requests])

    def test_secrets_are_sent_by_no_way(self, project: Project) -> None:
        """Typed, logged by the preview, selected without their surroundings: now, and later as history."""
        files.commit(project, project.owner, [Write("conf.ini", b"DB_PASSWORD=Yq7KvalueW2\n")])
        client = Client()
        client.force_login(project.owner)
        context = {
            "selection": {"path": "conf.ini", "text": "Yq7KvalueW2", "from_line": 1, "to_line": 1},
            "preview_errors": [{"message": "401 Authorization: Bearer Wz4Kq7mP", "file": "a.js", "line": 3}],
        }
        content = "Pourquoi ?\nPOSTGRES_PASSWORD: hunter2"
        with scripted(Script.text("Un"), Script.text("Deux")) as model:
            known: dict[str, Any] = {"project_id": project.pk}
            for body in ({"content": content, "context": context}, {"content": "Et alors ?"}):
                headers = {"sec-fetch-site": "same-origin"}
                reply = client.post(
                    "/api/chat/message", {**known, **body}, content_type="application/json", headers=headers
                ).json()
                known["conversation_id"] = reply["conversation_id"]
        sent = str([request.messages for request in model.requests])
        assert not [value for value in ("Yq7Kv", "Wz4Kq7mP", "hunter2") if value in sent]
        assert sent.count("POSTGRES_PASSWORD: [masked:assigned]") == 2
        question = AIMessage.objects.earliest("id")
        assert question.content == content  # as it was typed
        assert "Yq7Kv" not in str(question.metadata)
        receipt = client.get(f"/api/chat/messages/{question.pk + 1}/receipt").json()
        (part,) = [part for part in receipt["parts"] if part["kind"] == "request"]
        assert part["masked"] == ["assigned"] * 3
        body = {**known, "content": content, "context": context}
        ahead = client.post("/api/chat/context/preview", body, content_type="application/json", headers=headers)
        (part,) = [part for part in ahead.json()["parts"] if part["kind"] == "request"]
        assert part["masked"] == ["assigned"] * 3

    def test_an_edit_without_its_conversation(self, project: Project) -> None:
        client = Client()
        client.force_login(project.owner)
        reply = client.post(
            "/api/chat/message",
            {"project_id": project.pk, "content": "?", "replaces": 1},
            content_type="application/json",
            headers={"sec-fetch-site": "same-origin"},
        )
        assert (reply.status_code, reply.json()["error"]["code"]) == (400, "invalid")
        assert not AIConversation.objects.exists()


class TestRoles:
    @pytest.mark.parametrize(
        ("role", "own", "status"), [("viewer", False, 403), ("viewer", True, 200), ("editor", False, 200)]
    )
    def test_who_may_rename_and_delete(self, project: Project, role: str, own: bool, status: int) -> None:
        member = get_user_model().objects.create_user("bob")
        Membership.objects.create(project=project, user=member, role=role)
        conversation = AIConversation.objects.create(project=project, title="t", user=member if own else project.owner)
        client = Client()
        client.force_login(member)
        address, headers = f"/api/chat/conversations/{conversation.pk}", {"sec-fetch-site": "same-origin"}
        renamed = client.patch(address, {"title": "x"}, content_type="application/json", headers=headers)
        assert (renamed.status_code, client.delete(address, headers=headers).status_code) == (status, status)


def test_any_other_address_answers_in_json(client: Client) -> None:
    for address in ("/api/chat/conversations/abc", "/api/chat/nothing"):
        reply = client.get(address)
        assert (reply.status_code, reply.json()["error"]["code"]) == (404, "not_found")


@pytest.mark.parametrize("address", ["/api/chat/message", "/api/chat/models", "/api/projects/1/files/a.txt"])
def test_another_name_than_ours_is_refused_in_json(client: Client, address: str) -> None:
    for host in ("evil.example", "a b"):
        reply = client.get(address, headers={"host": host})
        assert (reply.status_code, reply.json()["error"]["code"]) == (400, "bad_host")
        assert "ALLOWED_HOSTS" in reply.json()["error"]["message"]
    assert client.get("/login", headers={"host": "evil.example"})["Content-Type"].startswith("text/html")


def test_a_wrong_method_says_which_is_right(client: Client) -> None:
    reply = client.get("/api/chat/message")
    assert (reply.status_code, reply["Allow"], reply.json()["error"]["code"]) == (405, "POST", "method_not_allowed")
