"""The reusable chat app."""

from __future__ import annotations

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class ChatConfig(AppConfig):
    """`INSTALLED_APPS += ["chat"]`, `CHAT = {"PROJECT_MODEL": "yourapp.Project", …}`."""

    name = "chat"
    verbose_name = _("Assistant IA")
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        """Registers the system checks; listens for files to index."""
        from chat import checks, workspace  # noqa: F401
        from chat.context import store
        from chat.context.indexing import indexer
        from chat.context.suggest import catalogs

        workspace.drop_listeners.append(store.forget)
        workspace.listeners += [indexer.written, catalogs.changed]
