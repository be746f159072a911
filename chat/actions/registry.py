"""Which action types there are: ours, and those that the host's settings add, replace or take away."""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache
from typing import Any

from django.core.signals import setting_changed
from django.utils.module_loading import import_string

from chat.actions.kinds import ActionType
from chat.conf import settings

BUILT_IN: dict[str, str] = {
    "create_file": "chat.actions.builtin.CreateFile",
    "modify_file": "chat.actions.builtin.ModifyFile",
    "delete_file": "chat.actions.builtin.DeleteFile",
    "rename_file": "chat.actions.builtin.RenameFile",
}


@lru_cache(maxsize=1)
def action_types() -> Mapping[str, ActionType]:
    """Every type by its name, in a fixed order: ours first."""
    named = {**BUILT_IN, **dict(settings.ACTIONS)}
    return {name: _made(target) for name, target in named.items() if target is not None}


def _made(target: Any) -> ActionType:
    found = import_string(target) if isinstance(target, str) else target
    made = found() if isinstance(found, type) else found
    assert isinstance(made, ActionType), f"{target!r} is no ActionType"  # noqa: S101 — `chat.checks` says it kindly
    return made


def problems() -> list[str]:
    """What is wrong with the setting, for the system check."""
    return [problem for name, target in dict(settings.ACTIONS).items() for problem in _problems(name, target)]


def _problems(name: str, target: Any) -> list[str]:
    if target is None:
        return [] if name in BUILT_IN else [f"there is no {name!r} to take away"]
    try:
        found = import_string(target) if isinstance(target, str) else target
    except ImportError as error:
        return [f"{name!r} can't be imported: {error}"]
    kind = found if isinstance(found, type) else type(found)
    if not issubclass(kind, ActionType):
        return [f"{name!r} is no subclass of chat.actions.kinds.ActionType"]
    wrong = []
    if getattr(kind, "name", None) != name:
        wrong.append(f"{name!r} calls itself {getattr(kind, 'name', None)!r}")
    if not (name.isidentifier() and len(name) <= 20):
        wrong.append(f"{name!r} is no identifier of 20 characters at most")
    if kind.parameters.get("path", {}).get("type") != "string":
        wrong.append(f"{name!r} has no text parameter 'path'")
    return wrong


def _forget(*, setting: str, **_: Any) -> None:
    if setting == "CHAT":
        action_types.cache_clear()


setting_changed.connect(_forget)
