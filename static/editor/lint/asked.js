// What real parsers say, asked of a worker: every mistake that it can tell, and names that nothing uses or declares.
import { format } from "../format.js";
import { Asking } from "../workers/asking.js";
import { piecesOf } from "./pieces.js";

const parsers = new Asking("lint");

/** Diagnostics; none where the worker cannot be had. */
export async function parsed(state, { language, path }, t) {
  const text = state.doc.toString();
  const pieces = language === "html" ? piecesOf(state) : [];
  if (language === "html" && !pieces.length) return [];
  try {
    const { problems } = await parsers.ask({ language, text, path, pieces });
    return problems
      .filter((one) => one.code !== "undeclared" || !(one.values.name in globalThis))
      .map(shownBy(t));
  } catch {
    return [];
  }
}

/** For what only Prettier can read: the first thing that it cannot. */
export async function unreadable(state, { language }, t) {
  try {
    await format({ language, text: state.doc.toString(), check: true });
    return [];
  } catch ({ message, line, column }) {
    if (!line) return [];
    const { from, to } = state.doc.line(Math.min(state.doc.lines, line));
    const at = Math.max(from, Math.min(from + (column ?? 1) - 1, to - 1));
    return [
      { from: at, to: Math.min(to, at + 1), severity: "error", message: t("lint.syntax", { message }) },
    ];
  }
}

/** What a worker found, in words. */
export function shownBy(t) {
  return ({ from, to, severity, code, values }) => ({
    from,
    to,
    severity,
    message: t(`lint.${code}`, values),
  });
}
