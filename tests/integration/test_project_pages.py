"""Making projects, settling them, archiving, copying, deleting: as a browser does it, with forms."""

from __future__ import annotations

import html
import io
import re
import zipfile
from datetime import timedelta
from typing import TYPE_CHECKING, Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.utils import timezone

from chat.testing import Script, scripted
from projects import creation, technologies, tree
from projects.files import Write, commit
from projects.models import Blob, Membership, Project, Revision
from projects.workspace import ProjectWorkspace

if TYPE_CHECKING:
    from django.contrib.auth.models import User
    from pytest_django.fixtures import DjangoAssertNumQueries, SettingsWrapper

pytestmark = pytest.mark.django_db


def browser(user: User) -> Client:
    client = Client(headers={"sec-fetch-site": "same-origin", "accept-language": "fr"})
    client.force_login(user)
    return client


@pytest.fixture
def as_alice(alice: User) -> Client:
    return browser(alice)


def archive(**files: bytes) -> SimpleUploadedFile:
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w") as made:
        for name, data in files.items():
            made.writestr(name.replace("__", "/").replace("_dot_", "."), data)
    return SimpleUploadedFile("site.zip", target.getvalue(), "application/zip")


NO_ZIP = SimpleUploadedFile("a.zip", b"no zip")
SETTINGS: dict[str, Any] = {"name": "Atelier", "project_type": "Site", "technologies": "HTML, CSS", "description": "x"}


class TestList:
    def test_a_first_visit_explains_the_studio(self, as_alice: Client) -> None:
        page = as_alice.get("/").content.decode()
        assert "Bienvenue dans WeBox Studio" in page
        for starter in creation.ALL:
            assert str(starter.about).replace("'", "&#x27;") in page

    def test_roles_and_owners_are_shown(self, as_alice: Client, alice: User, mallory: User) -> None:
        for role in ("viewer", "editor", "owner"):
            shared = Project.objects.create(name=f"Comme {role}", owner=mallory)
            Membership.objects.create(project=shared, user=alice, role=role)
        page = as_alice.get("/").content.decode()
        for text in ("lecteur", "éditeur", "copropriétaire", "projet de mallory"):
            assert text in page

    def test_it_is_searched_and_paged_at_a_constant_cost(
        self, as_alice: Client, alice: User, django_assert_max_num_queries: DjangoAssertNumQueries
    ) -> None:
        Project.objects.bulk_create(Project(name=f"Projet {number:03}", owner=alice) for number in range(60))
        with django_assert_max_num_queries(5):
            page = as_alice.get("/?q=Projet&page=3").content.decode()
        assert page.count("card-link") == 12
        assert "Page 3 sur 3" in page
        assert "q=Projet&amp;page=2" in page
        page = as_alice.get("/?q=projet 017").content.decode()
        assert page.count("card-link") == 1

    @pytest.mark.parametrize("query", ["?page=999", "?page=x", "?q=%00", "?q=" + "a" * 5000, "?archived=2"])
    def test_odd_questions_are_answered(self, as_alice: Client, project: Project, query: str) -> None:
        assert as_alice.get(f"/{query}").status_code == 200

    def test_nothing_found_and_nothing_archived_are_said(self, as_alice: Client, project: Project) -> None:
        assert "Aucun projet ne correspond" in as_alice.get("/?q=zzz").content.decode()
        assert "Aucun projet archivé" in as_alice.get("/?archived=1").content.decode()


