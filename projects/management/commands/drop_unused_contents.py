from typing import Any

from django.core.management.base import BaseCommand

from projects.purge import drop_all_unused


class Command(BaseCommand):
    help = "Deletes the contents that no file and no revision names: what imports of killed servers left, for one."

    def handle(self, *args: Any, **options: Any) -> None:
        count, size = drop_all_unused()
        self.stdout.write(f"{count} contents, {size} bytes")
