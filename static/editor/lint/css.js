// CSS: properties and values that this browser does not know, rules with nothing in them.

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
  const mark = (severity, key, values) =>
    found.push({ from: node.from, to: node.to, severity, message: t(key, values) });
  if (!isKnown(name)) mark("warning", "lint.property", { name });
  else if (!isGuarded(declaration, name, state)) {
    const value = givenValue(declaration, node, state);
    if (value && !canBe(name, value)) mark("warning", "lint.value", { name, value: value.slice(0, 60) });
  }
}

/** What a value is, without `!important`; nothing where it is broken or of another browser. */
function givenValue(declaration, node, state) {
  if (hasError(declaration)) return "";
  const text = state
    .sliceDoc(node.to, declaration.to)
    .replace(/^\s*:/, "")
    .replace(/\/\*[\s\S]*?\*\//g, " ");
  const value = text
    .replace(/;\s*$/, "")
    .replace(/!\s*important\s*$/i, "")
    .trim();
  return /(^|[\s(,])-(webkit|moz|ms|o|apple)-|[\\!{}]/i.test(value) ? "" : value;
}

function hasError(node) {
  let found = false;
  node.cursor().iterate(({ type }) => {
    found ||= type.isError;
  });
  return found;
}

/** Given twice in one rule: the first is for browsers that do not know the second. `@supports` asks the browser itself. */
function isGuarded(declaration, name, state) {
  const same = declaration.parent
    .getChildren("Declaration")
    .filter((other) => state.sliceDoc(other.from, other.to).trimStart().startsWith(name));
  if (same.length > 1) return true;
  for (let node = declaration.parent; node; node = node.parent)
    if (node.name === "SupportsStatement") return true;
  return false;
}

function canBe(name, value) {
  if (/^(--|-|\*)/.test(name)) return true;
  return globalThis.CSS?.supports?.(name, value) ?? true;
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
