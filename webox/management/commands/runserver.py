"""`runserver` that serves ASGI by uvicorn, and reloads on changes as Django's own does.

Two processes when reloading: the parent starts the child again each time it ends with code 3. Django's parent kills
its child at once on Ctrl+C; ours lets the child end its turns first.
"""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import threading
from typing import Any

import uvicorn
from django.conf import settings
from django.contrib.staticfiles.management.commands.runserver import Command as DjangoRunserver
from django.core.management.base import CommandParser
from django.db import connections
from django.utils import autoreload

from webox.front_end import build_if_missing

RELOAD_CODE = 3
SECONDS_TO_CLOSE_CONNECTIONS = 2
# A parent that knows a better page than the first tells its children by this variable.
ADDRESS_TO_SHOW = "WEBOX_ADDRESS_TO_SHOW"


class Command(DjangoRunserver):
    help = "Serves the site by ASGI (uvicorn) for development, with reload."
    default_port = "8001"
    addr: str  # set by Django's `handle`
    port: str
    server: uvicorn.Server | None = None

    def add_arguments(self, parser: CommandParser) -> None:
        super().add_arguments(parser)
        parser.set_defaults(use_threading=False)

    def run(self, **options: Any) -> None:
        is_parent = options["use_reloader"] and os.environ.get(autoreload.DJANGO_AUTORELOAD_ENV) != "true"
        if is_parent or not options["use_reloader"]:
            self.prepare()
        if is_parent:
            sys.exit(self.serve_children())
        try:
            super().run(**options)
        finally:
            self.stop()

    def prepare(self) -> None:
        """What is done once, before the first child serves."""
        build_if_missing()
        connections.close_all()

    def serve_children(self) -> int:
        environment = {**os.environ, autoreload.DJANGO_AUTORELOAD_ENV: "true"}
        while True:
            child = subprocess.Popen(autoreload.get_child_arguments(), env=environment, close_fds=False)
            code = _wait(child)
            if code != RELOAD_CODE:
                return code

    def inner_run(self, *args: Any, **options: Any) -> None:
        if options["use_reloader"]:
            autoreload.raise_last_exception()
        self.check(display_num_errors=True)
        self.check_migrations()
        connections.close_all()
        self.ended = threading.Event()
        config = self._config()
        self.server = uvicorn.Server(config)
        sockets = [_bind(config)]
        address = os.environ.get(ADDRESS_TO_SHOW) or f"http://{self.shown_host()}:{self.port}/"
        self.stdout.write(f"WeBox Studio: {address} (Ctrl+C ends it)")
        try:
            self.server.run(sockets=sockets)
        finally:
            self.ended.set()

    def stop(self) -> None:
        """Let the server, which runs in a thread of the reloader, end its turns before the interpreter goes."""
        if self.server is None:
            return
        self.server.should_exit = True
        self.ended.wait(settings.CHAT["DRAIN_SECONDS"] + 2 * SECONDS_TO_CLOSE_CONNECTIONS)

    def _config(self) -> uvicorn.Config:
        return uvicorn.Config(
            "webox.asgi:application",
            host=self.addr.strip("[]"),
            port=int(self.port),
            lifespan="on",
            log_level="info",
            # Nothing stands in front of a development server: nobody else's word on who the client is.
            proxy_headers=False,
            timeout_graceful_shutdown=SECONDS_TO_CLOSE_CONNECTIONS,
        )

    def shown_host(self) -> str:
        return "localhost" if self.addr in ("127.0.0.1", "::1") else self.addr


def _bind(config: uvicorn.Config) -> socket.socket:
    """Take the port here: in the reloader's thread, uvicorn's own exit on a taken port would go unseen."""
    try:
        return config.bind_socket()
    except SystemExit:  # uvicorn has said why
        sys.stderr.flush()
        os._exit(1)


def _wait(child: subprocess.Popen[bytes]) -> int:
    """The child's exit code. SIGTERM is passed on; Ctrl+C has reached the child already."""

    def pass_on(number: int, frame: object) -> None:
        child.terminate()

    previous = signal.signal(signal.SIGTERM, pass_on), signal.signal(signal.SIGINT, signal.SIG_IGN)
    try:
        return child.wait()
    finally:
        signal.signal(signal.SIGTERM, previous[0])
        signal.signal(signal.SIGINT, previous[1])
