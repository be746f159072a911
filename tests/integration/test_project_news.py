"""What the followers of projects are told: always as many queries, and never to somebody who may not any more."""

from __future__ import annotations

import asyncio
import json
import threading
from typing import TYPE_CHECKING, Any

import pytest
from django.test import Client, RequestFactory
from django.utils import timezone

from projects import access, caller, news, presence, standing
from projects.events import Follower, Hub
from projects.files import Delete, Rename, Write, commit
from projects.models import Membership, Presence, Project
from projects.room import Room

if TYPE_CHECKING:
    from django.contrib.auth.models import User

pytestmark = pytest.mark.django_db


def told(frames: news.Frames) -> list[dict[str, Any]]:
    return [json.loads(data.decode().partition("data: ")[2]) for _, data in frames]


def changed(project: Project, count: int) -> None:
    for number in range(count):
        commit(project, None, [Write(f"{number}.txt", b"x")])


def test_each_revision_is_told_with_its_paths_and_those_that_are_gone(alice: User) -> None:
    project = Project.objects.create(name="P", owner=alice)
    with caller.calling("page-1"):
        commit(project, alice, [Write("a.txt", b"a"), Write("b.txt", b"b")])
    commit(project, None, [Rename("a.txt", "c.txt"), Delete("b.txt")], origin="assistant")
    first, second = told(news.joined(project.pk, 0)[1])
    assert (first["paths"], first["client"], first["author"]) == (["a.txt", "b.txt"], "page-1", "alice")
    assert (first["author_id"], second["author_id"]) == (alice.pk, None)
    assert (second["paths"], second["gone"]) == (["a.txt", "b.txt", "c.txt"], ["a.txt", "b.txt"])
    assert second["renamed"] == {"a.txt": "c.txt"}
    assert (second["origin"], second["author"], second["client"]) == ("assistant", None, "")
    assert news.joined(project.pk, 2) == (2, [])
    assert news.joined(project.pk, None) == (2, [])


@pytest.mark.parametrize("text", [None, "", "a b", "a" * 37, "é", 'a"', "a\n"])
def test_what_is_no_id_of_a_page_is_none(text: str | None) -> None:
    with caller.calling(text):
        assert caller.current() == ""


def test_a_look_costs_the_same_for_many_projects_and_people(
    alice: User, django_assert_num_queries: Any, django_user_model: type[User]
) -> None:
    pages: dict[presence.Page, str] = {}

    def followed(count: int) -> tuple[dict[int, int], set[tuple[int, standing.Credentials]]]:
        projects = [Project.objects.create(name="P", owner=alice) for _ in range(count)]
        pairs = set()
        pages.clear()
        for number, project in enumerate(projects):
            changed(project, 3)
            user = django_user_model.objects.create_user(f"{project.pk}-{number}")
            Membership.objects.create(project=project, user=user, role="viewer")
            presence.enter((project.pk, user.pk, f"page-{number}"), "a.txt", holder="here")
            pages[project.pk, user.pk, f"page-{number}"] = "a.txt"
            pairs.add((project.pk, standing.Credentials(user.pk, f"session-{user.pk}")))
        return {project.pk: 0 for project in projects}, pairs

    for count in (1, 8):
        known, pairs = followed(count)
        with django_assert_num_queries(4):
            seen = news.look(known)
        assert [len(frames) for frames in seen.frames.values()] == [3] * count
        with django_assert_num_queries(2):
            news.look(seen.heads)
        with django_assert_num_queries(4):
            standing.still_may(pairs)
        with django_assert_num_queries(3):
            presence.renew(pages, holder="here")


class TestStillMay:
    @pytest.fixture
    def credentials(self, project: Project, mallory: User, client: Client) -> standing.Credentials:
        Membership.objects.create(project=project, user=mallory, role="viewer")
        client.force_login(mallory)
        request = RequestFactory().get("/")
        request.session, request.user = client.session, mallory
        return access.credentials(request, mallory)

    def may(self, project: Project, who: standing.Credentials) -> bool:
        return bool(standing.still_may([(project.pk, who)]))

    def test_a_member_who_is_logged_in_may(self, project: Project, credentials: standing.Credentials) -> None:
        assert credentials.session
        assert credentials.password
        assert self.may(project, credentials)

    def test_a_member_no_more_may_not(self, project: Project, credentials: standing.Credentials) -> None:
        Membership.objects.all().delete()
        assert not self.may(project, credentials)

    def test_nor_who_logged_out(self, project: Project, credentials: standing.Credentials, client: Client) -> None:
        client.logout()
        assert not self.may(project, credentials)

    def test_nor_after_another_password(
        self, project: Project, credentials: standing.Credentials, mallory: User
    ) -> None:
        mallory.set_password("another")
        mallory.save()
        assert not self.may(project, credentials)

    def test_nor_whose_account_is_closed(
        self, project: Project, credentials: standing.Credentials, mallory: User
    ) -> None:
        mallory.is_active = False
        mallory.save()
        assert not self.may(project, credentials)

    def test_nor_of_a_project_that_is_no_more(self, project: Project, credentials: standing.Credentials) -> None:
        number = project.pk
        Presence.objects.all().delete()
        project.delete()
        assert not standing.still_may([(number, credentials)])


