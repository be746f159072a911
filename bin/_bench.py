"""What bin/bench runs: throwaway databases, a session to log in with, and the commands that measure."""

from __future__ import annotations

import argparse
import json
import os
import secrets
import shlex
import socket
import statistics
import subprocess
import sys
from pathlib import Path
from typing import Any

import _setup

ROOT = _setup.ROOT
KEPT = ROOT / ".bench"
STREAM_TOOLS = ROOT.parent / "shared" / "bench" / "stream"
CONTEXT_TOOLS = ROOT.parent / "shared" / "bench" / "context"
TESTS = ROOT / "tests" / "bench"

#: What issue and README promise: case, metric, how it is read, the limit.
TARGETS = (
    ("r50x200", "cpu_ms_per_1k_tokens", "ratio", "at most", 0.30),
    ("max50", "tokens_per_s", "ratio", "at least", 12),
    ("r50x500", "lag_p99_ms", "product", "at most", 150),
    ("ttft", "added_ttft_ms", "ratio", "at most", 1),
    ("ttft", "idle_rss_mib", "product", "at most", 140),
    ("r50x500", "kib_per_stream", "product", "at most", 100),
)


def free_port() -> int:
    """A loopback port that nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def production(database: Path, **more: str) -> dict[str, str]:
    """The environment of a production server on plain HTTP; nobody's `.env`."""
    return {
        "WEBOX_ENV_FILE": os.devnull,
        "DEBUG": "False",
        "SECRET_KEY": "a-key-for-benchmarks-alone-0123456789-abcdefghijklmnop",
        "ALLOWED_HOSTS": "127.0.0.1,localhost",
        "SECURE_SSL_REDIRECT": "False",
        "SECURE_COOKIES": "False",
        "WEBOX_EMBEDDED_MODEL": "off",
        "DATABASE_URL": f"sqlite:///{database}",
        "REDIS_URL": "",
        **more,
    }


def python(*words: str | Path, env: dict[str, str]) -> int:
    """Runs a script of ours to its end, its output on the screen."""
    command = [str(_setup.PYTHON), *map(str, words)]
    return subprocess.run(command, cwd=ROOT, env={**os.environ, **env}, check=False).returncode


def new_database(target: Path, session: str) -> None:
    """A database with a person, a session of theirs, and project 1."""
    KEPT.mkdir(exist_ok=True)
    for leftover in KEPT.glob(f"{target.name}*"):
        leftover.unlink()
    if python(TESTS / "prepare.py", "--session", session, env=production(target)):
        raise SystemExit("✗ the database could not be made")


# --- bin/bench stream -----------------------------------------------------------------------------------------------


def stream(options: argparse.Namespace, more: list[str]) -> int:
    """Runs the comparison of `shared/bench/stream` on this checkout, and says which promises hold."""
    compare = Path(options.tools).resolve() / "compare.py"
    if not compare.is_file():
        raise SystemExit(f"✗ {compare} is not there: name the folder of the streaming benchmark with --tools DIR")
    interpreter = tools_venv(compare.parent / "requirements.txt")
    session = secrets.token_hex(16)
    template, database = KEPT / "template.sqlite3", KEPT / "stream.sqlite3"
    new_database(template, session)
    target = Path(options.json or KEPT / "stream.json").resolve()
    command = compare_command(interpreter, compare, options, session, template, database, target)
    # what a production server has to have (`check --deploy`)
    environment = production(database, PREVIEW_ORIGIN="https://preview.example")
    status = subprocess.run([*command, *more], cwd=ROOT, env={**os.environ, **environment}, check=False)
    if target.is_file():
        report(json.loads(target.read_text())["summary"])
    return status.returncode


def tools_venv(requirements: Path) -> Path:
    """The load tools run on exactly the packages that they name."""
    folder = KEPT / "venv"
    interpreter = folder / _setup.BIN.name / _setup.PYTHON.name
    KEPT.mkdir(exist_ok=True)
    with _setup.step("bench-tools", "Installing the tools of the benchmark (.bench/venv)", [requirements],
                     made=interpreter) as work:  # fmt: skip
        if work:
            _setup.run(sys.executable, "-m", "venv", folder)
            _setup.run(interpreter, "-m", "pip", "install", "-q", "-r", requirements)
    return interpreter


