from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class ProjectsConfig(AppConfig):
    name = "projects"
    verbose_name = _("Projets")

    def ready(self) -> None:
        """Registers the system checks, and listens to the chat and to projects that are deleted."""
        from projects import checks, conversation_news, purge  # noqa: F401

        conversation_news.listen()
        purge.with_their_project()