class TestWithoutAnEventLoop:
    """Django's test client, and any WSGI server: the same address answers at once and is asked again."""

    @pytest.fixture
    def member(self, project: Project, client: Client) -> Client:
        client.force_login(project.owner)
        return client

    def test_it_tells_what_is_new_and_who_is_there(self, member: Client, project: Project) -> None:
        commit(project, None, [Write("new.txt", b"x")])
        text = member.get(f"/api/projects/{project.pk}/events?client=a&path=new.txt&after=1").content.decode()
        assert [line for line in text.splitlines() if line.startswith(("id", "event", "retry"))] == [
            "retry: 3000", "id: 2", "event: files.changed", "id: 2", "event: ready", "event: presence",
        ]  # fmt: skip
        assert '"path":"new.txt","client":"a"' in text

    def test_a_stranger_and_nobody_are_refused(self, project: Project, mallory: User, client: Client) -> None:
        address = f"/api/projects/{project.pk}/events?client=a"
        assert client.get(address).status_code == 401
        client.force_login(mallory)
        assert client.get(address).status_code == 404
        assert not Presence.objects.exists()

    def test_only_ones_own_page_is_moved(self, member: Client, project: Project, mallory: User) -> None:
        presence.enter((project.pk, mallory.pk, "theirs"), "a.txt")
        for client in ("theirs", "nobody"):
            body = {"client": client, "path": "b.txt"}
            made = member.post(f"/api/projects/{project.pk}/presence", body, "application/json",
                               headers={"sec-fetch-site": "same-origin"})  # fmt: skip
            assert made.status_code == 200
        assert list(Presence.objects.values_list("client", "path")) == [("theirs", "a.txt")]


def test_who_faded_is_not_there(project: Project, alice: User) -> None:
    presence.enter((project.pk, alice.pk, "a"), "x\0y")
    assert presence.of_projects([project.pk])[project.pk] == [
        {"id": alice.pk, "name": "alice", "path": None, "client": "a"}
    ]
    old = Presence.objects.get().seen_at - presence.FADES_AFTER * 2
    Presence.objects.update(seen_at=old)
    assert presence.of_projects([project.pk]) == {}
    Presence.objects.update(seen_at=old - 20 * presence.FADES_AFTER)
    presence.renew({}, holder="here")
    assert not Presence.objects.exists()