def compare_command(
    interpreter: Path,
    compare: Path,
    options: argparse.Namespace,
    session: str,
    template: Path,
    database: Path,
    target: Path,
) -> list[str]:
    """How compare.py is called: our server, a fresh database for each start, a logged-in person."""
    here = f"http://127.0.0.1:{options.port}"
    server = [_setup.PYTHON, "-m", "uvicorn", "webox.asgi:application", "--port", options.port, "--no-access-log"]
    fresh = [_setup.PYTHON, TESTS / "fresh.py", template, database]
    words = {
        "--cwd": ROOT,
        "--serve": shlex.join(map(str, server)),
        "--prepare": shlex.join(map(str, fresh)),
        "--url": f"{here}/api/chat/message",
        "--ready": f"{here}/api/chat/models",
        "--rounds": options.rounds,
        "--json": target,
        **({"--cases": options.cases} if options.cases else {}),
    }
    # as a browser sends it: a session, and where the request comes from instead of a CSRF token
    headers = [f"Cookie: sessionid={session}", "Sec-Fetch-Site: same-origin"]
    named = [str(word) for pair in words.items() for word in pair]
    return [str(interpreter), str(compare), *named, *(word for header in headers for word in ("--header", header))]


def report(summary: dict[str, Any]) -> None:
    """The promises that these cases can tell about."""
    if not summary:
        return
    print("\npromised")
    for case, metric, key, how, limit in TARGETS:
        value = summary.get(case, {}).get("metrics", {}).get(metric, {}).get(key)
        if value is None:
            continue
        kept = value <= limit if how == "at most" else value >= limit
        what = f"{metric} {'/ plain' if key == 'ratio' else ''}".strip()
        print(f"  {'✓' if kept else '✗'} {case:<9} {what:<30} {value:>9.3g}   {how} {limit:g}")
    errors = sum(part["servers"]["product"]["errors"] for part in summary.values())
    print(f"  {'✗' if errors else '✓'} wrong or missing answers {errors}")


# --- bin/bench conversations, admin, panel --------------------------------------------------------------------------


def filled(conversations: int, calls: int) -> tuple[Path, str]:
    """A database with so many conversations, made once, and a session's key."""
    database, key = KEPT / f"filled-{conversations}-{calls}.sqlite3", KEPT / "session"
    migrations = sorted(path for app in ("chat", "projects") for path in (ROOT / app / "migrations").glob("*.py"))
    inputs: list[Path | str] = [TESTS / "fill.py", TESTS / "prepare.py", *migrations, str(database)]
    KEPT.mkdir(exist_ok=True)
    if not key.is_file():
        key.write_text(secrets.token_hex(16))
    with _setup.step(f"bench-{database.stem}", f"Making {conversations:,} conversations", inputs,
                     made=database) as work:  # fmt: skip
        if work:
            new_database(database, key.read_text())
            words = ("--conversations", str(conversations), "--calls", str(calls))
            if python(TESTS / "fill.py", *words, env=production(database)):
                raise SystemExit("✗ the database could not be filled")
    return database, key.read_text()


def conversations(options: argparse.Namespace) -> int:
    """Requests/s of our list and of the plain one, in one server."""
    database, session = filled(options.conversations, 0)
    words = ("--session", session, "--seconds", str(options.seconds), "--rounds", str(options.rounds))
    environment = production(database, DJANGO_SETTINGS_MODULE="tests.bench.settings")
    return python(TESTS / "list_load.py", *words, "--port", str(options.port), env=environment)


def admin(options: argparse.Namespace) -> int:
    """Queries and time of the admin's pages."""
    database, _ = filled(options.conversations, 10 * options.conversations)
    return python(TESTS / "admin.py", env=production(database, DEBUG="True"))


