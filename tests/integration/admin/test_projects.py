"""Projects in the admin: every page answers, and none costs more for a bigger project."""

from __future__ import annotations

import json
from datetime import timedelta
from typing import TYPE_CHECKING, Any

import pytest
from django.contrib.admin.models import LogEntry
from django.forms import CheckboxInput, MultiWidget
from django.utils import timezone

from projects import invitations, tokens
from projects.files import Write, commit
from projects.models import ApiToken, Invitation, Membership, Project, Revision

if TYPE_CHECKING:
    from django.contrib.auth.models import User
    from django.test import Client
    from pytest_django.fixtures import DjangoAssertNumQueries

pytestmark = pytest.mark.django_db
LISTS = ("project", "projectfile", "revision", "invitation", "apitoken")


@pytest.fixture
def much(project: Project, alice: User, django_user_model: type[User]) -> Project:
    for number in range(30):
        user = django_user_model.objects.create_user(f"user{number}")
        Membership.objects.create(project=project, user=user, role="viewer")
        other = Project.objects.create(name=f"Projet {number}", owner=user)
        commit(other, user, [Write("a.txt", b"a")], message="Début")
        invitations.invite(other, user, "viewer", 7, "x")
        tokens.create(user, "x", 1)
    commit(project, alice, [Write(f"many/{number}.txt", b"x") for number in range(300)])
    return project


@pytest.mark.parametrize("name", LISTS)
def test_lists_cost_the_same_however_long(
    boss: Client, much: Project, name: str, django_assert_max_num_queries: DjangoAssertNumQueries
) -> None:
    with django_assert_max_num_queries(7):
        assert boss.get(f"/admin/projects/{name}/").status_code == 200
    assert boss.get(f"/admin/projects/{name}/?q=x").status_code == 200


def test_a_projects_page_leads_to_its_files_and_revisions(boss: Client, much: Project) -> None:
    page = boss.get(f"/admin/projects/project/{much.pk}/change/").content.decode()
    for name in ("projectfile", "revision"):
        address = f"/admin/projects/{name}/?project__id__exact={much.pk}"
        assert address in page
        assert "Projet 3" not in boss.get(address).content.decode()


def test_a_files_page_shows_no_bytes(
    boss: Client, much: Project, django_assert_max_num_queries: DjangoAssertNumQueries
) -> None:
    file = much.files.get(path="index.html")
    with django_assert_max_num_queries(6):
        page = boss.get(f"/admin/projects/projectfile/{file.pk}/change/").content.decode()
    assert file.blob_id in page
    assert "doctype html&gt;" not in page.lower()


def test_a_revisions_page_shows_its_changes_so_far(
    boss: Client, much: Project, django_assert_max_num_queries: DjangoAssertNumQueries
) -> None:
    newest = Revision.objects.get(project=much, number=2)
    with django_assert_max_num_queries(7):
        page = boss.get(f"/admin/projects/revision/{newest.pk}/change/").content.decode()
    assert "+ many/0.txt" in page
    assert "… +100" in page


def test_deleting_a_project_counts_what_goes(boss: Client, much: Project) -> None:
    address = f"/admin/projects/project/{much.pk}/delete/"
    page = boss.get(address).content.decode()
    assert "303" in page
    assert "many/7.txt" not in page
    boss.post(address, {"post": "yes"})
    assert not Project.objects.filter(pk=much.pk).exists()


def test_history_and_files_are_not_the_admins_to_change(boss: Client, much: Project) -> None:
    for name, pk in (("projectfile", much.files.first().pk), ("revision", much.revisions.first().pk)):  # type: ignore[union-attr]
        for what in ("delete", "change"):
            assert boss.post(f"/admin/projects/{name}/{pk}/{what}/", {"post": "yes"}).status_code == 403
        assert boss.get(f"/admin/projects/{name}/add/").status_code == 403


def test_tokens_and_invitations_are_taken_back_by_deleting(boss: Client, project: Project, alice: User) -> None:
    tokens.create(alice, "x", None)
    invitations.invite(project, alice, "viewer", 1)
    Invitation.objects.update(expires_at=timezone.now() + timedelta(days=1))
    for name, row in (("apitoken", ApiToken.objects.get()), ("invitation", Invitation.objects.get())):
        assert boss.get(f"/admin/projects/{name}/{row.pk}/change/").status_code == 200
        assert boss.post(f"/admin/projects/{name}/{row.pk}/delete/", {"post": "yes"}).status_code == 302
    assert not ApiToken.objects.exists()
    assert not Invitation.objects.exists()


