"""Projects in the admin: every page answers, and none costs more for a bigger project."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

import pytest
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
