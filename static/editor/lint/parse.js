// The first thing that a real parser cannot read, asked of the worker that formats.
import { format } from "../format.js";

/** One diagnostic at most; none where the worker cannot be had. */
export async function unreadable(state, language, t) {
  try {
    await format({ language, text: state.doc.toString(), check: true });
    return [];
  } catch ({ message, line, column }) {
    return line
      ? [
          {
            ...placeOf(state.doc, line, column ?? 1),
            severity: "error",
            message: t("lint.syntax", { message }),
          },
        ]
      : [];
  }
}

/** The character, or the one before the end of the line. */
function placeOf(doc, line, column) {
  const { from, to } = doc.line(Math.min(doc.lines, line));
  const at = Math.max(from, Math.min(from + column - 1, to - 1));
  return { from: at, to: Math.min(to, at + 1) };
}