def actions() -> int:
    """Milliseconds of planning and applying, and of reviewing a long diff in a real Chromium."""
    with _setup.alone():
        _setup.install_tests()
        _setup.front_end()
        _setup.install_chromium()
    database = KEPT / "actions.sqlite3"
    new_database(database, secrets.token_hex(16))
    return python(TESTS / "actions.py", env=production(database)) or python("-m", "tests.bench.diff", env={})


def studio(options: argparse.Namespace) -> int:
    """The editor page in a real Chromium, and saves."""
    with _setup.alone():
        _setup.install_tests()
        if options.only != ["saves"]:
            _setup.front_end(production=True)
            _setup.install_chromium()
    database, session = KEPT / "studio.sqlite3", secrets.token_hex(16)
    new_database(database, session)
    environment = production(database)
    if python("manage.py", "collectstatic", "--noinput", "-v0", env=environment):
        raise SystemExit("✗ the static files could not be collected")
    words = ["--session", session, "--port", str(options.port), "--rounds", str(options.rounds)]
    words += [word for part in options.only or () for word in ("--only", part)]
    tools = ("--lighthouse", KEPT / "lighthouse")
    return python("-m", "tests.bench.studio", *words, *tools, env={**environment, **_setup.node_path()})


def panel(more: list[str]) -> int:
    """Frames and long tasks in a real Chromium."""
    if not (TESTS / "panel.py").is_file():
        raise SystemExit("✗ tests/bench/panel.py is not there")
    with _setup.alone():
        _setup.install_tests()
        _setup.front_end()
        _setup.install_chromium()
    return python("-m", "tests.bench.panel", *more, env={})


# --- bin/bench context ----------------------------------------------------------------------------------------------


def context(options: argparse.Namespace, more: list[str]) -> int:
    """Scores the engine on real histories, with each packer; further words go to evaluate.py."""
    evaluate = Path(options.tools).resolve() / "evaluate.py"
    if not evaluate.is_file():
        raise SystemExit(f"✗ {evaluate} is not there: name the folder of the context benchmark with --tools DIR")
    KEPT.mkdir(exist_ok=True)
    if options.costs:
        return _costs(evaluate.with_name("costs.py"), options.rounds, Path(options.repos).resolve(), more)
    styles = ("focus", "dense") if options.style == "both" else (options.style,)
    return max(_scored(evaluate, style, Path(options.repos).resolve(), more) for style in styles)


def _costs(costs: Path, rounds: int, repos: Path, more: list[str]) -> int:
    """Prints medians of what the trial's engine and ours take, each in a process of its own, by turns."""
    engines = {"the trial's": "reference:Focus", "ours": "tests.bench.context:Focus"}
    rows: dict[str, list[dict[str, float]]] = {name: [] for name in engines}
    for _ in range(rounds):
        for name, adapter in engines.items():
            command = [str(_setup.PYTHON), "-B", str(costs), "--repos", str(repos), "--adapter", adapter, *more]
            env = {**os.environ, **production(KEPT / "none")}
            ended = subprocess.run(command, cwd=ROOT, env=env, capture_output=True, text=True, check=False)
            if ended.returncode:
                print(ended.stderr, file=sys.stderr)
                return ended.returncode
            rows[name].append(json.loads(ended.stdout))
    theirs, own = rows.values()
    print(f"{own[0]['repo']}, {own[0]['files']} files, median of {rounds}: the trial's engine, ours, ratio")
    for figure in [name for name, value in own[0].items() if isinstance(value, float)]:
        them, us = (statistics.median(row[figure] for row in found) for found in (theirs, own))
        print(f"  {figure:30} {them:8.1f} {us:8.1f} {us / them:6.2f}")
    return 0


def _scored(evaluate: Path, style: str, repos: Path, more: list[str]) -> int:
    adapter = f"tests.bench.context:{style.title()}"
    target = KEPT / f"context-{style}.json"
    return python(
        "-B", evaluate, "--repos", repos, "--adapter", adapter, "--out", target, *more, env=production(KEPT / "none")
    )
