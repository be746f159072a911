"""Changes that another site asks for: refused by chat itself, however little a host's `ACCESS` looks at."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest
from django.core.exceptions import PermissionDenied
from django.middleware.locale import LocaleMiddleware
from django.test import RequestFactory

from chat.api.short import language_of, request_of
from chat.conf import settings as chat_settings
from chat.origin import refuse_foreign
from projects.access import ProjectAccess

if TYPE_CHECKING:
    from django.contrib.auth.models import User
    from django.http import HttpRequest
    from django.test import AsyncClient, Client

    from projects.models import Project

HERE = "http://testserver"


class Plain(ProjectAccess):
    """What one writes first."""

    @staticmethod
    def request_user(request: HttpRequest) -> Any:
        return request.user if request.user.is_authenticated else None


CASES = [
    ("a page of the site", {"HTTP_SEC_FETCH_SITE": "same-origin", "HTTP_ORIGIN": HERE}, True),
    ("an address that was typed", {"HTTP_SEC_FETCH_SITE": "none"}, True),
    ("an older browser on the site", {"HTTP_ORIGIN": HERE}, True),
    ("another site", {"HTTP_SEC_FETCH_SITE": "cross-site", "HTTP_ORIGIN": "https://evil.example"}, False),
    ("another name of the same site", {"HTTP_SEC_FETCH_SITE": "same-site"}, False),
    ("an older browser on another site", {"HTTP_ORIGIN": "https://evil.example"}, False),
    ("a page without an origin", {"HTTP_ORIGIN": "null"}, False),
    ("a browser that says nothing", {"HTTP_COOKIE": "sessionid=a"}, False),
    ("a program with neither cookie nor login", {}, True),
    ("a token", {"HTTP_AUTHORIZATION": "Token abc", "HTTP_SEC_FETCH_SITE": "cross-site"}, True),
    (
        "a password that the browser adds",
        {"HTTP_AUTHORIZATION": "Basic YTpi", "HTTP_SEC_FETCH_SITE": "cross-site"},
        False,
    ),
]


@pytest.mark.parametrize(("headers", "passes"), [case[1:] for case in CASES], ids=[case[0] for case in CASES])
def test_who_may_ask_for_a_change(headers: dict[str, str], passes: bool) -> None:
    def asked(method: str) -> HttpRequest:
        return RequestFactory(enforce_csrf_checks=True).generic(method, "/", **headers)  # type: ignore[arg-type]

    refuse_foreign(asked("GET"))
    if passes:
        refuse_foreign(asked("POST"))
    else:
        with pytest.raises(PermissionDenied):
            refuse_foreign(asked("POST"))


def test_a_host_that_looks_at_nothing_is_safe_all_the_same(
    client: Client, project: Project, alice: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(type(chat_settings), "ACCESS", Plain, raising=False)
    client.force_login(alice)
    body = json.dumps({"project_id": project.pk, "title": "A"})

    def begin(**headers: str) -> int:
        address = "/api/chat/conversations"
        return client.post(address, body, content_type="application/json", headers=headers).status_code

    assert begin(**{"Sec-Fetch-Site": "cross-site", "Origin": "https://evil.example"}) == 403
    assert begin(**{"Sec-Fetch-Site": "same-origin", "Origin": HERE}) == 201


@pytest.mark.django_db
def test_the_short_way_has_the_user_that_a_middleware_would_have_set(async_client: AsyncClient, alice: User) -> None:
    async_client.force_login(alice)
    session = async_client.cookies["sessionid"].value
    headers = [(b"cookie", f"sessionid={session}".encode()), (b"host", b"testserver")]
    scope = {"type": "http", "method": "POST", "path": "/", "headers": headers, "query_string": b""}
    assert request_of(scope, b"").user == alice
    assert not request_of({**scope, "headers": []}, b"").user.is_authenticated


@pytest.mark.parametrize(
    ("middleware", "language"),
    [
        (["django.middleware.locale.LocaleMiddleware"], "en"),
        (["tests.integration.test_origin.OwnLocale"], "en"),
        (["django.middleware.common.CommonMiddleware"], "fr"),
    ],
)
def test_a_stream_speaks_as_the_rest_of_the_page(settings: Any, middleware: list[str], language: str) -> None:
    """Where nothing looks for a reader's language, the page has the site's, and so do the errors of its streams."""
    settings.MIDDLEWARE = middleware
    request = RequestFactory().get("/", headers={"accept-language": "en-GB,en;q=0.9"})
    assert language_of(request) == language


class OwnLocale(LocaleMiddleware):
    """A site's own."""
