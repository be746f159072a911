from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class ProjectsConfig(AppConfig):
    name = "projects"
    verbose_name = _("Projets")

    def ready(self) -> None:
        """Registers the system checks, and listens to the chat."""
        from projects import checks, conversation_news  # noqa: F401

        conversation_news.listen()
