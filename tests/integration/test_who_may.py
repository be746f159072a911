"""Every route of the site × every role, by session and by token. The table is in `routes.py`; what it lacks fails."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any, cast

import pytest
from asgiref.sync import async_to_sync
from django.db import connection, transaction
from django.test import Client
from django.test.utils import CaptureQueriesContext

from chat.api.short import ShortWay, request_of
from chat.models import AIAction
from chat.testing import Script, scripted
from projects import invitations, tokens
from projects.files import Delete, Write, commit
from projects.models import Membership, Project
from projects.saves import Waiting, answer_all
from tests.integration.admin.conftest import add_turn
from tests.integration.routes import APART, MANAGE, METHODS, OWN, PERSON, PUBLIC, READ, TABLE, WRITE, Right, Row, routes

if TYPE_CHECKING:
    from django.contrib.auth.models import User
    from django.http import HttpResponse
    from pytest_django.fixtures import SettingsWrapper

pytestmark = pytest.mark.django_db

PEOPLE = {
    "nobody": PUBLIC,
    "stranger": PERSON,
    "viewer": READ,
    "editor": WRITE,
    "owner": MANAGE,
    "founder": OWN,
    "superuser": OWN,
}
# A token is its person, and no administrator: a superuser who is no member is a stranger.
BY_TOKEN = {f"{name}'s token": right for name, right in PEOPLE.items() if name != "nobody"} | {
    "superuser's token": PERSON
}
HERE = {"sec-fetch-site": "same-origin"}
CHANGES = re.compile(r'(?:INSERT INTO|UPDATE|DELETE FROM|REPLACE INTO) "(\w+)"', re.IGNORECASE)
#: Who looks at what, what a preview's address stands for, and what is known of a file's content.
REMEMBERED = {"projects_presence", "projects_preview", "chat_fileindex"}
UNSAFE = [row for row in TABLE if row.method != "GET" and row.right is not PUBLIC]


class World:
    """A project with a history and a conversation, and somebody in every role."""

    def __init__(self, founder: User, users: type[User]) -> None:
        self.project = Project.objects.create(name="Rôles", owner=founder)
        commit(self.project, founder, [Write("a.txt", b"a"), Write("new.txt", b"n")])
        commit(self.project, founder, [Write("a.txt", b"b")])
        self.conversation = self.project.ai_conversations.create(user=founder, title="x")  # type: ignore[attr-defined]
        self.answer = add_turn(self.conversation, receipt={"tokens": 1, "parts": [], "left_out": []})
        self.action = AIAction.objects.get(message=self.answer)
        AIAction.objects.update(status="rejected")
        self.invitation = invitations.invite(self.project, founder, "viewer", 7)
        self.people = {"founder": founder, "superuser": users.objects.create_superuser("superuser")}
        for role in ("stranger", "viewer", "editor", "owner"):
            self.people[role] = users.objects.create_user(role)
            if role != "stranger":
                Membership.objects.create(project=self.project, user=self.people[role], role=role)

    @property
    def names(self) -> dict[str, Any]:
        """What stands in braces in the table."""
        return {
            "files": f"/api/projects/{self.project.pk}",
            "chat": "/api/chat",
            "pages": f"/projects/{self.project.pk}",
            "invitation": self.invitation.pk,
            "key": invitations.key_of(self.invitation),
            "project": self.project.pk,
            "conversation": self.conversation.pk,
            "answer": self.answer.pk,
            "question": self.answer.reply_to_id,
            "action": self.action.pk,
            "viewer": self.people["viewer"].pk,
        }

    def filled(self, value: Any) -> Any:
        """A body with its names filled in; `"{project}"` alone becomes the number."""
        if isinstance(value, dict):
            return {key: self.filled(one) for key, one in value.items()}
        if isinstance(value, list):
            return [self.filled(one) for one in value]
        if isinstance(value, str) and value[1:-1] in self.names and value == f"{{{value[1:-1]}}}":
            return self.names[value[1:-1]]
        return value

    def client(self, who: str) -> Client:
        name, _, by_token = who.partition("'")
        if by_token:
            text = tokens.create(self.people[name], "test", None)
            return Client(headers={"authorization": f"Token {text}"})
        client = Client(headers=HERE)
        if name != "nobody":
            client.force_login(self.people[name])
        return client

    def ask(self, client: Client, row: Row, **headers: str) -> HttpResponse:
        body = "" if row.body is None else json.dumps(self.filled(row.body))
        address = row.address.format(**self.names)
        answer = client.generic(row.method, address, body, "application/json", headers={**row.headers, **headers})
        return cast("HttpResponse", answer)


@pytest.fixture
def world(alice: User, django_user_model: type[User]) -> World:
    return World(alice, django_user_model)


@pytest.fixture(autouse=True)
def model(settings: SettingsWrapper) -> Iterator[None]:
    settings.PREVIEW_ORIGIN = "https://preview.example"
    with scripted(*[Script.text("Bonjour")] * len(TABLE)):
        yield


@contextmanager
def undone() -> Iterator[None]:
    """Whatever is written in here is not."""
    with transaction.atomic():
        yield
        transaction.set_rollback(True)


def expected(row: Row, right: Right, *, by_token: bool) -> tuple[int, ...]:
    """The statuses that a row may answer somebody."""
    if row.right is PUBLIC:
        return row.ok
    if right is PUBLIC or (row.page and by_token):
        return (302,) if row.page else (401,)
    if right >= row.right:
        return row.ok
    return (403,) if right >= READ else (404,)


class TestTheTable:
    def test_it_has_every_route(self) -> None:
        missing = {name for name in routes() if name.partition(":")[0] not in APART and name not in APART}
        missing -= {row.route for row in TABLE}
        assert not missing, (
            f"tests/integration/routes.py has no row for {sorted(missing)}: add one for each method, as it says there"
        )

    def test_it_has_no_route_that_is_none(self) -> None:
        assert {row.route for row in TABLE} <= routes().keys()

    @pytest.mark.parametrize("route", dict.fromkeys(row.route for row in TABLE))
    def test_it_has_every_method(self, world: World, route: str) -> None:
        rows = {row.method: row for row in TABLE if row.route == route}
        any_row = next(iter(rows.values()))
        client = Client(headers=HERE, raise_request_exception=False)
        for method in METHODS:
            row = Row(route, method, PUBLIC, any_row.address, any_row.body)
            if method not in rows and any_row.right is not PUBLIC:
                status = world.ask(client, row).status_code
                assert status == 405, (
                    f"{method} {any_row.address} answers {status} to nobody: add Row({route!r}, {method!r}, …) to "
                    "tests/integration/routes.py, or refuse the method"
                )

    @pytest.mark.parametrize("who", [*PEOPLE, *BY_TOKEN])
    def test_who_may(self, world: World, who: str) -> None:
        right = (PEOPLE | BY_TOKEN)[who]
        wrong = []
        for row in TABLE:
            with undone():
                answer = world.ask(world.client(who), row)
            wanted = expected(row, right, by_token=who in BY_TOKEN)
            if answer.status_code not in wanted:
                wrong.append(f"{row}: {answer.status_code}, not {wanted}: {answer.content[:200]!r}")
            if answer.status_code == 302 and 302 not in row.ok and not answer.headers["Location"].startswith("/login?"):
                wrong.append(f"{row}: to {answer.headers['Location']}")
        assert not wrong, f"{who}:\n" + "\n".join(wrong)

    def test_what_is_refused_writes_nothing(self, world: World) -> None:
        for who in ("nobody", "stranger", "viewer", "stranger's token", "viewer's token"):
            client = world.client(who)
            for row in UNSAFE:
                if (PEOPLE | BY_TOKEN)[who] < row.right:
                    world.ask(client, row)
        world.project.refresh_from_db()
        assert world.project.head == 2
        assert world.conversation.messages.count() == 2


class TestReading:
    def test_no_get_changes_anything_but_what_it_remembers_of_itself(self, world: World) -> None:
        """Any page, and any picture in an answer, can have a browser ask for any address."""
        client = world.client("founder")
        wrong = {}
        for row in TABLE:
            if row.method == "GET":
                with undone(), CaptureQueriesContext(connection) as asked:
                    world.ask(client, row)
                changed = {found[1] for query in asked if (found := CHANGES.match(query["sql"]))}
                if changed - REMEMBERED:
                    wrong[str(row)] = changed - REMEMBERED
        assert not wrong


class TestOtherSites:
    @pytest.mark.parametrize("row", UNSAFE, ids=str)
    def test_another_site_may_change_nothing(self, world: World, row: Row) -> None:
        with undone():
            answer = world.ask(world.client("founder"), row, **{"sec-fetch-site": "cross-site"})
        assert answer.status_code == 403

    @pytest.mark.parametrize("row", [row for row in UNSAFE if not row.page], ids=str)
    def test_a_cookie_does_not_make_up_for_a_wrong_token(self, world: World, row: Row) -> None:
        with undone():
            answer = world.ask(world.client("founder"), row, authorization="Token webox_wrong")
        assert answer.status_code == 401

    def test_a_token_needs_no_csrf_token(self, world: World) -> None:
        row = next(row for row in TABLE if row.route == "files:move")
        assert world.ask(world.client("editor's token"), row, origin="https://tool.example").status_code == 200


class TestElsewhere:
    @pytest.mark.parametrize("row", [row for row in TABLE if "{files}" in row.address], ids=str)
    def test_a_project_that_is_none_is_not_found(self, world: World, row: Row) -> None:
        client = world.client("founder")
        for number in (world.project.pk + 1, 2**63, 10**30):
            address = row.address.replace("{files}", f"/api/projects/{number}")
            assert world.ask(client, Row(row.route, row.method, row.right, address, row.body)).status_code == 404

    def test_a_nested_number_of_another_project_is_none(self, world: World, project: Project) -> None:
        """The demo project has one revision: the other project's second is none of its own."""
        client = world.client("founder")
        assert client.get(f"/api/projects/{project.pk}/revisions/2").json()["error"]["code"] == "unknown_revision"
        commit(world.project, None, [Delete("new.txt")])
        assert client.get(f"/api/projects/{project.pk}/files/new.txt").status_code == 404

    def test_a_put_away_project_is_read_only(self, world: World) -> None:
        Project.objects.update(archived_at=world.conversation.created_at)
        client = world.client("founder")
        for row in TABLE:
            if row.route.startswith("files:") and row.right in (READ, WRITE):
                with undone():
                    status = world.ask(client, row).status_code
                assert (status == 403) == (row.right is WRITE), f"{row}: {status}"


