"""Indexing off the request: a thread that reads what was written, one project after the other, and rests in between."""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable, Sequence
from functools import partial

from django.apps import apps
from django.core.exceptions import ObjectDoesNotExist
from django.db import close_old_connections, connections

from chat.conf import project_model, settings
from chat.context import engine, store
from chat.workspace import FileEntry, Workspace

logger = logging.getLogger(__name__)
#: Writes that follow each other are indexed together, once there was none for so long (seconds): they need the
#: processor themselves. Who writes without end is waited for at most so long; an idle thread ends after so long.
REST, MOST_REST, IDLE = 1.0, 5.0, 30.0
#: A project of fewer bytes goes into a prompt whole: it needs no index.
SMALL_BYTES = 40_000
LOT = 16
PAUSE = 0.01


class Indexer:
    """At most one thread, and only while there is work."""

    def __init__(self) -> None:
        self._waiting: dict[str, None] = {}
        self._wake = threading.Condition()
        self._thread: threading.Thread | None = None
        self._quiet_from = 0.0

    def written(self, project_id: int | str) -> None:
        """A project's files have changed."""
        self._quiet_from = time.monotonic() + REST
        self.wanted(project_id)

    def wanted(self, project_id: int | str) -> None:
        """There is more to find out of a project than a request could wait for."""
        if not settings.BACKGROUND_INDEX:
            return
        with self._wake:
            self._waiting[str(project_id)] = None
            if self._thread is None:
                self._thread = threading.Thread(target=self._run, name="webox-index", daemon=True)
                self._thread.start()
            self._wake.notify()

    def _run(self) -> None:
        while True:
            project_id = self._next()
            if project_id is None:
                connections.close_all()
                return
            try:
                index_project(project_id, partial(self._let_write, time.monotonic() + MOST_REST))
            except Exception:
                # whatever a project's files do to us, the next project is indexed all the same
                logger.exception("project %s could not be indexed", project_id)
            finally:
                close_old_connections()

    def _next(self) -> str | None:
        with self._wake:
            if not self._waiting and not self._wake.wait_for(lambda: bool(self._waiting), IDLE):
                self._thread = None
                return None
        latest = time.monotonic() + MOST_REST
        self._rest(REST)
        self._let_write(latest)
        with self._wake:
            project_id = next(iter(self._waiting))
            del self._waiting[project_id]
            return project_id

    def _let_write(self, latest: float) -> None:
        """Waits until nobody writes any more, yet not beyond a moment."""
        self._rest(PAUSE)
        while (left := min(self._quiet_from, latest) - time.monotonic()) > 0:
            self._rest(left)

    @staticmethod
    def _rest(seconds: float) -> None:
        threading.Event().wait(seconds)


indexer = Indexer()


def progress(workspace: Workspace) -> tuple[int, int]:
    """(files that are indexed or need not be, all files) of a project."""
    files = engine.bounded(workspace.list_files())
    if is_small(files):
        return len(files), len(files)
    return engine.progress(files)


def is_small(files: Sequence[FileEntry]) -> bool:
    """Whether a project goes into a prompt whole, whatever it is about."""
    return sum(file.size for file in files) < SMALL_BYTES


def index_project(project_id: int | str, rest: Callable[[], None] = lambda: None) -> int:
    """Finds out what is lacking of a project's files; how many files that were."""
    try:
        project = apps.get_model(project_model())._default_manager.get(pk=project_id)
    except (ObjectDoesNotExist, ValueError):
        return 0
    return index_files(settings.WORKSPACE(project), rest)


def index_files(workspace: Workspace, rest: Callable[[], None] = lambda: None) -> int:
    """Finds out what is lacking of some files, lot by lot."""
    files = engine.bounded(workspace.list_files())
    if is_small(files):
        return 0
    keys = {file.path: engine.key_of(file) for file in files if engine.readable(file)}
    known = store.known(set(keys.values()))
    lacking = [path for path, key in keys.items() if key not in known]
    for at in range(0, len(lacking), LOT):
        lot = {path: keys[path] for path in lacking[at : at + LOT]}
        engine.find_out(workspace, lot, patience=float("inf"))
        rest()
    return len(lacking)
