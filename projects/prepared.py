"""What stands in the way of every message, asked by statements that are compiled once.

Django compiles a SELECT anew for every `get` and `exists`, which costs several times what the database takes for it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from functools import lru_cache
from typing import Any, NamedTuple, TypeVar

from django.db import DEFAULT_DB_ALIAS, connection, models
from django.utils import timezone

from projects.preview_models import Preview

Row = TypeVar("Row", bound=models.Model)
Converter = Callable[[Any, Any, Any], Any]

_rows: ContextVar[dict[tuple[str, tuple[Any, ...]], tuple[Any, ...] | None] | None] = ContextVar("rows", default=None)

#: No database has a larger key, and SQLite's driver fails at one.
LARGEST = 2**63 - 1


class _Select(NamedTuple):
    sql: str
    names: list[str]
    # (position, the column as an expression, what makes of the database's value that of Python)
    converters: list[tuple[int, Any, list[Converter]]]


def by_key(model: type[Row], key: int) -> Row:
    """What `model.objects.get(pk=key)` gives. Raises `model.DoesNotExist`."""
    if abs(key) > LARGEST:
        raise model.DoesNotExist  # type: ignore[attr-defined]
    select = _select(model, connection.vendor)
    found = _first(select.sql, (key,))
    if found is None:
        raise model.DoesNotExist  # type: ignore[attr-defined]
    values = list(found)
    for position, column, converters in select.converters:
        for convert in converters:
            values[position] = convert(values[position], column, connection)
    return model.from_db(DEFAULT_DB_ALIAS, select.names, values)


def shows_previews(origins: Sequence[str]) -> bool:
    """Whether a preview that has not expired is at one of these origins."""
    now = connection.ops.adapt_datetimefield_value(timezone.now())
    return _first(_open_previews(len(origins), connection.vendor), (*origins, now), (*origins,)) is not None


@contextmanager
def reading_once() -> Iterator[None]:
    """What several ask for inside is read once, for they all ask at the same moment.

    Rows are kept, and each gets an object of its own made of them. Nothing outlives the block.
    """
    token = _rows.set({})
    try:
        yield
    finally:
        _rows.reset(token)


def _first(sql: str, values: tuple[Any, ...], same: tuple[Any, ...] | None = None) -> tuple[Any, ...] | None:
    """The first row. `same`: what two must have in common to be answered alike, by default all values."""
    rows, asked = _rows.get(), (sql, values if same is None else same)
    if rows is not None and asked in rows:
        return rows[asked]
    with connection.cursor() as cursor:
        cursor.execute(sql, values)
        found: tuple[Any, ...] | None = cursor.fetchone()
    if rows is not None:
        rows[asked] = found
    return found


@lru_cache(maxsize=4)
def _open_previews(origins: int, vendor: str) -> str:
    table, places = connection.ops.quote_name(Preview._meta.db_table), ", ".join("%s" for _ in range(origins))
    return f"SELECT 1 FROM {table} WHERE origin IN ({places}) AND expires_at > %s LIMIT 1"  # noqa: S608 - our own names


@lru_cache(maxsize=32)
def _select(model: Any, vendor: str) -> _Select:
    """The statement for a database of this kind (`vendor` is only the cache's key)."""
    meta = model._meta
    fields = meta.concrete_fields
    quote = connection.ops.quote_name
    columns = ", ".join(quote(str(field.column)) for field in fields)
    key = quote(str(meta.pk.column))
    sql = f"SELECT {columns} FROM {quote(meta.db_table)} WHERE {key} = %s"  # noqa: S608 - names of our own columns
    return _Select(sql, [field.attname for field in fields], _converters(model, fields))


def _converters(model: Any, fields: Any) -> list[tuple[int, Any, list[Converter]]]:
    found = []
    for position, field in enumerate(fields):
        column = field.get_col(model._meta.db_table)
        ours = [*connection.ops.get_db_converters(column), *column.get_db_converters(connection)]
        if ours:
            found.append((position, column, ours))
    return found
