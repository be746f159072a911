// What real parsers say, asked of a worker: every mistake that it can tell, and names that nothing uses or declares.
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

/** What a worker found, in words. */
export function shownBy(t) {
  return ({ from, to, severity, code, values }) => ({
    from,
    to,
    severity,
    message: t(`lint.${code}`, values),
  });
}
