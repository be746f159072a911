"""Indexes: each tells something that no other does, and whoever deletes a row finds what refers to it by one."""

from __future__ import annotations

import pytest
from django.apps import apps
from django.db import connection, models

pytestmark = pytest.mark.django_db

OURS = [model for app in ("chat", "projects") for model in apps.get_app_config(app).get_models()]


def leading(model: type[models.Model]) -> list[list[str]]:
    """The columns of each index that holds all rows."""
    with connection.cursor() as cursor:
        found = connection.introspection.get_constraints(cursor, model._meta.db_table)
    partial = {
        index.name for index in (*model._meta.indexes, *model._meta.constraints) if getattr(index, "condition", None)
    }
    return [one["columns"] for name, one in found.items() if name not in partial and (one["index"] or one["unique"])]


@pytest.mark.parametrize("model", OURS, ids=lambda model: model.__name__)
def test_no_index_is_the_beginning_of_another(model: type[models.Model]) -> None:
    """Django makes one for every foreign key, and each costs every row that is written."""
    indexes = leading(model)
    for columns in indexes:
        longer = [other for other in indexes if len(other) > len(columns) and other[: len(columns)] == columns]
        assert not longer, (columns, longer)


@pytest.mark.parametrize("model", OURS, ids=lambda model: model.__name__)
def test_what_refers_to_a_row_is_found_by_an_index(model: type[models.Model]) -> None:
    if connection.vendor != "sqlite":
        pytest.skip("asks SQLite for its plan")
    for field in model._meta.local_fields:
        if isinstance(field, models.ForeignKey):
            table, column = model._meta.db_table, field.column
            with connection.cursor() as cursor:
                cursor.execute(f'EXPLAIN QUERY PLAN SELECT 1 FROM "{table}" WHERE "{column}" IN (%s, %s)', [1, 2])
                plan = " ".join(str(row[-1]) for row in cursor.fetchall())
            assert plan.startswith("SEARCH"), (field, plan)
