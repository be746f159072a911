"""Transactions that wait for a lock of somebody else's only so long.

Who works for many (the writer thread does, for all turns) must not stand still because one row is held.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from django.db import OperationalError, connection, transaction

#: PostgreSQL's `lock_not_available`.
NOT_AVAILABLE = "55P03"


class Locked(Exception):
    """Somebody else's transaction holds what this one needs."""


@contextmanager
def briefly(milliseconds: int) -> Iterator[None]:
    """A transaction that waits so long for each lock, and not at all beyond.  Raises `Locked`; nothing is written.

    SQLite has one lock, for all that is written, and the settings limit the wait for it.
    """
    try:
        with transaction.atomic():
            if connection.vendor == "postgresql":
                with connection.cursor() as cursor:
                    cursor.execute("SELECT set_config('lock_timeout', %s, true)", [f"{milliseconds}ms"])
            yield
    except OperationalError as error:
        if getattr(error.__cause__, "sqlstate", None) == NOT_AVAILABLE:
            raise Locked from error
        raise
