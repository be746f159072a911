"""How the editor page does with a project of 2,000 files: `bin/bench studio`.

A production server, its front end built and collected, a real Chromium with a cold cache for every round; then 20
people who save at once.  Figures, not a verdict: they depend on the machine.
"""

from __future__ import annotations

import argparse
import os
import statistics
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from playwright.sync_api import Browser, Page, sync_playwright

from tests.bench import lighthouse
from tests.bench.list_load import server
from tests.bench.panel import percentile
from tests.bench.saves import WRITERS, Saved, all_at_once
from tests.browser.chromium import launch_options

FILES = 2_000
FOLDERS = 50
PARTS = ("page", "saves", "lighthouse")
PROJECT = "/projects/1/editor"

READY = "() => performance.getEntriesByName('studio:ready')[0]?.startTime ?? 0"
SCRIPTS = """() => performance.getEntriesByType("resource").filter(({ initiatorType, name }) =>
  initiatorType === "script" || name.endsWith(".js")).reduce((sum, { encodedBodySize }) => sum + encodedBodySize, 0)"""

#: The page's scripts and what they import at once: what it fetches before anything lazy.
FIRST = """async () => {
  const entries = performance.getEntriesByType("resource");
  const sizes = new Map(entries.map(({ name, encodedBodySize }) => [name, encodedBodySize]));
  const first = new Set([...document.querySelectorAll("script[src]")].map(({ src }) => src));
  for (const address of first) {
    const text = await (await fetch(address)).text();
    for (const [, path] of text.matchAll(/\\b(?:from|import)\\s*"(\\.{1,2}\\/[^"]+)"/g)) {
      const imported = new URL(path, address).href;
      if (sizes.has(imported)) first.add(imported);
    }
  }
  return [...first].reduce((sum, address) => sum + sizes.get(address), 0);
}"""

#: From the click on a row of the tree to the frame in which its text stands in the editor.
OPEN = """([path, text]) => new Promise((resolve) => {
  const begun = performance.now();
  const look = () => document.querySelector(".cm-content")?.textContent.includes(text)
    ? resolve(performance.now() - begun) : requestAnimationFrame(look);
  document.querySelector(`[role=treeitem][data-path="${path}"]`).click();
  look();
})"""

#: Three seconds of scrolling through the tree, a screen every few frames: tasks over 50 ms, and the longest frame.
SCROLL = """() => new Promise((resolve) => {
  const tree = document.querySelector("[role=tree]");
  let scrolled = tree;
  while (scrolled && scrolled.scrollHeight <= scrolled.clientHeight + 1) scrolled = scrolled.parentElement;
  const tasks = [];
  new PerformanceObserver((list) => tasks.push(...list.getEntries().map(({ duration }) => duration)))
    .observe({ type: "longtask" });
  const begun = performance.now();
  let last = begun, longest = 0;
  const step = (now) => {
    longest = Math.max(longest, now - last);
    last = now;
    scrolled.scrollTop = (scrolled.scrollTop + 160) % (scrolled.scrollHeight - scrolled.clientHeight || 1);
    if (now - begun < 3000) return requestAnimationFrame(step);
    setTimeout(() => resolve({ tasks, longest, height: scrolled.scrollHeight }), 300);
  };
  requestAnimationFrame(step);
})"""


def fill() -> None:
    """2,000 files in 50 folders, as one revision."""
    import django

    django.setup()
    from projects.files import Write, commit
    from projects.models import Project

    body = "export function part(value) {\n  return value * 2;\n}\n" * 20
    paths = [f"folder{n % FOLDERS:02}/part{n:04}.js" for n in range(FILES)]
    commit(Project.objects.get(pk=1), None, [Write(path, f"// {path}\n{body}".encode()) for path in paths])


def load(browser: Browser, address: str, session: str) -> tuple[Page, float]:
    """The page with nothing cached, and when it could be used."""
    context = browser.new_context(viewport={"width": 1440, "height": 900}, locale="fr-FR")
    context.add_cookies([{"name": "sessionid", "value": session, "url": address}])
    page = context.new_page()
    page.goto(address + PROJECT)
    page.wait_for_function(READY, timeout=60_000)
    return page, float(page.evaluate(READY))


