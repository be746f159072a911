// Long work in short slices: the page stays responsive while a big block is coloured or a page of messages is drawn.

const SLICE = 8;
const queue = [];
let scheduled = false;

/** Ends the current task of the browser, so that it can paint and answer the person first. */
export function breathe() {
  if (globalThis.scheduler?.yield) return globalThis.scheduler.yield();
  return new Promise((resolve) => setTimeout(resolve));
}

/** Runs `step` again and again, a few milliseconds at a time, until it returns false. */
export function inSlices(step) {
  queue.push(step);
  if (!scheduled) run();
}

/** Runs `action` when the browser has nothing better to do. */
export function whenIdle(action) {
  if (globalThis.requestIdleCallback) requestIdleCallback(action, { timeout: 5000 });
  else setTimeout(action, 500);
}

async function run() {
  scheduled = true;
  await breathe();
  while (queue.length) {
    const end = performance.now() + SLICE;
    while (queue.length && performance.now() < end) if (!queue[0]()) queue.shift();
    await breathe();
  }
  scheduled = false;
}