class TestNew:
    @pytest.mark.parametrize("starter", creation.ALL, ids=lambda starter: starter.key)
    def test_each_starter(self, as_alice: Client, alice: User, starter: creation.Starter) -> None:
        answer = as_alice.post("/projects/new", {"name": "Mon projet", "start": starter.key})
        made = Project.objects.get()
        assert answer.headers["Location"] == f"/projects/{made.pk}/editor"
        assert (made.name, made.owner, made.file_count) == ("Mon projet", alice, len(starter.contents))
        assert tree.read(made, list(starter.contents)) == starter.contents
        assert made.memberships.get(user=alice).role == "owner"

    def test_starters_say_what_they_are_made_of(self, alice: User) -> None:
        found = {key: set(creation.from_starter(alice, "x", one).technologies) for key, one in creation.BY_KEY.items()}
        assert found["static"] == {"HTML", "CSS", "JavaScript"}
        assert {"React", "JavaScript"} <= found["react"]
        assert {"Django", "Python"} <= found["django"]
        assert found["empty"] == set()

    def test_a_zip_becomes_a_project(self, as_alice: Client) -> None:
        sent = {"name": "Importé", "start": "archive", "archive": archive(index_dot_html=b"<p>", js__a_dot_js=b"1")}
        assert as_alice.post("/projects/new", sent).status_code == 302
        assert sorted(Project.objects.get().files.values_list("path", flat=True)) == ["index.html", "js/a.js"]

    def test_a_script_is_told_where_the_project_is_or_what_is_wrong(self, as_alice: Client) -> None:
        sent = {"name": "Importé", "start": "archive", "archive": archive(**{"..__evil": b"x"})}
        asked = {"headers": {"accept": "application/json"}}
        refused = as_alice.post("/projects/new", sent, **asked)
        assert refused.status_code == 400
        assert list(refused.json()["errors"]) == ["archive"]
        assert not Project.objects.exists()
        sent["archive"] = archive(index_dot_html=b"<p>")
        made = as_alice.post("/projects/new", sent, **asked)
        assert made.status_code == 201
        assert made.json() == {"location": f"/projects/{Project.objects.get().pk}/editor"}

    def test_what_fails_at_the_last_file_leaves_nothing(self, as_alice: Client) -> None:
        there = Blob.objects.count()
        good = archive(a=b"only here", b=b"and here").read()
        last = zipfile.ZipFile(io.BytesIO(good)).infolist()[-1]
        broken = bytearray(good)
        broken[last.header_offset + 31 + len(last.filename)] ^= 0xFF
        sent = {"name": "x", "start": "archive", "archive": SimpleUploadedFile("a.zip", bytes(broken))}
        assert as_alice.post("/projects/new", sent).status_code == 400
        assert (Project.objects.count(), Membership.objects.count(), Blob.objects.count()) == (0, 0, there)

    @pytest.mark.parametrize(
        ("sent", "said"),
        [
            ({"name": "", "start": "static"}, "obligatoire"),
            ({"name": "x", "start": "nothing"}, "nothing"),
            ({"name": "x", "start": "archive"}, "Choisissez l&#x27;archive"),
            ({"name": "x", "start": "archive", "archive": NO_ZIP}, "ne peut pas être lue"),
        ],
    )  # fmt: skip
    def test_what_is_wrong_is_said_and_nothing_is_made(self, as_alice: Client, sent: dict[str, Any], said: str) -> None:
        answer = as_alice.post("/projects/new", sent)
        assert answer.status_code == 400
        assert said in answer.content.decode()
        assert not Project.objects.exists()

    def test_what_was_typed_is_kept(self, as_alice: Client) -> None:
        page = as_alice.post("/projects/new", {"name": "Un nom <b>", "start": "archive"}).content.decode()
        assert 'value="Un nom &lt;b&gt;"' in page
        assert 'value="archive" checked' in page

    def test_a_hostile_archive_makes_no_project(self, as_alice: Client, settings: SettingsWrapper) -> None:
        sent = {"name": "x", "start": "archive", "archive": archive(**{"..__evil": b"x"})}
        assert as_alice.post("/projects/new", sent).status_code == 400
        settings.FILES = {"MAX_ARCHIVE_BYTES": 10}
        sent["archive"] = archive(a=b"x" * 100)
        assert "trop grande" in as_alice.post("/projects/new", sent).content.decode()
        assert not Project.objects.exists()


