"""bin/dev's last step and `runserver`, as processes: they serve by ASGI and end cleanly."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from django.conf import settings

from tests.live import free_port

pytestmark = pytest.mark.live

DEADLINE = 120


class Server:
    def __init__(self, process: subprocess.Popen[bytes], port: int, log: Path) -> None:
        self.process, self.port, self.log = process, port, log

    @property
    def output(self) -> str:
        return self.log.read_text()

    def get(self, path: str) -> tuple[int, str]:
        with urllib.request.urlopen(f"http://127.0.0.1:{self.port}{path}", timeout=10) as answer:
            return answer.status, answer.read().decode()

    def wait_until_up(self) -> None:
        end = time.monotonic() + DEADLINE
        while time.monotonic() < end and self.process.poll() is None:
            try:
                self.get("/login")
            except (urllib.error.URLError, ConnectionError):
                time.sleep(0.1)
            else:
                return
        pytest.fail(f"the server does not answer:\n{self.output}")

    def end_by(self, number: signal.Signals, *, group: bool) -> int:
        (os.killpg if group else os.kill)(self.process.pid, number)
        return self.process.wait(DEADLINE)


@contextmanager
def serving(tmp_path: Path, *command: str) -> Iterator[Server]:
    """A server in a process group of its own, with a database of its own."""
    port, log = free_port(), tmp_path / "log"
    database = f"sqlite:///{tmp_path / 'db.sqlite3'}"
    environment = {
        **{name: value for name, value in os.environ.items() if name != "DJANGO_SETTINGS_MODULE"},
        "WEBOX_ENV_FILE": os.devnull, "DEBUG": "True", "SECRET_KEY": "tests", "DATABASE_URL": database,
        "WEBOX_EMBEDDED_MODEL": "off", "PYTHONUNBUFFERED": "1",
    }  # fmt: skip
    words = [sys.executable, "manage.py", *command, f"127.0.0.1:{port}"]
    with log.open("wb") as output:
        process = subprocess.Popen(
            words, cwd=settings.BASE_DIR, env=environment, stdout=output, stderr=output, start_new_session=True
        )
    server = Server(process, port, log)
    try:
        server.wait_until_up()
        yield server
    finally:
        if process.poll() is None:
            os.killpg(process.pid, signal.SIGKILL)
            process.wait()


@pytest.mark.parametrize(("number", "group"), [(signal.SIGINT, True), (signal.SIGTERM, False)])
def test_bin_devs_server_serves_the_demo_and_ends_cleanly(tmp_path: Path, number: signal.Signals, group: bool) -> None:
    with serving(tmp_path, "dev_server") as server:
        assert f"http://localhost:{server.port}/projects/1/editor" in server.output
        status, page = server.get("/projects/1/editor")
        assert (status, "Site de démonstration" in page) == (200, True)
        assert server.get("/static/css/tokens.css")[0] == 200
        assert server.end_by(number, group=group) == 0
        assert "Application shutdown complete" in server.output
        with pytest.raises(urllib.error.URLError):
            server.get("/login")


def test_a_server_that_is_ended_at_once_leaves_the_bundles_whole(tmp_path: Path) -> None:
    """It builds them anew as it starts; whoever comes next finds what was there."""
    before = _bundled()
    assert before
    with serving(tmp_path, "dev_server") as server:
        assert before <= _bundled()
        server.end_by(signal.SIGTERM, group=True)
    assert before <= _bundled()


def _bundled() -> set[Path]:
    folders = (settings.BASE_DIR / "static" / "dist", settings.BASE_DIR / "chat" / "static" / "chat" / "dist")
    return {file for folder in folders for file in folder.rglob("*") if file.is_file()}


def test_a_taken_port_is_said_and_ends_it(tmp_path: Path) -> None:
    with serving(tmp_path, "dev_server") as server:
        environment = {**os.environ, "DATABASE_URL": f"sqlite:///{tmp_path / 'db.sqlite3'}"}
        words = [sys.executable, "manage.py", "runserver", f"127.0.0.1:{server.port}"]
        second = subprocess.run(
            words, cwd=settings.BASE_DIR, env=environment, capture_output=True, text=True, timeout=DEADLINE, check=False
        )
        assert second.returncode == 1
        assert "address already in use" in second.stderr.lower()