class TestServers:
    """A page may have streams at two servers for a moment: a tab hands over to another, or a cut is not noticed."""

    def here(self, project: Project) -> list[tuple[int, str, str | None]]:
        found = presence.of_projects([project.pk]).get(project.pk, [])
        return [(one["id"], one["client"], one["path"]) for one in found]

    def test_a_page_is_there_as_long_as_one_of_them_has_it(self, project: Project, alice: User) -> None:
        page = (project.pk, alice.pk, "a")
        presence.enter(page, "1.txt", holder="one")
        presence.enter(page, "2.txt", holder="two")
        assert self.here(project) == [(alice.pk, "a", "2.txt")]
        presence.leave(page, holder="one")
        assert self.here(project) == [(alice.pk, "a", "2.txt")]
        presence.enter(page, "3.txt", holder="one")
        presence.renew({page: "2.txt"}, holder="two")
        assert self.here(project) == [(alice.pk, "a", "3.txt")]  # wherever it was renewed last
        presence.leave(page, holder="one")
        presence.move(page, "4.txt")
        assert self.here(project) == [(alice.pk, "a", "4.txt")]
        presence.leave(page, holder="two")
        assert self.here(project) == []

    def test_a_server_renews_its_own_alone(self, project: Project, alice: User) -> None:
        for holder in ("one", "dead"):
            presence.enter((project.pk, alice.pk, holder), "a.txt", holder=holder)
        Presence.objects.update(seen_at=timezone.now() - presence.FADES_AFTER)
        presence.renew({(project.pk, alice.pk, "one"): ""}, holder="one")
        assert self.here(project) == [(alice.pk, "one", "a.txt")]

    def test_what_was_swept_while_the_database_was_away_comes_back(self, project: Project, alice: User) -> None:
        page = (project.pk, alice.pk, "a")
        presence.enter(page, "1.txt", holder="one")
        Presence.objects.all().delete()
        presence.renew({page: "1.txt"}, holder="one")
        assert self.here(project) == [(alice.pk, "a", "1.txt")]

    def test_nobody_elses_row_passes_for_one_that_was_swept(self, project: Project, alice: User, mallory: User) -> None:
        """A browser has one name in all its projects: more rows bear the names of our pages than we have pages."""
        other = Project.objects.create(name="P", owner=mallory)
        presence.enter((project.pk, alice.pk, "a"), "1.txt", holder="one")
        presence.enter((other.pk, alice.pk, "a"), "1.txt", holder="one")
        presence.renew({(project.pk, alice.pk, "a"): "1.txt", (other.pk, mallory.pk, "b"): "2.txt"}, holder="one")
        assert set(self.here(other)) == {(alice.pk, "a", "1.txt"), (mallory.pk, "b", "2.txt")}

    @pytest.mark.django_db(transaction=True)
    def test_who_was_deleted_takes_no_other_along(self, project: Project, alice: User, mallory: User) -> None:
        """Foreign keys are looked at when a transaction ends: of the project, and of the person."""
        gone = Project.objects.create(name="P", owner=alice)
        pages = {(project.pk, alice.pk, "a"): "1.txt", (project.pk, mallory.pk, "m"): "", (gone.pk, alice.pk, "a"): ""}
        gone.delete()
        mallory.delete()
        for _ in range(2):
            presence.renew(pages, holder="one")
            assert self.here(project) == [(alice.pk, "a", "1.txt")]
        assert Presence.objects.count() == 1


def test_nobody_takes_anothers_place_by_its_name(project: Project, alice: User, mallory: User) -> None:
    presence.enter((project.pk, alice.pk, "a"), "a.txt", holder="one")
    presence.enter((project.pk, mallory.pk, "a"), "m.txt", holder="one")
    presence.move((project.pk, mallory.pk, "a"), "n.txt")
    there = presence.of_projects([project.pk])[project.pk]
    assert [(one["name"], one["path"]) for one in there] == [("alice", "a.txt"), ("mallory", "n.txt")]
    presence.leave((project.pk, mallory.pk, "a"), holder="one")
    assert [one["name"] for one in presence.of_projects([project.pk])[project.pk]] == ["alice"]


async def test_whose_access_just_ended_is_not_renewed(monkeypatch: pytest.MonkeyPatch) -> None:
    """Looked at in one look: who may, and who is still there."""
    hub, room, renewed = Hub(), Room(0), []
    stays, ends = (Follower(1, standing.Credentials(user), "a", "a.txt", None) for user in (1, 2))
    room.followers = {stays, ends}
    hub._rooms[1], hub._check_at, hub._renew_at = room, -1.0, -1.0

    async def run(function: Any, *args: Any, **_: Any) -> Any:
        if function is presence.renew:
            renewed.append(args[0])
        return {standing.still_may: {(1, stays.who)}, news.look: news.Seen({}, {}, {})}.get(function)

    monkeypatch.setattr(hub, "run", run)
    await hub._look()
    assert (stays.ended, ends.ended) == (False, True)
    assert renewed == [{stays.page: "a.txt"}]


async def test_who_leaves_while_being_let_in_is_taken_off_after_the_row_was_written(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """A page that is closed within the moment that its stream takes to begin must not stay on everybody's list."""
    hub, calls = Hub(), list[str]()
    begun, written = asyncio.Event(), threading.Event()
    loop = asyncio.get_running_loop()

    def enter(*_: Any, **__: Any) -> None:
        loop.call_soon_threadsafe(begun.set)
        written.wait(20)
        calls.append("entered")

    monkeypatch.setattr(presence, "enter", enter)
    monkeypatch.setattr(presence, "leave", lambda *_, **__: calls.append("left"))
    monkeypatch.setattr(news, "joined", lambda *_: (0, []))
    task = asyncio.create_task(hub.enter(Follower(1, standing.Credentials(1), "a", "a.txt", None)))
    await begun.wait()
    task.cancel()
    await asyncio.gather(task, return_exceptions=True)
    written.set()
    await asyncio.gather(*hub._tasks)
    assert task.cancelled()
    assert (calls, dict(hub._streams)) == (["entered", "left"], {})
    await hub.shutdown()
