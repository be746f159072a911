// What a page in the preview says, made harmless: known kinds, short texts, numbers. Everything else is dropped.
// The page is hostile: what it says is shown as text and decides nothing. Values in, values out.

const LEVELS = new Set(["log", "info", "warn", "error", "debug"]);
const LONG = 8000;

export function received(data) {
  if (data === null || typeof data !== "object" || data.webox !== "preview") return null;
  return Object.hasOwn(KINDS, data.type) ? KINDS[data.type](data) : null;
}

const KINDS = {
  ready: ({ path, title }) => ({ type: "ready", path: pathOf(path), title: text(title, 200) }),
  where: ({ path }) => ({ type: "where", path: pathOf(path) }),
  scroll: ({ x, y }) => ({ type: "scroll", x: number(x), y: number(y) }),
  alive: () => ({ type: "alive" }),
  restyled: () => ({ type: "restyled" }),
  "restyle-failed": () => ({ type: "restyle-failed" }),
  log: (data) => ({
    type: "log",
    level: LEVELS.has(data.level) ? data.level : "log",
    uncaught: data.uncaught === true,
    text: text(data.text, LONG),
    ...place(data),
  }),
  missing: ({ address }) => ({ type: "missing", address: text(address, 500) }),
  blocked: (data) => ({
    type: "blocked",
    directive: text(data.directive, 50),
    address: text(data.address, 500),
    ...place(data),
  }),
  babel: ({ state, file }) => ({
    type: "babel",
    state: state === "absent" ? "absent" : "uncompiled",
    ...place({ file }),
  }),
  outside: ({ address }) => {
    const found = text(address, 2000);
    return /^(https?|mailto):/i.test(found) ? { type: "outside", address: found } : null;
  },
};

function text(value, most) {
  return typeof value === "string" ? value.slice(0, most) : "";
}

function number(value) {
  return Number.isFinite(value) ? Math.max(0, Math.min(Math.round(value), 1e7)) : 0;
}

function place({ file, line, column }) {
  return { file: text(file, 1000), line: number(line), column: number(column) };
}

/** Below the project's root: never an address, never out of it. */
function pathOf(value) {
  const path = text(value, 2000).replace(/^[/\\]+/, "");
  return /^[a-z][a-z0-9+.-]*:/i.test(path) || /(^|[/\\])\.\.([/\\?#]|$)/.test(path) ? "" : path;
}

/** More than anybody reads: counts what comes in a second. */
export class Budget {
  #limits;
  #began = 0;
  #count = 0;

  constructor({ shown, tolerated }) {
    this.#limits = { shown, tolerated };
  }

  /** `ok`, `drop`, or `stop` for a page that only wants to drown us. */
  take(now) {
    if (now - this.#began >= 1000) {
      this.#began = now;
      this.#count = 0;
    }
    this.#count += 1;
    if (this.#count > this.#limits.tolerated) return "stop";
    return this.#count > this.#limits.shown ? "drop" : "ok";
  }
}
