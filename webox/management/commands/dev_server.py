"""What bin/dev ends in: migrate, make the demo project, then `runserver` with the front end rebuilt as it changes.

One process does it all, because starting Django three times would take most of the five seconds a restart may take.
"""

from __future__ import annotations

import os
import shutil
import subprocess
from contextlib import ExitStack
from io import StringIO

from django.conf import settings
from django.core.management import call_command
from django.db import connection
from django.db.migrations.executor import MigrationExecutor

from webox.management.commands.runserver import ADDRESS_TO_SHOW
from webox.management.commands.runserver import Command as Runserver


class Command(Runserver):
    help = "Migrates, makes the demo project and serves with reload. bin/dev calls it."

    def prepare(self) -> None:
        super().prepare()
        self._migrate()
        editor = StringIO()
        call_command("create_demo", base_url=f"http://{self.shown_host()}:{self.port}", stdout=editor)
        os.environ[ADDRESS_TO_SHOW] = editor.getvalue().strip()

    def serve_children(self) -> int:
        with ExitStack() as running:
            self._watch_front_end(running)
            return super().serve_children()

    def _migrate(self) -> None:
        executor = MigrationExecutor(connection)
        if executor.migration_plan(executor.loader.graph.leaf_nodes()):
            self.stdout.write("▸ Bringing the database up to date")
            call_command("migrate", verbosity=0)

    def _watch_front_end(self, running: ExitStack) -> None:
        node = shutil.which("node")
        if node is None or not (settings.BASE_DIR / "node_modules").is_dir():
            return
        command = [node, "esbuild.config.mjs", "--watch"]
        watcher = subprocess.Popen(command, cwd=settings.BASE_DIR, stdin=subprocess.PIPE, stdout=subprocess.DEVNULL)
        running.callback(watcher.wait)
        running.callback(watcher.terminate)
