"""Forgotten passwords, replaced by a link in a mail (webox/forgotten.py)."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pytest
from django.core import mail
from django.core.cache import cache
from django.test import Client

from projects import invitations, tokens
from webox import forgotten

if TYPE_CHECKING:
    from collections.abc import Iterator

    from django.contrib.auth.models import User
    from django.http import HttpResponse
    from pytest_django.fixtures import SettingsWrapper

    from projects.models import Project

# The mail is looked for by another thread, which sees what is committed.
pytestmark = pytest.mark.django_db(transaction=True)
HERE = {"sec-fetch-site": "same-origin", "accept-language": "fr"}
PAGE = "/account/password/forgotten"
NEW = "une autre phrase de passe"


@pytest.fixture(autouse=True)
def mail_server(settings: SettingsWrapper) -> Iterator[None]:
    settings.EMAIL_HOST = "mail.example"
    settings.PUBLIC_ORIGIN = "http://testserver"
    cache.clear()
    yield
    cache.clear()


@pytest.fixture
def alice(django_user_model: type[User]) -> User:
    return django_user_model.objects.create_user("alice", "alice@example.com", "alice-password")


@pytest.fixture
def visitor() -> Client:
    return Client(headers=HERE)


def ask(visitor: Client, email: str, **given: str) -> HttpResponse:
    answer = visitor.post(PAGE, {"email": email}, headers=given)
    forgotten.sender.submit(lambda: None).result()  # whatever was sent, is sent
    return answer  # type: ignore[return-value]


def link() -> str:
    found = re.search(r"http://testserver(/\S+)", str(mail.outbox[-1].body))
    assert found
    return found[1]


def set_password(visitor: Client, address: str, password: str = NEW) -> HttpResponse:
    form = visitor.get(address, follow=True)
    where = form.redirect_chain[-1][0] if form.redirect_chain else address
    sent = {"new_password1": password, "new_password2": password}
    return visitor.post(where, sent)  # type: ignore[return-value]


def test_the_whole_way(visitor: Client, alice: User) -> None:
    other = Client(headers=HERE)
    other.force_login(alice)
    assert f'href="{PAGE}"' in visitor.get("/login").content.decode()
    assert ask(visitor, "alice@example.com").headers["Location"] == f"{PAGE}/sent"
    assert "Si un compte a cette adresse" in visitor.get(f"{PAGE}/sent").content.decode()
    (sent,) = mail.outbox
    assert sent.to == ["alice@example.com"]
    assert sent.subject == "Votre mot de passe de WeBox Studio"
    assert "« alice »" in sent.body
    answer = set_password(visitor, link())
    assert answer.headers["Location"] == "/"
    assert "Votre mot de passe est changé" in visitor.get("/").content.decode()
    assert other.get("/").status_code == 302  # that session is closed
    alice.refresh_from_db()
    assert alice.check_password(NEW)
    again = Client(headers=HERE).get(link())
    assert "Ce lien ne vaut plus" in again.content.decode()


def test_tokens_end_with_the_password_that_was_forgotten(
    visitor: Client, alice: User, project: Project, django_user_model: type[User]
) -> None:
    """Whoever had the password may have made them."""
    bob = django_user_model.objects.create_user("bob")
    hers, his = (Client(headers={"authorization": f"Token {tokens.create(one, 'x', None)}"}) for one in (alice, bob))
    project.members.add(alice, bob)
    address = f"/api/projects/{project.pk}/files"
    assert [hers.get(address).status_code, his.get(address).status_code] == [200, 200]
    ask(visitor, "alice@example.com")
    set_password(visitor, link(), "x")  # refused: nothing has changed
    assert hers.get(address).status_code == 200
    set_password(visitor, link())
    assert [hers.get(address).status_code, his.get(address).status_code] == [401, 200]


class TestTheLink:
    def test_it_leads_to_the_studio_whatever_the_request_claims(
        self, visitor: Client, alice: User, settings: SettingsWrapper
    ) -> None:
        settings.ALLOWED_HOSTS = ["*"]
        settings.PUBLIC_ORIGIN = "https://studio.example:8443"
        ask(visitor, "alice@example.com", host="evil.example:666")
        assert "https://studio.example:8443/account/password/new/" in mail.outbox[0].body
        assert "evil" not in mail.outbox[0].body
        assert "666" not in mail.outbox[0].body

    def test_in_development_the_request_will_do(self, visitor: Client, alice: User, settings: SettingsWrapper) -> None:
        settings.PUBLIC_ORIGIN, settings.DEBUG = "", True
        ask(visitor, "alice@example.com", host="localhost:8001")
        assert "http://localhost:8001/account/password/new/" in mail.outbox[0].body

    def test_elsewhere_none_is_made_up(self, visitor: Client, alice: User, settings: SettingsWrapper) -> None:
        settings.PUBLIC_ORIGIN = ""
        with pytest.raises(RuntimeError, match="PUBLIC_ORIGIN"):
            ask(visitor, "alice@example.com")
        assert not mail.outbox


def test_it_speaks_the_language_of_who_asks(visitor: Client, alice: User) -> None:
    ask(visitor, "alice@example.com", **{"accept-language": "en"})
    assert mail.outbox[0].subject == "Your WeBox Studio password"
    assert "Choose it here:" in mail.outbox[0].body


def test_nobody_learns_who_has_an_account(visitor: Client, alice: User, django_user_model: type[User]) -> None:
    django_user_model.objects.create_user("gone", "gone@example.com", "x", is_active=False)
    django_user_model.objects.create_user("keyless", "keyless@example.com")
    answers = [ask(visitor, f"{name}@example.com") for name in ("alice", "nobody", "gone", "keyless")]
    assert len({(one.status_code, one.headers["Location"], one.content) for one in answers}) == 1
    assert [one.to for one in mail.outbox] == [["alice@example.com"]]


@pytest.mark.parametrize("name", ["alice", "nobody"])
def test_requests_are_counted_whoever_they_name(visitor: Client, alice: User, name: str) -> None:
    found = [ask(visitor, f"{name}@example.com").status_code for _ in range(5)]
    assert found == [302, 302, 302, 429, 429]
    assert len(mail.outbox) == (3 if name == "alice" else 0)
    assert ask(visitor, "other@example.com").status_code == 302
    # it is no reason to keep anybody from logging in
    assert visitor.post("/login", {"username": "alice", "password": "alice-password"}).status_code == 302


def test_one_caller_does_not_try_many_addresses(visitor: Client) -> None:
    found = [ask(visitor, f"person{number}@example.com").status_code for number in range(22)]
    assert found == [302] * 20 + [429] * 2


@pytest.mark.parametrize("email", ["", "no address", "a@b", "x" * 300 + "@example.com", "a\x00@example.com"])
def test_what_is_no_address_is_said(visitor: Client, email: str) -> None:
    assert ask(visitor, email).status_code == 400


def test_a_mail_server_that_is_away_is_nobodys_trouble(
    visitor: Client, alice: User, settings: SettingsWrapper, caplog: pytest.LogCaptureFixture
) -> None:
    settings.EMAIL_BACKEND = "tests.integration.no_such_backend"
    assert ask(visitor, "alice@example.com").status_code == 302
    assert "was not sent" in caplog.text or "Failed to send" in caplog.text


@pytest.mark.parametrize("address", ["x/y", "MQ/x-y", "!!/set-password", "MQ/set-password"])
def test_a_link_that_is_none(visitor: Client, alice: User, address: str) -> None:
    answer = visitor.get(f"/account/password/new/{address}")
    assert answer.status_code == 200
    assert "Ce lien ne vaut plus" in answer.content.decode()


def test_without_a_mail_server_nothing_is_offered(visitor: Client, alice: User, settings: SettingsWrapper) -> None:
    settings.EMAIL_HOST = ""
    assert PAGE not in visitor.get("/login").content.decode()
    visitor.force_login(alice)
    assert "/account/email" not in visitor.get("/account").content.decode()
    for page in (PAGE, f"{PAGE}/sent", "/account/password/new/MQ/x-y", "/account/email"):
        assert visitor.get(page).status_code == 404


class TestTheAddress:
    def test_it_takes_the_password(self, visitor: Client, alice: User) -> None:
        visitor.force_login(alice)
        assert 'value="alice@example.com"' in visitor.get("/account/email").content.decode()
        wrong = visitor.post("/account/email", {"email": "new@example.com", "password": "wrong"})
        assert wrong.status_code == 400
        assert 'value="new@example.com"' in wrong.content.decode()
        alice.refresh_from_db()
        assert alice.email == "alice@example.com"
        sent = {"email": "new@example.com", "password": "alice-password"}
        assert visitor.post("/account/email", sent).status_code == 302
        alice.refresh_from_db()
        assert alice.email == "new@example.com"

    def test_it_cannot_be_guessed_there_either(self, visitor: Client, alice: User) -> None:
        visitor.force_login(alice)
        for _ in range(5):
            visitor.post("/account/email", {"email": "new@example.com", "password": "wrong"})
        sent = {"email": "new@example.com", "password": "alice-password"}
        assert "Trop d&#x27;essais" in visitor.post("/account/email", sent).content.decode()
        alice.refresh_from_db()
        assert alice.email == "alice@example.com"

    def test_nobody_has_none(self, visitor: Client) -> None:
        assert visitor.get("/account/email").headers["Location"].startswith("/login?")

    def test_who_is_invited_may_give_one(
        self, visitor: Client, project: Project, django_user_model: type[User]
    ) -> None:
        assert project.owner is not None
        key = invitations.key_of(invitations.invite(project, project.owner, "viewer", 7, ""))
        assert 'name="email"' in visitor.get(f"/invitations/{key}").content.decode()
        sent = {"username": "zoe", "email": "zoe@example.com", "password1": NEW, "password2": NEW}
        assert visitor.post(f"/invitations/{key}/sign-up", sent).status_code == 302
        assert django_user_model.objects.get(username="zoe").email == "zoe@example.com"
