// JavaScript and TypeScript: a few mistakes that parse well and are hardly ever meant.

export function scriptProblems(state, tree, t) {
  const found = [];
  const add = (node, severity, message) => found.push({ from: node.from, to: node.to, severity, message });
  tree.iterate({
    enter(node) {
      if (node.name === "DebuggerStatement") add(node, "warning", t("lint.debugger"));
      if (node.name === "IfStatement" || node.name === "WhileStatement") checkCondition(node.node, add, t);
      if (node.name === "ObjectExpression") checkKeys(node.node, state, add, t);
    },
  });
  return found;
}

/** `if (a = b)`; doubled parentheses say that it is meant. */
function checkCondition(statement, add, t) {
  const assigned = statement.getChild("ParenthesizedExpression")?.getChild("AssignmentExpression");
  if (assigned) add(assigned, "warning", t("lint.assigned"));
}

function checkKeys(object, state, add, t) {
  const seen = new Set();
  for (const property of object.getChildren("Property")) {
    const key = property.firstChild;
    if (!key || !/^(PropertyDefinition|String|Number)$/.test(key.name)) continue; // a getter and its setter share a name
    const name = state.sliceDoc(key.from, key.to).replace(/^["']|["']$/g, "");
    if (seen.has(name) && name !== "__proto__") add(key, "warning", t("lint.key_twice", { name }));
    seen.add(name);
  }
}
