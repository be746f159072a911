"""Logging in, guessing, passwords, API tokens."""

from __future__ import annotations

import re
from datetime import timedelta
from typing import TYPE_CHECKING, Any

import pytest
from django.core.cache import cache
from django.test import Client
from django.utils import timezone

from projects import tokens
from projects.models import ApiToken, Project
from webox import guesses
from webox.guesses import Guesses

if TYPE_CHECKING:
    from collections.abc import Iterator

    from django.contrib.auth.models import User
    from django.http import HttpRequest

pytestmark = pytest.mark.django_db
RIGHT = {"username": "alice", "password": "alice-password"}
WRONG = {"username": "alice", "password": "wrong"}
HERE = {"sec-fetch-site": "same-origin", "accept-language": "fr"}


@pytest.fixture(autouse=True)
def nothing_guessed() -> Iterator[None]:
    cache.clear()
    yield
    cache.clear()


class TestLogin:
    def test_a_wrong_password_is_said_and_the_name_kept(self, client: Client, alice: User) -> None:
        answer = client.post("/login", WRONG)
        assert answer.status_code == 400
        assert 'value="alice"' in answer.content.decode()
        assert 'role="alert"' in answer.content.decode()

    def test_password_managers_find_their_fields(self, client: Client) -> None:
        page = client.get("/login").content.decode()
        assert 'autocomplete="username"' in page
        assert 'autocomplete="current-password"' in page

    @pytest.mark.parametrize("place", ["https://evil.example/", "//evil.example", "javascript:1", "/\\evil.example"])
    def test_nobody_is_sent_elsewhere(self, client: Client, alice: User, place: str) -> None:
        assert client.post("/login", {**RIGHT, "next": place}).headers["Location"] == "/"

    def test_a_closed_account_stays_out(self, client: Client, alice: User) -> None:
        alice.is_active = False
        alice.save()
        assert client.post("/login", RIGHT).status_code == 400

    def test_logging_out_leads_to_the_list_and_closes(self, client: Client, alice: User) -> None:
        client.force_login(alice)
        assert client.post("/logout").headers["Location"] == "/"
        assert client.get("/").headers["Location"].startswith("/login")

    def test_the_admins_icon_is_there(self, client: Client) -> None:
        assert client.get("/favicon.ico").headers["Location"] == "/static/icon.svg"


class TestGuessing:
    @pytest.mark.parametrize("page", ["/login", "/admin/login/"])
    def test_a_few_wrong_ones_and_even_the_right_one_waits(
        self, client: Client, django_user_model: type[User], page: str
    ) -> None:
        django_user_model.objects.create_superuser("alice", password="alice-password")
        for _ in range(5):
            client.post(page, WRONG)
        answer = client.post(page, RIGHT)
        assert "Trop d’essais" in answer.content.decode().replace("&#x27;", "’")
        assert "_auth_user_id" not in client.session
        if page == "/login":
            assert answer.status_code == 429
        cache.clear()  # a quarter of an hour later
        assert client.post(page, RIGHT).status_code == 302

    def test_the_name_is_the_same_however_it_is_written(self, client: Client, alice: User) -> None:
        for name in ("alice", "ALICE", " alice", "Alice", "aLice"):
            client.post("/login", {**WRONG, "username": name})
        assert client.post("/login", RIGHT).status_code == 429

    def test_another_place_may_still_log_in(self, client: Client, alice: User) -> None:
        for _ in range(6):
            client.post("/login", WRONG, REMOTE_ADDR="203.0.113.5")
        assert client.post("/login", RIGHT, REMOTE_ADDR="198.51.100.7").status_code == 302

    def test_the_right_one_forgets_what_was_wrong(self, client: Client, alice: User) -> None:
        for _ in range(3):
            for _ in range(4):
                client.post("/login", WRONG)
            assert client.post("/login", RIGHT).status_code == 302
            client.logout()

    def test_many_names_from_one_place_and_many_places_for_one_name(self, client: Client, alice: User) -> None:
        for number in range(50):
            client.post("/login", {"username": f"user{number}", "password": "x"}, REMOTE_ADDR="203.0.113.5")
        assert client.post("/login", RIGHT, REMOTE_ADDR="203.0.113.5").status_code == 429
        for number in range(100):
            client.post("/login", WRONG, REMOTE_ADDR=f"198.51.100.{number}")
        assert client.post("/login", RIGHT, REMOTE_ADDR="192.0.2.1").status_code == 429

    @pytest.mark.parametrize(
        ("one", "other", "same"),
        [("2001:db8::1", "2001:db8::ffff:1", True), ("2001:db8::1", "2001:db8:0:1::1", False), ("", "nothing", False)],
    )
    def test_a_network_of_ipv6_is_one_caller(self, one: str, other: str, same: bool) -> None:
        assert (guesses.network_of(one) == guesses.network_of(other)) is same


