"""What may be applied without asking.  It decides from paths, counts and the conversation's mode alone.

No text that a model or a file wrote reaches this module: it can grant nothing.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Literal

from chat.actions.types import Plan, PlannedAction

Mode = Literal["ask", "auto"]

MODES: tuple[Mode, ...] = ("ask", "auto")

#: Any of these as a whole path, or as the end of one; as in `.gitignore`, a `/` ties a pattern to the project's root.
PROTECTED = (
    # whatever hides, and secrets
    ".*", "*.pem", "*.key", "*.p12", "*.pfx", "*.keystore", "*.jks", "id_rsa*", "id_ed25519*", "credentials*",
    "secrets.*",
    # continuous integration and deployment
    "Jenkinsfile", "azure-pipelines.y*ml", "bitbucket-pipelines.y*ml", "appveyor.y*ml", "cloudbuild.y*ml",
    "Dockerfile*", "docker-compose*.y*ml", "compose.y*ml", "Procfile", "Vagrantfile", "netlify.toml", "vercel.json",
    "fly.toml", "render.y*ml", "*.tf", "*.tfvars",
    # dependencies and their locks
    "package.json", "package-lock.json", "npm-shrinkwrap.json", "yarn.lock", "pnpm-lock.yaml", "pnpm-workspace.yaml",
    "bun.lock", "bun.lockb", "deno.lock", "deno.json*", "requirements*.txt", "requirements*.in", "constraints*.txt",
    "pyproject.toml", "setup.py", "setup.cfg", "Pipfile", "Pipfile.lock", "poetry.lock", "uv.lock", "pdm.lock",
    "Gemfile", "Gemfile.lock", "*.gemspec", "composer.json", "composer.lock", "Cargo.toml", "Cargo.lock", "go.mod",
    "go.sum", "go.work", "pom.xml", "build.gradle*", "settings.gradle*", "gradle.properties", "mix.exs", "mix.lock",
    "pubspec.yaml", "pubspec.lock", "Podfile", "Podfile.lock", "packages.config", "*.csproj", "flake.nix", "flake.lock",
    # what builds and runs them
    "Makefile", "makefile", "GNUmakefile", "Rakefile", "Gruntfile.*", "gulpfile.*", "webpack.config.*",
    "vite.config.*", "rollup.config.*", "esbuild.config.*", "conftest.py", "noxfile.py", "tox.ini", "*.sh", "*.bat",
    "*.cmd", "*.ps1",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class AutoLimits:
    """How much a turn may change by itself in mode *auto*."""

    files: int = 10
    lines: int = 400
    deletions: bool = False
    #: A file written whole that loses more lines than this, and more than half of them, may have been a part of it.
    lost_lines: int = 20


def is_protected(path: str, globs: Collection[str] = ()) -> bool:
    """Whether a person always has to agree to a change of this file; `globs` are the project's own."""
    return any(_pattern(patterns).search(path) for patterns in (PROTECTED, tuple(globs)))


def why_ask(plan: Plan, mode: str, limits: AutoLimits = AutoLimits()) -> str | None:
    """Why a plan waits for a person, or `None` where it may be applied at once.

    `mode` is not auto · `nothing` to apply · `error` in one of them · `protected` · `deletion` (or a move) · `shrinks`:
    a whole file that may be a part of one · `files` · `lines`.
    """
    actions = plan.actions
    reasons = {
        "mode": mode != "auto",
        "nothing": not actions,
        "error": not plan.ok,
        "protected": any(action.protected for action in actions),
        "deletion": not limits.deletions and any(map(_takes_away, actions)),
        "shrinks": any(_shrinks(action, limits) for action in actions),
        "files": len({path for action in actions for path in paths_of(action)}) > limits.files,
        "lines": _lines(actions) > limits.lines,
    }
    return next((reason for reason, holds in reasons.items() if holds), None)


def paths_of(action: PlannedAction) -> tuple[str, ...]:
    """Every path that an action touches."""
    return (action.path,) if action.to is None else (action.path, action.to)


def _takes_away(action: PlannedAction) -> bool:
    return action.after is None or action.to is not None


def _shrinks(action: PlannedAction, limits: AutoLimits) -> bool:
    whole = not getattr(action.proposal, "edits", ())
    lines = len((action.before or b"").splitlines())
    return whole and action.removed > limits.lost_lines and (action.removed - action.added) * 2 > lines


def _lines(actions: Sequence[PlannedAction]) -> int:
    return sum(action.added + action.removed for action in actions)


@lru_cache(maxsize=256)
def _pattern(globs: tuple[str, ...]) -> re.Pattern[str]:
    return re.compile("|".join(map(_regex, globs)) or r"(?!)", re.IGNORECASE)


def _regex(glob: str) -> str:
    """A glob as a search in a path: a name of any part, or a path from the root where it has a `/`."""
    glob = glob.strip().rstrip("/")
    if not glob:
        return r"(?!)"
    rooted = "/" in glob
    parts = re.split(r"(\*\*/?|\*|\?)", glob.lstrip("/"))
    wild = {"**/": "(?:.*/)?", "**": ".*", "*": "[^/]*", "?": "[^/]"}
    body = "".join(wild.get(part, re.escape(part)) for part in parts)
    return ("^" if rooted else r"(?:^|/)") + body + r"(?=/|$)"
