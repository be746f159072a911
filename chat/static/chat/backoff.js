// How long to wait before trying again: doubling, with full jitter so that a thousand tabs don't return at once.

const FIRST = 400;
const LONGEST = 15_000;

export function delayBefore(attempt, retryAfter = 0, random = Math.random) {
  const ceiling = Math.min(LONGEST, FIRST * 2 ** Math.min(attempt, 10));
  const jittered = ceiling / 4 + random() * (ceiling * 0.75);
  return Math.max(jittered, Math.min(retryAfter * 1000, 60_000));
}

/** Waits, but no longer than until the page is back online or visible again, or `signal` aborts. */
export function pause(milliseconds, signal, page = globalThis) {
  return new Promise((resolve) => {
    const wake = new AbortController();
    const done = () => {
      clearTimeout(timer);
      wake.abort();
      resolve();
    };
    const timer = setTimeout(done, milliseconds);
    const options = { signal: wake.signal };
    if (signal?.aborted) done();
    signal?.addEventListener("abort", done, options);
    page.addEventListener?.("online", done, options);
    page.document?.addEventListener("visibilitychange", () => page.document.hidden || done(), options);
  });
}
