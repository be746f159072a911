"""System checks: a wrong setting is found at start, and named."""

from __future__ import annotations

from typing import Any

from django.apps import apps
from django.conf import settings as django_settings
from django.contrib.staticfiles import finders
from django.core import checks
from django.core.checks import CheckMessage, Error, register
from django.db.models import IntegerField
from django.utils.module_loading import import_string

from chat.actions import registry
from chat.actions.formats import AUTO, DENSE, FOCUS
from chat.conf import DEFAULTS, project_model
from chat.workspace import Workspace

BUNDLE = "chat/dist/chat.js"

#: All but `kept`, which is optional; without one of them the first question, or the first proposal, fails.
WORKSPACE_METHODS = (
    "describe",
    "list_files",
    "read_files",
    "read_digests",
    "changes",
    "search",
    "check_path",
    "check_names",
    "protected",
    "lock",
    "commit",
    "merge",
)
ACCESS_METHODS = ("request_user", "visible_projects", "project_for", "can_write")


@register("chat")
def check_settings(**_: Any) -> list[CheckMessage]:
    """`CHAT` has known keys, and every dotted path in it leads to what it should."""
    given = getattr(django_settings, "CHAT", None)
    if not isinstance(given, dict):
        return [Error("CHAT is not set", hint='CHAT = {"PROJECT_MODEL": "yourapp.Project", …}', id="chat.E001")]
    found: list[CheckMessage] = [
        Error(f"CHAT has no setting {name!r}", id="chat.E002") for name in sorted(set(given) - set(DEFAULTS))
    ]
    found += _check_project_model()
    found += _check_path("WORKSPACE", given, WORKSPACE_METHODS)
    found += _check_path("ACCESS", given, ACCESS_METHODS)
    for alias, provider in dict(given.get("PROVIDERS") or {}).items():
        found += _check_provider(alias, provider)
    found += [Error(f'CHAT["ACTIONS"]: {problem}', id="chat.E006") for problem in registry.problems()]
    found += _check_style(given.get("CONTEXT_STYLE", AUTO))
    return found


@register("chat")
def check_bundle(**_: Any) -> list[CheckMessage]:
    """The panel's script is there: a checkout has none before it is built."""
    if not apps.is_installed("django.contrib.staticfiles") or finders.find(BUNDLE) is not None:
        return []
    hint = "npm ci && npm run build, where chat is checked out"
    return [checks.Warning(f"the chat panel is not built: there is no {BUNDLE}", hint=hint, id="chat.W001")]


def _check_style(value: Any) -> list[CheckMessage]:
    styles = value.values() if isinstance(value, dict) else [value]
    return [
        Error(f'CHAT["CONTEXT_STYLE"]: {style!r} is none of {AUTO}, {FOCUS}, {DENSE}', id="chat.E007")
        for style in styles
        if style not in (AUTO, FOCUS, DENSE)
    ]


def _check_project_model() -> list[CheckMessage]:
    try:
        model = apps.get_model(project_model())
    except (LookupError, ValueError) as error:
        hint = None if getattr(django_settings, "CHAT", {}).get("PROJECT_MODEL") else "it is not set"
        return [Error(f'CHAT["PROJECT_MODEL"] names no model: {error}', hint=hint, id="chat.E003")]
    if not isinstance(_own_key(model._meta.pk), IntegerField):
        said = f'CHAT["PROJECT_MODEL"]: the key of {model._meta.label} is no whole number, which is what the API takes'
        return [Error(said, id="chat.E008")]
    return []


def _own_key(key: Any) -> Any:
    """The field that a key's values come from: that of a model with a parent is a link to the parent's."""
    while key.remote_field is not None:
        key = key.target_field
    return key


def _check_provider(alias: str, provider: Any) -> list[CheckMessage]:
    setting = f'CHAT["PROVIDERS"]["{alias}"]'
    if not isinstance(provider, dict):
        hint = '{"BACKEND": "dotted.path", "OPTIONS": {…}}'
        return [Error(f"{setting} is no dictionary", hint=hint, id="chat.E009")]
    return _check_import(f'{setting}["BACKEND"]', provider.get("BACKEND", ""), ("stream",))


def _check_path(name: str, given: dict[str, Any], methods: tuple[str, ...]) -> list[CheckMessage]:
    return _check_import(f'CHAT["{name}"]', given.get(name, DEFAULTS[name]), methods)


def _has(found: Any, method: str) -> bool:
    """Whether it is there, and not only by the protocol that a class may inherit from."""
    own = getattr(found, method, None)
    return callable(own) and own is not getattr(Workspace, method, None)


def _check_import(setting: str, value: Any, methods: tuple[str, ...]) -> list[CheckMessage]:
    if value is None:
        return [Error(f"{setting} is not set", hint=f"a class with {', '.join(methods)}", id="chat.E005")]
    try:
        found = import_string(value) if isinstance(value, str) else value
    except ImportError as error:
        return [Error(f"{setting} can't be imported: {error}", id="chat.E004")]
    missing = [method for method in methods if not _has(found, method)]
    return [Error(f"{setting} lacks {', '.join(missing)}", id="chat.E005")] if missing else []
