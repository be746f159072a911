"""A file's bytes as they are: shown where that is safe, downloaded where it is not, and nothing of it runs here."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from projects import media
from projects.files import Delete, Write, commit
from projects.models import Project

if TYPE_CHECKING:
    from django.contrib.auth.models import User
    from django.http import HttpResponse
    from django.test import Client
    from pytest_django.fixtures import SettingsWrapper

pytestmark = pytest.mark.django_db

DATA = bytes(range(256)) * 4


@pytest.fixture
def site(alice: User) -> Project:
    project = Project.objects.create(name="Médias", owner=alice)
    files = ("a.png", "a.html", "a.svg", "a.js", "a.xhtml", "a.pdf", "été/bc.MP4", "noending")
    commit(project, alice, [Write(path, DATA) for path in files])
    return project


def get(client: Client, site: Project, path: str, query: str = "", **headers: str) -> HttpResponse:
    client.force_login(site.owner)
    answer: Any = client.get(f"/api/projects/{site.pk}/raw/{path}{query}", headers=headers)
    return answer


def test_pictures_are_shown_under_a_policy_that_lets_nothing_run(client: Client, site: Project) -> None:
    answer = get(client, site, "a.svg")
    assert (answer.status_code, answer.content, answer["Content-Type"]) == (200, DATA, "image/svg+xml")
    assert answer["Content-Disposition"].startswith("inline")
    policy = answer["Content-Security-Policy"]
    assert "default-src 'none'" in policy
    assert "sandbox" in policy.split("; ")
    assert "script" not in policy
    assert answer["X-Content-Type-Options"] == "nosniff"
    assert answer["Cross-Origin-Resource-Policy"] == "same-origin"


@pytest.mark.parametrize("path", ["a.html", "a.xhtml", "a.js", "noending"])
def test_pages_and_scripts_are_downloads(client: Client, site: Project, path: str) -> None:
    answer = get(client, site, path)
    assert answer["Content-Type"] == "application/octet-stream"
    assert answer["Content-Disposition"].startswith("attachment")


def test_every_shown_type_is_one_that_no_browser_runs() -> None:
    kinds = {kind.partition("/")[0] for kind in media.TYPES.values()}
    assert kinds == {"image", "font", "audio", "video", "application"}
    assert [kind for kind in media.TYPES.values() if kind.startswith("application/")] == ["application/pdf"]


def test_a_download_has_its_name(client: Client, site: Project) -> None:
    answer = get(client, site, "été/bc.MP4", "?download=1")
    assert answer["Content-Type"] == "video/mp4"
    assert answer["Content-Disposition"] == "attachment; filename*=UTF-8''bc.MP4"


@pytest.mark.parametrize(
    ("asked", "status", "told", "data"),
    [
        ("bytes=0-9", 206, "bytes 0-9/1024", DATA[:10]),
        ("bytes=1000-", 206, "bytes 1000-1023/1024", DATA[1000:]),
        ("bytes=-4", 206, "bytes 1020-1023/1024", DATA[-4:]),
        ("bytes=0-99999", 206, "bytes 0-1023/1024", DATA),
        ("bytes=-99999", 206, "bytes 0-1023/1024", DATA),
        ("bytes=2000-", 416, "bytes */1024", b""),
        ("bytes=9-3", 416, "bytes */1024", b""),
        ("bytes=-", 200, None, DATA),
        ("bytes=0-1,5-6", 200, None, DATA),
        ("lines=1-2", 200, None, DATA),
    ],
)
def test_a_player_asks_for_parts(
    client: Client, site: Project, asked: str, status: int, told: str | None, data: bytes
) -> None:
    answer = get(client, site, "a.pdf", range=asked)
    assert (answer.status_code, answer.headers.get("Content-Range"), answer.content) == (status, told, data)


def test_what_an_old_revision_had(client: Client, site: Project) -> None:
    commit(site, None, [Write("a.png", b"new"), Delete("a.js")])
    assert get(client, site, "a.png").content == b"new"
    assert get(client, site, "a.png", "?revision=1").content == DATA
    assert get(client, site, "a.js", "?revision=1").content == DATA
    assert get(client, site, "a.js").status_code == 404
    assert get(client, site, "a.js", "?revision=9").status_code == 404
    assert get(client, site, "a.js", "?revision=x").status_code == 400


def test_a_text_too_long_to_edit_shows_how_it_begins(client: Client, site: Project, settings: SettingsWrapper) -> None:
    settings.FILES = {"MAX_TEXT_BYTES": 10}
    client.force_login(site.owner)
    address = f"/api/projects/{site.pk}/files"
    body = "é" * 20
    headers = {"sec-fetch-site": "same-origin"}
    made = client.put(f"{address}/long.txt", body.encode(), "text/plain", headers=headers)
    assert made.status_code == 201
    found = client.get(f"{address}/long.txt").json()
    assert (found["text"], found["data"], found["editable"], found["head"]) == (None, None, False, body)
    assert client.get(f"{address}/noending").json()["data"] is None
    listed = {file["path"]: file["editable"] for file in client.get(address).json()["files"]}
    assert listed["long.txt"] is False
    refused = client.put(f"{address}/new.txt", {"text": body}, "application/json", headers=headers)
    assert refused.json()["error"]["code"] == "too_large"
