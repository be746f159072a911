// HTML: tags that nothing opens or closes, ids given twice, images without a description.

const FREE = new Set(
  "html head body p li dt dd option optgroup tr td th thead tbody tfoot colgroup rt rp".split(" "),
);

export function htmlProblems(state, tree, t) {
  const found = [];
  const ids = new Map();
  const add = (node, severity, message) => found.push({ from: node.from, to: node.to, severity, message });
  tree.iterate({
    enter(node) {
      if (node.name === "MismatchedCloseTag") add(node, "error", t("lint.mismatched"));
      if (node.name === "Element") checkClosed(node.node, state, add, t);
      if (node.name === "OpenTag" || node.name === "SelfClosingTag")
        checkTag(node.node, state, { add, ids, t });
    },
  });
  return found;
}

function checkClosed(element, state, add, t) {
  const open = element.getChild("OpenTag");
  if (!open || element.getChild("CloseTag")) return;
  const name = nameOf(open, state);
  if (name && !FREE.has(name)) add(open, "warning", t("lint.unclosed", { tag: name }));
}

function checkTag(tag, state, { add, ids, t }) {
  const name = nameOf(tag, state);
  const attributes = attributesOf(tag, state);
  if (name === "img" && !attributes.has("alt")) add(tag, "warning", t("lint.alt"));
  if (name === "html" && !attributes.has("lang")) add(tag, "warning", t("lint.lang"));
  const id = attributes.get("id");
  if (!id?.value) return;
  if (ids.has(id.value))
    add(id.node, "warning", t("lint.id_twice", { id: id.value, line: ids.get(id.value) }));
  else ids.set(id.value, state.doc.lineAt(tag.from).number);
}

export function attributesOf(tag, state) {
  const found = new Map();
  for (const node of tag.getChildren("Attribute")) {
    const name = textOf(node.getChild("AttributeName"), state).toLowerCase();
    const value = node.getChild("AttributeValue") ?? node.getChild("UnquotedAttributeValue");
    found.set(name, { node, value: textOf(value, state).replace(/^["']|["']$/g, "") });
  }
  return found;
}

/** The name of a tag, small. */
export function nameOf(tag, state) {
  return textOf(tag?.getChild("TagName"), state).toLowerCase();
}

function textOf(node, state) {
  return node ? state.sliceDoc(node.from, node.to) : "";
}
