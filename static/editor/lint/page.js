// HTML: what browsers accept and people stumble over: elements that no browser knows, attributes given twice, controls
// without a name, elements in others that they cannot stand in.
import { attributesOf, nameOf } from "./html.js";

const OLD = new Set(
  "acronym applet basefont big blink center dir font frame frameset marquee noframes strike tt".split(" "),
);
/** Neither may stand in another of its own kind. */
const ACTIVE = { a: ["a", "button"], button: ["a", "button"], form: ["form"], label: ["label"] };
const UNNAMED = new Set(["hidden", "submit", "reset", "button", "image"]);
const NAMES = ["aria-label", "aria-labelledby", "title"];

export function pageProblems(state, tree, t) {
  const found = [];
  const page = { state, labelled: labelsOf(state), add: adder(found, t) };
  tree.iterate({
    enter({ name, node }) {
      if (name === "OpenTag" || name === "SelfClosingTag") checkTag(node, page);
      if (name === "Element") checkElement(node, page);
    },
  });
  return found;
}

function adder(found, t) {
  return ({ from, to }, severity, code, values = {}) =>
    found.push({ from, to, severity, message: t(`lint.${code}`, values) });
}

/** The ids that a `<label for>` names. */
function labelsOf({ doc }) {
  return new Set(
    [...doc.toString().matchAll(/<label\b[^>]*?\bfor\s*=\s*["']?([^"'\s>]+)/gi)].map(([, id]) => id),
  );
}

function checkTag(tag, page) {
  const { state, add } = page;
  const name = nameOf(tag, state);
  const node = tag.getChild("TagName");
  if (!node) return;
  if (OLD.has(name)) add(node, "warning", "old_tag", { tag: name });
  else if (isUnknown(name, tag, state)) add(node, "warning", "unknown_tag", { tag: name });
  checkTwice(tag, page);
  if (isControl(name)) checkControl(tag, page);
  const attributes = attributesOf(tag, state);
  if (name === "iframe" && !attributes.has("title")) add(tag, "warning", "iframe_title");
}

/** The browser itself is asked; what stands in a drawing or a formula is not HTML. */
function isUnknown(name, tag, state) {
  if (name.includes("-") || name.includes(":") || typeof document === "undefined") return false;
  for (let node = tag.parent?.parent; node; node = node.parent) {
    if (node.name === "Element" && /^(svg|math)$/.test(nameOf(node.getChild("OpenTag"), state))) return false;
  }
  return document.createElement(name) instanceof HTMLUnknownElement;
}

function checkTwice(tag, { state, add }) {
  const seen = new Set();
  for (const node of tag.getChildren("Attribute")) {
    const given = node.getChild("AttributeName");
    const name = given ? state.sliceDoc(given.from, given.to).toLowerCase() : "";
    if (name && seen.has(name)) add(given, "warning", "attribute_twice", { name });
    seen.add(name);
  }
}

function isControl(name) {
  return name === "input" || name === "select" || name === "textarea";
}

/** A field that says nothing of itself, and that no label names or holds. */
function checkControl(tag, { state, add, labelled }) {
  const attributes = attributesOf(tag, state);
  const value = (name) => attributes.get(name)?.value ?? "";
  if (UNNAMED.has(value("type").toLowerCase()) || NAMES.some((name) => value(name))) return;
  if (labelled.has(value("id")) || value("placeholder") || isWithin(tag, "label", state)) return;
  add(tag, "warning", "unlabelled");
}

function isWithin(tag, name, state) {
  for (let node = tag.parent?.parent; node; node = node.parent) {
    if (node.name === "Element" && nameOf(node.getChild("OpenTag"), state) === name) return true;
  }
  return false;
}

function checkElement(element, { state, add }) {
  const open = element.getChild("OpenTag");
  const name = nameOf(open, state);
  for (const outer of ACTIVE[name] ?? []) {
    if (isWithin(open, outer, state)) add(open, "warning", "nested", { tag: name, outer });
  }
  if (name === "head" && !hasTitle(element, state)) add(open, "warning", "no_title");
  if ((name === "button" || name === "a") && isNameless(element, open, state))
    add(open, "warning", "nameless", { tag: name });
}

function hasTitle(head, state) {
  return /<title\b/i.test(state.sliceDoc(head.from, head.to));
}

/** Nothing in it that could be read: no text, no picture with words. An anchor without `href` is only a place. */
function isNameless(element, open, state) {
  const attributes = attributesOf(open, state);
  if (NAMES.some((name) => attributes.get(name)?.value)) return false;
  if (nameOf(open, state) === "a" && !attributes.has("href")) return false;
  if (attributes.has("id") || attributes.has("class")) return false; // a script may fill it, a style sheet draw in it
  const close = element.getChild("CloseTag");
  return Boolean(close) && !state.sliceDoc(open.to, close.from).trim();
}
