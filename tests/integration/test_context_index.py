"""The index in the database, the project's own history, and real requests that use both."""

from __future__ import annotations

import hashlib
import threading
from io import StringIO
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any

import pytest
from django.core.management import call_command
from django.db import connection
from django.test.utils import CaptureQueriesContext

from chat import workspace as host
from chat.context import facts, indexing, store
from chat.context.builder import Request, build
from chat.context.engine import Engine, engine, progress
from chat.context.facts import Facts
from chat.context.indexing import Indexer
from chat.models import FileIndex
from projects import files
from projects.files import Delete, Write
from projects.models import Project
from projects.purge import purge
from projects.workspace import ProjectWorkspace

if TYPE_CHECKING:
    from django.contrib.auth.models import User
    from django.test import Client

pytestmark = pytest.mark.django_db

PAGES = {
    f"pages/page{n}.js": f"export function page{n}() {{\n  return draw('{n}')\n}}\n" + f"// filler {n}\n" * 400
    for n in range(60)
}
BIG = {**PAGES, "lib/invoice.js": "export function totalOfInvoice(lines) {\n  return lines.length\n}\n"}


@pytest.fixture(autouse=True)
def _patient(monkeypatch: pytest.MonkeyPatch) -> None:
    """A busy machine changes no result."""
    monkeypatch.setattr("chat.context.engine.PATIENCE", 600)


@pytest.fixture
def project() -> Project:
    """A project that does not fit into a prompt."""
    engine.forget()
    made = Project.objects.create(name="Boutique")
    files.commit(made, None, [Write(path, text.encode()) for path, text in BIG.items()], origin="import")
    made.refresh_from_db()
    return made


def paths_for(project: Project, request: str) -> list[str]:
    """The files of a real request's prompt."""
    prompt = build(lambda: ProjectWorkspace(project), Request(request, "gpt-4-turbo", budget=3000))
    assert prompt.tokens <= 3000
    return [part.path for part in prompt.parts if part.kind == "file"]


def test_a_real_request_gets_the_files_it_is_about(project: Project) -> None:
    assert paths_for(project, "the total of an invoice is wrong")[0] == "lib/invoice.js"
    assert FileIndex.objects.count() == len(BIG)


def test_another_server_reads_what_one_found_out(project: Project, monkeypatch: pytest.MonkeyPatch) -> None:
    workspace = ProjectWorkspace(project)
    Engine().refresh(workspace, workspace.list_files(), patience=600)
    monkeypatch.setattr(facts, "read", lambda *_: pytest.fail("read again"))
    other = Engine()
    other.refresh(workspace, workspace.list_files(), patience=600)
    corpus = other.project(workspace.key).corpus
    assert all(file.facts is not None for file in corpus.live())


def test_a_warm_request_asks_the_database_for_few_things(project: Project) -> None:
    paths_for(project, "the invoice")
    with CaptureQueriesContext(connection) as queries:
        paths_for(project, "page 12 is slow")
    assert len(queries) <= 3, [query["sql"][:80] for query in queries]


def test_what_was_kept_in_another_form_or_is_broken_is_made_anew(project: Project) -> None:
    workspace = ProjectWorkspace(project)
    Engine().refresh(workspace, workspace.list_files(), patience=600)
    FileIndex.objects.filter(name__endswith=":script").update(data=b"no facts")
    one = FileIndex.objects.order_by("name")[0]
    FileIndex.objects.filter(pk=one.pk).update(version=0)
    assert paths_for(project, "the total of an invoice is wrong")[0] == "lib/invoice.js"
    assert set(FileIndex.objects.values_list("version", flat=True)) == {facts.VERSION}
    key = (one.pk.split(":")[0], "script")
    assert store.load([key])[key].chunks


def test_facts_are_the_same_from_the_database() -> None:
    found = facts.read("def a():\n    return b\n", "python", len)
    store.save({("0" * 64, "python"): found})
    store.save({("0" * 64, "python"): found})
    assert store.load([("0" * 64, "python"), ("1" * 64, "python")]) == {("0" * 64, "python"): found}
    assert isinstance(found, Facts)


