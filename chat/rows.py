"""Writing rows by statements that are compiled once.

Django compiles an INSERT anew for every row it saves, which costs several times what the database takes for it; a turn
writes a handful, and hundreds of turns may begin in one second.  These functions write what the ORM would (the fields'
own preparation of values, `auto_now` included) by statements kept per model.  They send no signals.

Where the database can't return what it inserted (MySQL, Oracle), the ORM does the work.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from functools import lru_cache
from types import NoneType
from typing import Any, TypeVar

from django.db import DEFAULT_DB_ALIAS, connection, connections, models
from django.utils import timezone

Row = TypeVar("Row", bound=models.Model)
#: Fields with the Python type that goes into the database as it is; `None` where a value has to be prepared.
Fields = tuple[tuple["models.Field[Any, Any]", type | None], ...]

#: Kinds of fields whose values go into the database as they are, when they have this type.
PLAIN: dict[type, type] = {
    models.CharField: str,
    models.TextField: str,
    models.AutoField: int,
    models.BigAutoField: int,
    models.IntegerField: int,
    models.BigIntegerField: int,
    models.PositiveIntegerField: int,
    models.PositiveSmallIntegerField: int,
    models.BooleanField: bool,
    # of these nothing goes in as it is but that there is nothing
    models.JSONField: NoneType,
    models.UUIDField: NoneType,
    models.DateTimeField: NoneType,
}


def insert(row: Row) -> Row:
    """Inserts one row and gives it its id.  Raises `IntegrityError` as `save` does."""
    if not _can_return():
        row.save(force_insert=True)
        return row
    fields, sql = _insert_sql(type(row), connection.vendor, "")
    with connection.cursor() as cursor:
        cursor.execute(sql + _returning(type(row)), _values(row, fields, adding=True))
        row.pk = cursor.fetchone()[0]
    row._state.adding = False  # noqa: SLF001 - what `save` notes, so that the row is one of the database
    return row


def insert_missing(model: type[models.Model], names: Sequence[str], rows: Sequence[Sequence[Any]]) -> None:
    """Inserts rows given as plain values of the named fields, JSON as its text; those that are there already (by a
    unique constraint) are left as they are."""
    if rows and not _can_return():
        made = [model(**dict(zip(names, _loaded(model, names, row), strict=True))) for row in rows]
        model._default_manager.bulk_create(made, ignore_conflicts=True)
    elif rows:
        with connection.cursor() as cursor:
            cursor.executemany(_missing_sql(model, connection.vendor, tuple(names)), rows)


def now() -> Any:
    """This moment, as a value for `insert_missing`."""
    moment = timezone.now()
    return connection.ops.adapt_datetimefield_value(moment) if _can_return() else moment


def hold(model: type[models.Model], keys: Sequence[int], **equal: str) -> set[int]:
    """Locks the rows of these ids whose fields are as said until the transaction ends; the ids of those there are."""
    if not keys:
        return set()
    with connection.cursor() as cursor:
        cursor.execute(_hold_sql(model, connection.vendor, len(keys), tuple(equal)), [*keys, *equal.values()])
        return {int(key) for (key,) in cursor.fetchall()}


def upsert(rows: Sequence[Row], names: Sequence[str]) -> None:
    """Inserts rows that bring their own id; of those that are there the named fields are updated."""
    if rows and not _can_return():
        manager = type(rows[0])._default_manager
        manager.bulk_create(rows, update_conflicts=True, unique_fields=["id"], update_fields=names)
    elif rows:
        _many(rows, _on_conflict(type(rows[0]), connection.vendor, tuple(names)))


def update(rows: Sequence[Row], names: Sequence[str]) -> None:
    """Updates the named fields of rows, each by its id."""
    if not rows:
        return
    fields, sql = _update_sql(type(rows[0]), connection.vendor, tuple(names))
    with connection.cursor() as cursor:
        cursor.executemany(sql, [_values(row, fields) for row in rows])


def _many(rows: Sequence[models.Model], ending: str) -> None:
    fields, sql = _insert_sql(type(rows[0]), connection.vendor, ending)
    with connection.cursor() as cursor:
        cursor.executemany(sql, [_values(row, fields, adding=True) for row in rows])


def _can_return() -> bool:
    return connection.vendor in {"sqlite", "postgresql"}


def _values(row: models.Model, fields: Fields, *, adding: bool = False) -> list[Any]:
    """What the database gets.  Of most fields it is what the row has: their preparation is long and changes nothing."""
    database = connections[DEFAULT_DB_ALIAS]  # the proxy `connection` costs a look-up for each use
    values = []
    for field, plain in fields:
        value = getattr(row, field.attname) if plain is not None else None
        if plain is None or not (value is None or type(value) is plain):
            value = field.get_db_prep_save(field.pre_save(row, adding), database)
        values.append(value)
    return values


def _plainly(fields: Iterable[models.Field[Any, Any]]) -> Fields:
    return tuple((field, None if _sets_itself(field) else PLAIN.get(_kind(field))) for field in fields)


def _kind(field: models.Field[Any, Any]) -> type:
    """The field's class; of a foreign key that of the key."""
    return type(getattr(field, "target_field", field))


