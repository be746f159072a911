"""Where what is known of files is kept: one row for some bytes read as a language, shared by all."""

from __future__ import annotations

import contextlib
import logging
from collections.abc import Callable, Collection, Iterable, Mapping

from django.db import DatabaseError, transaction

from chat.context import facts, kinds
from chat.context.facts import Facts
from chat.models import FileIndex

logger = logging.getLogger(__name__)
#: Parameters of one statement; SQLite once allowed 999.
BATCH = 900
Key = tuple[str, str]
"""(digest, language)"""


def name_of(key: Key) -> str:
    """The row's primary key."""
    return f"{key[0]}:{key[1]}"


def load(keys: Collection[Key]) -> dict[Key, Facts]:
    """What is known of some bytes.  What is not, or in an older form, is left out."""
    found: dict[Key, Facts] = {}
    by_name = {name_of(key): key for key in keys}
    for names in _batches(list(by_name)):
        rows = FileIndex.objects.filter(name__in=names, version=facts.VERSION).values_list("name", "data")
        for name, data in rows:
            try:
                found[by_name[name]] = facts.unpacked(bytes(data))
            except ValueError:
                logger.warning("the index of %s cannot be read: it is made anew", name)
    return found


def defined(keys: Collection[Key]) -> dict[Key, list[tuple[str, int]]]:
    """The definitions of some bytes, name and line, where something is known of them."""
    found: dict[Key, list[tuple[str, int]]] = {}
    by_name = {name_of(key): key for key in keys}
    for names in _batches(list(by_name)):
        rows = FileIndex.objects.filter(name__in=names, version=facts.VERSION).values_list("name", "data")
        for name, data in rows:
            with contextlib.suppress(ValueError):
                found[by_name[name]] = facts.defined(bytes(data))
    return found


def save(known: Mapping[Key, Facts]) -> None:
    """Keeps what was found out.  Where the database is not to be had, it is found out again another time."""
    rows = [
        FileIndex(name=name_of(key), version=facts.VERSION, data=facts.packed(value)) for key, value in known.items()
    ]
    try:
        with transaction.atomic():
            FileIndex.objects.bulk_create(
                rows, BATCH // 3, update_conflicts=True, unique_fields=["name"], update_fields=["version", "data"]
            )
    except DatabaseError:
        logger.warning("the index of %d files could not be kept", len(rows), exc_info=True)


def forget(digests: Collection[str]) -> int:
    """Drops what is known of contents that nobody has any more; how many rows."""
    languages = sorted({*kinds.LANGUAGE_OF.values(), kinds.TEXT})
    names = [name_of((digest, language)) for digest in digests for language in languages]
    return sum(FileIndex.objects.filter(name__in=batch).delete()[0] for batch in _batches(names))


def purge(kept: Callable[[Collection[str]], Collection[str]]) -> tuple[int, int]:
    """Drops what is known of contents that nobody has any more: (rows dropped, rows looked at).

    `kept` says of some digests which contents there still are.  A content that comes back is read anew.
    """
    dropped = looked_at = 0
    last = ""
    while names := list(
        FileIndex.objects.filter(name__gt=last).order_by("name").values_list("name", flat=True)[:BATCH]
    ):
        there = set(kept({name.partition(":")[0] for name in names}))
        gone = [name for name in names if name.partition(":")[0] not in there]
        dropped += FileIndex.objects.filter(name__in=gone).delete()[0]
        looked_at, last = looked_at + len(names), names[-1]
    return dropped, looked_at


def known(keys: Collection[Key]) -> set[Key]:
    """Those of which something is known."""
    by_name = {name_of(key): key for key in keys}
    found: set[Key] = set()
    for names in _batches(list(by_name)):
        rows = FileIndex.objects.filter(name__in=names, version=facts.VERSION).values_list("name", flat=True)
        found.update(by_name[name] for name in rows)
    return found


def _batches(names: list[str]) -> Iterable[list[str]]:
    return (names[at : at + BATCH] for at in range(0, len(names), BATCH))
