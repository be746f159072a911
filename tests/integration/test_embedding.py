"""`docs/embedding.md`, carried out: a site of just the files that it shows works."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
FENCE = re.compile(
    r"^```(?:python|django|js)\n(?:# |\{# |// )(?P<path>\S+)(?: #\})?\n(?P<text>.*?)^```$", re.MULTILINE | re.DOTALL
)


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The files of the guide."""
    folder = tmp_path_factory.mktemp("site")
    for found in FENCE.finditer((ROOT / "docs" / "embedding.md").read_text()):
        path = folder / found["path"]
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(found["text"])
    for package in ("mysite", "yourapp"):
        (folder / package / "__init__.py").touch()
    django(folder, "makemigrations", "yourapp")
    return folder


def django(site: Path, *arguments: str) -> str:
    """`python -m django …` of that site, with this checkout on its path."""
    env = {name: value for name, value in os.environ.items() if not name.startswith(("DJANGO", "OPENAI", "DATABASE"))}
    env |= {
        "DJANGO_SETTINGS_MODULE": "mysite.settings",
        "PYTHONPATH": os.pathsep.join([str(site), str(ROOT)]),
        "DATABASE": str(site / "db.sqlite3"),
    }
    command = [sys.executable, "-W", "error::RuntimeWarning", "-m", "django", *arguments]
    done = subprocess.run(command, cwd=site, env=env, capture_output=True, text=True, check=False, timeout=120)
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout + done.stderr


def test_the_guide_makes_a_site_that_is_right(site: Path) -> None:
    assert {path.name for path in site.rglob("*.*")} >= {
        "settings.py",
        "models.py",
        "assistant.py",
        "asgi.py",
        "page.html",
        "page.js",
    }
    assert "no issues" in django(site, "check")
    django(site, "migrate", "-v", "0")
    assert "No changes" in django(site, "makemigrations", "--check", "--dry-run")


def test_its_tests_pass(site: Path) -> None:
    assert re.search(r"Ran 3 tests.*OK", django(site, "test", "yourapp"), re.DOTALL)


def test_what_its_page_says_and_hears_is_there() -> None:
    guide = (ROOT / "docs" / "embedding.md").read_text()
    modules = (ROOT / "chat" / "static" / "chat").glob("*.js")
    panel = "\n".join(path.read_text() for path in modules)
    events = set(re.findall(r"webox-chat:([a-z-]+)", guide))
    assert events == {*re.findall(r"tell\(\s*\"([a-z-]+)\"", panel)} - {"review"}
    for name in set(re.findall(r"\bchat\.(\w+)(?:\(| = |`)", guide)) - {"testing", "proposals"}:
        assert re.search(rf"^  (?:set )?{name}\(", panel, re.MULTILINE), name
    assert "get proposals()" in panel


def test_its_server_starts_and_ends(site: Path) -> None:
    """By the lifespan that the guide shows."""
    script = """
import asyncio
from mysite.asgi import application
async def main():
    said, order = [], iter(["lifespan.startup", "lifespan.shutdown"])
    async def receive(): return {"type": next(order)}
    async def send(message): said.append(message["type"])
    await application({"type": "lifespan"}, receive, send)
    assert said == ["lifespan.startup.complete", "lifespan.shutdown.complete"], said
asyncio.run(main())
"""
    django(site, "shell", "-v", "0", "-c", script)
