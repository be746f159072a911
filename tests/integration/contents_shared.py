"""A project is deleted while another one keeps the same bytes, in a process of its own: `DATABASE_URL=… python -m …`.

Each story is one order of the two; what is kept is there at the end, and nobody fails or waits for ever.
"""

from __future__ import annotations

import threading
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from unittest import mock

import django

SHARED, OWN = b"both have this", b"the deleted one alone has this"
SECONDS = 20


def main() -> None:
    """All of them."""
    django.setup()
    for story in (save_first, deletion_first, deletion_in_between):
        story()
        print(story.__name__)


def new_project() -> int:
    """A project with both contents; its number."""
    from projects.files import Write, commit
    from projects.models import Project

    made = Project.objects.create(name="Partagé")
    commit(made, None, [Write("shared.txt", SHARED), Write("own.txt", OWN)])
    return made.pk


def delete(number: int) -> None:
    """The project goes."""
    from projects.models import Project

    Project.objects.get(pk=number).delete()


def save(number: int) -> None:
    """Another project keeps the shared bytes."""
    from projects.files import Write, commit
    from projects.models import Project

    commit(Project.objects.get(pk=number), None, [Write("a.txt", SHARED)])


def empty_project() -> int:
    """A project without files; its number."""
    from projects.models import Project

    return Project.objects.create(name="Autre").pk


def inside(work: Callable[[], None], begun: threading.Event, go_on: threading.Event) -> None:
    """Does the work in a transaction, says so, and ends it when told."""
    from django.db import connection, transaction

    try:
        with transaction.atomic():
            work()
            begun.set()
            assert go_on.wait(SECONDS)
    finally:
        connection.close()


def closing(work: Callable[[], None]) -> None:
    """In a thread that owns its connection."""
    from django.db import connection

    try:
        work()
    finally:
        connection.close()


def is_waiting() -> bool:
    """Whether somebody waits for a lock."""
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM pg_locks WHERE NOT granted")
        return bool(cursor.fetchone()[0])


def overlapping(first: Callable[[], None], second: Callable[[], None]) -> None:
    """The second begins inside of the first's transaction, and ends when it can."""
    from django.db import connection

    begun, go_on = threading.Event(), threading.Event()
    with ThreadPoolExecutor(2) as pool:
        holder = pool.submit(inside, first, begun, go_on)
        assert begun.wait(SECONDS), holder.exception(0)
        other: Future[None] = pool.submit(closing, second)
        while connection.vendor == "postgresql" and not other.done() and not is_waiting():
            pass
        go_on.set()
        holder.result(SECONDS)
        other.result(SECONDS)


def save_first() -> None:
    """Somebody is about to name the bytes that go."""
    gone, kept = new_project(), empty_project()
    overlapping(lambda: save(kept), lambda: delete(gone))
    check(gone, kept)


def deletion_first() -> None:
    """The bytes are about to go, and somebody wants them."""
    gone, kept = new_project(), empty_project()
    overlapping(lambda: delete(gone), lambda: save(kept))
    check(gone, kept)


def deletion_in_between() -> None:
    """The bytes are found to be there, and go before they are held."""
    from django.db import connection

    from projects import statements

    if connection.vendor == "sqlite":  # one writer: nothing comes in between
        return
    gone, kept = new_project(), empty_project()
    real, deleted = statements.hold_blobs, threading.Event()

    def hold(digests: list[str]) -> dict[str, int]:
        if not deleted.is_set():
            deleted.set()
            with ThreadPoolExecutor(1) as pool:
                pool.submit(closing, lambda: delete(gone)).result(SECONDS)
        return real(digests)

    with mock.patch.object(statements, "hold_blobs", hold):
        save(kept)
    assert deleted.is_set()
    check(gone, kept)


def check(gone: int, kept: int) -> None:
    """What the other project has can be read; what only the deleted one had is gone with it."""
    from projects import tree
    from projects.content import digest_of
    from projects.models import Blob, Project

    assert not Project.objects.filter(pk=gone).exists()
    other = Project.objects.get(pk=kept)
    assert tree.read(other, ["a.txt"]) == {"a.txt": SHARED}
    assert not Blob.objects.filter(digest=digest_of(OWN)).exists()
    other.delete()
    assert not Blob.objects.filter(digest=digest_of(SHARED)).exists()


if __name__ == "__main__":
    main()
