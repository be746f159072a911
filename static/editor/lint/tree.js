// Languages that no parser of ours reads: what their grammar cannot place. One mark a line, for the first on it.

const MOST = 20;
/** Tags that nothing opens, or closes. */
const ODD = /^(Mismatched|Missing|Incomplete)/;

/** Right Python that its grammar does not know: a bare `yield`, `case A():`, `with (…)`, parameters of types. */
const UNKNOWN_PYTHON =
  /\byield\s*([)\]},#]|$)|^\s*case\b.*\(\s*\)|^\s*(async\s+)?with\s*\(|^\s*(async\s+)?(def|class|type)\s+\w+\s*\[|\sas\s+\w+\)?[,:]?\s*$/;

export function pythonProblems(state, tree, t) {
  const { doc } = state;
  return treeProblems(state, tree, t).filter(({ from }) => !UNKNOWN_PYTHON.test(doc.lineAt(from).text));
}

export function treeProblems(state, tree, t) {
  const found = [];
  const lines = new Set();
  tree.iterate({
    enter({ type, from, to }) {
      if (!(type.isError || ODD.test(type.name)) || found.length >= MOST) return;
      const at = placeOf(state.doc, from, to);
      const { number } = state.doc.lineAt(at.from);
      if (lines.has(number)) return;
      lines.add(number);
      found.push({ ...at, severity: "error", message: t("lint.unexpected") });
    },
  });
  return found;
}

/** Where something is missing there is nothing to mark: the letter before it then, past white space. */
function placeOf(doc, from, to) {
  if (to > from)
    return { from, to: Math.min(to, doc.lineAt(from).to) > from ? Math.min(to, doc.lineAt(from).to) : to };
  const before = doc.sliceString(Math.max(0, from - 500), from).trimEnd().length;
  const end = Math.max(0, from - 500) + before;
  return before ? { from: end - 1, to: end } : { from, to: Math.min(doc.length, from + 1) };
}
