// YAML: its parser goes on after a mistake, and says them all.
import { isMap, isScalar, LineCounter, parseAllDocuments, visit } from "yaml";

/** Tags that a program knows are no mistakes of the file's. */
const QUIET = new Set(["TAG_RESOLVE_FAILED"]);
/** Nobody reads more, and each one is drawn. */
const MOST = 200;

export function yamlErrors(text) {
  const lineCounter = new LineCounter();
  // its own look for keys of the same name compares each with each
  const options = { prettyErrors: false, uniqueKeys: false, lineCounter };
  const documents = [parseAllDocuments(text, options)].flat();
  const errors = documents.flatMap((document) => [...(document.errors ?? []), ...doubles(document)]);
  const told = errors.filter(({ code }) => !QUIET.has(code)).sort((one, other) => one.pos[0] - other.pos[0]);
  return firstOfLines(told, lineCounter).map((error) => marked(error, text));
}

/** Keys that stand in their map already. */
function doubles(document) {
  const found = [];
  visit(document, {
    Collection(_, node) {
      if (isMap(node)) found.push(...doublesIn(node));
    },
  });
  return found;
}

function doublesIn({ items }) {
  const seen = new Set();
  const keys = items.map(({ key }) => key).filter((key) => isScalar(key) && key.range);
  const again = keys.filter(({ value }) => seen.has(value) || !seen.add(value));
  return again.map(({ range: [at] }) => ({ pos: [at, at + 1], message: "Map keys must be unique" }));
}

/** One a line says enough. */
function firstOfLines(errors, lineCounter) {
  const lines = new Map();
  for (const error of errors) {
    const { line } = lineCounter.linePos(error.pos[0]);
    if (!lines.has(line)) lines.set(line, error);
    if (lines.size === MOST) break;
  }
  return [...lines.values()];
}

function marked({ pos: [start, end], message }, text) {
  const from = Math.max(0, Math.min(start, text.length - 1));
  const to = Math.max(from + 1, Math.min(end, text.length));
  const line = text.indexOf("\n", from);
  const last = line < 0 ? to : Math.min(to, Math.max(from + 1, line));
  return { from, to: last, severity: "error", code: "syntax", values: { message: message.split("\n")[0] } };
}
