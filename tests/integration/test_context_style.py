"""What a model is shown of a project that does not fit: as the site says, else as the form of its answers wants it."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

import pytest
from django.conf import settings as site
from django.test import override_settings

from chat.actions.formats import style_of
from chat.models import AIMessage
from chat.testing import Script, scripted
from projects import files
from projects.files import Write
from projects.models import Membership

if TYPE_CHECKING:
    from django.contrib.auth.models import User
    from django.test import Client

    from projects.models import Project

MODEL = "scripted-1"
#: Thirty definitions in each file, far more than a prompt of 4,000 tokens takes.
TEXT = "\n".join(
    f"def invoice_{n}(rows):\n    '''Part {n} of an invoice.'''\n" + "    rows.append(1)\n" * 12 for n in range(30)
)
BUDGET = 4000


@pytest.mark.parametrize(("said", "writes", "style"), [
    ("auto", True, "focus"),
    ("auto", False, "dense"),
    ("dense", True, "dense"),
    ("focus", False, "focus"),
    ("nonsense", True, "focus"),
    ({"strong:gpt": "dense", "*": "focus"}, True, "dense"),
    ({"gpt": "dense"}, True, "dense"),
    ({"other": "dense", "*": "focus"}, False, "focus"),
    ({"other": "dense"}, False, "dense"),
])  # fmt: skip
def test_the_setting_goes_before_the_form_of_the_answers(said: Any, writes: bool, style: str) -> None:
    with override_settings(CHAT={**site.CHAT, "CONTEXT_STYLE": said}):
        assert style_of("strong:gpt", "gpt", writes=writes) == style


@pytest.fixture
def large(project: Project, alice: User) -> Project:
    files.commit(project, alice, [Write(f"shop/invoice{n}.py", TEXT.encode()) for n in range(8)])
    return project


def shown(parts: list[dict[str, Any]]) -> dict[str, str]:
    """path → how much of a file went in."""
    return {part["path"]: part.get("detail", "whole") for part in parts if part["kind"] == "file"}


@contextmanager
def model(**settings: Any) -> Iterator[None]:
    with scripted(Script.text("Bien."), CONTEXT_TOKENS=BUDGET, **settings):
        yield


def asked(client: Client, user: User, project: Project) -> tuple[dict[str, str], dict[str, str]]:
    """What the preview says, and what the turn had."""
    client.force_login(user)
    client.defaults["HTTP_SEC_FETCH_SITE"] = "same-origin"
    body = {"project_id": project.pk, "content": "invoice_7 counts twice", "model": MODEL}
    before = client.post("/api/chat/context/preview", body, content_type="application/json").json()
    assert before["tokens"] <= BUDGET
    answer = client.post("/api/chat/message", body, content_type="application/json").json()
    message = AIMessage.objects.get(pk=answer["message"]["id"])
    after = client.get(f"/api/chat/messages/{message.pk}/receipt").json()
    return shown(before["parts"]), shown(after["parts"])


@pytest.mark.django_db
def test_edits_by_blocks_get_the_lines_and_the_setting_gets_the_names(
    client: Client, large: Project, alice: User
) -> None:
    with model():
        before, after = asked(client, alice, large)
    assert before == after
    assert "focus" in after.values()
    with model(CONTEXT_STYLE={MODEL: "dense"}):
        before, after = asked(client, alice, large)
    assert before == after
    assert "focus" not in after.values()
    assert {f"shop/invoice{n}.py" for n in range(8)} <= after.keys(), "every file is named, if not shown"


@pytest.mark.django_db
def test_who_may_change_nothing_gets_the_names(client: Client, large: Project, mallory: User) -> None:
    Membership.objects.create(project=large, user=mallory, role=Membership.Role.VIEWER)
    with model():
        before, after = asked(client, mallory, large)
    assert before == after
    assert "focus" not in after.values()
