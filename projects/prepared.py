"""Reading one row by its key with a statement that is compiled once.

Django compiles a SELECT anew for every `get`, which costs several times what the database takes for it. Whoever stands
in the way of every message (who is asking, which project) is read through here instead.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import lru_cache
from typing import Any, NamedTuple, TypeVar

from django.db import DEFAULT_DB_ALIAS, connection, models

Row = TypeVar("Row", bound=models.Model)
Converter = Callable[[Any, Any, Any], Any]

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
    with connection.cursor() as cursor:
        cursor.execute(select.sql, [key])
        found = cursor.fetchone()
    if found is None:
        raise model.DoesNotExist  # type: ignore[attr-defined]
    values = list(found)
    for position, column, converters in select.converters:
        for convert in converters:
            values[position] = convert(values[position], column, connection)
    return model.from_db(DEFAULT_DB_ALIAS, select.names, values)


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
