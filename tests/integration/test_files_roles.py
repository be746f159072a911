"""Every route of the files' API × every role. A route or a method that is not in the table fails."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest
from django.test import Client

from projects.api_urls import urlpatterns
from projects.files import Delete, Write, commit
from projects.http import Right
from projects.models import Membership, Project

if TYPE_CHECKING:
    from django.contrib.auth.models import User

pytestmark = pytest.mark.django_db

READ, WRITE = Right.READ, Right.WRITE
BODIES = {
    "move": {"from": "a.txt", "to": "z.txt"},
    "commit": {"changes": [{"action": "delete", "path": "a.txt", "base": "*"}]},
    "restore": {"revision": 1},
    "revert": {},
    "file": {"text": "x"},
    "import": {},
    "replace": {"q": "n", "replacement": "m"},
    "presence": {"client": "a"},
}
ADDRESSES = {
    "files": "files",
    "file": "files/new.txt",
    "move": "move",
    "commit": "commit",
    "revisions": "revisions",
    "revision": "revisions/1",
    "revert": "revisions/2/revert",
    "diff": "diff?from=0&to=1",
    "deleted": "deleted",
    "restore": "restore",
    "export": "export",
    "import": "import",
    "search": "search?q=a",
    "replace": "replace",
    "events": "events?client=a",
    "presence": "presence",
}
TABLE = {
    ("files", "GET"): READ,
    ("file", "GET"): READ,
    ("file", "PUT"): WRITE,
    ("file", "DELETE"): WRITE,
    ("move", "POST"): WRITE,
    ("commit", "POST"): WRITE,
    ("revisions", "GET"): READ,
    ("revision", "GET"): READ,
    ("revert", "POST"): WRITE,
    ("diff", "GET"): READ,
    ("deleted", "GET"): READ,
    ("restore", "POST"): WRITE,
    ("export", "GET"): READ,
    ("import", "POST"): WRITE,
    ("search", "GET"): READ,
    ("replace", "POST"): WRITE,
    ("events", "GET"): READ,
    ("presence", "POST"): READ,
}
# What refuses: none of these is a role that may.
REFUSED = {"nobody": {READ: 401, WRITE: 401}, "stranger": {READ: 404, WRITE: 404}, "viewer": {WRITE: 403}}
ROLES = ("nobody", "stranger", "viewer", "editor", "owner", "founder", "superuser")


def as_role(role: str, project: Project, users: type[User]) -> Client:
    client = Client(headers={"sec-fetch-site": "same-origin"})
    if role == "founder":
        client.force_login(project.owner)
    elif role == "superuser":
        client.force_login(users.objects.create_superuser(role))
    elif role != "nobody":
        user = users.objects.create_user(role)
        client.force_login(user)
        if role != "stranger":
            Membership.objects.create(project=project, user=user, role=role)
    return client


@pytest.fixture
def filled(alice: User) -> Project:
    project = Project.objects.create(name="Rôles", owner=alice)
    commit(project, alice, [Write("a.txt", b"a"), Write("new.txt", b"n")])
    commit(project, alice, [Write("a.txt", b"b")])
    return project


def test_the_table_has_every_route_and_method() -> None:
    declared = {(route.name, method): right for route in urlpatterns for method, right in route.callback.rights.items()}
    assert declared == TABLE
    assert set(ADDRESSES) == {name for name, _ in TABLE}


@pytest.mark.parametrize("role", ROLES)
@pytest.mark.parametrize(("route", "method"), TABLE)
def test_who_may(filled: Project, django_user_model: type[User], role: str, route: str, method: str) -> None:
    client = as_role(role, filled, django_user_model)
    before = filled.revisions.count()
    address = f"/api/projects/{filled.pk}/{ADDRESSES[route]}"
    headers = {"if-match": "*"} if route == "file" else {}
    body = "" if method == "GET" else json.dumps(BODIES[route])
    answer = client.generic(method, address, body, "application/json", headers=headers)
    right = TABLE[route, method]
    if (status := REFUSED.get(role, {}).get(right)) is not None:
        assert answer.status_code == status
        assert answer.json()["success"] is False
        assert filled.revisions.count() == before
    else:
        # no archive: let in, and refused for what it is
        assert answer.status_code in ({400} if route == "import" else {200, 201})


@pytest.mark.parametrize(("route", "method"), [key for key, right in TABLE.items() if right is WRITE])
def test_another_site_may_not(filled: Project, route: str, method: str) -> None:
    client = Client(headers={"sec-fetch-site": "cross-site"})
    client.force_login(filled.owner)
    answer = client.generic(method, f"/api/projects/{filled.pk}/{ADDRESSES[route]}", "{}", "application/json")
    assert (answer.status_code, answer.json()["error"]["code"]) == (403, "csrf")


@pytest.mark.parametrize("route", ADDRESSES)
def test_no_other_method_and_no_other_project(filled: Project, route: str) -> None:
    client = Client(headers={"sec-fetch-site": "same-origin"})
    client.force_login(filled.owner)
    answer = client.generic("PATCH", f"/api/projects/{filled.pk}/{ADDRESSES[route]}")
    assert (answer.status_code, answer.json()["error"]["code"]) == (405, "method_not_allowed")
    method = next(method for name, method in TABLE if name == route)
    for project_id in (filled.pk + 1, 2**63, 10**30):
        assert client.generic(method, f"/api/projects/{project_id}/{ADDRESSES[route]}").status_code == 404


def test_a_nested_number_of_another_project_is_none(filled: Project, project: Project) -> None:
    """The demo project has one revision: the other project's second is none of its own."""
    client = Client(headers={"sec-fetch-site": "same-origin"})
    client.force_login(filled.owner)
    assert client.get(f"/api/projects/{project.pk}/revisions/2").json()["error"]["code"] == "unknown_revision"
    commit(filled, None, [Delete("new.txt")])
    assert client.get(f"/api/projects/{project.pk}/files/new.txt").status_code == 404
