"""A studio on localhost and its previews on 127.0.0.1, for a person who is logged in."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

import pytest
from django.test import Client

from projects.files import Write, commit
from projects.models import Project

if TYPE_CHECKING:
    from django.contrib.auth.models import User
    from django.http import HttpResponse

STUDIO, PREVIEW = "localhost:8001", "127.0.0.1:8001"
FILES = {
    "index.html": b'<!doctype html>\n<html><head>\n<link rel=stylesheet href="/css/site.css">\n</head><body>Bonjour',
    "about/index.html": b"<p>Qui</p>",
    "css/site.css": b"body { background: url(/img/a.png) }",
    "app.js": b"export const a = 1;\n",
    "main.tsx": b"export const a: number = 1;\n",
    "logo.svg": b'<svg xmlns="http://www.w3.org/2000/svg"><script>parent.x</script></svg>',
    "note.txt": "été <script>1</script>".encode(),
    "public/robots.txt": b"User-agent: *",
    "clip.mp4": bytes(range(256)) * 4,
}  # fmt: skip


@dataclass
class Previewer:
    """One person's studio, and the preview's origin as a browser without cookies sees it."""

    studio: Client
    project: Project

    def call(self, method: str, path: str, body: Any = None, **headers: str) -> HttpResponse:
        address = f"/api/projects/{self.project.pk}/{path}"
        given = {"host": STUDIO, "sec-fetch-site": "same-origin"} | headers
        return self.studio.generic(method, address, *(_json(body)), headers=given)

    def open(self, query: str = "", **headers: str) -> dict[str, Any]:
        answer = self.call("GET", f"preview{query}", **headers)
        assert answer.status_code == 200, answer.content
        return answer.json()

    def propose(self, overlay: dict[str, str | None]) -> dict[str, Any]:
        answer = self.call("POST", "preview", {"overlay": overlay})
        assert answer.status_code == 200, answer.content
        return answer.json()

    def get(self, opened: dict[str, Any] | str, path: str = "", **headers: str) -> HttpResponse:
        url = opened if isinstance(opened, str) else opened["url"]
        return Client().get(urlsplit(url).path + path, headers={"host": PREVIEW} | headers)


def _json(body: Any) -> tuple[Any, ...]:
    import json

    return ("", "application/json") if body is None else (json.dumps(body), "application/json")


def text(answer: HttpResponse) -> str:
    return answer.content.decode()


@pytest.fixture
def site(alice: User) -> Project:
    project = Project.objects.create(name="Aperçu", owner=alice)
    commit(project, alice, [Write(path, data) for path, data in FILES.items()])
    return project


@pytest.fixture
def person(site: Project) -> Callable[[User], Previewer]:
    """Somebody in the studio."""

    def made(user: User) -> Previewer:
        studio = Client()
        studio.force_login(user)
        return Previewer(studio, site)

    return made


@pytest.fixture
def preview(person: Callable[[User], Previewer], alice: User) -> Previewer:
    """Alice's."""
    return person(alice)