def in_browser(address: str, session: str, rounds: int) -> dict[str, Any]:
    """What a person with a browser feels."""
    ready, opened, figures = [], [], {}
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(**launch_options())  # type: ignore[arg-type]
        for _ in range(rounds):
            page, milliseconds = load(browser, address, session)
            ready.append(milliseconds)
            sizes = {"scripts": page.evaluate(SCRIPTS), "first": page.evaluate(FIRST)}
            opened += open_some(page)
            figures = page.evaluate(SCROLL) | sizes
            page.context.close()
        browser.close()
    return {"ready": ready, "opened": opened, **figures}


def open_some(page: Page) -> list[float]:
    """A folder unfolded by hand, then files of it."""
    page.locator("[role=tree]").focus()
    page.keyboard.press("Home")
    page.locator('[role=treeitem][data-path="folder00"]').click()
    page.locator('[role=treeitem][data-path="folder00/part0000.js"]').wait_for()
    paths = [f"folder00/part{n * FOLDERS:04}.js" for n in range(6)]
    return [float(page.evaluate(OPEN, [path, f"// {path}"])) for path in paths]


def row(what: str, value: float, unit: str, limit: float | None = None) -> None:
    """One line, with what was promised."""
    mark = " " if limit is None else "✓" if value <= limit else "✗"
    promised = "" if limit is None else f"   at most {limit:g}"
    print(f"  {mark} {what:<44} {value:>9.1f} {unit}{promised}")


def report_page(seen: dict[str, Any]) -> None:
    """What a person with a browser feels."""
    row("page can be used, median", statistics.median(seen["ready"]), "ms", 1500)
    row("scripts before anything lazy, as served", seen["first"] / 1024, "KiB", 350)
    row("scripts until it can be used, as served", seen["scripts"] / 1024, "KiB")
    row("file opens, median", statistics.median(seen["opened"]), "ms", 100)
    row("tasks over 50 ms while the tree scrolls", len(seen["tasks"]), "", 0)
    row("longest frame of it", seen["longest"], "ms")


def report_saves(found: Saved) -> None:
    """What people who save wait for, and what that costs."""
    row(f"save, {WRITERS} people at once, median", statistics.median(found.taken), "ms")
    row(f"save, {WRITERS} people at once, p95", percentile(found.taken, 0.95), "ms", 50)
    row("CPU of the server for each save", found.cpu, "ms")
    row("saves that failed", len(found.failed), f"of {len(found.taken)}", 0)
    for text in found.failed[:3]:
        print(f"      {text[:200]}")


def report_scores(scores: dict[str, float]) -> None:
    """Lighthouse's."""
    for name, score in scores.items():
        mark = "✓" if score >= lighthouse.LEAST else "✗"
        print(f"  {mark} {f'Lighthouse, {name}':<44} {score:>9.0f}   at least {lighthouse.LEAST}")


def main() -> int:
    """Command line."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--session", required=True)
    parser.add_argument("--port", type=int, required=True)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--lighthouse", type=Path, required=True, help="the folder that Lighthouse is installed in")
    parser.add_argument("--only", choices=PARTS, action="append", help="only this part; may be given again")
    options = parser.parse_args()
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "webox.settings")
    fill()
    print(f"\n{FILES:,} files, {os.cpu_count()} cores, load {os.getloadavg()[0]:.1f}")
    with server(options.port) as pid:
        return measure(options, pid, options.only or PARTS)


def measure(options: argparse.Namespace, pid: int, parts: Sequence[str]) -> int:
    """The parts that were asked for; 1 where a save failed."""
    address = f"http://127.0.0.1:{options.port}"
    failed = False
    if "page" in parts:
        report_page(in_browser(address, options.session, options.rounds))
    if "saves" in parts:
        found = all_at_once(options.port, pid, options.session)
        report_saves(found)
        failed = bool(found.failed)
    if "lighthouse" in parts:
        script = lighthouse.install(options.lighthouse)
        report_scores(lighthouse.scores(script, address + PROJECT, options.session))
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
