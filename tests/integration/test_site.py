"""Settings of each kind of server, the ASGI frame, static files and the commands around them."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from asgiref.testing import ApplicationCommunicator
from django.conf import settings

from chat.events.writer import READERS
from projects.saves import THREADS
from webox.lifespan import Lifespan
from webox.local import checkout_key
from webox.static_files import CollectedFiles

ROOT = Path(settings.BASE_DIR)
KEY = "k" * 30 + "0123456789abcdefghijklmnopqrstuvwxyz"
PRODUCTION = {
    "SECRET_KEY": KEY,
    "ALLOWED_HOSTS": "studio.example",
    "PREVIEW_ORIGIN": "https://preview.example",
    "DEBUG": "False",
}


def django(*words: str, **environment: str) -> subprocess.CompletedProcess[str]:
    """A command of manage.py, in an environment that has nothing but what is given."""
    bare = {name: os.environ[name] for name in ("PATH", "HOME", "LANG") if name in os.environ}
    environment = {**bare, "WEBOX_ENV_FILE": os.devnull, **environment}
    command = [sys.executable, "manage.py", *words]
    return subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True, check=False)


def setting(expression: str, **environment: str) -> Any:
    code = f"from django.conf import settings; import json; print(json.dumps({expression}))"
    done = django("shell", "--no-imports", "-c", code, **environment)
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)


class TestSettings:
    def test_production_passes_the_deploy_check(self) -> None:
        done = django("check", "--deploy", "--fail-level", "WARNING", **PRODUCTION)
        assert done.returncode == 0, done.stderr

    @pytest.mark.parametrize(
        ("origin", "code"),
        [
            ("", "projects.W001"),
            ("http://preview.example", "projects.W002"),
            ("preview.example", "projects.E001"),
            ("https://studio.example", "projects.E002"),
            ("https://STUDIO.example:8443", "projects.E002"),
        ],
    )
    def test_production_needs_another_origin_for_previews(self, origin: str, code: str) -> None:
        done = django("check", "--deploy", "--fail-level", "WARNING", **PRODUCTION | {"PREVIEW_ORIGIN": origin})
        assert done.returncode != 0
        assert code in done.stderr

    @pytest.mark.parametrize(
        "origin", ["studio.example", "https://other.example", "https://studio.example/x", "ftp://studio.example"]
    )
    def test_its_own_origin_is_one(self, origin: str) -> None:
        done = django("check", **PRODUCTION | {"PUBLIC_ORIGIN": origin})
        assert "projects.E003" in done.stderr
        assert django("check", **PRODUCTION | {"PUBLIC_ORIGIN": "https://studio.example:8443"}).returncode == 0

    @pytest.mark.parametrize(
        ("given", "origin"),
        [
            ({}, "https://studio.example"),
            ({"SECURE_SSL_REDIRECT": "off"}, "http://studio.example"),
            ({"PUBLIC_ORIGIN": "https://a.example"}, "https://a.example"),
            ({"ALLOWED_HOSTS": ".studio.example"}, ""),
            ({"ALLOWED_HOSTS": "*"}, ""),
        ],
    )
    def test_its_own_origin_is_the_first_name_it_answers_to(self, given: dict[str, str], origin: str) -> None:
        assert setting("settings.PUBLIC_ORIGIN", **PRODUCTION | given) == origin

    def test_no_mail_is_sent_from_nowhere(self) -> None:
        done = django("check", **PRODUCTION | {"ALLOWED_HOSTS": "*", "EMAIL_HOST": "mail.example"})
        assert done.returncode != 0
        assert "PUBLIC_ORIGIN" in done.stderr

    def test_the_server_of_the_readme_outlives_its_drain(self) -> None:
        """Otherwise uvicorn cuts the streams just when they would be told that their answers were interrupted."""
        (given,) = re.findall(r"--timeout-graceful-shutdown (\d+)", (ROOT / "README.md").read_text())
        assert int(given) >= setting("settings.CHAT['DRAIN_SECONDS']", **PRODUCTION) + 5

    def test_production_needs_a_key(self) -> None:
        done = django("check", DEBUG="False", ALLOWED_HOSTS="studio.example")
        assert done.returncode != 0
        assert "SECRET_KEY" in done.stderr

    def test_nothing_configured_is_local_development(self) -> None:
        assert setting("[settings.DEBUG, settings.ALLOWED_HOSTS]") == [True, ["localhost", "127.0.0.1", "[::1]"]]

    def test_a_key_alone_is_not_development(self) -> None:
        assert setting("settings.DEBUG", SECRET_KEY=KEY) is False

    def test_sqlite_waits_for_its_one_writer(self) -> None:
        options = setting("settings.DATABASES['default']['OPTIONS']")
        assert options["transaction_mode"] == "IMMEDIATE"
        assert options["timeout"] == 20
        assert "journal_mode=WAL" in options["init_command"]

    def test_what_threads_keep_and_saves_take_leaves_connections_for_requests(self) -> None:
        pool = setting("settings.DATABASES['default']['OPTIONS']['pool']", DATABASE_URL="postgres://me@db/webox")
        followers_and_writer = 2
        assert pool["max_size"] >= 2 * (READERS + followers_and_writer + THREADS)

    def test_the_databases_come_from_the_environment(self) -> None:
        found = setting(
            "[settings.DATABASES['default']['ENGINE'], settings.CACHES['default']['LOCATION'],"
            " settings.CHAT['REDIS_URL']]",
            DATABASE_URL="postgres://me:secret@db/webox",
            REDIS_URL="redis://cache:6379/0",
        )
        assert found == ["django.db.backends.postgresql", "redis://cache:6379/0", "redis://cache:6379/0"]

    @pytest.mark.parametrize(
        ("variable", "value", "key", "expected"),
        [
            ("OPENAI_API_KEY", "sk-1", "OPENAI_API_KEY", "sk-1"),
            ("OPENAI_BASE_URL", "http://localhost:1/v1", "OPENAI_BASE_URL", "http://localhost:1/v1"),
            ("OPENAI_MODEL", "other", "DEFAULT_MODEL", "other"),
            ("WEBOX_CONNECT_TIMEOUT", "1.5", "CONNECT_TIMEOUT", 1.5),
            ("WEBOX_FIRST_TOKEN_TIMEOUT", "2", "FIRST_TOKEN_TIMEOUT", 2),
            ("WEBOX_IDLE_TIMEOUT", "3", "IDLE_TIMEOUT", 3),
            ("WEBOX_TURN_TIMEOUT", "4", "TURN_TIMEOUT", 4),
            ("WEBOX_DRAIN_SECONDS", "5", "DRAIN_SECONDS", 5),
            ("WEBOX_EMBEDDED_MODEL", "off", "EMBEDDED_MODEL", False),
            ("WEBOX_EMBEDDED_MODEL", "on", "EMBEDDED_MODEL", True),
            ("WEBOX_EMBEDDED_GGUF", "/models/a.gguf", "EMBEDDED_GGUF", "/models/a.gguf"),
        ],
    )
    def test_the_assistants_settings_too(self, variable: str, value: str, key: str, expected: object) -> None:
        assert setting(f"settings.CHAT[{key!r}]", **{variable: value}) == expected

    def test_every_variable_is_in_the_readme(self) -> None:
        import re

        used = set(re.findall(r'env(?:\.\w+)?\(\s*"([A-Z_]+)"', (ROOT / "webox" / "settings.py").read_text()))
        described = set(re.findall(r"^\| `([A-Z_]+)`", (ROOT / "README.md").read_text(), re.MULTILINE))
        assert used - {"WEBOX_ENV_FILE"} == described - {"WEBOX_ENV_FILE"}

    def test_every_middleware_can_run_async(self) -> None:
        from django.utils.module_loading import import_string

        sync = [name for name in settings.MIDDLEWARE if not import_string(name).async_capable]
        assert sync == []


class TestCheckoutKey:
    def test_it_is_made_once_and_for_us_alone(self, tmp_path: Path) -> None:
        path = tmp_path / "key"
        key = checkout_key(path)
        assert len(key) > 50
        assert checkout_key(path) == key
        assert path.stat().st_mode & 0o077 == 0

    def test_a_folder_that_cannot_be_written_still_gives_one(self, tmp_path: Path) -> None:
        assert len(checkout_key(tmp_path / "missing" / "key")) > 50


class Part:
    """Something in the background that notes what happens to it."""

    def __init__(self, name: str, log: list[str], *, broken: bool = False) -> None:
        self.name, self.log, self.broken = name, log, broken

    async def startup(self) -> None:
        if self.broken:
            raise RuntimeError("no disk")
        self.log.append(f"{self.name} starts")

    async def shutdown(self) -> None:
        self.log.append(f"{self.name} ends")


async def no_requests(scope: Any, receive: Any, send: Any) -> None:
    raise AssertionError("no request was sent")


class TestLifespan:
    async def test_parts_start_in_order_and_end_in_reverse(self) -> None:
        log: list[str] = []
        server = ApplicationCommunicator(Lifespan(no_requests, [Part("a", log), Part("b", log)]), {"type": "lifespan"})
        await server.send_input({"type": "lifespan.startup"})
        assert await server.receive_output() == {"type": "lifespan.startup.complete"}
        assert log == ["a starts", "b starts"]
        await server.send_input({"type": "lifespan.shutdown"})
        assert await server.receive_output() == {"type": "lifespan.shutdown.complete"}
        assert log[2:] == ["b ends", "a ends"]

    async def test_a_part_that_cannot_start_stops_the_server_and_ends_the_others(self) -> None:
        log: list[str] = []
        parts = [Part("a", log), Part("b", log, broken=True)]
        server = ApplicationCommunicator(Lifespan(no_requests, parts), {"type": "lifespan"})
        await server.send_input({"type": "lifespan.startup"})
        assert await server.receive_output() == {"type": "lifespan.startup.failed", "message": "no disk"}
        assert log == ["a starts", "a ends"]


class TestCollectedFiles:
    async def get(self, path: str, **headers: str) -> tuple[int, dict[str, str], bytes]:
        raw = [(name.encode(), value.encode()) for name, value in headers.items()]
        scope = {"type": "http", "method": "GET", "path": path, "headers": raw}
        call = ApplicationCommunicator(CollectedFiles(no_requests), scope)
        start, body = await call.receive_output(), await call.receive_output()
        return start["status"], {name.decode(): value.decode() for name, value in start["headers"]}, body["body"]

    async def test_hashed_names_are_kept_for_good(self, tmp_path: Path, settings: Any) -> None:
        settings.STATIC_ROOT = tmp_path
        (tmp_path / "app.0123456789ab.css").write_text("body {}")
        (tmp_path / "app.css").write_text("body {}")
        status, headers, body = await self.get("/static/app.0123456789ab.css")
        assert (status, body) == (200, b"body {}")
        assert headers["content-type"].startswith("text/css")
        assert "immutable" in headers["cache-control"]
        assert "immutable" not in (await self.get("/static/app.css"))[1]["cache-control"]

    async def test_so_are_the_parts_that_bundles_import_by_their_own_hash(self, tmp_path: Path, settings: Any) -> None:
        settings.STATIC_ROOT = tmp_path
        for name in ("chat/dist/parts/chunk-5PEQE3VX.js", "dist/parts/babel-5PEQE3VX.js", "dist/parts/own.js"):
            (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
            (tmp_path / name).write_text("export {}")
            found = (await self.get(f"/static/{name}"))[1]["cache-control"]
            assert ("immutable" in found) is ("5PEQE3VX" in name), name

    def test_esbuild_names_them_so(self) -> None:
        assert 'chunkNames: "parts/[name]-[hash]"' in (ROOT / "esbuild.config.mjs").read_text()

    async def test_what_the_browser_has_is_not_sent_again(self, tmp_path: Path, settings: Any) -> None:
        settings.STATIC_ROOT = tmp_path
        (tmp_path / "app.css").write_text("body {}")
        tag = (await self.get("/static/app.css"))[1]["etag"]
        assert (await self.get("/static/app.css", **{"if-none-match": tag}))[0::2] == (304, b"")
        assert (await self.get("/static/app.css", range="bytes=0-3"))[0::2] == (206, b"body")

    async def test_what_is_not_there_is_404_and_nothing_else_is_reachable(self, tmp_path: Path, settings: Any) -> None:
        settings.STATIC_ROOT = tmp_path / "static"
        (tmp_path / "static").mkdir()
        (tmp_path / "secret").write_text("secret")
        assert (await self.get("/static/missing.css"))[0] == 404
        assert (await self.get("/static/../secret"))[0] == 404
