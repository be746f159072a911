"""What a commit asks for and writes, by statements that are compiled once per database.

Django compiles a statement anew for each query, which costs several times what the database takes for it; a save is
seven of them. Nothing here knows what a commit is: `files.py` does. No signals are sent.
"""

from __future__ import annotations

import json
from collections.abc import Collection, Iterable, Sequence
from functools import lru_cache
from typing import TYPE_CHECKING, Any

from django.db import DEFAULT_DB_ALIAS, connection

from projects.models import Blob, Project, ProjectFile, Revision, RevisionChange

if TYPE_CHECKING:
    from datetime import datetime

    from django.db.models import Model

TOTALS = ("id", "head", "file_count", "total_bytes")


def wait_at_most(milliseconds: int) -> None:
    """Limits the wait for each lock until the transaction ends. SQLite has one lock, whose wait the settings limit."""
    if connection.vendor == "postgresql":
        _fetch("SELECT set_config('lock_timeout', %s, true)", [f"{milliseconds}ms"])


def lock_totals(project_id: int) -> Project:
    """The project's row as it is, locked until the transaction ends; its other fields are read when they are asked
    for. Raises `Project.DoesNotExist`."""
    rows = _fetch(_lock_sql(connection.vendor), [project_id])
    if not rows:
        raise Project.DoesNotExist
    return Project.from_db(DEFAULT_DB_ALIAS, TOTALS, rows[0])


def files_at(project_id: int, paths: Collection[str]) -> list[tuple[str, int, str, str]]:
    """Path, size, digest and encoding of those files that are there."""
    return _fetch(_files_sql(connection.vendor), [project_id, _list(paths)]) if paths else []


def names_near(project_id: int, names: Collection[str], folders: Collection[str]) -> list[str]:
    """The files of these folded names, and of each of these folded folders one file that is in it."""
    places = [_list(folders), project_id, _list(names)]
    rows = _fetch(_near_sql(connection.vendor), [project_id, *places])
    return [path for (path,) in rows if path is not None]


def add_blobs(rows: Sequence[tuple[str, int, str, bytes]]) -> None:
    """Digest, size, encoding, bytes; what is kept already is left alone, and stays until the transaction ends.

    On PostgreSQL somebody may be about to drop what was there (`purge.drop_unused`): it is kept anew when they have.
    """
    sql = _insert_sql(Blob, connection.vendor) + " ON CONFLICT DO NOTHING"
    _write_all(sql, rows)
    while connection.vendor == "postgresql" and rows:
        held = hold_blobs([row[0] for row in rows])
        rows = [row for row in rows if row[0] not in held]
        _write_all(sql, rows)


def hold_blobs(digests: Collection[str]) -> dict[str, int]:
    """The sizes of those contents that are there; nobody drops them until the transaction ends."""
    return dict(_fetch(_hold_sql(connection.vendor), [_list(digests)]))


def add_revision(row: Revision) -> None:
    """Inserts it and gives it its id."""
    sql = _insert_sql(Revision, connection.vendor) + f" RETURNING {_quote('id')}"
    values = (row.project_id, row.number, row.author_id, row.origin, row.message, _moment(row.created_at), row.client)
    row.pk = _fetch(sql, values)[0][0]
    row._state.adding, row._state.db = False, DEFAULT_DB_ALIAS  # noqa: SLF001 - what `save` notes


def put_files(project_id: int, rows: Iterable[tuple[str, str, str]], now: datetime) -> None:
    """Path, folded path, digest: new files, or what files that are there have from now on."""
    moment = _moment(now)
    sql = _insert_sql(ProjectFile, connection.vendor) + (
        " ON CONFLICT (project_id, path) DO UPDATE SET blob_id = EXCLUDED.blob_id, updated_at = EXCLUDED.updated_at"
    )
    _write_all(sql, [(project_id, path, folded, digest, moment) for path, folded, digest in rows])


def add_changes(rows: Sequence[tuple[int, int, str, str | None, str | None, str]]) -> None:
    """Project, revision, path, digest before and after, former path."""
    _write_all(_insert_sql(RevisionChange, connection.vendor), rows)