class TestTwoPeople:
    """The settings page's check (`projects/contested.py`): the admin's later save overwrites nothing unseen, either."""

    def page(self, boss: Client, project: Project) -> dict[str, str]:
        """What a browser sends back of the page as it is."""
        answer = boss.get(f"/admin/projects/project/{project.pk}/change/")
        return self.sent(answer.context)

    def sent(self, context: Any) -> dict[str, str]:
        forms = [context["adminform"].form, *(one.formset.management_form for one in context["inline_admin_formsets"])]
        forms += [form for one in context["inline_admin_formsets"] for form in one.formset.forms]
        found: dict[str, str] = {}
        for form in forms:
            for field in form:
                widget, value, name = field.field.widget, field.value(), field.html_name
                if isinstance(widget, CheckboxInput):
                    found |= {name: "on"} if value else {}
                elif isinstance(widget, MultiWidget):
                    parts = value if isinstance(value, list) else widget.decompress(value)
                    found |= {f"{name}_{place}": str(part or "") for place, part in enumerate(parts)}
                else:
                    found[name] = "" if value is None else str(value)
                if field.field.show_hidden_initial:
                    found[field.html_initial_name] = found[name]
        return found

    def save(self, boss: Client, project: Project, sent: dict[str, str]) -> Any:
        return boss.post(f"/admin/projects/project/{project.pk}/change/", sent)

    def test_alone_nothing_is_asked(self, boss: Client, project: Project) -> None:
        Project.objects.filter(pk=project.pk).update(archived_at=timezone.now())
        sent = self.page(boss, project)
        assert self.save(boss, project, {**sent, "note": "à moi"}).status_code == 302
        project.refresh_from_db()
        assert project.note == "à moi"
        (told,) = json.loads(LogEntry.objects.get().change_message)
        assert len(told["changed"]["fields"]) == 1

    def test_what_others_changed_meanwhile_stays(self, boss: Client, project: Project, mallory: User) -> None:
        sent = self.page(boss, project)
        moment = timezone.now()
        others = {"description": "la leur", "owner": mallory, "technologies": ["Rust"], "archived_at": moment}
        Project.objects.filter(pk=project.pk).update(**others, preview_spa=True)
        assert self.save(boss, project, {**sent, "note": "à moi"}).status_code == 302
        project.refresh_from_db()
        assert {name: getattr(project, name) for name in others} == others
        assert (project.note, project.preview_spa) == ("à moi", True)

    @pytest.mark.parametrize(
        ("name", "theirs", "mine", "shown"),
        [("note", "la leur", "à moi", "la leur"), ("owner", "mallory", "boss", "mallory")],
    )
    def test_what_both_changed_is_shown_and_meant_when_sent_again(
        self, boss: Client, project: Project, mallory: User, name: str, theirs: str, mine: str, shown: str
    ) -> None:
        people = {user.username: user for user in type(mallory).objects.all()}
        sent = self.page(boss, project)
        Project.objects.filter(pk=project.pk).update(**{name: people.get(theirs, theirs)})
        given = {**sent, name: str(people[mine].pk) if mine in people else mine}
        refused = self.save(boss, project, given)
        assert refused.status_code == 200
        assert f"<strong>{shown}</strong>" in refused.content.decode()
        project.refresh_from_db()
        assert getattr(project, name) == people.get(theirs, theirs)
        again = self.sent(refused.context)
        assert again[name] == given[name]
        assert self.save(boss, project, again).status_code == 302
        project.refresh_from_db()
        assert getattr(project, name) == people.get(mine, mine)

    def test_a_commit_in_between_keeps_its_number(self, boss: Client, project: Project, alice: User) -> None:
        sent = self.page(boss, project)
        commit(project, alice, [Write("new.txt", b"x")])
        head = project.head
        assert self.save(boss, project, {**sent, "name": "Autre"}).status_code == 302
        project.refresh_from_db()
        assert (project.head, project.name) == (head, "Autre")

    def test_a_new_one_is_made(self, boss: Client) -> None:
        sent = self.sent(boss.get("/admin/projects/project/add/").context)
        given = {"name": "Neuf", "technologies": '["Rust"]', "preview_hosts": "[]"}
        assert boss.post("/admin/projects/project/add/", {**sent, **given}).status_code == 302
        assert Project.objects.get(name="Neuf").technologies == ["Rust"]
