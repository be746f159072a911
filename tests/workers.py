"""Several pytest processes at once (pytest-xdist): how many, in which order, and what each has to itself.

`bin/test` asks for them by `-n auto`.  A file goes to one worker as a whole, and files are handed out in the order of
the collection.  pytest-django gives each worker its test database; a test's servers take free ports, databases of
random names and the worker's Redis database (`redis_of`).
"""

from __future__ import annotations

import os
from collections.abc import Sequence

import pytest

#: A worker of browser tests is a browser, a server and its model: more of them than this need more than processors.
MOST = 6
REDIS_DATABASES = 16


def number() -> int:
    """This worker's: 0, 1, …; 0 where there is but one process."""
    return int(os.environ.get("PYTEST_XDIST_WORKER", "gw0").removeprefix("gw"))


def redis_of(url: str, worker: int) -> str:
    """A worker's own database on the Redis of an address: the address's for the first, then downwards."""
    server, _, database = url.rpartition("/")
    return f"{server}/{(int(database) - worker) % REDIS_DATABASES}"


def how_many(config: pytest.Config) -> int:
    """What `-n auto` means: one for each processor, since a browser's patience is short where they share; none for few
    tests."""
    few = chooses(config) or are_few(config.args)
    return 0 if few else min(os.cpu_count() or 1, MOST)


def chooses(config: pytest.Config) -> bool:
    """Whether the command asks for some tests of many, or to see each as it runs."""
    option = config.option
    asked = ("keyword", "markexpr", "lf", "stepwise", "collectonly")
    return any(getattr(option, name, None) for name in asked) or option.capture == "no"


def are_few(paths: Sequence[str]) -> bool:
    """Whether only files are named, not folders."""
    return all(path.partition("::")[0].endswith(".py") for path in paths)


def in_order(items: list[pytest.Item]) -> None:
    """Sorts the tests; files stay whole.

    First the one that takes minutes by itself, so that no worker is left alone with it.  Browser tests last: Playwright
    keeps an event loop running in the main thread until the end, and no async test can run after it has begun.
    """
    items.sort(key=lambda item: (item.get_closest_marker("browser") is not None, not takes_minutes(item)))


def takes_minutes(item: pytest.Item) -> bool:
    """The embedded model, on the processor."""
    return item.path.name == "test_embedded_story.py"
