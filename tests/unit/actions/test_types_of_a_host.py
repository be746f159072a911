"""An action type that a host adds: registered by a setting, planned, applied and undone like ours."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

import pytest
from django.conf import settings as django_settings
from django.core.checks import run_checks
from django.test import override_settings

from chat.actions.collect import Proposals
from chat.actions.kinds import ActionType, Call, Change, text_of, there
from chat.actions.plan import Rules, plan
from chat.actions.policy import why_ask
from chat.actions.registry import action_types
from chat.actions.testing import check_action_type
from chat.actions.tools import ToolDecoder, schemas
from chat.actions.types import Done, OtherAction, Started
from chat.llm.base import ToolCallDelta
from chat.testing import MemoryWorkspace

HERE = "tests.unit.actions.test_types_of_a_host"
pytestmark = pytest.mark.django_db


class PublishPage(ActionType):
    """As in `docs/actions.md`."""

    name = "publish_page"
    description = "Publishes a page that is a draft."
    parameters = {"path": {"type": "string"}}
    label = "Publish {path}"
    always_asks = True

    def validate(self, arguments: Mapping[str, Any], call: Call) -> OtherAction:
        return OtherAction(text_of(arguments, "path"), self.name, **call.fields())

    def plan(self, proposal: OtherAction, files: Mapping[str, bytes]) -> Change:
        page = there(files, proposal.path)
        return Change(page, page.replace(b"draft: true", b"draft: false"))


class Forgetful(PublishPage):
    """Keeps what it is told."""

    def validate(self, arguments: Mapping[str, Any], call: Call) -> OtherAction:
        return OtherAction(text_of(arguments, "path"), self.name, dict(arguments), **call.fields())


class Lax(PublishPage):
    """Takes anything for a path."""

    def validate(self, arguments: Mapping[str, Any], call: Call) -> OtherAction:
        return OtherAction(str(arguments["path"]), self.name, **call.fields())


class Moody(PublishPage):
    """Plans something else each time."""

    count = 0

    def plan(self, proposal: OtherAction, files: Mapping[str, bytes]) -> Change:
        Moody.count += 1
        return Change(files[proposal.path], b"%d" % Moody.count)


def workspace() -> MemoryWorkspace:
    return MemoryWorkspace("site", {"about.md": "draft: true\r\nHi", "other.md": "x\n"})


def with_actions(**actions: Any) -> Any:
    return override_settings(CHAT={**django_settings.CHAT, "ACTIONS": actions})


def test_a_hosts_type_keeps_the_contract() -> None:
    planned = check_action_type(PublishPage(), workspace(), {"path": "about.md"})
    assert planned.after == b"draft: false\r\nHi"
    assert planned.protected


@pytest.mark.parametrize(
    ("name", "arguments"),
    [
        ("create_file", {"path": "new/a.js", "content": "é\r\nx"}),
        ("create_file", {"path": "about.md", "content": "x\n"}),
        ("modify_file", {"path": "about.md", "edits": [{"search": "Hi", "replace": "Ho"}]}),
        ("delete_file", {"path": "about.md"}),
        ("rename_file", {"path": "about.md", "to": "pages/about.md"}),
    ],
)
def test_our_types_keep_it(name: str, arguments: dict[str, Any]) -> None:
    check_action_type(action_types()[name], workspace(), arguments)


@pytest.mark.parametrize(
    ("kind", "rule"),
    [(Forgetful(), "does not know are dropped"), (Lax(), "is refused"), (Moody(), "gives the same plan")],
)
def test_a_type_that_breaks_it_is_told(kind: ActionType, rule: str) -> None:
    with pytest.raises(AssertionError, match=rule):
        check_action_type(kind, workspace(), {"path": "about.md"})


def test_an_example_that_changes_nothing_proves_nothing() -> None:
    with pytest.raises(AssertionError, match="changes something"):
        check_action_type(PublishPage(), workspace(), {"path": "other.md"})


def test_it_is_offered_decoded_and_planned_like_ours() -> None:
    with with_actions(publish_page=f"{HERE}.PublishPage"):
        types = action_types()
        assert [tool["function"]["name"] for tool in schemas(types, reads=False)] == [*list(types)]
        decoder = ToolDecoder(Proposals(), types)
        decoded = decoder.feed(ToolCallDelta(0, "id", "publish_page", json.dumps({"path": "a.md"})))
        decoded += decoder.finish()
    assert decoded[0] == Started(0, "publish_page", "a.md")
    assert isinstance(decoded[1], Done)
    planned = plan({"a.md": b"draft: true\n"}, [decoded[1].proposal], Rules(types=types))
    assert planned.files() == {"a.md": b"draft: false\n"}
    assert why_ask(planned, "auto") == "protected"


def test_a_setting_adds_replaces_and_takes_away() -> None:
    assert list(action_types()) == ["create_file", "modify_file", "delete_file", "rename_file"]
    with with_actions(publish_page=f"{HERE}.PublishPage", delete_file=None):
        assert list(action_types()) == ["create_file", "modify_file", "rename_file", "publish_page"]
    assert "publish_page" not in action_types()


@pytest.mark.parametrize(
    ("actions", "problem"),
    [
        ({"publish_page": "no.such.module"}, "can't be imported"),
        ({"publish_page": "django.conf.settings"}, "no subclass"),
        ({"publish": f"{HERE}.PublishPage"}, "calls itself"),
        ({"publish_page": None}, "to take away"),
    ],
)
def test_a_wrong_setting_is_found_at_start(actions: dict[str, Any], problem: str) -> None:
    with with_actions(**actions):
        found = [message for message in run_checks(tags=["chat"]) if message.id == "chat.E006"]
    assert len(found) == 1
    assert problem in found[0].msg


def test_people_read_what_an_action_does() -> None:
    from django.utils.translation import override

    kind = action_types()["rename_file"]
    proposal = kind.validate({"path": "a.js", "to": "b.js"}, Call())
    with override("fr"):
        assert kind.describe(proposal) == "Renommer a.js en b.js"
    with override("en"):
        assert kind.describe(proposal) == "Rename a.js to b.js"
