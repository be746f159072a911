"""The admin's pages and the API's own page in a real Chromium, under the site's policy."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from axe_playwright_python.sync_playwright import Axe
from django.urls import reverse
from playwright.sync_api import Page, expect

from chat.models import AIConversation
from tests.integration.admin.conftest import add_turn

if TYPE_CHECKING:
    from django.contrib.auth.models import User
    from django.test import Client
    from pytest_django.live_server_helper import LiveServer

    from projects.models import Project

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def boss(page: Page, live_server: LiveServer, client: Client, django_user_model: type[User]) -> Page:
    """An administrator's browser; `complaints` is what it said of scripts and policies."""
    client.force_login(django_user_model.objects.create_superuser("boss"))
    cookie = {"name": "sessionid", "value": client.cookies["sessionid"].value, "url": live_server.url}
    page.context.add_cookies([cookie])
    return page


@pytest.fixture
def complaints(page: Page) -> list[str]:
    found: list[str] = []
    page.on("console", lambda message: found.append(message.text) if message.type == "error" else None)
    page.on("pageerror", lambda error: found.append(str(error)))
    return found


def broken_rules(complaints: list[str]) -> list[str]:
    return [text for text in complaints if "favicon" not in text and "404" not in text]


def test_no_page_breaks_the_policy_or_is_wider_than_the_screen(
    boss: Page, live_server: LiveServer, project: Project, complaints: list[str]
) -> None:
    message = add_turn(AIConversation.objects.create(project=project, title="La mienne"))
    rows = {"aiconversation": message.conversation, "aimessage": message, "modelcall": message.calls.get()}
    addresses = [reverse(f"admin:chat_{name}_changelist") for name in (*rows, "aiaction")]
    addresses += [reverse(f"admin:chat_{name}_change", args=[row.pk]) for name, row in rows.items()]
    addresses += [reverse("admin:chat_aiaction_statistics"), reverse("projects:statistics", args=[project.pk])]
    boss.set_viewport_size({"width": 380, "height": 800})
    for address in addresses:
        boss.goto(live_server.url + address)
        assert boss.evaluate("document.documentElement.scrollWidth") <= 380, address
    assert broken_rules(complaints) == []


def test_a_typed_filter_works_by_keyboard(boss: Page, live_server: LiveServer, project: Project) -> None:
    AIConversation.objects.create(project=project, title="La mienne")
    boss.goto(live_server.url + reverse("admin:chat_aiconversation_changelist"))
    field = boss.locator('input[type="search"][name="project"]')
    field.fill("aucun projet")
    field.press("Enter")
    expect(boss.get_by_text("La mienne")).to_have_count(0)
    field.fill("démo")
    field.press("Enter")
    expect(boss.get_by_text("La mienne")).to_be_visible()


def test_the_page_of_the_api_shows_every_operation(page: Page, live_server: LiveServer, complaints: list[str]) -> None:
    page.goto(f"{live_server.url}/api/docs")
    expect(page.get_by_text("/api/chat/messages/{id}/events")).to_be_visible()
    assert broken_rules(complaints) == []


def test_statistics_can_be_read_by_anyone(
    page: Page, live_server: LiveServer, client: Client, alice: User, project: Project
) -> None:
    """The plots have words, the table can be scrolled by keyboard, and colours hold in both themes."""
    client.force_login(alice)
    cookie = {"name": "sessionid", "value": client.cookies["sessionid"].value, "url": live_server.url}
    page.context.add_cookies([cookie])
    message = add_turn(AIConversation.objects.create(project=project, title="La mienne"))
    message.file_actions.update(status="completed", added=4)
    page.goto(live_server.url + reverse("projects:statistics", args=[project.pk]))
    expect(page.get_by_role("img", name="appliquée 1")).to_be_visible()
    expect(page.get_by_role("img", name="Propositions par jour, 30 derniers jours : 1")).to_be_visible()
    for width, scheme in ((1440, "light"), (360, "dark")):
        page.set_viewport_size({"width": width, "height": 800})
        page.emulate_media(color_scheme=scheme)
        assert page.evaluate("document.documentElement.scrollWidth") <= width
        found = Axe().run(page, options={"resultTypes": ["violations"]})
        assert not [(rule["id"], [node["target"] for node in rule["nodes"]]) for rule in found.response["violations"]]
    page.get_by_role("link", name="7 jours").click()
    expect(page.get_by_text("Propositions par jour, 7 derniers jours : 1")).to_be_visible()
