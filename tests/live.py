"""A real server for tests: uvicorn as a child process, a throwaway database, a scripted model server behind it.

    def test_it(studio):                                  # one server for the session, SQLite; the model is reset
        studio.model.answer = say("Bonjour")              # see tests/streaming/model_server.py
        stream = studio.client.send("Salut")              # see tests/streaming/client.py
        assert stream.end().type == "turn.completed"

    def test_crash(start_studio):                         # a server of this test's own, for what breaks it
        studio = start_studio(chat={"DRAIN_SECONDS": 1})  # `env=`, `database_url=`, `redis_url=` also
        studio.kill(); studio.start()                     # the same database and the same port

`studio.url` is the address (`http://127.0.0.1:…`), the demo project is number 1, its editor `studio.editor_url`.
"""

from __future__ import annotations

import contextlib
import json
import random
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Any, Protocol, TypeVar

import pytest

from tests.streaming.client import Client
from tests.streaming.databases import ROOT, PostgresDatabases, SQLiteFiles, environment
from tests.streaming.model_server import FakeModel

API_KEY = "sk-test-1234567890abcdefSECRET"
START_SECONDS = 90.0
#: Below what Linux, macOS and Windows hand out, and without what well-known services take.
PORTS = range(20_000, 32_000)
T = TypeVar("T")


def free_port() -> int:
    """A port that nobody listens on, nor will while a server on it is away: those that the system itself gives (to
    connections, and to whoever asks for port 0) are higher up."""
    for port in random.SystemRandom().sample(PORTS, 100):
        with contextlib.suppress(OSError), socket.socket() as found:
            found.bind(("127.0.0.1", port))
            return port
    raise OSError("no free port")


def eventually(check: Callable[[], T], seconds: float = 30.0, every: float = 0.02) -> T:
    """Asks until the answer is true, and gives it; fails when it has not become so in time."""
    deadline = time.monotonic() + seconds
    while not (found := check()):
        assert time.monotonic() < deadline, f"not so within {seconds} s: {found!r}"
        time.sleep(every)
    return found


class Studio:
    """One server process, its database and its model."""

    def __init__(self, model: FakeModel, database_url: str, log: Path, settings: dict[str, str]) -> None:
        self.model = model
        self.database_url = database_url
        self.log = log
        self.port = free_port()
        self.url = f"http://127.0.0.1:{self.port}"
        self.client = Client(self.url)
        self._clients = [self.client]
        self.process: subprocess.Popen[bytes] | None = None
        made = {"DATABASE_URL": database_url, "OPENAI_BASE_URL": model.url, "OPENAI_API_KEY": API_KEY}
        #: `APPLICATION` in `env` is another one around the site
        self.application = settings.pop("APPLICATION", "webox.asgi:application")
        self._environment = environment(**(made | settings))

    @property
    def editor_url(self) -> str:
        """The demo project's page."""
        return f"{self.url}/projects/1/editor"

    @property
    def sqlite_path(self) -> Path:
        """The database file."""
        return Path(self.database_url.removeprefix("sqlite:///"))

    @property
    def pid(self) -> int:
        """The process."""
        assert self.process is not None
        return self.process.pid

    def start(self) -> Studio:
        """Starts it (again, on the same database and port); returns once it answers."""
        assert self.process is None
        command = [sys.executable, "-m", "uvicorn", self.application, "--port", str(self.port)]
        with self.log.open("ab") as log:
            self.process = subprocess.Popen(
                [*command, "--log-level", "info", "--no-access-log"],
                cwd=ROOT,
                env=self._environment,
                stdout=log,
                stderr=subprocess.STDOUT,
            )
        eventually(self._answers, START_SECONDS)
        return self

    def kill(self) -> None:
        """`kill -9`."""
        if self.process is not None:
            self.process.kill()
            self.wait_gone()

    def terminate(self) -> None:
        """SIGTERM; `wait_gone` returns once it has drained."""
        assert self.process is not None
        self.process.send_signal(signal.SIGTERM)

    def wait_gone(self, seconds: float = 30.0) -> int:
        """The exit code, once the process is no more."""
        assert self.process is not None
        code = self.process.wait(seconds)
        self.process = None
        return code

    def stop(self) -> None:
        """Ends it, whatever runs in it."""
        self.hang_up()
        self.kill()

    def manage(self, *arguments: str) -> None:
        """Runs a command of the site on the same database, whether or not the server runs."""
        subprocess.run([sys.executable, "manage.py", *arguments], cwd=ROOT, env=self._environment, check=True)

    def log_text(self) -> str:
        """What it wrote so far."""
        return self.log.read_text(errors="replace") if self.log.exists() else ""

    def new_client(self) -> Client:
        """A further caller, with headers of his own."""
        client = Client(self.url)
        self._clients.append(client)
        return client

    def hang_up(self) -> None:
        """Closes every stream that a client still has open."""
        for client in self._clients:
            client.hang_up()

    def _answers(self) -> bool:
        assert self.process is not None
        assert self.process.poll() is None, f"the server did not start:\n{self.log_text()}"
        try:
            socket.create_connection(("127.0.0.1", self.port), timeout=1).close()
        except OSError:
            return False
        return True


