"""Four people write to the demo project at once, in a process of their own: `DATABASE_URL=… python -m …`.

Each counts to five in a file that all share, by If-Match and again when it was stale: no count may be lost.
"""

from __future__ import annotations

import threading

import django


def main() -> None:
    """Writes, then checks."""
    django.setup()
    from projects import history, tree
    from projects.models import Project

    project = Project.objects.get()
    failures: list[BaseException] = []
    threads = [threading.Thread(target=write, args=(project.pk, name, failures)) for name in "abcd"]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert failures == [], failures
    project.refresh_from_db()
    numbers = list(project.revisions.order_by("number").values_list("number", flat=True))
    assert numbers == list(range(1, project.head + 1)), numbers
    assert tree.read(project, ["count.txt"]) == {"count.txt": b"20"}
    files = dict(project.files.values_list("path", "blob_id"))
    assert history.replay(project) == files
    assert project.file_count == len(files)
    print(f"{project.head} revisions, {len(files)} files")


def write(project_id: int, name: str, failures: list[BaseException]) -> None:
    """Counts on, five times."""
    from django.db import connections

    from projects.models import Project

    try:
        for n in range(5):
            count_on(Project.objects.get(pk=project_id), f"{name}{n}.txt")
    except BaseException as error:
        failures.append(error)
    finally:
        connections.close_all()


def count_on(project: object, beside: str) -> None:
    """Adds one, and a file; again as long as somebody else was faster."""
    from projects import files, tree
    from projects.content import digest_of
    from projects.errors import Stale
    from projects.models import Project

    assert isinstance(project, Project)
    while True:
        found = tree.read(project, ["count.txt"]).get("count.txt")
        seen = None if found is None else digest_of(found)
        changes = [files.Write("count.txt", b"%d" % (int(found or 0) + 1)), files.Write(beside, beside.encode())]
        try:
            files.commit(project, None, changes, base={"count.txt": seen})
        except Stale:
            continue
        return


if __name__ == "__main__":
    main()