def _sets_itself(field: models.Field[Any, Any]) -> bool:
    return getattr(field, "auto_now", False) or getattr(field, "auto_now_add", False)


@lru_cache(maxsize=64)
def _insert_sql(model: type[models.Model], vendor: str, ending: str) -> tuple[Fields, str]:
    """The fields of an INSERT (an id that the database makes is not among them) and its SQL."""
    fields = tuple(field for field in _meta(model).local_concrete_fields if not isinstance(field, models.AutoField))
    columns = ", ".join(_quote(field.column) for field in fields)
    places = ", ".join("%s" for _ in fields)
    return _plainly(fields), f"INSERT INTO {_quote(_meta(model).db_table)} ({columns}) VALUES ({places}) {ending}"  # noqa: S608


@lru_cache(maxsize=16)
def _missing_sql(model: type[models.Model], vendor: str, names: tuple[str, ...]) -> str:
    meta = _meta(model)
    columns = ", ".join(_quote(meta.get_field(name).column) for name in names)
    places = ", ".join("%s" for _ in names)
    return f"INSERT INTO {_quote(meta.db_table)} ({columns}) VALUES ({places}) ON CONFLICT DO NOTHING"  # noqa: S608


@lru_cache(maxsize=256)
def _hold_sql(model: type[models.Model], vendor: str, keys: int, names: tuple[str, ...]) -> str:
    meta = _meta(model)
    column = _quote(meta.pk.column)
    equal = "".join(f" AND {_quote(meta.get_field(name).column)} = %s" for name in names)
    lock = " FOR UPDATE" if connection.features.has_select_for_update else ""
    places = ", ".join("%s" for _ in range(keys))
    return f"SELECT {column} FROM {_quote(meta.db_table)} WHERE {column} IN ({places}){equal}{lock}"  # noqa: S608


def _loaded(model: type[models.Model], names: Sequence[str], row: Sequence[Any]) -> list[Any]:
    fields = (_meta(model).get_field(name) for name in names)
    return [json.loads(v) if isinstance(f, models.JSONField) else v for f, v in zip(fields, row, strict=True)]


@lru_cache(maxsize=64)
def _update_sql(model: type[models.Model], vendor: str, names: tuple[str, ...]) -> tuple[Fields, str]:
    meta = _meta(model)
    fields = tuple(meta.get_field(name) for name in names)
    columns = ", ".join(f"{_quote(field.column)} = %s" for field in fields)
    return _plainly(
        (*fields, meta.pk)
    ), f"UPDATE {_quote(meta.db_table)} SET {columns} WHERE {_quote(meta.pk.column)} = %s"  # noqa: S608


@lru_cache(maxsize=16)
def _on_conflict(model: type[models.Model], vendor: str, names: tuple[str, ...]) -> str:
    meta = _meta(model)
    columns = [_quote(meta.get_field(name).column) for name in names]
    changes = ", ".join(f"{column} = EXCLUDED.{column}" for column in columns)
    return f"ON CONFLICT ({_quote(meta.pk.column)}) DO UPDATE SET {changes}"


def _returning(model: type[models.Model]) -> str:
    return f" RETURNING {_quote(_meta(model).pk.column)}"


def _meta(model: type[models.Model]) -> Any:
    return model._meta


def _quote(name: str) -> str:
    return str(connection.ops.quote_name(name))
