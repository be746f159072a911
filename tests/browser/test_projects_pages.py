"""The pages around the editor in a real Chromium: the first visit, projects, settings, members, tokens, login."""

from __future__ import annotations

import io
import random
import re
import threading
import zipfile
from typing import TYPE_CHECKING

import pytest
from axe_playwright_python.sync_playwright import Axe
from django.contrib.auth.models import User
from django.core import mail
from django.core.cache import cache
from playwright.sync_api import Browser, Page, expect

from projects import creation, invitations
from projects.content import digest_of
from projects.files import Write, commit
from projects.models import ApiToken, Blob, Membership, Project
from webox import forgotten

if TYPE_CHECKING:
    from collections.abc import Iterator

    from django.test import Client
    from pytest_django.fixtures import SettingsWrapper
    from pytest_django.live_server_helper import LiveServer

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
PASSWORD = "une phrase de passe assez longue"


@pytest.fixture(autouse=True)
def nothing_guessed() -> Iterator[None]:
    cache.clear()
    yield
    cache.clear()


def log_in(page: Page, server: LiveServer, client: Client, user: User) -> None:
    client.force_login(user)
    page.context.add_cookies([{"name": "sessionid", "value": client.cookies["sessionid"].value, "url": server.url}])


@pytest.fixture
def site(page: Page, live_server: LiveServer, client: Client, alice: User) -> Page:
    """Alice on the list of her projects."""
    log_in(page, live_server, client, alice)
    page.goto(live_server.url)
    return page


def settings_of(page: Page, server: LiveServer, project: Project) -> Page:
    page.goto(f"{server.url}/projects/{project.pk}/settings")
    return page


def test_a_first_visit_leads_to_a_first_project(site: Page) -> None:
    expect(site.get_by_role("heading", name="Bienvenue dans WeBox Studio")).to_be_visible()
    site.get_by_label("Nom").fill("Ma page")
    site.get_by_role("radio", name="Application React").check()
    expect(site.get_by_label("Archive zip", exact=True).last).to_be_hidden()
    site.get_by_role("button", name="Créer le projet", exact=True).click()
    expect(site).to_have_url(re.compile(r"/projects/\d+/editor"))
    assert Project.objects.get().files.filter(path="src/App.jsx").exists()


def test_a_zip_is_imported_and_a_wrong_one_is_said(site: Page, live_server: LiveServer) -> None:
    site.goto(f"{live_server.url}/projects/new")
    site.get_by_label("Nom").fill("Importé")
    site.get_by_role("radio", name="Archive zip").check()
    site.locator("#id_archive").set_input_files({"name": "a.zip", "mimeType": "application/zip", "buffer": b"no"})
    site.get_by_role("button", name="Créer le projet").click()
    expect(site.locator("#id_archive_error")).to_contain_text("ne peut pas être lue")
    expect(site.get_by_label("Nom")).to_have_value("Importé")
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w") as made:
        made.writestr("index.html", "<p>")
    right = {"name": "a.zip", "mimeType": "application/zip", "buffer": target.getvalue()}
    site.locator("#id_archive").set_input_files(right)  # type: ignore[arg-type]
    site.get_by_role("button", name="Créer le projet").click()
    expect(site).to_have_url(re.compile(r"/editor$"))


