// JSON: what the browser's own parser says, at the place that it names.

export function jsonProblems(state, _tree, t) {
  const text = state.doc.toString();
  if (!text.trim()) return [];
  try {
    JSON.parse(text);
    return [];
  } catch (error) {
    const at = Math.min(placeOf(error.message, state.doc), text.length);
    return [
      {
        from: Math.max(0, at - (at === text.length ? 1 : 0)),
        to: Math.min(text.length, at + 1),
        severity: "error",
        message: t("lint.json", { message: error.message }),
      },
    ];
  }
}

/** Engines say "at position 12" or "at line 3 column 4". */
function placeOf(message, doc) {
  const lined = /line (\d+) column (\d+)/.exec(message);
  if (lined) return doc.line(Math.min(doc.lines, Number(lined[1]))).from + Number(lined[2]) - 1;
  const counted = /position (\d+)/.exec(message);
  return counted ? Number(counted[1]) : doc.length;
}
