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


def test_what_an_older_purge_hid_is_seen_again(newest_afterwards: None) -> None:
    old = migrate([("projects", "0009_context_pin")])
    blobs, changed = (old.get_model("projects", name) for name in ("Blob", "RevisionChange"))
    one, two = (blobs.objects.create(digest=text, size=1, data=text.encode(), encoding="utf-8") for text in "12")
    projects = [old.get_model("projects", "Project").objects.create(name="x", head=4) for _ in range(2)]
    for project in projects:
        second, third, fourth = (project.revisions.create(number=number, origin="user") for number in (2, 3, 4))
        kept = [changed(project=project, revision=second, path=path, after=one) for path in ("a", "b", "c")]
        later = [
            changed(project=project, revision=third, path="a", before=one, after=two),
            changed(project=project, revision=third, path="b", before=one),
            changed(project=project, revision=fourth, path="c", before=one, after=two, renamed_from="x"),
        ]
        # the first project's purge wrote what it kept last, as it did; the other's did not
        changed.objects.bulk_create([*later, *kept] if project is projects[0] else [*kept, *later])
    untouched = list(changed.objects.filter(project=projects[1]).order_by("pk").values())

    new = migrate([("projects", "0010_changes_in_order")])
    changed = new.get_model("projects", "RevisionChange")
    rows = changed.objects.filter(project=projects[0].pk).order_by("pk")
    assert [row.revision.number for row in rows] == [2, 2, 2, 3, 3, 4]
    told = ("path", "before", "after", "renamed_from")
    others = changed.objects.filter(project=projects[1].pk)
    assert set(rows.values_list(*told)) == set(others.values_list(*told))
    assert list(others.order_by("pk").values()) == untouched
