"""Members, invitations, leaving, handing over."""

from __future__ import annotations

import re
from datetime import timedelta
from typing import TYPE_CHECKING, Any

import pytest
from django.test import Client
from django.utils import timezone

from projects import access, invitations
from projects.models import Invitation, Membership, Project

if TYPE_CHECKING:
    from django.contrib.auth.models import User
    from pytest_django.fixtures import SettingsWrapper

pytestmark = pytest.mark.django_db
PASSWORD = "une phrase de passe assez longue"


def browser(user: User | None = None) -> Client:
    client = Client(headers={"sec-fetch-site": "same-origin", "accept-language": "fr"})
    if user is not None:
        client.force_login(user)
    return client


@pytest.fixture
def link(project: Project, alice: User) -> str:
    """An invitation to read, as its owner gets it."""
    client = browser(alice)
    client.post(f"/projects/{project.pk}/invitations", {"role": "viewer", "days": "7", "label": "Mallory"})
    page = client.get(f"/projects/{project.pk}/settings").content.decode()
    found = re.search(r'value="http://testserver(/invitations/[^"]+)"', page)
    assert found
    return found[1]


def role(user: User, project: Project) -> str | None:
    return access.role_in(user, project)


class TestInvitations:
    def test_a_link_makes_a_member_once(
        self, link: str, project: Project, mallory: User, django_user_model: type[User]
    ) -> None:
        page = browser(mallory).get(link).content.decode()
        assert "alice vous invite" in page
        assert role(mallory, project) is None
        assert browser(mallory).post(f"{link}/join").headers["Location"] == f"/projects/{project.pk}/editor"
        assert role(mallory, project) == "viewer"
        other = django_user_model.objects.create_user("other")
        assert browser(other).post(f"{link}/join").status_code == 404
        assert role(other, project) is None

    def test_it_says_nothing_of_a_project_once_it_ended(self, link: str, project: Project, mallory: User) -> None:
        Invitation.objects.update(expires_at=timezone.now() - timedelta(seconds=1))
        for client in (browser(), browser(mallory)):
            answer = client.get(link)
            assert answer.status_code == 404
            assert project.name not in answer.content.decode()
        assert browser(mallory).post(f"{link}/join").status_code == 404

    def test_it_can_be_taken_back(self, link: str, project: Project, alice: User, mallory: User) -> None:
        number = Invitation.objects.get().pk
        browser(alice).post(f"/projects/{project.pk}/invitations/{number}/revoke")
        assert browser(mallory).post(f"{link}/join").status_code == 404

    def test_another_projects_invitation_is_not_taken_back(self, link: str, mallory: User) -> None:
        own = Project.objects.create(name="Mallorys", owner=mallory)
        number = Invitation.objects.get().pk
        browser(mallory).post(f"/projects/{own.pk}/invitations/{number}/revoke")
        assert Invitation.objects.filter(pk=number).exists()

    @pytest.mark.parametrize(
        "change", [lambda key: key[:-1] + "-", lambda key: "9" + key, lambda key: "x", lambda _: "1"]
    )
    def test_a_forged_link_is_none(self, link: str, mallory: User, change: Any) -> None:
        forged = "/invitations/" + change(link.removeprefix("/invitations/"))
        assert browser(mallory).get(forged).status_code == 404
        assert browser(mallory).post(f"{forged}/join").status_code == 404

    def test_it_falls_with_its_maker(self, project: Project, mallory: User, django_user_model: type[User]) -> None:
        """Else an owner who was put out would come back by his own invitation."""
        Membership.objects.create(project=project, user=mallory, role="owner")
        key = invitations.key_of(invitations.invite(project, mallory, "editor", 7))
        Membership.objects.filter(user=mallory).delete()
        assert browser(mallory).post(f"/invitations/{key}/join").status_code == 404
        assert role(mallory, project) is None

    def test_it_raises_a_role_and_lowers_none(self, project: Project, alice: User, mallory: User) -> None:
        Membership.objects.create(project=project, user=mallory, role="viewer")
        for invited, then in (("editor", "editor"), ("viewer", "editor")):
            invitations.accept(invitations.key_of(invitations.invite(project, alice, invited, 1)), mallory)
            assert role(mallory, project) == then

    def test_nobody_is_invited_as_an_owner(self, project: Project, alice: User) -> None:
        answer = browser(alice).post(f"/projects/{project.pk}/invitations", {"role": "owner", "days": "7"})
        assert answer.status_code == 400
        assert not Invitation.objects.exists()

    def test_a_rotated_key_keeps_the_links(self, link: str, mallory: User, settings: SettingsWrapper) -> None:
        settings.SECRET_KEY_FALLBACKS, settings.SECRET_KEY = [settings.SECRET_KEY], "another"
        assert browser(mallory).get(link).status_code == 200


