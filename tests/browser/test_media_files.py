"""Files that are no text beside the editor: shown where they can be, and never more than shown."""

from __future__ import annotations

import base64
import io
import re
import wave
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from playwright.sync_api import Page, expect

from projects.files import Write, commit
from tests.browser.studio_page import StudioPage, make_project

if TYPE_CHECKING:
    from django.contrib.auth.models import User
    from django.test import Client
    from pytest_django.live_server_helper import LiveServer

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

PIXEL = base64.b64decode(
    "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg=="
)
HOSTILE_SVG = b"""<svg xmlns="http://www.w3.org/2000/svg" width="10" height="10">
<script>fetch('/projects/'); document.documentElement.setAttribute('data-ran', '1')</script>
<rect width="10" height="10" onload="alert(1)"/></svg>"""


def sound() -> bytes:
    """A tenth of a second of silence."""
    made = io.BytesIO()
    with wave.open(made, "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(1)
        file.setframerate(8000)
        file.writeframes(b"\x80" * 800)
    return made.getvalue()


FILES = {
    "a.png": PIXEL,
    "broken.png": b"\0no picture",
    "a.pdf": b"%PDF-1.4\n\0",
    "a.wav": sound(),
    "broken.mp3": b"ID3\0",
    "broken.mp4": b"\0\0\0\x18ftypmp42",
    "a.woff2": b"wOF2\0",
    "data.bin": b"\0" * 1_500_000,
}


@pytest.fixture
def site(page: Page, live_server: LiveServer, client: Client, alice: User) -> Iterator[StudioPage]:
    client.force_login(alice)
    site = StudioPage(page, live_server, client, make_project(alice))
    commit(site.project, alice, [Write(path, data) for path, data in FILES.items()])
    yield site.open()
    assert site.problems == []


def test_a_picture_is_shown_with_its_size(site: StudioPage) -> None:
    site.row("a.png").click()
    expect(site.page.get_by_role("img", name="a.png")).to_be_visible()
    expect(site.page.locator(".media-facts")).to_contain_text("1 × 1")
    stage = site.page.get_by_role("button", name="Taille réelle")
    stage.press("Enter")
    expect(stage).to_have_attribute("aria-pressed", "true")
    site.axe()


def test_what_is_broken_is_said(site: StudioPage) -> None:
    site.row("broken.png").click()
    expect(site.page.locator(".media")).to_contain_text("ne peut pas être lu")
    for path in ("broken.mp3", "broken.mp4"):
        site.row(path).click()
        expect(site.page.locator(".media")).to_contain_text("ne sait pas lire")
    site.row("a.woff2").click()
    expect(site.page.locator(".media")).to_contain_text("ne peut pas être lu")
    site.problems[:] = [text for text in site.problems if "font" not in text.lower() and "OTS" not in text]


def test_a_font_is_tried(site: StudioPage) -> None:
    found = sorted(Path("/usr/share/fonts").rglob("*.ttf")) if Path("/usr/share/fonts").is_dir() else []
    if found:
        commit(site.project, None, [Write("real.ttf", found[0].read_bytes())])
        site.row("real.ttf").click()
        expect(site.page.get_by_label("Texte d'essai")).to_be_visible()
        site.page.wait_for_function("() => [...document.fonts].some((face) => face.family.includes('studio-font'))")


def test_sound_and_other_files(site: StudioPage) -> None:
    site.row("a.wav").click()
    expect(site.page.locator(".media audio")).to_be_visible()
    site.page.wait_for_function("() => document.querySelector('.media audio').readyState > 0")
    site.row("data.bin").click()
    expect(site.page.locator(".media-facts")).to_contain_text(re.compile(r"1,5\sMo"))
    expect(site.page.locator(".media")).to_contain_text("ne peut pas être montré")
    with site.page.expect_download() as saved:
        site.page.get_by_role("link", name="Télécharger").click()
    assert saved.value.suggested_filename == "data.bin"
    assert Path(saved.value.path()).read_bytes() == FILES["data.bin"]
    site.axe()


def test_a_text_too_long_to_edit_shows_its_beginning(site: StudioPage) -> None:
    commit(site.project, None, [Write("long.txt", b"line\n" * 500_000)])
    site.row("long.txt").click()
    expect(site.page.locator(".media-note")).to_contain_text("trop long")
    expect(site.page.locator(".media-text")).to_contain_text("line")
    site.axe()


def test_a_hostile_picture_runs_nothing_where_one_opens_it_alone(site: StudioPage) -> None:
    commit(site.project, None, [Write("evil.svg", HOSTILE_SVG)])
    asked: list[str] = []
    site.page.on("request", lambda request: asked.append(request.url))
    site.page.goto(site.address.replace("/projects/", "/api/projects/").replace("/editor", "/raw/evil.svg"))
    assert site.page.evaluate("document.documentElement.getAttribute('data-ran')") is None
    assert not any(url.endswith("/projects/") for url in asked)
    site.problems.clear()  # the browser says what it has refused
