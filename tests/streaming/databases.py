"""Throwaway databases for real servers: copies of a template that is migrated once per session."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import uuid
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path

import psycopg
from psycopg import sql

ROOT = Path(__file__).resolve().parent.parent.parent
#: Settings of the developer's own that no test server may see.
PRIVATE = ("OPENAI_", "WEBOX_", "DATABASE_", "REDIS_", "DJANGO_", "EMAIL_", "SECURE_", "CSRF_", "PREVIEW_")


def environment(**settings: str) -> dict[str, str]:
    """The environment of a server or a command: this one's, without the developer's settings."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith(PRIVATE)}
    fixed = {"WEBOX_ENV_FILE": os.devnull, "DEBUG": "True", "SECRET_KEY": "tests", "WEBOX_EMBEDDED_MODEL": "off"}
    return {**kept, **fixed, **settings}


def set_up(database_url: str) -> None:
    """Migrates a database and puts the demo project (number 1) into it."""
    for command in (("migrate", "-v0"), ("create_demo", "-v0")):
        subprocess.run(
            [sys.executable, "manage.py", *command],
            cwd=ROOT,
            env=environment(DATABASE_URL=database_url),
            check=True,
            stdout=subprocess.DEVNULL,
        )


class SQLiteFiles:
    """Copies of one migrated file."""

    def __init__(self, folder: Path) -> None:
        self._template = folder / "template.sqlite3"

    def copy_to(self, path: Path) -> str:
        """A fresh database; its address."""
        if not self._template.exists():
            half = self._template.with_suffix(".half")
            set_up(f"sqlite:///{half}")
            half.rename(self._template)
        shutil.copy(self._template, path)
        return f"sqlite:///{path}"


class PostgresDatabases:
    """Copies of one migrated database; all are dropped at the end."""

    def __init__(self, server_url: str) -> None:
        self._server = server_url.replace("postgres://", "postgresql://", 1)
        self._base = server_url.rpartition("/")[0]
        self._template = ""
        self._made: list[str] = []

    def new(self) -> str:
        """A fresh database; its address."""
        if not self._template:
            self._template = self._create()
            set_up(f"{self._base}/{self._template}")
        return f"{self._base}/{self._create(self._template)}"

    def drop_all(self) -> None:
        """Drops what was made: each waits for a checkpoint of the server, and those at the same time for the same."""
        with ThreadPoolExecutor(8) as pool:
            list(pool.map(self._drop, self._made))

    @contextmanager
    def admin(self) -> Iterator[psycopg.Connection]:
        """A connection to the server's own database."""
        with psycopg.connect(self._server, autocommit=True) as connection:
            yield connection

    def _drop(self, name: str) -> None:
        with self.admin() as connection:
            connection.execute(sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(sql.Identifier(name)))

    def _create(self, template: str = "template0") -> str:
        name = f"webox_test_{uuid.uuid4().hex[:12]}"
        with self.admin() as connection:
            connection.execute(
                sql.SQL("CREATE DATABASE {} TEMPLATE {}").format(sql.Identifier(name), sql.Identifier(template))
            )
        self._made.append(name)
        return name
