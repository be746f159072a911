// YAML: its parser goes on after a mistake, and says them all.
import { LineCounter, parseAllDocuments } from "yaml";

/** Tags that a program knows are no mistakes of the file's. */
const QUIET = new Set(["TAG_RESOLVE_FAILED"]);

export function yamlErrors(text) {
  const documents = [parseAllDocuments(text, { prettyErrors: false, lineCounter: new LineCounter() })].flat();
  const errors = documents
    .flatMap((document) => document.errors ?? [])
    .filter(({ code }) => !QUIET.has(code));
  const lines = new Set();
  const lineOf = (at) => text.slice(0, at).split("\n").length;
  return errors
    .map((error) => marked(error, text))
    .filter(({ from }) => !lines.has(lineOf(from)) && lines.add(lineOf(from)));
}

function marked({ pos: [start, end], message }, text) {
  const from = Math.max(0, Math.min(start, text.length - 1));
  const to = Math.max(from + 1, Math.min(end, text.length));
  const line = text.indexOf("\n", from);
  const last = line < 0 ? to : Math.min(to, Math.max(from + 1, line));
  return { from, to: last, severity: "error", code: "syntax", values: { message: message.split("\n")[0] } };
}