class TestPassword:
    def test_it_changes_and_closes_the_other_sessions(self, alice: User) -> None:
        here, there = Client(headers=HERE), Client()
        here.post("/login", RIGHT)
        there.post("/login", RIGHT)
        new = {"old_password": "alice-password", "new_password1": "nouvelle-phrase", "new_password2": "nouvelle-phrase"}
        assert here.post("/account/password", {**new, "old_password": "x"}).status_code == 200
        assert here.post("/account/password", new).headers["Location"] == "/account/password/done"
        assert here.get("/account").status_code == 200
        assert there.get("/account").status_code == 302

    @pytest.mark.parametrize("revokes", [True, False])
    def test_tokens_end_with_it_unless_they_are_kept(self, alice: User, mallory: User, revokes: bool) -> None:
        here = Client(headers=HERE)
        here.post("/login", RIGHT)
        tokens.create(mallory, "Mallorys", None)
        assert "revoke_tokens" not in here.get("/account/password").content.decode()
        tokens.create(alice, "Alices", None)
        assert 'name="revoke_tokens" id="id_revoke_tokens" checked' in re.sub(
            r' aria-describedby="[^"]*"', "", here.get("/account/password").content.decode()
        )
        new = {"old_password": "alice-password", "new_password1": "nouvelle-phrase", "new_password2": "nouvelle-phrase"}
        asked = {"revoke_tokens": "on"} if revokes else {}
        here.post("/account/password", {**new, **asked, "old_password": "x"})
        assert ApiToken.objects.count() == 2
        assert here.post("/account/password", {**new, **asked}).status_code == 302
        left = set(ApiToken.objects.values_list("name", flat=True))
        assert left == ({"Mallorys"} if revokes else {"Mallorys", "Alices"})

    def test_the_admins_way_to_ones_own_is_the_same(self, client: Client) -> None:
        assert client.get("/admin/password_change/").headers["Location"] == "/account/password"

    @pytest.mark.parametrize("sent", [{"password1": "a-phrase-of-hers", "password2": "a-phrase-of-hers"}, {}])
    def test_an_administrator_who_sets_one_ends_sessions_and_tokens(
        self, alice: User, django_user_model: type[User], sent: dict[str, str]
    ) -> None:
        boss, hers = Client(headers=HERE), Client()
        boss.force_login(django_user_model.objects.create_superuser("boss"))
        hers.post("/login", RIGHT)
        tokens.create(alice, "Alices", None)
        given = {**sent, "usable_password": "true" if sent else "false", **({} if sent else {"unset-password": "1"})}
        assert boss.post(f"/admin/auth/user/{alice.pk}/password/", given).status_code == 302
        assert not ApiToken.objects.exists()
        assert hers.get("/account").status_code == 302


