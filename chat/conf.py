"""Settings of the chat app: one dictionary `CHAT` in Django's settings, with defaults for all but `PROJECT_MODEL`."""

from __future__ import annotations

from typing import Any

from django.conf import settings as django_settings
from django.core.signals import setting_changed
from django.utils.module_loading import import_string

DEFAULTS: dict[str, Any] = {
    "PROJECT_MODEL": None,
    "WORKSPACE": None,
    "ACCESS": None,
    # alias → {"BACKEND": dotted path, "OPTIONS": {…}}; empty: made of the OPENAI_… settings below
    "PROVIDERS": {},
    "OPENAI_API_KEY": "",
    "OPENAI_BASE_URL": "",
    "DEFAULT_MODEL": "gpt-4-turbo",
    "EMBEDDED_MODEL": True,
    "EMBEDDED_GGUF": "",
    # seconds
    "CONNECT_TIMEOUT": 10.0,
    "FIRST_TOKEN_TIMEOUT": 120.0,
    "IDLE_TIMEOUT": 90.0,
    "TURN_TIMEOUT": 900.0,
    "DRAIN_SECONDS": 20.0,
    "LEASE_SECONDS": 20.0,
    "PING_SECONDS": 15.0,
    # whether the readers of open streams may still read is looked up this often
    "ACCESS_SECONDS": 5.0,
    # the log is written this often, and followers are woken this often (seconds)
    "FLUSH_SECONDS": 0.15,
    "TICK_SECONDS": 0.05,
    # name → dotted path of an ActionType: added to the built-in ones; None takes one away (docs/actions.md)
    "ACTIONS": {},
    # how a model is asked for changes of files: "tools", "text" or "auto" (tools where it takes them), for all models
    # or by name: {"alias:model": "text", "*": "auto"}
    "ACTION_FORMAT": "auto",
    # what a model is shown of a project that does not fit: "focus" (the lines that are likely edited), "dense" (whole
    # files, and the names in many others) or "auto" (dense for who may change nothing), for all models or by name
    "CONTEXT_STYLE": "auto",
    # of one turn: requests to the model, read-only tools, tokens in and out
    "MAX_TURN_CALLS": 12,
    "MAX_TURN_STEPS": 24,
    "MAX_TURN_TOKENS": 600_000,
    # tokens
    "CONTEXT_TOKENS": 24_000,
    "MAX_ANSWER_TOKENS": None,
    # whether the model is asked to summarise what no longer fits of a conversation; one that takes fewer tokens than
    # this is not (it would be a small one, whose summary is worth less than the newest messages); seconds for one
    "SUMMARIES": True,
    "SUMMARY_LEAST_BUDGET": 4_000,
    "SUMMARY_TIMEOUT": 60.0,
    "SUMMARY_CALLS": 24,
    # whether files are indexed as they are written, and not only when a request needs it
    "BACKGROUND_INDEX": True,
    # characters
    "MAX_MESSAGE_CHARACTERS": 100_000,
    "MAX_ANSWER_CHARACTERS": 2_000_000,
    # bytes
    "MAX_BODY_BYTES": 2_000_000,
    "REDIS_URL": "",
}


class ChatSettings:
    """Attribute access to `CHAT` with defaults; dotted paths in `IMPORTED` come as the object they name."""

    IMPORTED = frozenset({"WORKSPACE", "ACCESS"})

    def __init__(self) -> None:
        self._cache: dict[str, Any] = {}

    def __getattr__(self, name: str) -> Any:
        if name not in DEFAULTS:
            raise AttributeError(f"CHAT has no setting {name!r}")
        if name not in self._cache:
            value = getattr(django_settings, "CHAT", {}).get(name, DEFAULTS[name])
            self._cache[name] = import_string(value) if name in self.IMPORTED and isinstance(value, str) else value
        return self._cache[name]

    def reload(self) -> None:
        """Forgets what was read, for tests that change settings."""
        self._cache.clear()


settings = ChatSettings()


def project_model() -> str:
    """The label of the host's project model, for foreign keys, as `AUTH_USER_MODEL` is for users."""
    label = getattr(django_settings, "CHAT", {}).get("PROJECT_MODEL")
    return str(label or "projects.Project")


def _reload(*, setting: str, **_: Any) -> None:
    if setting == "CHAT":
        settings.reload()


setting_changed.connect(_reload)