def test_an_accepted_change_teaches_the_next_request(project: Project) -> None:
    request = "les fleurs fanent trop vite"
    assert paths_for(project, request)[0] != "pages/page41.js"
    files.commit(
        project, None, [Write("pages/page41.js", b"// new\n" * 300)], origin="assistant", message="des fleurs fanent"
    )
    project.refresh_from_db()
    assert paths_for(project, request)[0] == "pages/page41.js"


def test_the_history_of_a_project_is_told_newest_first_and_read_once(project: Project) -> None:
    workspace = ProjectWorkspace(project)
    files.commit(project, None, [Delete("pages/page1.js")], message="sans page 1")
    project.refresh_from_db()
    told = workspace.changes(10)
    assert [(change.message, change.paths) for change in told] == [("sans page 1", ("pages/page1.js",)), ("", ())]
    with CaptureQueriesContext(connection) as queries:
        assert workspace.changes(10) is told
    assert not queries.captured_queries
    files.commit(project, None, [Write("a.js", b"1")], message="a")
    project.refresh_from_db()
    assert [change.message for change in workspace.changes(2)] == ["a", "sans page 1"]


def test_an_import_is_indexed_in_the_background_with_progress(project: Project) -> None:
    listed = ProjectWorkspace(project).list_files()
    assert progress(listed) == (0, len(BIG))
    seen: list[int] = []
    assert indexing.index_project(project.pk, lambda: seen.append(progress(listed)[0])) == len(BIG)
    assert seen == sorted(set(seen))
    assert len(seen) > 2
    assert progress(listed) == (len(BIG), len(BIG))
    assert indexing.index_project(project.pk) == 0
    assert indexing.index_project(-1) == 0


def test_a_commit_tells_who_indexes(
    project: Project, monkeypatch: pytest.MonkeyPatch, django_capture_on_commit_callbacks: Any
) -> None:
    told: list[int] = []
    monkeypatch.setattr(host, "listeners", [told.append])
    with django_capture_on_commit_callbacks(execute=True):
        files.commit(project, None, [Write("a.js", b"1")])
    assert told == [project.pk]


