"""`{% chat_panel project %}`: what the page gets."""

from __future__ import annotations

import re
from types import SimpleNamespace
from typing import Any

import pytest
from django.conf import settings
from django.contrib.auth.models import AnonymousUser
from django.template import Context, Engine, RequestContext, Template
from django.test import RequestFactory
from django.utils.translation import override

TEMPLATE = Template("{% load chat %}{% chat_panel project %}")


def rendered(project: object, **request_attributes: object) -> str:
    request = RequestFactory().get("/")
    for name, value in request_attributes.items():
        setattr(request, name, value)
    return TEMPLATE.render(Context({"project": project, "request": request}))


def test_it_takes_an_object_or_a_key() -> None:
    assert 'project="7"' in rendered(SimpleNamespace(pk=7))
    assert 'project="7"' in rendered(7)


def test_it_says_who_is_logged_in() -> None:
    assert ' user="12"' in rendered(7, user=SimpleNamespace(pk=12))
    assert " user=" not in rendered(7, user=AnonymousUser())
    assert " user=" not in rendered(7)


def test_it_is_light_or_dark_where_the_page_says_so() -> None:
    tag = "{% load chat %}{% chat_panel 7 theme=theme %}"
    told = {theme: Template(tag).render(Context({"theme": theme})) for theme in ("light", "dark", "auto")}
    assert ' theme="light"' in told["light"]
    assert ' theme="dark"' in told["dark"]
    assert " theme=" not in told["auto"]
    assert " theme=" not in rendered(7)


def test_it_says_how_long_a_message_may_be(settings: Any) -> None:
    assert 'longest-message="100000"' in rendered(7)
    settings.CHAT = {**settings.CHAT, "MAX_MESSAGE_CHARACTERS": 2000}
    assert 'longest-message="2000"' in rendered(7)


def test_its_numbers_are_plain_whatever_the_site_makes_of_numbers(settings: Any) -> None:
    settings.USE_THOUSAND_SEPARATOR = True
    with override("fr"):
        html = rendered(1234567, user=SimpleNamespace(pk=7654321))
    assert 'project="1234567" user="7654321"' in html
    assert 'longest-message="100000"' in html


def test_it_says_where_the_api_is_and_carries_the_token() -> None:
    html = rendered(7)
    assert 'api="/api/chat"' in html
    assert 'csrf-cookie="csrftoken"' in html
    assert 'csrf-header="X-CSRFTOKEN"' in html
    assert re.search(r'csrf-token="\w{64}"', html)


def test_the_script_has_the_nonce_of_the_page_and_nothing_is_inline() -> None:
    html = rendered(7, csp_nonce="abc123")
    assert re.search(r'<script type="module" src="[^"]*chat/dist/chat\.js" nonce="abc123"></script>', html)
    assert "style=" not in html
    assert "nonce" not in rendered(7)


@pytest.mark.parametrize("language", ["fr", "en"])
def test_it_speaks_the_language_of_the_page(language: str) -> None:
    with override(language):
        assert f'lang="{language}"' in rendered(7)


@pytest.mark.parametrize(("site", "shown"), [("en-us", "en"), ("fr", "fr"), ("de", "fr")])
def test_whose_language_it_has_no_texts_in_gets_that_of_the_site(settings: Any, site: str, shown: str) -> None:
    settings.LANGUAGE_CODE = site
    with override("de"):
        assert f' lang="{shown}"' in rendered(7)


def test_without_a_request_it_still_renders() -> None:
    html = TEMPLATE.render(Context({"project": 7}))
    assert "<webox-chat" in html


def test_it_knows_the_request_without_a_context_processor() -> None:
    request = RequestFactory().get("/")
    request.user = SimpleNamespace(pk=12)  # type: ignore[assignment]
    bare = Engine(
        libraries={"chat": "chat.templatetags.chat", "static": "django.templatetags.static"}, app_dirs=True
    ).from_string(TEMPLATE.source)
    html = bare.render(RequestContext(request, {"project": 7}))
    assert ' user="12"' in html
    assert re.search(r'csrf-token="\w{64}"', html)


def test_what_it_is_given_is_escaped() -> None:
    assert "<img" not in rendered(SimpleNamespace(pk='"><img src=x>'))


def test_every_property_a_page_may_set_is_documented() -> None:
    tokens = (settings.BASE_DIR / "chat/static/chat/css/tokens.css").read_text()
    _, _, table = (settings.BASE_DIR / "docs/panel.md").read_text().partition("| properties `--chat-…` |")
    rows = re.findall(r"^\|((?: `[\w-]+`)+) \|", table.split("\n\n")[0], re.MULTILINE)
    assert {name for row in rows for name in re.findall(r"`([\w-]+)`", row)} == set(
        re.findall(r"var\(\s*--chat-([\w-]+)", tokens)
    )