def set_totals(project: Project, now: datetime) -> None:
    """Writes the totals of a project that `lock_totals` gave."""
    values = [project.head, project.file_count, project.total_bytes, _moment(now), project.pk]
    with connection.cursor() as cursor:
        cursor.execute(_totals_sql(connection.vendor), values)


@lru_cache(maxsize=4)
def _lock_sql(vendor: str) -> str:
    lock = " FOR NO KEY UPDATE" if vendor == "postgresql" else ""
    return f"SELECT {', '.join(map(_quote, TOTALS))} FROM {_table(Project)} WHERE id = %s{lock}"  # noqa: S608 - own names


@lru_cache(maxsize=4)
def _files_sql(vendor: str) -> str:
    some = "= ANY(%s)" if vendor == "postgresql" else "IN (SELECT value FROM json_each(%s))"
    return (
        "SELECT file.path, blob.size, file.blob_id, blob.encoding "  # noqa: S608 - own names
        f"FROM {_table(ProjectFile)} file JOIN {_table(Blob)} blob ON blob.digest = file.blob_id "
        f"WHERE file.project_id = %s AND file.path {some}"
    )


@lru_cache(maxsize=4)
def _hold_sql(vendor: str) -> str:
    """In order: two that hold the same contents then never wait for each other in turn."""
    some, lock = "IN (SELECT value FROM json_each(%s))", ""
    if vendor == "postgresql":
        some, lock = "= ANY(%s)", " FOR KEY SHARE"
    return f"SELECT digest, size FROM {_table(Blob)} WHERE digest {some} ORDER BY digest{lock}"  # noqa: S608 - own names


@lru_cache(maxsize=4)
def _near_sql(vendor: str) -> str:
    """SQLite compares bytes: a folder is a range of its index. What PostgreSQL compares depends on its locale."""
    if vendor == "postgresql":
        inside, listed, some = "starts_with(folded, one.value || '/')", "unnest(%s::text[]) AS one(value)", "= ANY(%s)"
    else:
        inside = "folded >= one.value || '/' AND folded < one.value || '0' ORDER BY folded"
        listed, some = "json_each(%s) AS one", "IN (SELECT value FROM json_each(%s))"
    files = f"SELECT path FROM {_table(ProjectFile)} WHERE project_id = %s AND "  # noqa: S608 - own names
    return f"SELECT ({files}{inside} LIMIT 1) FROM {listed} UNION ALL {files}folded {some}"  # noqa: S608


@lru_cache(maxsize=16)
def _insert_sql(model: type[Model], vendor: str) -> str:
    """All columns in the order of the model, but an id that the database makes."""
    meta = model._meta
    names = [str(field.column) for field in meta.local_concrete_fields if field.get_internal_type() != "BigAutoField"]
    places = ", ".join("%s" for _ in names)
    return f"INSERT INTO {_table(model)} ({', '.join(map(_quote, names))}) VALUES ({places})"  # noqa: S608 - own names


@lru_cache(maxsize=4)
def _totals_sql(vendor: str) -> str:
    return f"UPDATE {_table(Project)} SET head = %s, file_count = %s, total_bytes = %s, updated_at = %s WHERE id = %s"  # noqa: S608


def _list(values: Collection[str]) -> Any:
    """Several values for one place of a statement."""
    return list(values) if connection.vendor == "postgresql" else json.dumps(list(values))


def _moment(moment: datetime) -> Any:
    return connection.ops.adapt_datetimefield_value(moment)


def _fetch(sql: str, values: Sequence[Any]) -> list[Any]:
    with connection.cursor() as cursor:
        cursor.execute(sql, values)
        return list(cursor.fetchall())


def _write_all(sql: str, rows: Sequence[Sequence[Any]]) -> None:
    if rows:
        with connection.cursor() as cursor:
            cursor.executemany(sql, rows)


def _table(model: type[Model]) -> str:
    return _quote(model._meta.db_table)


def _quote(name: str) -> str:
    return str(connection.ops.quote_name(name))
