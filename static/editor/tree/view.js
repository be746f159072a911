// Draws the rows of the tree that can be seen. The focus stays on the tree itself (`aria-activedescendant`), so rows may
// come and go while it scrolls.
import { h } from "../dom.js";
import { drawing } from "../drawing.js";
import { DRAWINGS, kindOf } from "./kinds.js";

const MARGIN = 12;

export class TreeView {
  #root;
  #space;
  #model;
  #selection;
  #t;
  #drawn = "";
  #kept = new Map();
  #frame = 0;
  /** What the caller knows: the open file, marks, the row that is being edited. */
  current = null;
  marks = new Map();
  markedFolders = new Set();
  notes = {};
  editing = null;
  target = null;

  constructor(root, { model, selection, t }) {
    this.#root = root;
    this.#model = model;
    this.#selection = selection;
    this.#t = t;
    this.#space = h("div", { class: "tree-space", role: "presentation" });
    root.append(this.#space);
    root.addEventListener("scroll", () => this.later(), { passive: true });
    new ResizeObserver(() => this.later()).observe(root);
  }

  get rowHeight() {
    return matchMedia("(pointer: coarse)").matches ? 40 : 28;
  }

  /** How many rows fit: for page up and down. */
  get page() {
    return Math.max(1, Math.floor(this.#root.clientHeight / this.rowHeight) - 1);
  }

  /** Draws at the next frame, once, whatever asks for it. */
  later() {
    if (!this.#frame) this.#frame = requestAnimationFrame(() => this.draw());
  }

  draw({ anew = false } = {}) {
    cancelAnimationFrame(this.#frame);
    this.#frame = 0;
    const { rows } = this.#model;
    const height = this.rowHeight;
    const first = Math.max(0, Math.floor(this.#root.scrollTop / height) - MARGIN);
    const last = Math.min(
      rows.length,
      Math.ceil((this.#root.scrollTop + this.#root.clientHeight) / height) + MARGIN,
    );
    this.#space.style.height = `${rows.length * height}px`;
    const window = `${first}:${last}`;
    if (anew || window !== this.#drawn) this.#fill(rows.slice(first, last), first * height);
    this.#drawn = window;
    this.#point();
  }

  /** Everything may have changed. */
  redraw() {
    this.draw({ anew: true });
  }

  /** Brings a row into sight. */
  showRow(path) {
    const index = this.#model.indexOf(path);
    if (index < 0) return;
    const height = this.rowHeight;
    const { scrollTop, clientHeight } = this.#root;
    if (index * height < scrollTop) this.#root.scrollTop = index * height;
    else if ((index + 1) * height > scrollTop + clientHeight) {
      this.#root.scrollTop = (index + 1) * height - clientHeight;
    }
    this.redraw();
  }

  rowOf(path) {
    return this.#root.querySelector(`[data-path="${CSS.escape(path)}"]`);
  }

  /** Rows that stay are the same elements: a press that began on one ends on it. */
  #fill(rows, top) {
    const before = this.#kept;
    this.#kept = new Map();
    for (const row of rows) {
      const made = this.#look(row);
      const old = before.get(row.node.path);
      const kept = old?.look === made ? old : { look: made, element: this.#made(row, old?.element) };
      this.#state(kept.element, row);
      this.#kept.set(row.node.path, kept);
    }
    this.#place([...this.#kept.values()].map(({ element }) => element));
    this.#space.style.paddingTop = `${top}px`;
    const input = this.#space.querySelector("input");
    if (input && document.activeElement !== input) this.editing.focus();
  }

  /** Only what is elsewhere is moved: of a row that is taken out and put back the browser forgets the press. */
  #place(elements) {
    const stays = new Set(elements);
    for (const child of [...this.#space.children]) if (!stays.has(child)) child.remove();
    for (const [index, element] of elements.entries()) {
      const there = this.#space.children[index] ?? null;
      if (there !== element) this.#space.insertBefore(element, there);
    }
  }

  #made(row, before) {
    const made = this.#row(row);
    return before ? become(before, made) : made;
  }

  /** What a row is made of; where it differs the row is filled anew. */
  #look({ node }) {
    const marks = node.isFolder ? this.markedFolders.has(node.path) : [...(this.marks.get(node.path) ?? [])];
    const note = this.#noteOf("proposals", node.path);
    return JSON.stringify([
      note,
      node.isFolder,
      this.#model.isProposed(node),
      this.#model.isOpen(node),
      this.editing?.path === node.path,
      marks,
    ]);
  }

  #state(element, { node, position, size }) {
    const { path } = node;
    put(element, "aria-posinset", position);
    put(element, "aria-setsize", size);
    put(element, "aria-selected", String(this.#selection.has(path)));
    put(element, "aria-current", path === this.current ? "true" : null);
    put(element, "data-active", path === this.#selection.active ? "" : null);
    put(element, "data-target", path === this.target ? "" : null);
  }

  #point() {
    const { active } = this.#selection;
    const row = active === null ? null : this.rowOf(active);
    if (row) this.#root.setAttribute("aria-activedescendant", row.id);
    else this.#root.removeAttribute("aria-activedescendant");
  }

  #row({ node }) {
    const { path } = node;
    const isOpen = this.#model.isOpen(node);
    const isProposed = this.#model.isProposed(node);
    const row = h(
      "div",
      {
        class: isProposed ? "tree-row proposed" : "tree-row",
        id: `tree-${encodeURIComponent(path)}`,
        role: "treeitem",
        "aria-level": node.level,
        "aria-expanded": node.isFolder ? String(isOpen) : null,
        "data-path": path,
        draggable: String(!isProposed),
        title: isProposed ? `${path} · ${this.#t("tree.proposed")}` : path,
      },
      node.isFolder ? drawing("M9 6l6 6-6 6", "tree-arrow") : h("span", { class: "tree-arrow" }),
      this.#icon(node, isOpen),
      this.editing?.path === path ? this.editing.element : h("span", { class: "tree-name" }, node.name),
      ...(isProposed ? [h("span", { class: "sr-only" }, ` ${this.#t("tree.proposed")}`)] : []),
      ...this.#marksOf(node, isOpen),
    );
    row.style.setProperty("--level", node.level - 1);
    return row;
  }

  #icon(node, isOpen) {
    if (node.isFolder) return drawing(DRAWINGS[isOpen ? "open" : "folder"], "tree-icon", { kind: "folder" });
    const kind = kindOf(node.path);
    return drawing(DRAWINGS[kind], "tree-icon", { kind });
  }

  #marksOf(node, isOpen) {
    if (node.isFolder) {
      return !isOpen && this.markedFolders.has(node.path)
        ? [mark("inside", this.#t("tree.mark.inside"))]
        : [];
    }
    return [...(this.marks.get(node.path) ?? [])].map(([kind, count]) => this.#mark(kind, count, node.path));
  }

  #noteOf(kind, path) {
    const notes = this.notes[kind] ?? {};
    return Object.hasOwn(notes, path) ? notes[path] : null;
  }

  #mark(kind, count, path) {
    if (kind === "here") return mark(kind, this.#t("tree.mark.here", { names: count }), initials(count));
    const label = this.#t(`tree.mark.${kind}`, { count }) + (this.#noteOf(kind, path) ?? "");
    return mark(kind, label, kind === "proposals" ? String(count) : "");
  }
}

/** The same element with all that another one has: a press on any part of it that stays is not forgotten. */
function become(element, made) {
  for (const { name } of [...element.attributes]) if (!made.hasAttribute(name)) put(element, name, null);
  for (const { name, value } of made.attributes) put(element, name, value);
  const parts = [...made.childNodes];
  for (const [index, part] of parts.entries()) {
    const there = element.childNodes[index];
    if (!there) element.append(part);
    else if (there.isEqualNode(part)) continue;
    else if (isSameKind(there, part)) become(there, part);
    else there.replaceWith(part);
  }
  while (element.childNodes.length > parts.length) element.lastChild.remove();
  return element;
}

function isSameKind(one, other) {
  return one.localName !== undefined && one.localName === other.localName && classOf(one) === classOf(other);
}

const classOf = (element) => element.getAttribute("class");

/** Only what differs: nothing is announced twice. */
function put(element, name, value) {
  if (value === null) element.removeAttribute(name);
  else if (element.getAttribute(name) !== String(value)) element.setAttribute(name, value);
}

function mark(kind, label, text = "") {
  return h(
    "span",
    { class: `tree-mark ${kind}`, title: label },
    h("span", { "aria-hidden": "true" }, text),
    h("span", { class: "sr-only" }, ` ${label}`),
  );
}

function initials(names) {
  return names
    .split(", ")
    .map((name) => name[0]?.toUpperCase() ?? "")
    .join("")
    .slice(0, 3);
}