def asked(world: World, client: Client, row: Row) -> tuple[dict[str, Any], bytes]:
    """An ASGI request and its body, as of a browser with the client's cookies and headers."""
    body = json.dumps(world.filled(row.body)).encode() if row.body else b""
    given = {name.removeprefix("HTTP_").replace("_", "-").lower(): one for name, one in client.defaults.items()}
    headers = {
        **given, **row.headers,
        "cookie": "; ".join(f"{name}={one.value}" for name, one in client.cookies.items()),
        "accept": "text/event-stream", "host": "testserver", "content-length": str(len(body)),
        "content-type": "application/json",
    }  # fmt: skip
    scope = {
        "type": "http", "method": row.method, "path": row.address.format(**world.names), "query_string": b"",
        "headers": [(name.encode(), str(value).encode()) for name, value in headers.items() if value],
        "scheme": "http", "http_version": "1.1",
    }  # fmt: skip
    return scope, body


class TestShortWay:
    """Streams pass the middleware by: the same people, the same answers."""

    ROWS = (
        Row("chat:message", "POST", READ, "{chat}/message", {"project_id": "{project}", "content": "x"}),
        Row("chat:events", "GET", READ, "{chat}/messages/{answer}/events"),
    )

    @pytest.mark.parametrize("who", [*PEOPLE, *BY_TOKEN])
    def test_who_may(self, world: World, who: str) -> None:
        client = world.client(who)
        for row in self.ROWS:
            right = (PEOPLE | BY_TOKEN)[who]
            with undone():
                status = async_to_sync(self.status)(world, client, row)
            assert status in expected(row, right, by_token=who in BY_TOKEN), f"{row}: {status}"

    async def status(self, world: World, client: Client, row: Row) -> int:
        scope, body = asked(world, client, row)
        statuses: list[int] = []

        async def receive() -> dict[str, Any]:
            return {"type": "http.request", "body": body} if not statuses else {"type": "http.disconnect"}

        async def send(message: dict[str, Any]) -> None:
            if message["type"] == "http.response.start":
                statuses.append(message["status"])

        async def not_ours(*_: Any) -> None:
            raise AssertionError("not the short way")

        await ShortWay(not_ours)(scope, receive, send)
        return statuses[0]


