"""Who gets a preview, for how long, and what its origin refuses (projects/preview_tokens.py, preview_host.py)."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from datetime import timedelta
from typing import TYPE_CHECKING, Any

import pytest
from django.test import Client
from django.utils import timezone

from projects.models import Membership, Preview, Project
from projects.preview_headers import allowed_hosts
from projects.preview_host import OnlyPreviews
from tests.integration.preview.conftest import PREVIEW, STUDIO, Previewer, text

if TYPE_CHECKING:
    from django.contrib.auth.models import User
    from pytest_django.fixtures import SettingsWrapper

pytestmark = pytest.mark.django_db


def test_the_two_names_are_each_others_preview(preview: Previewer) -> None:
    assert preview.open()["origin"] == "http://127.0.0.1:8001"
    Preview.objects.all().delete()
    assert preview.open(host=PREVIEW)["origin"] == "http://localhost:8001"


def test_an_address_works_only_where_it_belongs(preview: Previewer) -> None:
    opened = preview.open()
    assert preview.get(opened).status_code == 200
    for host in (STUDIO, "127.0.0.1:8002", "preview.example", ""):
        assert preview.get(opened, host=host).status_code == 410


def test_a_guess_never_reaches_the_database(preview: Previewer, django_assert_num_queries: Any) -> None:
    opened = preview.open()
    forged = opened["token"][:-1] + ("A" if opened["token"][-1] != "A" else "B")
    for token in (forged, opened["token"].partition(".")[0], "x", "..", "%2e%2e"):
        with django_assert_num_queries(0):
            assert Client().get(f"/preview/{token}/index.html", headers={"host": PREVIEW}).status_code == 404


def test_an_address_ends_and_is_renewed_in_place(preview: Previewer) -> None:
    opened = preview.open()
    soon = timezone.now() + timedelta(seconds=30)
    Preview.objects.update(expires_at=soon)
    again = preview.call("POST", "preview", {"renew": opened["token"]}).json()
    assert again["url"] == opened["url"]
    assert Preview.objects.get().expires_at > soon
    Preview.objects.update(expires_at=timezone.now() - timedelta(seconds=1))
    assert preview.get(opened).status_code == 410
    ended = preview.call("POST", "preview", {"renew": opened["token"]})
    assert (ended.status_code, ended.json()["error"]["code"]) == (410, "preview_ended")
    assert preview.open()["url"] != opened["url"]


def test_no_address_lives_longer_than_a_working_day(preview: Previewer) -> None:
    opened = preview.open()
    Preview.objects.update(created_at=timezone.now() - timedelta(hours=13))
    assert preview.call("POST", "preview", {"renew": opened["token"]}).status_code == 410
    assert preview.open()["url"] != opened["url"]


def test_looking_again_opens_nothing_new_and_old_ones_go(preview: Previewer) -> None:
    first = preview.open()
    assert preview.open()["url"] == first["url"]
    for number in range(60):
        preview.propose({"a.txt": str(number)})
    assert Preview.objects.count() <= 40


def test_a_member_who_is_removed_loses_the_preview_at_once(
    person: Callable[[User], Previewer], site: Project, mallory: User
) -> None:
    member = Membership.objects.create(project=site, user=mallory, role="viewer")
    viewer = person(mallory)
    opened = viewer.open()
    assert viewer.get(opened).status_code == 200
    member.delete()
    assert viewer.get(opened).status_code == 410
    assert viewer.call("POST", "preview", {"renew": opened["token"]}).status_code == 404
    assert viewer.call("GET", "preview").status_code == 404


def test_a_closed_account_loses_it_too(preview: Previewer, alice: User) -> None:
    opened = preview.open()
    alice.is_active = False
    alice.save()
    assert preview.get(opened).status_code == 410


def test_an_address_is_one_persons_own(
    person: Callable[[User], Previewer], preview: Previewer, admin_user: User
) -> None:
    opened = preview.open()
    other = person(admin_user)
    for method, path, body in (
        ("POST", "preview", {"renew": opened["token"]}),
        ("PUT", "preview/build", {"token": opened["token"], "outputs": {}}),
        ("GET", f"preview/sources?token={opened['token']}", None),
    ):
        assert other.call(method, path, body).status_code == 410


def test_every_answer_is_sandboxed_and_sets_no_cookie(preview: Previewer) -> None:
    opened = preview.open()
    for path in ("", "app.js", "logo.svg", "note.txt", "clip.mp4", "main.tsx", "nowhere", "about"):
        answer = preview.get(opened, path, cookie="sessionid=x; csrftoken=y")
        policy = answer["Content-Security-Policy"]
        assert policy.startswith("sandbox allow-scripts allow-forms; default-src 'none'; ")
        assert "connect-src 'none'; " in policy
        assert "frame-ancestors" not in policy  # its own pages could not be named there
        assert f"frame-src {opened['url']}; " in policy
        assert answer["X-Content-Type-Options"] == "nosniff"
        assert answer["Referrer-Policy"] == "no-referrer"
        assert answer["Connection-Allowlist"] == "(response-origin)"
        assert "camera=()" in answer["Permissions-Policy"]
        assert answer["Cross-Origin-Resource-Policy"] == "cross-origin"
        assert not answer.cookies
        assert "Cookie" not in answer.get("Vary", "")


def test_the_network_is_what_the_projects_setting_lists(
    preview: Previewer, site: Project, settings: SettingsWrapper
) -> None:
    settings.ALLOWED_HOSTS = ["localhost", "127.0.0.1", "other.example", ".example.net"]
    site.preview_hosts = [
        "api.example.com",
        "self",
        "localhost:8001",
        "http://other.example:81",
        "evil.example; script-src *",
        "*",
    ]
    site.save()
    opened = preview.open()
    answer = preview.get(opened)
    # neither the studio of this preview, nor another name of the same site
    assert f"connect-src api.example.com {opened['url']}; " in answer["Content-Security-Policy"]
    assert answer["Connection-Allowlist"].startswith('(response-origin "https://api.example.com" ')
    assert "evil" not in answer["Connection-Allowlist"]


@pytest.mark.parametrize(
    ("host", "allowed"),
    [
        ("https://api.example.com:8443", True),
        ("wss://*.example.org", True),
        ("other.example", True),
        ("*.studio.example", True),
        ("api.studio.example", True),
        ("notstudio.example", True),
        ("*.example:8443", False),
        ("http://studio.example", False),
        ("http://studio.example:80", False),
        ("http://studio.example:9000", False),
        ("ws://studio.example:1", False),
        ("https://studio.example:8443", False),
        ("studio.example:443", False),
        ("wss://*.example", False),
        ("http://PREVIEW.example:81", False),
        ("www.example.com", False),
        ("http://www.example.com:8000", False),
        ("*.example.com", False),
        ("api.example.com", True),
        ("127.0.0.1:3000", False),
        ("ws://localhost", False),
        ("studio.example", False),
        ("https://studio.example", False),
        ("wss://STUDIO.example", False),
        ("https://studio.example:443", False),
        ("*.example", False),
        ("preview.example", False),
        ("*", False),
        ("'unsafe-inline'", False),
        ("a.example b.example", False),
        ("a.example/path", False),
        ("https:", False),
        ("", False),
    ],
)
def test_no_setting_opens_the_studio_or_another_directive(host: str, allowed: bool) -> None:
    own = (
        "https://studio.example",
        "https://preview.example/preview/x/",
        "www.example.com",
        "127.0.0.1",
        "localhost:8000",
    )
    found = allowed_hosts([host], own)
    assert bool(found) is allowed


@pytest.mark.parametrize("method", ["POST", "PUT", "DELETE", "PATCH", "OPTIONS"])
def test_a_preview_has_no_server_behind_it(preview: Previewer, method: str) -> None:
    opened = preview.open()
    path = opened["url"].removeprefix("http://127.0.0.1:8001")
    assert Client().generic(method, path, headers={"host": PREVIEW}).status_code == 405


class TestTheNameThatShowsPreviews:
    """A browser is not let into the studio there, whatever it holds."""

    ADDRESSES = ("/", "/api/chat/conversations/1", "/api/projects/1/files", "/admin/", "/login", "/static/icon.svg")

    @pytest.mark.parametrize("path", ADDRESSES)
    def test_with_the_setting_it_serves_nothing_else(
        self, preview: Previewer, settings: SettingsWrapper, path: str
    ) -> None:
        settings.PREVIEW_ORIGIN = "https://preview.example"
        answer = preview.studio.get(path, headers={"host": "preview.example"})
        assert answer.status_code == 404
        assert not answer.cookies
        assert answer["Content-Security-Policy"].startswith("sandbox;")

    def test_with_the_setting_not_even_static_files(self, settings: SettingsWrapper) -> None:
        settings.PREVIEW_ORIGIN = "https://preview.example"
        asked: list[str] = []

        async def site(scope: Any, receive: Any, send: Any) -> None:
            asked.append(scope["path"])

        sent: list[Any] = []

        async def send(event: Any) -> None:
            sent.append(event)

        def scope(host: str, path: str) -> Any:
            return {"type": "http", "path": path, "headers": [(b"host", host.encode())]}

        guard = OnlyPreviews(site)
        asyncio.run(guard(scope("preview.example", "/static/icon.svg"), None, send))
        asyncio.run(guard(scope("PREVIEW.example:443", "/api/chat/message"), None, send))
        assert (asked, [event["status"] for event in sent if "status" in event]) == ([], [404, 404])
        asyncio.run(guard(scope("preview.example", "/preview/x/"), None, send))
        asyncio.run(guard(scope("studio.example", "/static/icon.svg"), None, send))
        assert asked == ["/preview/x/", "/static/icon.svg"]

    def test_without_it_a_browser_is_nobody_there(self, preview: Previewer, settings: SettingsWrapper) -> None:
        settings.DEBUG = True
        browser = {"host": PREVIEW, "sec-fetch-site": "same-origin", "remote-addr": "127.0.0.1"}
        path = f"/api/projects/{preview.project.pk}/files"
        assert Client().get(path, headers=browser).status_code == 404  # the local user's, and not his project
        preview.open()
        assert Client().get(path, headers=browser).status_code == 401
        assert preview.studio.get(path, headers=browser).status_code == 401
        assert Client().get(path, headers={"host": PREVIEW}).status_code == 404  # curl is no page
        assert preview.studio.get(path, headers=browser | {"host": STUDIO}).status_code == 200

    def test_a_person_who_opens_the_studio_there_is_sent_to_its_name(self, preview: Previewer) -> None:
        preview.open()
        visit = {"host": PREVIEW, "sec-fetch-site": "none", "sec-fetch-dest": "document"}
        answer = Client().get("/projects/1/editor?file=a", headers=visit)
        assert (answer.status_code, answer["Location"]) == (302, "http://localhost:8001/projects/1/editor?file=a")

    def test_a_studio_without_a_preview_origin_says_so(self, preview: Previewer) -> None:
        answer = preview.call("GET", "preview", host="testserver")
        assert (answer.status_code, answer.json()["error"]["code"]) == (503, "no_preview_origin")


def test_the_studio_serves_no_file_of_a_project_raw(preview: Previewer, settings: SettingsWrapper) -> None:
    opened = preview.open()
    assert preview.get(opened, "logo.svg", host=STUDIO).status_code == 410
    settings.PREVIEW_ORIGIN = "https://preview.example"
    assert preview.get(opened, "logo.svg", host=STUDIO).status_code == 404
    there = preview.open()
    assert there["url"].startswith("https://preview.example/preview/")
    assert preview.get(there, "logo.svg", host="preview.example").status_code == 200
    assert "<script>" in text(preview.get(there, "note.txt", host="preview.example"))