class TestSignUp:
    ACCOUNT = {"username": "zoe", "password1": PASSWORD, "password2": PASSWORD}

    def test_who_has_no_account_makes_one(self, link: str, project: Project, django_user_model: type[User]) -> None:
        client = browser()
        page = client.get(link).content.decode()
        assert "Créer mon compte" in page
        assert f"/login?next={link}".replace(":", "%3A") in page
        assert client.post(f"{link}/sign-up", self.ACCOUNT).headers["Location"] == f"/projects/{project.pk}/editor"
        zoe = django_user_model.objects.get(username="zoe")
        assert (role(zoe, project), zoe.is_staff, zoe.is_superuser) == ("viewer", False, False)
        assert client.get(f"/projects/{project.pk}/settings").status_code == 200

    @pytest.mark.parametrize("wrong", [{"password2": "x"}, {"password1": "1", "password2": "1"}, {"username": "alice"}])
    def test_what_is_wrong_is_said_and_the_link_still_holds(
        self, link: str, wrong: dict[str, str], django_user_model: type[User]
    ) -> None:
        answer = browser().post(f"{link}/sign-up", self.ACCOUNT | wrong)
        assert answer.status_code == 400
        assert "errorlist" in answer.content.decode()
        assert not django_user_model.objects.filter(username="zoe").exists()
        assert browser().post(f"{link}/sign-up", self.ACCOUNT).status_code == 302

    def test_the_site_may_not_want_it(self, link: str, settings: SettingsWrapper) -> None:
        settings.WEBOX_INVITED_SIGN_UP = False
        assert "Demandez-en un à l'administrateur" in browser().get(link).content.decode()
        assert browser().post(f"{link}/sign-up", self.ACCOUNT).status_code == 403

    def test_without_an_invitation_there_is_no_account(self, link: str, django_user_model: type[User]) -> None:
        Invitation.objects.all().delete()
        assert browser().post(f"{link}/sign-up", self.ACCOUNT).status_code == 404
        assert not django_user_model.objects.filter(username="zoe").exists()


class TestMembers:
    @pytest.fixture
    def member(self, project: Project, mallory: User) -> User:
        Membership.objects.create(project=project, user=mallory, role="viewer")
        return mallory

    def change(self, by: User, project: Project, user: User, to: str) -> None:
        browser(by).post(f"/projects/{project.pk}/members/{user.pk}", {"role": to})

    def test_roles_change_and_end(self, project: Project, alice: User, member: User) -> None:
        self.change(alice, project, member, "editor")
        assert role(member, project) == "editor"
        self.change(alice, project, member, "nothing")
        assert role(member, project) == "editor"
        self.change(alice, project, member, "remove")
        assert role(member, project) is None

    def test_the_founder_stays_what_he_is(self, project: Project, alice: User, member: User) -> None:
        self.change(alice, project, member, "owner")
        for to in ("viewer", "remove"):
            self.change(member, project, alice, to)
            self.change(alice, project, alice, to)
        assert role(alice, project) == "owner"
        browser(alice).post(f"/projects/{project.pk}/leave")
        assert project.memberships.filter(user=alice, role="owner").exists()

    def test_a_co_owner_makes_and_ends_no_other(
        self, project: Project, member: User, django_user_model: type[User]
    ) -> None:
        Membership.objects.filter(user=member).update(role="owner")
        others = {name: django_user_model.objects.create_user(name) for name in ("owner", "viewer")}
        for name, user in others.items():
            Membership.objects.create(project=project, user=user, role=name)
        self.change(member, project, others["owner"], "remove")
        self.change(member, project, others["viewer"], "owner")
        assert role(others["owner"], project) == "owner"
        assert role(others["viewer"], project) == "viewer"
        self.change(member, project, others["viewer"], "editor")
        assert role(others["viewer"], project) == "editor"

    def test_a_member_leaves(self, project: Project, member: User) -> None:
        client = browser(member)
        assert client.post(f"/projects/{project.pk}/leave").headers["Location"] == "/"
        assert role(member, project) is None
        assert client.get(f"/projects/{project.pk}/editor").status_code == 404

    def test_handing_over(self, project: Project, alice: User, member: User) -> None:
        browser(alice).post(f"/projects/{project.pk}/hand-over", {"user": str(member.pk)})
        project.refresh_from_db()
        assert (project.owner, role(member, project), role(alice, project)) == (member, "owner", "editor")
        assert browser(alice).post(f"/projects/{project.pk}/delete", {"name": project.name}).status_code == 403

    @pytest.mark.parametrize("heir", ["", "0", "x", "9" * 30, "²"])
    def test_only_a_member_inherits(self, project: Project, alice: User, heir: str) -> None:
        browser(alice).post(f"/projects/{project.pk}/hand-over", {"user": heir})
        project.refresh_from_db()
        assert project.owner == alice