class TestSettings:
    def save(self, client: Client, project: Project, *, seen: str | None = None, **changed: Any) -> Any:
        """As from a page that was opened just now, unless `seen` is an older one's."""
        sent = SETTINGS | {"seen": self.seen(client, project) if seen is None else seen} | changed
        return client.post(f"/projects/{project.pk}/settings/save", sent)

    def seen(self, client: Client, project: Project) -> str:
        page = client.get(f"/projects/{project.pk}/settings").content.decode()
        return self.seen_in(page)

    def seen_in(self, page: str) -> str:
        found = re.search(r'name="seen" value="([^"]+)"', page)
        assert found
        return html.unescape(found[1])

    def test_they_are_saved_and_told_to_the_assistant(self, as_alice: Client, project: Project) -> None:
        sent = {
            "note": "Vouvoyer.\r\nPas de jQuery.",
            "default_model": "gpt-x",
            "preview_hosts": "https://API.example.com/v1\n*.example.org:8443",
            "protected_paths": "*.lock\n\n/infra/",
            "context_exclude": "*.csv",
            "context_pin": "docs/style.md",
            "preview_spa": "on",
        }
        assert self.save(as_alice, project, **sent).status_code == 302
        project.refresh_from_db()
        assert project.technologies == ["HTML", "CSS"]
        assert project.preview_hosts == ["api.example.com", "*.example.org:8443"]
        assert project.protected_paths == ["*.lock", "/infra/"]
        assert (project.context_exclude, project.preview_spa) == (["*.csv"], True)
        told = ProjectWorkspace(project).describe()
        assert (told.excluded, told.pinned) == (("*.csv",), ("docs/style.md",))
        assert (told.note, told.default_model) == ("Vouvoyer.\nPas de jQuery.", "gpt-x")

    @pytest.mark.parametrize("host", [
        "a b", "x;y", "'self'", "*", "https://", "-a.example", "localhost:3000", "127.0.0.1", "testserver", "a\x00b",
        "http://testserver:8000", "previews.example:81", "*.example",
    ])  # fmt: skip
    def test_a_host_that_is_none_is_refused(
        self, as_alice: Client, project: Project, settings: SettingsWrapper, host: str
    ) -> None:
        settings.PREVIEW_ORIGIN = "https://previews.example"
        answer = self.save(as_alice, project, preview_hosts=host, note="gardée")
        assert answer.status_code == 400
        assert "gardée" in answer.content.decode()
        project.refresh_from_db()
        assert project.preview_hosts == []
        assert project.note == ""

    @pytest.mark.parametrize("field", ["protected_paths", "context_exclude", "context_pin"])
    def test_lists_have_limits(self, as_alice: Client, project: Project, field: str) -> None:
        for value in ("\n".join(map(str, range(101))), "x" * 201):
            assert self.save(as_alice, project, **{field: value}).status_code == 400

    def test_an_editor_leaves_what_is_the_owners(self, project: Project, mallory: User) -> None:
        Project.objects.update(preview_hosts=["a.example"], protected_paths=["*.lock"])
        Membership.objects.create(project=project, user=mallory, role="editor")
        sent = {"preview_hosts": "evil.example", "protected_paths": "", "note": "La mienne"}
        assert self.save(browser(mallory), project, **sent).status_code == 302
        project.refresh_from_db()
        assert (project.preview_hosts, project.protected_paths) == (["a.example"], ["*.lock"])
        assert project.note == "La mienne"

    def test_a_later_save_overwrites_nothing_that_was_not_seen(self, as_alice: Client, project: Project) -> None:
        seen = self.seen(as_alice, project)
        assert (
            self.save(as_alice, project, seen=seen, note="Celle de <Zoé>.", project_type="Vitrine").status_code == 302
        )
        refused = self.save(as_alice, project, seen=seen, note="La mienne.", project_type="Vitrine")
        page = refused.content.decode()
        assert refused.status_code == 409
        assert "La mienne.</textarea>" in page
        assert "Celle de &lt;Zoé&gt;.</textarea>" in page
        assert "a changé ce réglage entre-temps" in page
        project.refresh_from_db()
        assert (project.note, project.project_type) == ("Celle de <Zoé>.", "Vitrine")
        # sent once more, it is meant; unless somebody was there again
        again = self.seen_in(page)
        assert self.save(as_alice, project, seen=again, note="La mienne.").status_code == 302
        assert self.save(as_alice, project, seen=again, note="Encore une.").status_code == 409
        project.refresh_from_db()
        assert project.note == "La mienne."

    def test_what_one_did_not_touch_stays_as_another_put_it(self, as_alice: Client, project: Project) -> None:
        self.save(as_alice, project, description="un\r\ndeux", note="avant")
        seen = self.seen(as_alice, project)
        theirs = {"note": "d'un autre", "preview_spa": "on", "context_pin": "a.md", "technologies": "Vue"}
        assert self.save(as_alice, project, seen=seen, description="un\r\ndeux", **theirs).status_code == 302
        # an old page, with a mistake first: what is wrong is said, and nothing of it becomes a wish
        mine = {"description": "un\ndeux", "note": "avant", "default_model": "gpt-x"}
        refused = self.save(as_alice, project, seen=seen, preview_hosts="a b", **mine)
        assert refused.status_code == 400
        page = refused.content.decode()
        assert "d&#x27;un autre</textarea>" in page
        answer = self.save(as_alice, project, seen=seen, **mine)
        assert answer.status_code == 302
        project.refresh_from_db()
        assert (project.note, project.preview_spa, project.context_pin) == ("d'un autre", True, ["a.md"])
        assert (project.technologies, project.default_model) == (["Vue"], "gpt-x")
        assert "est resté comme ils l" in as_alice.get(f"/projects/{project.pk}/settings").content.decode()

    @pytest.mark.parametrize("seen", ["", "x", "[]", "{}", '{"note": 3}', "[" * 100_000])
    def test_who_has_seen_nothing_overwrites_nothing(self, as_alice: Client, project: Project, seen: str) -> None:
        Project.objects.update(note="gardée")
        assert self.save(as_alice, project, seen=seen, note="").status_code == 409
        project.refresh_from_db()
        assert project.note == "gardée"

    def test_the_projects_model_is_the_panels_and_answers(self, as_alice: Client, project: Project) -> None:
        Project.objects.update(default_model="project-model")
        with scripted(Script.text("Bonjour")) as model:
            told = as_alice.get(f"/api/chat/models?project_id={project.pk}").json()
            assert told["default"] == "project-model"
            assert as_alice.get("/api/chat/models").json()["default"] == "scripted"
            sent = {"project_id": project.pk, "content": "Salut"}
            as_alice.post("/api/chat/message", sent, content_type="application/json")
            own = {**sent, "model": "my-choice"}
            as_alice.post("/api/chat/message", own, content_type="application/json")
        assert [request.model for request in model.requests] == ["project-model", "my-choice"]

    def test_technologies_come_from_the_files(self, project: Project, alice: User) -> None:
        commit(project, alice, [Write("package.json", b'{"dependencies": {"vue": "3"}}'), Write("src/a.ts", b"1")])
        assert technologies.detected(project)[0] == "Vue"
        assert "TypeScript" in technologies.detected(project)
        for odd in (b"{", b"[]", b'{"dependencies": 3}', b"\xff\xfe", b"[" * 100_000):
            commit(project, alice, [Write("package.json", odd)])
            assert "HTML" in technologies.detected(project)

    def test_the_page_costs_the_same_for_many_members(
        self,
        as_alice: Client,
        project: Project,
        django_user_model: type[User],
        django_assert_max_num_queries: DjangoAssertNumQueries,
    ) -> None:
        for number in range(20):
            user = django_user_model.objects.create_user(f"user{number}")
            Membership.objects.create(project=project, user=user, role="viewer")
        with django_assert_max_num_queries(8):
            assert as_alice.get(f"/projects/{project.pk}/settings").status_code == 200


