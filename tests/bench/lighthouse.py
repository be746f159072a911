"""Lighthouse's scores of the editor page, for `bin/bench studio`.

Lighthouse (Apache-2.0) is a tool of this benchmark alone: it is installed into `.bench/`, at the version named here.
"""

from __future__ import annotations

import json
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import urlsplit

from playwright.sync_api import sync_playwright

from tests.bench.panel import percentile
from tests.browser.chromium import launch_options
from tests.live import free_port

VERSION = "12.8.2"
CATEGORIES = ("performance", "accessibility", "best-practices")
LEAST = 95
RUNS = 3


def install(folder: Path) -> Path:
    """The command line's script, installed when it is not there. Raises `CalledProcessError`."""
    script = folder / "node_modules" / "lighthouse" / "cli" / "index.js"
    stamp = folder / VERSION
    if not (script.is_file() and stamp.exists()):
        folder.mkdir(parents=True, exist_ok=True)
        package = f"lighthouse@{VERSION}"
        words = ["npm", "install", "--prefix", str(folder), "--ignore-scripts", "--no-audit", "--no-fund", package]
        subprocess.run(words, check=True, stdout=subprocess.DEVNULL)
        stamp.touch()
    return script


def scores(script: Path, address: str, session: str) -> dict[str, float]:
    """The median score of each category, 0 to 100, of a desktop's visits with nothing cached.

    Raises `CalledProcessError` where Lighthouse fails.
    """
    seen = [_scores(script, address, session) for _ in range(RUNS)]
    return {name: percentile([one[name] for one in seen], 0.5) for name in CATEGORIES}


def _scores(script: Path, address: str, session: str) -> dict[str, float]:
    with _logged_in(address, session) as port:
        words = [
            "node", str(script), address, "--quiet", "--output=json", "--preset=desktop", f"--port={port}",
            f"--only-categories={','.join(CATEGORIES)}",
        ]  # fmt: skip
        done = subprocess.run(words, check=True, capture_output=True, text=True)
    report = json.loads(done.stdout)
    _name_faults(report)
    return {name: 100 * (report["categories"][name]["score"] or 0) for name in CATEGORIES}


@contextmanager
def _logged_in(address: str, session: str) -> Iterator[int]:
    """A new browser that holds the session's cookie; the port at which Lighthouse finds it.

    A cookie among `--extra-headers` would go with the page alone, and not with what its scripts ask for.
    """
    port, options = free_port(), launch_options()
    options["args"] = [*options["args"], f"--remote-debugging-port={port}"]  # type: ignore[misc]
    with tempfile.TemporaryDirectory() as folder, sync_playwright() as playwright:
        context = playwright.chromium.launch_persistent_context(folder, **options)  # type: ignore[arg-type]
        here = urlsplit(address).hostname or ""
        context.add_cookies([{"name": "sessionid", "value": session, "domain": here, "path": "/"}])
        yield port
        context.close()


def _name_faults(report: dict[str, dict[str, dict[str, object]]]) -> None:
    """What costs points outside of speed, where figures say nothing."""
    for name in CATEGORIES[1:]:
        for reference in report["categories"][name]["auditRefs"]:  # type: ignore[attr-defined]
            audit = report["audits"][reference["id"]]
            if audit["score"] == 0 and reference["weight"]:
                print(f"      {name}: {audit['title']}")