def test_the_thread_indexes_each_project_once_and_goes_on_after_a_failure(
    settings: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings.CHAT = {**settings.CHAT, "BACKGROUND_INDEX": True}
    monkeypatch.setattr(indexing, "REST", 0.0)
    monkeypatch.setattr(indexing, "IDLE", 0.0)
    monkeypatch.setattr(indexing, "close_old_connections", lambda: None)
    done: list[str] = []
    three = threading.Event()

    def index(project_id: str, _rest: Any) -> None:
        done.append(project_id)
        if project_id == "3":
            three.set()
        if project_id == "1":
            raise ValueError("broken")

    monkeypatch.setattr(indexing, "index_project", index)
    worker = Indexer()
    for number in (1, 2, 3):
        worker.written(number)
    assert three.wait(60)
    assert sorted(done) == ["1", "2", "3"]


@pytest.mark.parametrize(("writes", "waited"), [(0, 0.0), (3, 2.5), (100, 5.0)])
def test_it_waits_while_somebody_writes_yet_not_for_ever(
    monkeypatch: pytest.MonkeyPatch, writes: int, waited: float
) -> None:
    """A write every 0.75 seconds, by a clock that only waiting moves on."""
    now, left = [100.0], [writes]
    worker = Indexer()
    monkeypatch.setattr(worker, "wanted", lambda _project: None)

    def rest(seconds: float) -> None:
        now[0] += 0.75 if left[0] else seconds
        if left[0]:
            left[0] -= 1
            worker.written(1)

    monkeypatch.setattr(indexing, "time", SimpleNamespace(monotonic=lambda: now[0]))
    monkeypatch.setattr(indexing, "PAUSE", 0.0)
    monkeypatch.setattr(worker, "_rest", rest)
    worker._let_write(now[0] + indexing.MOST_REST)
    assert now[0] - 100.0 == pytest.approx(waited, abs=0.76)


def test_nothing_is_indexed_where_the_setting_says_so(settings: Any) -> None:
    settings.CHAT = {**settings.CHAT, "BACKGROUND_INDEX": False}
    worker = Indexer()
    worker.written(1)
    assert worker._thread is None


class TestPurging:
    """What is known of contents goes with them, and never before."""

    OLD, NEW = b"export const old = 1\n", b"export const fresh = 2\n"

    @pytest.fixture
    def told(self, project: Project) -> Project:
        for data in (self.OLD, self.NEW):
            files.commit(project, None, [Write("src/x.js", data)])
            indexing.index_project(project.pk)
        files.commit(project, None, [Delete("lib/invoice.js")])
        return project

    @staticmethod
    def known(data: bytes) -> bool:
        return FileIndex.objects.filter(name=f"{hashlib.sha256(data).hexdigest()}:script").exists()

    def test_a_purge_of_history_takes_the_index_along(
        self, told: Project, django_capture_on_commit_callbacks: Any
    ) -> None:
        assert self.known(self.OLD)
        with django_capture_on_commit_callbacks(execute=True):
            purge(told, None, before=told_head(told))
        assert (self.known(self.OLD), self.known(self.NEW)) == (False, True)

    def test_the_command_drops_what_nobody_has(self, told: Project) -> None:
        FileIndex.objects.create(name=f"{'0' * 64}:script", version=facts.VERSION, data=b"x")
        count = FileIndex.objects.count()
        assert purged() == f"1 of {count} rows dropped\n"
        assert self.known(self.OLD)  # a revision has it still
        purge(told, None, before=told_head(told))
        assert purged() == f"1 of {count - 1} rows dropped\n"
        assert (self.known(self.OLD), self.known(self.NEW)) == (False, True)
        assert FileIndex.objects.count() == len(BIG) + 1  # the last revision has the deleted file still

    def test_what_another_project_has_stays(self, told: Project) -> None:
        other = Project.objects.create(name="Autre")
        files.commit(other, None, [Write("y.js", self.OLD)])
        purge(told, None, before=told_head(told))
        assert purged().startswith("0 of ")
        told.delete()
        purged()
        assert [row.name.partition(":")[0] for row in FileIndex.objects.all()] == [hashlib.sha256(self.OLD).hexdigest()]

    def test_a_host_that_does_not_say_what_it_keeps(self, told: Project, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.delattr(ProjectWorkspace, "kept")
        assert purged().startswith("2 of ")  # only revisions had them
        assert self.known(self.NEW)

    def test_more_rows_than_one_statement_takes(self, told: Project, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(store, "BATCH", 7)
        FileIndex.objects.bulk_create(
            FileIndex(name=f"{n:064x}:css", version=facts.VERSION, data=b"x") for n in range(30)
        )
        assert purged().startswith("30 of ")


def purged() -> str:
    out = StringIO()
    call_command("purge_index", stdout=out)
    return out.getvalue()


def told_head(project: Project) -> int:
    """The number of the newest revision."""
    return Project.objects.values_list("head", flat=True).get(pk=project.pk)


def test_how_far_a_project_is_indexed_over_http(client: Client, alice: User, mallory: User) -> None:
    client.force_login(alice)
    large = Project.objects.create(name="Grand", owner=alice)
    address = f"/api/chat/context/indexing?project_id={large.pk}"
    files.commit(large, alice, [Write("a.js", b"let a = 1;")])
    assert client.get(address).json() == {"done": 1, "total": 1, "running": False}  # small: it needs no index
    files.commit(large, alice, [Write(path, text.encode()) for path, text in BIG.items()])
    count = len(BIG) + 1
    assert client.get(address).json() == {"done": 0, "total": count, "running": indexing.settings.BACKGROUND_INDEX}
    with CaptureQueriesContext(connection) as queries:
        client.get(address)
    assert len(queries) < 12
    indexing.index_project(large.pk)
    assert client.get(address).json() == {"done": count, "total": count, "running": False}
    assert client.get("/api/chat/context/indexing").status_code == 404
    assert client.get("/api/chat/context/indexing?project_id=x").status_code == 400
    client.force_login(mallory)
    assert client.get(address).status_code == 404
