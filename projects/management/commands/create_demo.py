from typing import Any

from django.core.management.base import BaseCommand, CommandParser

from projects.access import local_user
from projects.demo import create_demo


class Command(BaseCommand):
    help = "Creates the demo project of this machine's user, unless it is there, and prints the address of its editor."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--base-url", default="http://localhost:8001", help="where the site is served")

    def handle(self, *args: Any, base_url: str, **options: Any) -> None:
        project = create_demo(local_user())
        self.stdout.write(f"{base_url.rstrip('/')}/projects/{project.pk}/editor")