class TestShortSaves:
    """Saves pass it by, too."""

    ROW = Row("files:file", "PUT", WRITE, "{files}/files/new.txt", {"text": "x"}, headers={"if-match": "*"})

    @pytest.mark.parametrize("who", [*PEOPLE, *BY_TOKEN])
    def test_who_may(self, world: World, who: str) -> None:
        scope, body = asked(world, world.client(who), self.ROW)
        waiting = Waiting(request_of(scope, body), world.project.pk, "new.txt", "fr")
        with undone():
            answer_all([waiting])
        assert waiting.response is not None
        right = (PEOPLE | BY_TOKEN)[who]
        assert waiting.response.status_code in expected(self.ROW, right, by_token=who in BY_TOKEN)


class TestAdmin:
    """The admin as a class: for the staff, by session alone."""

    def addresses(self) -> list[str]:
        """Each with a number that some row may have."""
        patterns = [pattern for name, pattern in routes().items() if name.startswith("admin:")]
        assert len(patterns) > 40
        simple = [pattern for pattern in patterns if "(?P" not in pattern]
        found = ["/" + re.sub(r"<[^>]+>", "1", pattern) for pattern in simple]
        others = {"/admin/login/", "/admin/logout/", "/admin/password_change/"}  # for everybody: rows of their own
        return [*sorted({*found} - others), "/admin/auth/", "/admin/nothing"]

    @pytest.mark.parametrize("who", [*PEOPLE, *BY_TOKEN])
    def test_who_may(self, world: World, who: str) -> None:
        client = world.client(who)
        for address in self.addresses():
            answer = client.get(address)
            to_login = answer.headers.get("Location", "").startswith(("/admin/login/", "/login"))
            assert to_login is (who != "superuser"), f"{address}: {answer.status_code}"