class TestTokens:
    @pytest.fixture
    def as_alice(self, alice: User) -> Client:
        client = Client(headers=HERE)
        client.force_login(alice)
        return client

    def make(self, client: Client, **sent: Any) -> str:
        page = client.post("/account/tokens", {"name": "Script", "days": "30", **sent}).content.decode()
        found = re.search(r'id="made"[^>]*value="([^"]+)"', page)
        assert found, page
        return found[1]

    def test_a_token_is_shown_once_and_works(self, as_alice: Client, project: Project) -> None:
        text = self.make(as_alice)
        assert text not in as_alice.get("/account").content.decode()
        assert "Script" in as_alice.get("/account").content.decode()
        assert not ApiToken.objects.filter(digest__contains=text).exists()
        api = Client(headers={"authorization": f"Token {text}"})
        assert api.get(f"/api/projects/{project.pk}/files").status_code == 200
        assert api.get("/").status_code == 302

    def test_a_revoked_one_is_none(self, as_alice: Client, project: Project) -> None:
        api = Client(headers={"authorization": f"Token {self.make(as_alice)}"})
        as_alice.post("/account/tokens/revoke", {"token": ApiToken.objects.get().digest})
        assert api.get(f"/api/projects/{project.pk}/files").status_code == 401

    def test_one_that_is_over_is_none(self, as_alice: Client, project: Project) -> None:
        api = Client(headers={"authorization": f"Token {self.make(as_alice)}"})
        ApiToken.objects.update(expiry=timezone.now() - timedelta(seconds=1))
        assert api.get(f"/api/projects/{project.pk}/files").status_code == 401
        assert "Script" not in as_alice.get("/account").content.decode()

    def test_nobody_revokes_anothers(self, as_alice: Client, mallory: User) -> None:
        tokens.create(mallory, "Mallorys", None)
        as_alice.post("/account/tokens/revoke", {"token": ApiToken.objects.get().digest})
        assert ApiToken.objects.exists()

    def test_a_closed_accounts_token_is_none(self, alice: User, project: Project) -> None:
        api = Client(headers={"authorization": f"Token {tokens.create(alice, 'x', None)}"})
        alice.is_active = False
        alice.save()
        assert api.get(f"/api/projects/{project.pk}/files").status_code == 401

    @pytest.mark.parametrize("header", ["Token", "Token ", "Token a b", "Token é", "Token " + "x" * 10_000, "token  x"])
    def test_odd_headers_are_refused(self, project: Project, header: str) -> None:
        answer = Client(headers={"authorization": header}).get(f"/api/projects/{project.pk}/files")
        assert answer.status_code == 401

    def test_another_scheme_is_a_proxys_own(self, as_alice: Client, project: Project) -> None:
        """Basic authentication in front of the studio: browsers send it along, and it says nothing to us."""
        basic = {"authorization": "Basic YTpi"}
        assert as_alice.get(f"/api/projects/{project.pk}/files", headers=basic).status_code == 200

    def test_a_name_is_asked_for_and_there_is_an_end_to_it(self, as_alice: Client, alice: User) -> None:
        assert as_alice.post("/account/tokens", {"name": "", "days": "30"}).status_code == 400
        assert as_alice.post("/account/tokens", {"name": "x", "days": "9999"}).status_code == 400
        self.make(as_alice, days="")
        assert ApiToken.objects.get().expiry is None
        for _ in range(tokens.MOST_TOKENS):
            tokens.create(alice, "x", 1)
        assert as_alice.post("/account/tokens", {"name": "x", "days": "7"}).status_code == 400


def test_a_guess_is_counted_before_the_password_is_looked_at(
    client: Client, alice: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Otherwise a hundred guesses that come at once would all be looked at."""
    counted: list[int] = []

    def look(request: HttpRequest, **given: str) -> None:
        counted.append(cache.get(Guesses(request, given["username"])._pair.key, 0))

    monkeypatch.setattr("django.contrib.auth.forms.authenticate", look)
    for _ in range(8):
        client.post("/login", {"username": "alice", "password": "wrong"})
    assert counted == [1, 2, 3, 4, 5]
