"""The texts of the first version become blobs and a first revision, and back."""

from __future__ import annotations

import pytest
from django.db import connection
from django.db.migrations.executor import MigrationExecutor

pytestmark = pytest.mark.django_db(transaction=True)

BEFORE, AFTER = [("projects", "0001_initial")], [("projects", "0004_files_are_blobs")]
TEXTS = {"index.html": "<p>été</p>\r\n", "empty.txt": "", "bom.txt": "\ufeffx", "twin.txt": "a", "TWIN.txt": "b"}


def migrate(target: list[tuple[str, str]]):
    executor = MigrationExecutor(connection)
    executor.migrate(target)
    return executor.loader.project_state(target).apps


@pytest.fixture
def newest_afterwards():
    yield
    executor = MigrationExecutor(connection)
    executor.migrate(executor.loader.graph.leaf_nodes())


def test_no_text_is_lost_either_way(newest_afterwards: None) -> None:
    old = migrate(BEFORE)
    project = old.get_model("projects", "Project").objects.create(name="Ancien")
    empty = old.get_model("projects", "Project").objects.create(name="Vide")
    for path, text in TEXTS.items():
        project.files.create(path=path, content=text)

    new = migrate(AFTER)
    project = new.get_model("projects", "Project").objects.get(pk=project.pk)
    found = {file.path: bytes(file.blob.data).decode() for file in project.files.select_related("blob")}
    assert found == {**{path: text for path, text in TEXTS.items() if path != "TWIN.txt"}, "TWIN.txt~2": "b"}
    revision = project.revisions.get()
    assert (revision.number, revision.origin, project.head, project.file_count) == (1, "import", 1, 5)
    assert project.total_bytes == sum(len(text.encode()) for text in TEXTS.values())
    changes = {change.path: change.after_id for change in revision.changes.all() if change.before_id is None}
    assert changes == dict(project.files.values_list("path", "blob_id"))
    assert project.files.get(path="bom.txt").blob.encoding == "utf-8-sig"
    assert new.get_model("projects", "Project").objects.get(pk=empty.pk).revisions.count() == 0

    back = migrate(BEFORE)
    assert dict(back.get_model("projects", "ProjectFile").objects.values_list("path", "content")) == found
