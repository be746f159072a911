"""How smooth the panel stays while a long answer is written: `bin/bench panel`.

Streams about 10,000 tokens of each kind into a real Chromium, from a stand-in server, and reports what the browser
itself measured: frames, long tasks (over 50 ms) and long animation frames.  Figures, not a verdict: they depend on the
machine.
"""

from __future__ import annotations

import argparse
import statistics
import sys
from typing import Any

from playwright.sync_api import Page, sync_playwright

from tests.browser.chromium import launch_options
from tests.browser.driver import fake_backend

KINDS = ("mixed", "code", "paragraph", "list", "table")

#: Nobody sends a message in the first second; the panel uses it to get ready.
WARM_UP = 1500

WATCH = """() => {
  const seen = { frames: [], longTasks: [], longFrames: [] };
  globalThis.panelFigures = seen;
  const watch = (type, list) => new PerformanceObserver((entries) => {
    for (const entry of entries.getEntries()) list.push(entry.duration);
  }).observe({ type });
  watch("longtask", seen.longTasks);
  watch("long-animation-frame", seen.longFrames);
  let last = performance.now();
  const frame = (now) => { seen.frames.push(now - last); last = now; requestAnimationFrame(frame); };
  requestAnimationFrame(frame);
}"""
FIGURES = "() => panelFigures"


def percentile(values: list[float], share: float) -> float:
    """The value below which `share` of the values lie; 0 of none."""
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, int(len(ordered) * share))] if ordered else 0.0


def stream(page: Page, address: str, kind: str) -> dict[str, Any]:
    """One long answer, watched from the question to its last word."""
    page.goto(address)
    box = page.get_by_label("Votre message")
    box.wait_for()
    page.wait_for_timeout(WARM_UP)
    box.fill(f"!long:{kind}")
    page.evaluate(WATCH)
    box.press("Control+Enter")
    page.locator('.answer[data-status="complete"]').wait_for(timeout=180_000)
    figures: dict[str, Any] = page.evaluate(FIGURES)
    figures["characters"] = len(page.locator(".answer .markdown").inner_text())
    return figures


def report(kind: str, figures: dict[str, Any]) -> str:
    """One line: frames, their 99th percentile and longest, and what was over 50 ms."""
    frames = figures["frames"]
    return (
        f"{kind:<10} {figures['characters']:>7} characters  {len(frames):>5} frames  "
        f"median {statistics.median(frames):5.1f}  p99 {percentile(frames, 0.99):5.1f}  longest {max(frames):6.1f} ms  "
        f"long tasks {len(figures['longTasks'])}  "
        f"long animation frames {len(figures['longFrames'])} (longest {max(figures['longFrames'], default=0):.0f} ms)"
    )


def main(arguments: list[str]) -> None:
    """Runs each kind once, or those named."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("kinds", nargs="*", default=KINDS, help=f"of {', '.join(KINDS)}")
    kinds = parser.parse_args(arguments).kinds or KINDS
    with fake_backend() as backend, sync_playwright() as playwright:
        browser = playwright.chromium.launch(**launch_options())
        for kind in kinds:
            backend.reset()
            page = browser.new_page(viewport={"width": 1440, "height": 900})
            print(report(kind, stream(page, backend.address, kind)), flush=True)
            page.close()
        browser.close()


if __name__ == "__main__":
    main(sys.argv[1:])