class TestTheWhole:
    def test_a_copy_has_files_and_settings_and_nothing_else(self, project: Project, mallory: User) -> None:
        Project.objects.update(note="Vouvoyer.", preview_hosts=["a.example"])
        Membership.objects.create(project=project, user=mallory, role="viewer")
        project.ai_conversations.create(user=mallory, title="x")  # type: ignore[attr-defined]
        commit(project, None, [Write("style.css", b"body {}")])
        answer = browser(mallory).post(f"/projects/{project.pk}/duplicate")
        copy = Project.objects.get(owner=mallory)
        assert answer.headers["Location"] == f"/projects/{copy.pk}/settings"
        paths = list(project.files.values_list("path", flat=True))
        assert tree.read(copy, paths) == tree.read(project, paths)
        assert (copy.name, copy.note, copy.head) == (f"{project.name} (copie)", "Vouvoyer.", 1)
        assert (copy.file_count, copy.total_bytes) == (3, sum(len(one) for one in tree.read(copy, paths).values()))
        assert not copy.ai_conversations.exists()  # type: ignore[attr-defined]
        assert [one.user for one in copy.memberships.all()] == [mallory]

    def test_an_archived_project_leaves_the_list_and_comes_back(self, as_alice: Client, project: Project) -> None:
        assert as_alice.post(f"/projects/{project.pk}/archive", {"archived": "1"}).status_code == 302
        assert project.name not in as_alice.get("/").content.decode().partition("messages")[2].partition("</ul>")[2]
        assert project.name in as_alice.get("/?archived=1").content.decode()
        assert "Ce projet est archivé" in as_alice.get(f"/projects/{project.pk}/settings").content.decode()
        as_alice.post(f"/projects/{project.pk}/archive", {"archived": "0"})
        assert project.name in as_alice.get("/").content.decode()

    def test_purging_takes_the_name_and_says_what_is_gone(self, as_alice: Client, project: Project) -> None:
        for number in range(3):
            commit(project, None, [Write("secret.txt", b"%d" % number * 1024)])
        Revision.objects.filter(number__lte=3).update(created_at=timezone.now() - timedelta(days=40))
        address = f"/projects/{project.pk}/settings"
        page = as_alice.get(address).content.decode()
        assert "ce qui a plus de 30 jours (2 révisions)" in page
        assert "plus de 90 jours" not in page
        assert "maintenant (3 révisions)" in page.replace("&#x27;", "'")
        for wrong in ({"name": "autre", "days": "30"}, {"name": project.name, "days": "31"}, {"name": project.name}):
            refused = as_alice.post(f"/projects/{project.pk}/purge", wrong)
            assert refused.status_code == 400
            assert "rien n&#x27;a été effacé" in refused.content.decode()
        assert project.revisions.count() == 4
        answer = as_alice.post(f"/projects/{project.pk}/purge", {"name": project.name, "days": "30"}, follow=True)
        # the first revision's files are there still; the third's is what the later ones began with
        assert "2 révisions et 1 contenu de moins, 1,0" in answer.content.decode()
        assert sorted(project.revisions.values_list("number", flat=True)) == [3, 4]
        assert tree.read(project, ["secret.txt"]) == {"secret.txt": b"2" * 1024}
        answer = as_alice.post(f"/projects/{project.pk}/purge", {"name": project.name, "days": "365"}, follow=True)
        assert "Rien n&#x27;est aussi ancien" in answer.content.decode()
        as_alice.post(f"/projects/{project.pk}/purge", {"name": project.name, "days": "0"})
        assert list(project.revisions.values_list("number", flat=True)) == [4]
        assert "Purger l" not in as_alice.get(address).content.decode()

    def test_only_the_founder_purges_and_nobody_what_is_put_away(self, project: Project, mallory: User) -> None:
        commit(project, None, [Write("a", b"1")])
        Membership.objects.create(project=project, user=mallory, role="owner")
        sent = {"name": project.name, "days": "0"}
        assert "Purger l" not in browser(mallory).get(f"/projects/{project.pk}/settings").content.decode()
        assert browser(mallory).post(f"/projects/{project.pk}/purge", sent).status_code == 403
        assert project.owner is not None
        Project.objects.update(archived_at=timezone.now())
        assert browser(project.owner).post(f"/projects/{project.pk}/purge", sent).status_code == 403
        asked = browser(project.owner).post(f"/api/projects/{project.pk}/purge", {"before": 2}, "application/json")
        assert asked.status_code == 403
        assert project.revisions.count() == 2

    def test_deleting_takes_the_name(self, as_alice: Client, project: Project) -> None:
        answer = as_alice.post(f"/projects/{project.pk}/delete", {"name": "Site de demonstration"})
        assert answer.status_code == 400
        assert "rien n&#x27;a été supprimé" in answer.content.decode()
        assert 'value="Site de demonstration"' in answer.content.decode()
        as_alice.post(f"/projects/{project.pk}/delete", {"name": project.name})
        assert not Project.objects.exists()

    def test_deleting_leaves_the_files_of_a_copy(self, as_alice: Client, project: Project, alice: User) -> None:
        copy = creation.copy_of(project, alice, "Copie")
        as_alice.post(f"/projects/{project.pk}/delete", {"name": project.name})
        assert len(tree.read(copy, ["index.html", "style.css", "script.js"])) == 3