def test_an_archive_shows_how_far_it_has_come(
    site: Page, live_server: LiveServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    """First on its way, by a slow line, where it can be stopped; then while its files are written."""
    go_on = threading.Event()
    begun = creation.from_archive
    monkeypatch.setattr(creation, "from_archive", lambda *given: go_on.wait(60) and begun(*given))
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w") as made:
        made.writestr("index.html", random.Random(1).randbytes(1024 * 1024))
    site.goto(f"{live_server.url}/projects/new")
    site.get_by_label("Nom").fill("Importé")
    site.get_by_role("radio", name="Archive zip").check()
    sent = {"name": "a.zip", "mimeType": "application/zip", "buffer": target.getvalue()}
    site.locator("#id_archive").set_input_files(sent)  # type: ignore[arg-type]
    line = site.context.new_cdp_session(site)
    how = {"offline": False, "latency": 0, "downloadThroughput": -1, "uploadThroughput": 20 * 1024}
    line.send("Network.enable")
    line.send("Network.emulateNetworkConditions", how)
    create = site.get_by_role("button", name="Créer le projet")
    bar = site.get_by_role("progressbar", name="Envoi de l'archive…")
    create.click()
    expect(bar).to_be_visible(timeout=20_000)
    assert Axe().run(site).violations_count == 0
    site.get_by_role("button", name="Arrêter").click()
    expect(site.locator("[data-upload]")).to_be_hidden()
    expect(site.get_by_label("Nom")).to_have_value("Importé")
    assert not Project.objects.exists()
    line.send("Network.emulateNetworkConditions", {**how, "uploadThroughput": -1})
    create.click()
    expect(site.get_by_role("progressbar", name="Écriture des fichiers…")).to_be_visible(timeout=20_000)
    expect(site.get_by_role("button", name="Arrêter")).to_be_hidden()
    assert not Project.objects.exists()
    go_on.set()
    expect(site).to_have_url(re.compile(r"/editor$"), timeout=20_000)
    assert Project.objects.get().file_count == 1


def test_the_menu_of_a_card_works_by_keys_alone(site: Page, project: Project) -> None:
    site.reload()
    menu = site.locator("details[data-menu] summary")
    menu.focus()
    site.keyboard.press("Enter")
    expect(site.get_by_role("button", name="Dupliquer")).to_be_visible()
    site.keyboard.press("Escape")
    expect(site.get_by_role("button", name="Dupliquer")).to_be_hidden()
    expect(menu).to_be_focused()
    site.keyboard.press("Enter")
    site.get_by_role("button", name="Archiver").click()
    expect(site.get_by_role("status")).to_contain_text("Le projet est archivé")
    site.get_by_role("link", name="Projets archivés").click()
    expect(site.get_by_role("heading", name=project.name)).to_be_visible()


def test_a_project_is_found(site: Page, alice: User) -> None:
    for name in ("Boulangerie", "Garage"):
        creation.from_starter(alice, name, creation.BY_KEY["empty"])
    site.reload()
    site.get_by_role("searchbox").fill("boul")
    site.keyboard.press("Enter")
    expect(site.locator(".card-link")).to_have_text(["Boulangerie"])


def test_settings_are_kept_and_what_is_wrong_is_said(site: Page, live_server: LiveServer, project: Project) -> None:
    settings_of(site, live_server, project)
    site.get_by_label("Nom", exact=True).fill("Atelier")
    site.get_by_label("Consigne pour l'assistant").fill("Vouvoyer.")
    site.get_by_label("Serveurs permis à l'aperçu").fill("a b")
    site.get_by_role("button", name="Enregistrer").click()
    expect(site.get_by_label("Serveurs permis à l'aperçu")).to_have_attribute("aria-invalid", "true")
    expect(site.get_by_label("Nom", exact=True)).to_have_value("Atelier")
    site.get_by_label("Serveurs permis à l'aperçu").fill("api.example.com")
    site.get_by_role("button", name="Enregistrer").click()
    expect(site.get_by_role("status")).to_contain_text("Les réglages sont enregistrés")
    project.refresh_from_db()
    assert (project.name, project.note, project.preview_hosts) == ("Atelier", "Vouvoyer.", ["api.example.com"])


def test_two_people_save_the_same_settings(site: Page, live_server: LiveServer, project: Project) -> None:
    """The later one sees both texts, loses neither, and decides."""
    settings_of(site, live_server, project)
    other = site.context.new_page()
    settings_of(other, live_server, project)
    other.get_by_label("Consigne pour l'assistant", exact=True).fill("Celle d'un autre.")
    other.get_by_label("Type").fill("Vitrine")
    other.get_by_role("button", name="Enregistrer").click()
    expect(other.get_by_role("status")).to_contain_text("Les réglages sont enregistrés")
    note = site.get_by_label("Consigne pour l'assistant", exact=True)
    note.fill("La mienne.")
    site.get_by_role("button", name="Enregistrer").click()
    expect(site.get_by_role("alert")).to_contain_text("Rien n'est perdu")
    expect(note).to_have_value("La mienne.")
    theirs = site.get_by_label("Consigne pour l'assistant : ce qui est enregistré")
    expect(theirs).to_have_value("Celle d'un autre.")
    # what the other one alone has changed is shown as it is now
    expect(site.get_by_label("Type")).to_have_value("Vitrine")
    assert Axe().run(site).violations_count == 0
    site.get_by_role("button", name="Reprendre ce texte").click()
    expect(note).to_have_value("Celle d'un autre.")
    expect(note).to_be_focused()
    note.fill("Les deux : celle d'un autre, et la mienne.")
    site.get_by_role("button", name="Enregistrer").click()
    expect(site.get_by_role("status")).to_contain_text("Les réglages sont enregistrés")
    project.refresh_from_db()
    assert (project.note, project.project_type) == ("Les deux : celle d'un autre, et la mienne.", "Vitrine")


def test_somebody_is_invited_and_comes_in(
    site: Page, live_server: LiveServer, project: Project, browser: Browser
) -> None:
    settings_of(site, live_server, project)
    site.get_by_label("Pour qui").fill("Zoé")
    site.get_by_label("Rôle", exact=True).select_option("viewer")
    site.get_by_role("button", name="Créer un lien").click()
    link = site.get_by_label("Lien d'invitation").input_value()
    context = browser.new_context(locale="fr-FR")
    guest = context.new_page()
    guest.goto(link)
    expect(guest.get_by_text("alice vous invite dans ce projet comme lecteur")).to_be_visible()
    guest.get_by_label("Nom d’utilisateur").fill("zoe")
    guest.get_by_label(re.compile("^Mot de passe")).fill(PASSWORD)
    guest.get_by_label(re.compile("^Confirmation")).fill(PASSWORD)
    guest.get_by_role("button", name="Créer mon compte et rejoindre").click()
    expect(guest).to_have_url(re.compile(r"/editor$"))
    context.close()
    site.reload()
    expect(site.get_by_label("Rôle de zoe")).to_have_value("viewer")
    site.get_by_label("Rôle de zoe").select_option("editor")
    expect(site.get_by_role("status")).to_contain_text("Les membres sont à jour")
    assert Membership.objects.get(user__username="zoe").role == "editor"


def test_the_history_is_purged_by_its_owner(site: Page, live_server: LiveServer, project: Project) -> None:
    commit(project, None, [Write("secret.txt", b"the password")])
    commit(project, None, [Write("secret.txt", b"nothing")])
    settings_of(site, live_server, project)
    site.get_by_text("Purger l'historique").click()
    expect(site.get_by_text("effacés pour toujours")).to_be_visible()
    expect(site.get_by_label("Ce qui part")).to_contain_text("2 révisions")
    field = site.get_by_label(re.compile("Pour purger"))
    field.fill("autre chose")
    site.get_by_role("button", name="Purger définitivement").click()
    expect(field).to_be_focused()
    expect(field).to_have_attribute("aria-invalid", "true")
    assert Axe().run(site).violations_count == 0
    assert Blob.objects.filter(digest=digest_of(b"the password")).exists()
    field.fill(project.name)
    site.get_by_role("button", name="Purger définitivement").click()
    expect(site.get_by_role("status")).to_contain_text("2 révisions et 1 contenu de moins")
    expect(site.get_by_text("Purger l'historique")).to_have_count(0)
    assert not Blob.objects.filter(digest=digest_of(b"the password")).exists()


def test_deleting_takes_the_name(site: Page, live_server: LiveServer, project: Project) -> None:
    settings_of(site, live_server, project)
    site.get_by_text("Supprimer le projet").click()
    field = site.get_by_label(re.compile("Pour confirmer"))
    field.fill("autre chose")
    site.get_by_role("button", name="Supprimer définitivement").click()
    expect(field).to_be_focused()
    expect(field).to_have_attribute("aria-invalid", "true")
    field.fill(project.name)
    site.get_by_role("button", name="Supprimer définitivement").click()
    expect(site.get_by_role("status")).to_contain_text("est supprimé")
    assert not Project.objects.exists()


def test_a_token_is_made_shown_once_and_revoked(site: Page, live_server: LiveServer) -> None:
    site.goto(f"{live_server.url}/account")
    site.get_by_label("Nom").fill("Script")
    site.get_by_role("button", name="Créer un jeton").click()
    expect(site.locator("#made")).to_have_value(re.compile("^webox_[0-9a-f]{64}$"))
    site.goto(f"{live_server.url}/account")
    expect(site.locator("#made")).to_have_count(0)
    site.get_by_role("button", name="Révoquer Script").click()
    expect(site.get_by_role("status")).to_contain_text("Le jeton est révoqué")
    assert not ApiToken.objects.exists()


def test_logging_in_leads_where_one_wanted(page: Page, live_server: LiveServer, project: Project) -> None:
    page.goto(f"{live_server.url}/projects/{project.pk}/settings")
    expect(page.get_by_label("Nom d’utilisateur")).to_be_focused()
    page.keyboard.type("alice")
    page.keyboard.press("Tab")
    page.keyboard.type("wrong")
    page.keyboard.press("Enter")
    expect(page.get_by_role("alert")).to_be_visible()
    expect(page.get_by_label("Nom d’utilisateur")).to_have_value("alice")
    page.get_by_label("Mot de passe").fill("alice-password")
    page.keyboard.press("Enter")
    expect(page).to_have_url(re.compile(r"/settings$"))
    page.get_by_role("button", name="Se déconnecter").click()
    expect(page.get_by_role("heading", name="Connexion")).to_be_visible()


def test_a_forgotten_password_is_replaced_by_mail(
    page: Page, live_server: LiveServer, alice: User, settings: SettingsWrapper
) -> None:
    settings.EMAIL_HOST, settings.PUBLIC_ORIGIN = "mail.example", live_server.url
    User.objects.filter(pk=alice.pk).update(email="alice@example.com")
    page.goto(f"{live_server.url}/login")
    page.get_by_role("link", name="Mot de passe oublié ?").click()
    assert Axe().run(page).violations_count == 0
    page.get_by_role("textbox").fill("alice@example.com")
    page.get_by_role("button", name="Envoyer le lien").click()
    expect(page.get_by_role("heading", name="Regardez votre courrier")).to_be_visible()
    assert Axe().run(page).violations_count == 0
    forgotten.sender.submit(lambda: None).result()  # whatever was sent, is sent
    found = re.search(r"http\S+", str(mail.outbox[0].body))
    assert found
    page.goto(found[0])
    assert Axe().run(page).violations_count == 0
    page.locator("#id_new_password1").fill(PASSWORD)
    page.locator("#id_new_password2").fill("autre chose")
    page.get_by_role("button", name="Enregistrer et me connecter").click()
    expect(page.locator("#id_new_password2_error")).to_be_visible()
    page.locator("#id_new_password1").fill(PASSWORD)
    page.locator("#id_new_password2").fill(PASSWORD)
    page.get_by_role("button", name="Enregistrer et me connecter").click()
    expect(page.get_by_role("status")).to_contain_text("Votre mot de passe est changé")
    expect(page.get_by_role("button", name="Se déconnecter")).to_be_visible()
    page.goto(found[0])
    expect(page.get_by_role("heading", name="Ce lien ne vaut plus")).to_be_visible()
    page.goto(f"{live_server.url}/account/email")
    assert Axe().run(page).violations_count == 0
    page.get_by_label("Adresse e-mail").fill("zoe@example.com")
    page.get_by_label("Mot de passe").fill(PASSWORD)
    page.get_by_role("button", name="Enregistrer").click()
    expect(page.get_by_role("status")).to_contain_text("Votre adresse est enregistrée")
    assert User.objects.get(pk=alice.pk).email == "zoe@example.com"


PAGES = ("/", "/projects/new", "/account", "/account/password", "/projects/{project}/settings", "/invitations/{key}",
         "/invitations/none", "/?q=nothing")  # fmt: skip


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_the_pages_are_accessible_and_fit_the_screen(
    site: Page, live_server: LiveServer, project: Project, alice: User, django_user_model: type[User], scheme: str
) -> None:
    long = django_user_model.objects.create_user("une-personne-au-nom-tres-long-qui-depasse-de-partout")
    Membership.objects.create(project=project, user=long, role="editor")
    key = invitations.key_of(invitations.invite(project, alice, "viewer", 7, "Zoé"))
    wide = {"technologies": ["y" * 200], "project_type": "z" * 100, "description": "d" * 500}
    creation.from_starter(alice, "x" * 200, creation.BY_KEY["empty"])
    Project.objects.filter(name="x" * 200).update(**wide)
    problems: list[str] = []
    site.on("console", lambda message: problems.append(message.text) if "Security Policy" in message.text else None)
    site.on("pageerror", lambda error: problems.append(str(error)))
    site.emulate_media(color_scheme=scheme, reduced_motion="reduce")  # type: ignore[arg-type]
    for path in PAGES:
        site.set_viewport_size({"width": 1440, "height": 900})
        site.goto(live_server.url + path.format(project=project.pk, key=key))
        found = Axe().run(site)
        assert found.violations_count == 0, f"{path}: {found.generate_report()}"
        for width in (360, 768):
            site.set_viewport_size({"width": width, "height": 740})
            assert site.evaluate("document.documentElement.scrollWidth") <= width, f"{path} at {width}"
    assert problems == []


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("path", ["/login", "/"])
def test_before_one_is_in_and_the_first_visit_too(
    page: Page, live_server: LiveServer, client: Client, alice: User, path: str, scheme: str
) -> None:
    if path == "/":
        log_in(page, live_server, client, alice)
    page.emulate_media(color_scheme=scheme)  # type: ignore[arg-type]
    page.goto(live_server.url + path)
    found = Axe().run(page)
    assert found.violations_count == 0, found.generate_report()
