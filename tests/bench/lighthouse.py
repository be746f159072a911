"""Lighthouse's scores of the editor page, for `bin/bench studio`.

Lighthouse (Apache-2.0) is a tool of this benchmark alone: it is installed into `.bench/`, at the version named here.
"""

from __future__ import annotations

import json
import os
import subprocess
from pathlib import Path

from tests.bench.panel import percentile
from tests.browser.chromium import launch_options

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
    options = launch_options()
    flags = " ".join(["--headless=new", *map(str, options["args"])])  # type: ignore[call-overload]
    words = [
        "node", str(script), address, "--quiet", "--output=json", "--preset=desktop",
        f"--only-categories={','.join(CATEGORIES)}", f"--chrome-flags={flags}",
        f"--extra-headers={json.dumps({'Cookie': f'sessionid={session}'})}",
    ]  # fmt: skip
    environment = {**os.environ, "CHROME_PATH": str(options["executable_path"])}
    done = subprocess.run(words, check=True, capture_output=True, text=True, env=environment)
    report = json.loads(done.stdout)
    _name_faults(report)
    return {name: 100 * (report["categories"][name]["score"] or 0) for name in CATEGORIES}


def _name_faults(report: dict[str, dict[str, dict[str, object]]]) -> None:
    """What costs points outside of speed, where figures say nothing."""
    for name in CATEGORIES[1:]:
        for reference in report["categories"][name]["auditRefs"]:  # type: ignore[attr-defined]
            audit = report["audits"][reference["id"]]
            if audit["score"] == 0 and reference["weight"]:
                print(f"      {name}: {audit['title']}")
