"""Rows read by statements that are compiled once are the rows that the ORM reads."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from django.db import transaction
from django.forms.models import model_to_dict

from projects import files
from projects.files import Write
from projects.models import Project
from projects.prepared import by_key
from projects.workspace import ProjectWorkspace

if TYPE_CHECKING:
    from django.contrib.auth.models import User
    from pytest_django.fixtures import DjangoAssertNumQueries

pytestmark = pytest.mark.django_db


def test_a_project_and_a_person_are_read_as_the_orm_reads_them(alice: User, project: Project) -> None:
    for row in (project, alice):
        found = by_key(type(row), row.pk)
        again = type(row)._default_manager.get(pk=row.pk)  # type: ignore[attr-defined]
        assert found == row
        assert {field.attname: getattr(found, field.attname) for field in found._meta.concrete_fields} == {
            field.attname: getattr(again, field.attname) for field in again._meta.concrete_fields
        }
        found.save()  # a row of the database, not a new one
        assert model_to_dict(found) == model_to_dict(again)


@pytest.mark.parametrize("key", [0, -1, 2**31, 2**63 - 1, 2**63, -(2**63), 10**30])
def test_a_key_that_nobody_has_is_not_there(key: int) -> None:
    with pytest.raises(Project.DoesNotExist):
        by_key(Project, key)


@pytest.mark.django_db(transaction=True)
def test_a_listing_is_that_of_the_newest_revision(alice: User, project: Project) -> None:
    def texts() -> dict[str, bytes]:
        workspace = ProjectWorkspace(by_key(Project, project.pk))
        return workspace.read_files([entry.path for entry in workspace.list_files()])

    before = texts()
    assert texts() == before
    files.commit(project, alice, [Write("new.txt", b"1")])
    assert texts() == {**before, "new.txt": b"1"}
    with transaction.atomic():
        files.commit(project, alice, [Write("new.txt", b"never")])
        assert texts()["new.txt"] == b"never"
        transaction.set_rollback(True)
    assert texts() == {**before, "new.txt": b"1"}
    project.refresh_from_db()
    files.commit(project, alice, [Write("new.txt", b"2")])
    assert texts()["new.txt"] == b"2"


@pytest.mark.django_db(transaction=True)
def test_an_unchanged_project_is_read_once(project: Project, django_assert_num_queries: DjangoAssertNumQueries) -> None:
    first = ProjectWorkspace(project).list_files()
    with django_assert_num_queries(0):
        assert ProjectWorkspace(project).list_files() == first
