// What the page writes to its console, and what goes wrong in it: as text, with the file and line of the project.
import { inspect } from "./inspect.js";

const LEVELS = ["log", "info", "warn", "error", "debug"];
const FRAME = /((?:https?:\/\/|blob:)[^\s()]+?):(\d+):(\d+)\)?\s*$/;

export function tellConsole(say, root) {
  const log = (level, text, place = {}) => say("log", { level, text: text.slice(0, 8000), ...place });
  for (const level of LEVELS) wrap(level, (values) => log(level, inspectAll(values), placeOf(stack(), root)));
  wrap("table", (values) => log("log", inspectAll(values), placeOf(stack(), root)));
  wrap("trace", (values) => log("log", `${inspectAll(values)}\n${ownStack(stack(), root)}`));
  wrap("assert", ([truth, ...values]) => {
    if (!truth) log("error", inspectAll(values.length ? values : ["assertion"]), placeOf(stack(), root));
  });

  addEventListener("error", (event) => uncaught(event), true);
  addEventListener("unhandledrejection", ({ reason }) => {
    const text = reason instanceof Error ? `${reason.name}: ${reason.message}` : inspect(reason);
    say("log", { level: "error", uncaught: true, text, ...placeOf(reason?.stack, root) });
  });
  addEventListener("securitypolicyviolation", (event) => {
    const detail = { directive: event.effectiveDirective, address: event.blockedURI };
    say("blocked", { ...detail, ...place(event.sourceFile, event.lineNumber, event.columnNumber, root) });
  });

  function uncaught(event) {
    if (event.target !== window && event.target instanceof Element) {
      if (event.target.dataset.webox) return; // ours, told otherwise
      const address = String(event.target.src ?? event.target.href ?? "");
      // what is elsewhere was blocked, and that has been said
      if (!/^https?:/.test(address) || address.startsWith(root))
        say("missing", { address: relative(address, root) });
      return;
    }
    const where = event.filename ? place(event.filename, event.lineno, event.colno, root) : {};
    const found = where.file ? where : placeOf(event.error?.stack, root);
    say("log", { level: "error", uncaught: true, text: String(event.message).slice(0, 8000), ...found });
  }
}

/** The console goes on working in the browser's own tools. */
function wrap(name, tell) {
  const before = console[name];
  console[name] = (...values) => {
    before.apply(console, values);
    tell(values);
  };
}

function inspectAll(values) {
  const [first, ...rest] = values;
  if (typeof first !== "string" || !first.includes("%"))
    return values.map((value) => inspect(value)).join(" ");
  const text = first.replace(/%([sdifoOc%])/g, (whole, kind) => {
    if (kind === "%") return "%";
    if (!rest.length) return whole;
    const value = rest.shift();
    return kind === "c" ? "" : inspect(value);
  });
  return [text, ...rest.map((value) => inspect(value))].join(" ");
}

function stack() {
  return new Error().stack ?? "";
}

/** The first line of a stack that is the project's. */
function placeOf(text, root) {
  for (const line of String(text ?? "").split("\n")) {
    const found = line.match(FRAME);
    if (found?.[1].startsWith(root)) return place(found[1], Number(found[2]), Number(found[3]), root);
  }
  return {};
}

function ownStack(text, root) {
  return text
    .split("\n")
    .filter((line) => line.includes(root))
    .join("\n")
    .replaceAll(root, "");
}

function place(address, line, column, root) {
  return address ? { file: relative(address, root), line, column } : {};
}

/** A path of the project; an address that is none stays what it is. */
function relative(address, root) {
  if (!address.startsWith(root)) return address.slice(0, 500);
  const path = address.slice(root.length).replace(/[?#].*$/, "");
  try {
    return decodeURIComponent(path) || "index.html";
  } catch {
    return path;
  }
}
