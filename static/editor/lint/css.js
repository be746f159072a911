// CSS: properties that this browser does not know, and rules with nothing in them.

/** Blocks whose names are no properties. */
const DESCRIPTORS =
  /^@(font-face|property|counter-style|page|font-feature-values|font-palette-values|view-transition)/i;

export function cssProblems(state, tree, t) {
  const found = [];
  tree.iterate({
    enter(node) {
      if (node.name === "Declaration") checkProperty(node.node, state, found, t);
      if (node.name === "RuleSet") checkEmpty(node.node, state, found, t);
    },
  });
  return found;
}

function checkProperty(declaration, state, found, t) {
  const node = declaration.getChild("PropertyName");
  if (!node || isDescriptor(declaration, state)) return;
  const name = state.sliceDoc(node.from, node.to).trim();
  if (isKnown(name)) return;
  found.push({ from: node.from, to: node.to, severity: "warning", message: t("lint.property", { name }) });
}

function isKnown(name) {
  if (name.startsWith("--") || name.startsWith("-") || name.startsWith("*")) return true;
  return globalThis.CSS?.supports?.(name, "initial") ?? true;
}

function isDescriptor(declaration, state) {
  for (let node = declaration.parent; node; node = node.parent) {
    if (node.name.endsWith("AtRule") || node.name.endsWith("Statement") || node.name === "AtRule") {
      if (DESCRIPTORS.test(state.sliceDoc(node.from, node.from + 40))) return true;
    }
  }
  return false;
}

function checkEmpty(rule, state, found, t) {
  const block = rule.getChild("Block");
  if (!block || state.sliceDoc(block.from + 1, block.to - 1).trim()) return;
  found.push({ from: rule.from, to: rule.to, severity: "info", message: t("lint.empty_rule") });
}
