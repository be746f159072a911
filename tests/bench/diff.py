"""How smoothly a diff of 10,000 lines is reviewed in a real Chromium: the last row of `bin/bench actions`.

The review is opened, scrolled from one end to the other and back, walked change by change, and shown in its other
layout.  What counts is the longest task of the page's main thread while something moved, as the browser traces it: by
the clock, and the processor's time of it, which holds on a busy machine.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator
from typing import Any

from playwright.sync_api import Browser, Page, sync_playwright

from tests.browser.chromium import launch_options
from tests.browser.driver import fake_backend
from tests.browser.panel import Panel
from tests.browser.review import Review

#: What the issue promises of a frame, in milliseconds.
LIMIT = 50
STEPS, WALKED = 60, 40
CATEGORIES = ["toplevel", "disabled-by-default-devtools.timeline", "devtools.timeline"]
FRAME = "() => new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)))"


def scroll(page: Page) -> None:
    """From the top to the bottom and back, a wheel's turn a frame."""
    page.mouse.move(900, 450)
    for direction in (1, -1):
        for _ in range(STEPS):
            page.mouse.wheel(0, 1_200 * direction)
            page.evaluate(FRAME)


def reviewed(browser: Browser, address: str) -> dict[str, list[dict[str, Any]]]:
    """The main thread's tasks, by what was done; opening the review is not among it, for nothing moves then."""
    page = browser.new_page(viewport={"width": 1440, "height": 900})
    review = Review(Panel(page, f"{address}?handles=open-file").open())
    review.open("big")
    page.wait_for_timeout(1_000)
    steps = {
        "scroll": lambda: scroll(page),
        "walk": lambda: review.press(*["j"] * WALKED),
        "layout": lambda: review.press("v").wait_open(),
        "scroll unified": lambda: scroll(page),
    }
    found = {}
    for name, step in steps.items():
        browser.start_tracing(page=page, categories=CATEGORIES)
        step()
        page.evaluate(FRAME)
        found[name] = list(tasks_of(json.loads(browser.stop_tracing())["traceEvents"]))
    return found


def tasks_of(events: list[dict[str, Any]]) -> Iterator[dict[str, Any]]:
    """Every task of the page's main thread."""
    named = [event for event in events if event.get("name") == "thread_name"]
    main = {(event["pid"], event["tid"]) for event in named if event["args"].get("name") == "CrRendererMain"}
    for event in events:
        if event.get("ph") == "X" and "RunTask" in event.get("name", "") and (event["pid"], event["tid"]) in main:
            yield event


def longest(tasks: list[dict[str, Any]], what: str) -> float:
    """Milliseconds of the longest task, `what` being `dur` by the clock or `tdur` of the processor."""
    return max((task.get(what, 0) / 1_000 for task in tasks), default=0.0)


def main() -> int:
    """One row for each thing that is done; the exit status is 0 whatever they say: they depend on the machine."""
    with fake_backend() as backend, sync_playwright() as playwright:
        browser = playwright.chromium.launch(**launch_options())
        for name, tasks in reviewed(browser, backend.address).items():
            took, cpu = longest(tasks, "dur"), longest(tasks, "tdur")
            kept = "✓" if took <= LIMIT else "✗"
            print(f"  {kept} {f'longest task, 10,000 lines: {name}':<44} {took:7.0f} {cpu:7.0f}   at most {LIMIT}")
        browser.close()
    return 0


if __name__ == "__main__":
    sys.exit(main())