class StartStudio(Protocol):
    """What the fixture `start_studio` is."""

    def __call__(
        self,
        *,
        env: dict[str, str] | None = None,
        chat: dict[str, Any] | None = None,
        database_url: str = "",
        redis_url: str = "",
        model: FakeModel | None = None,
    ) -> Studio: ...


class Studios:
    """Makes servers, and ends them."""

    def __init__(self, folder: Path, files: SQLiteFiles) -> None:
        self._folder, self._files = folder, files
        self._stack = ExitStack()
        self._all: list[Studio] = []

    def start(
        self,
        *,
        env: dict[str, str] | None = None,
        chat: dict[str, Any] | None = None,
        database_url: str = "",
        redis_url: str = "",
        model: FakeModel | None = None,
    ) -> Studio:
        """A running server.  Two with the same `database_url` and `model` share their work."""
        number = len(self._all)
        settings = {"REDIS_URL": redis_url} if redis_url else {}
        if chat:
            settings |= {"DJANGO_SETTINGS_MODULE": "tests.live_settings", "WEBOX_TEST_CHAT": json.dumps(chat)}
        studio = Studio(
            model or self._stack.enter_context(FakeModel()),
            database_url or self._files.copy_to(self._folder / f"db{number}.sqlite3"),
            self._folder / f"server{number}.log",
            settings | (env or {}),
        )
        self._all.append(studio)
        return studio.start()

    def end(self) -> None:
        """Ends them all, and shows what they wrote: pytest prints it for a test that failed."""
        for studio in self._all:
            studio.stop()
            print(f"--- {studio.url}\n{studio.log_text()[-8000:]}")
        self._stack.close()


@pytest.fixture(scope="session")
def sqlite_files(tmp_path_factory: pytest.TempPathFactory) -> SQLiteFiles:
    return SQLiteFiles(tmp_path_factory.mktemp("sqlite"))


@pytest.fixture(scope="session")
def postgres_databases(postgres_url: str) -> Iterator[PostgresDatabases]:
    databases = PostgresDatabases(postgres_url)
    yield databases
    databases.drop_all()


@pytest.fixture
def start_studio(tmp_path: Path, sqlite_files: SQLiteFiles) -> Iterator[StartStudio]:
    """Starts servers of this test's own."""
    studios = Studios(tmp_path, sqlite_files)
    yield studios.start
    studios.end()


@pytest.fixture(scope="session")
def shared_studio(tmp_path_factory: pytest.TempPathFactory, sqlite_files: SQLiteFiles) -> Iterator[Studio]:
    """The server that tests share which leave it as they found it."""
    studios = Studios(tmp_path_factory.mktemp("studio"), sqlite_files)
    yield studios.start(env={"WEBOX_FIRST_TOKEN_TIMEOUT": "60", "WEBOX_IDLE_TIMEOUT": "60"})
    studios.end()


@pytest.fixture
def studio(shared_studio: Studio) -> Iterator[Studio]:
    """The shared server, its model reset; what still runs at the end is cut off."""
    before = len(shared_studio.log_text())
    shared_studio.model.reset()
    yield shared_studio
    shared_studio.hang_up()
    shared_studio.model.hang_up()
    print(shared_studio.log_text()[before:][-8000:])
