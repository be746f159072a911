"""Who is asking, and what they may see (projects/access.py)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from django.contrib.auth.models import AnonymousUser
from django.contrib.sessions.backends.db import SessionStore
from django.core.exceptions import DisallowedHost
from django.middleware.csrf import get_token
from django.test import RequestFactory

from projects import access, tokens
from projects.models import Membership, Project

if TYPE_CHECKING:
    from django.contrib.auth.models import User
    from django.http import HttpRequest
    from pytest_django.fixtures import SettingsWrapper

pytestmark = pytest.mark.django_db


@pytest.fixture
def debug(settings: SettingsWrapper) -> None:
    settings.DEBUG = True
    settings.ALLOWED_HOSTS = ["localhost", "127.0.0.1", "[::1]"]


def ask(method: str = "GET", host: str = "localhost:8001", user: User | None = None, **meta: Any) -> HttpRequest:
    request = RequestFactory().generic(method, "/", headers={"host": host}, **meta)
    request.user = user or AnonymousUser()
    return request


class TestLocalUse:
    @pytest.mark.parametrize("host", ["localhost:8001", "localhost", "127.0.0.1:8001", "[::1]:8001", "[::1]"])
    def test_this_machine_needs_no_login(self, debug: None, host: str) -> None:
        user = access.request_user(ask(host=host))
        assert user is not None
        assert user.username == "local"
        assert not user.has_usable_password()
        assert not user.is_staff

    def test_it_is_the_same_person_each_time(self, debug: None) -> None:
        assert access.request_user(ask()) == access.request_user(ask())

    def test_curl_may_write(self, debug: None) -> None:
        assert access.request_user(ask("POST")) == access.local_user()

    def test_without_debug_nobody_is_local(self, settings: SettingsWrapper) -> None:
        settings.DEBUG = False
        settings.ALLOWED_HOSTS = ["localhost"]
        assert access.request_user(ask()) is None

    @pytest.mark.parametrize("address", ["192.168.1.20", "8.8.8.8", "", "not an address"])
    def test_another_machine_is_not_local(self, debug: None, address: str) -> None:
        assert access.request_user(ask(REMOTE_ADDR=address)) is None

    @pytest.mark.parametrize("header", ["X-Forwarded-For", "X-Real-IP", "Forwarded", "Via", "X-Forwarded-Host"])
    def test_a_proxy_in_front_means_another_machine(self, debug: None, header: str) -> None:
        request = ask(**{f"HTTP_{header.upper().replace('-', '_')}": "127.0.0.1"})
        assert access.request_user(request) is None

    @pytest.mark.parametrize("header", ["X-Forwarded-Proto", "X-Client-IP", "CF-Connecting-IP", "True-Client-IP"])
    def test_any_header_of_a_proxy_will_do(self, debug: None, header: str) -> None:
        assert access.request_user(ask(**{f"HTTP_{header.upper().replace('-', '_')}": "x"})) is None

    def test_what_nginx_speaks_by_default_is_a_proxy(self, debug: None) -> None:
        request = ask()
        request.scope = {"http_version": "1.0"}  # type: ignore[attr-defined]
        assert access.request_user(request) is None
        request.scope = {"http_version": "1.1"}  # type: ignore[attr-defined]
        assert access.request_user(request) == access.local_user()

    def test_a_page_of_another_name_came_by_a_proxy(self, debug: None) -> None:
        """The browser says it is of the same origin, and names another than the one that was asked for."""
        there = {"HTTP_SEC_FETCH_SITE": "same-origin", "HTTP_REFERER": "https://studio.example/projects/1/editor"}
        assert access.request_user(ask(**there)) is None
        here = {"HTTP_SEC_FETCH_SITE": "same-origin", "HTTP_REFERER": "http://localhost:8001/"}
        assert access.request_user(ask(**here)) == access.local_user()
        link = {"HTTP_SEC_FETCH_SITE": "cross-site", "HTTP_REFERER": "https://elsewhere.example/"}
        assert access.request_user(ask(**link)) == access.local_user()

    def test_it_can_be_switched_off(self, debug: None, settings: SettingsWrapper) -> None:
        settings.WEBOX_LOCAL = False
        assert access.request_user(ask()) is None

    def test_a_rebound_name_is_refused(self, debug: None) -> None:
        with pytest.raises(DisallowedHost):
            access.request_user(ask(host="evil.example:8001"))

    def test_an_allowed_name_that_is_not_loopback_is_not_local(self, debug: None, settings: SettingsWrapper) -> None:
        settings.ALLOWED_HOSTS = ["*"]
        assert access.request_user(ask(host="evil.example:8001")) is None


class TestOtherSites:
    """Another page in the same browser must not be able to change anything."""

    @pytest.mark.parametrize(
        "meta",
        [
            {"HTTP_SEC_FETCH_SITE": "cross-site"},
            {"HTTP_SEC_FETCH_SITE": "same-site"},  # another port of this machine
            {"HTTP_ORIGIN": "https://evil.example"},
            {"HTTP_ORIGIN": "http://localhost:3000"},
            {"HTTP_ORIGIN": "https://localhost:8001"},
            {"HTTP_ORIGIN": "null"},  # a sandboxed preview
            {"HTTP_ORIGIN": "http://[broken"},
            {"HTTP_SEC_FETCH_SITE": "same-origin", "HTTP_ORIGIN": "https://evil.example"},
        ],
    )
    @pytest.mark.parametrize("method", ["POST", "PUT", "PATCH", "DELETE"])
    def test_a_foreign_change_is_refused(self, debug: None, alice: User, method: str, meta: dict[str, str]) -> None:
        for user in (None, alice):
            with pytest.raises(access.ForeignRequest):
                access.request_user(ask(method, user=user, **meta))

    @pytest.mark.parametrize("meta", [{"HTTP_SEC_FETCH_SITE": "same-origin"}, {"HTTP_ORIGIN": "http://localhost:8001"}])
    def test_our_own_page_may(self, debug: None, alice: User, meta: dict[str, str]) -> None:
        assert access.request_user(ask("POST", **meta)) == access.local_user()
        assert access.request_user(ask("POST", user=alice, **meta)) == alice

    def test_a_trusted_origin_may(self, debug: None, alice: User, settings: SettingsWrapper) -> None:
        settings.CSRF_TRUSTED_ORIGINS = ["https://studio.example"]
        assert access.request_user(ask("POST", user=alice, HTTP_ORIGIN="https://studio.example")) == alice

    def test_a_session_without_browser_headers_needs_the_token(self, debug: None, alice: User) -> None:
        with pytest.raises(access.ForeignRequest):
            access.request_user(ask("POST", user=alice))

    def test_a_session_with_the_token_may(self, debug: None, alice: User) -> None:
        token = get_token(first := ask(user=alice))
        request = ask("POST", user=alice, HTTP_X_CSRFTOKEN=token)
        request.COOKIES["csrftoken"] = first.META["CSRF_COOKIE"]
        assert access.request_user(request) == alice

    def test_a_token_decides_alone_and_never_administers(self, debug: None, admin_user: User, project: Project) -> None:
        header = f"Token {tokens.create(admin_user, 'x', None)}"
        found = access.request_user(ask("POST", user=admin_user, HTTP_AUTHORIZATION=header, HTTP_ORIGIN="https://a.b"))
        assert found == admin_user
        assert list(access.visible_projects(found)) == []
        assert not access.can_write(found, project)
        assert access.request_user(ask(user=admin_user, HTTP_AUTHORIZATION="Token wrong")) is None
        assert access.page_user(ask(HTTP_AUTHORIZATION=header)) == access.local_user()

    def test_reading_is_free(self, debug: None, alice: User) -> None:
        assert access.request_user(ask(user=alice, HTTP_SEC_FETCH_SITE="cross-site")) == alice


class TestSessions:
    def test_the_session_is_read_where_no_middleware_ran(self, client: Any, alice: User) -> None:
        client.force_login(alice)
        request = RequestFactory().get("/")
        request.session = SessionStore(client.session.session_key)
        assert access.request_user(request) == alice

    def test_a_closed_account_is_nobody(self, alice: User) -> None:
        alice.is_active = False
        assert access.request_user(ask(user=alice)) is None


class TestProjects:
    def test_the_owner_and_members_see_a_project_once(self, project: Project, alice: User, mallory: User) -> None:
        assert list(access.visible_projects(alice)) == [project]
        assert list(access.visible_projects(mallory)) == []
        Membership.objects.create(project=project, user=mallory, role=Membership.Role.VIEWER)
        assert list(access.visible_projects(mallory)) == [project]

    def test_a_strangers_project_looks_like_none(self, project: Project, mallory: User) -> None:
        with pytest.raises(Project.DoesNotExist):
            access.project_for(mallory, project.pk)
        with pytest.raises(Project.DoesNotExist):
            access.project_for(mallory, project.pk + 1)

    @pytest.mark.parametrize(("role", "writes"), [("owner", True), ("editor", True), ("viewer", False)])
    def test_who_may_write(self, project: Project, mallory: User, role: str, writes: bool) -> None:
        assert not access.can_write(mallory, project)
        Membership.objects.create(project=project, user=mallory, role=role)
        assert access.can_write(mallory, project) is writes

    def test_the_owner_needs_no_membership(self, project: Project, alice: User) -> None:
        project.memberships.all().delete()
        assert access.can_write(alice, project)
        assert access.project_for(alice, project.pk) == project

    def test_an_administrator_sees_everything(self, project: Project, admin_user: User) -> None:
        """Else a newcomer who makes an account for the admin would lose the demo project by logging in."""
        assert access.project_for(admin_user, project.pk) == project
        assert access.can_write(admin_user, project)

    def test_the_class_that_chat_loads_has_the_same_functions(self, project: Project, alice: User) -> None:
        rules = access.ProjectAccess()
        assert rules.project_for(alice, project.pk) == project
        assert rules.can_write(alice, project)
        assert list(rules.visible_projects(alice)) == [project]
        assert rules.request_user(ask(user=alice)) == alice
