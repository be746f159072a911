// The files of a project as a tree of folders, and which rows of it are shown. No DOM.

const ORDER = new Intl.Collator(undefined, { numeric: true, sensitivity: "base" });

/** `path` is empty for the root. A folder's `children` are by name. */
class Node {
  #sorted = null;

  constructor(path, parent, isFolder) {
    this.path = path;
    this.parent = parent;
    this.isFolder = isFolder;
    this.name = path.slice(path.lastIndexOf("/") + 1);
    this.level = parent ? parent.level + 1 : 0;
    this.children = isFolder ? new Map() : null;
    /** A file that somebody proposes, and that is not there. */
    this.isProposed = false;
  }

  put(child) {
    this.children.set(child.name, child);
    this.#sorted = null;
  }

  drop(name) {
    this.children.delete(name);
    this.#sorted = null;
  }

  /** Folders first, then by name as people read it. */
  get sorted() {
    this.#sorted ??= [...this.children.values()].sort(
      (a, b) => Number(b.isFolder) - Number(a.isFolder) || ORDER.compare(a.name, b.name),
    );
    return this.#sorted;
  }
}

export class TreeModel {
  #root = new Node("", null, true);
  #nodes = new Map([["", this.#root]]);
  #rows = null;
  #index = null;
  #filter = [];
  #emptyFolders = new Set();
  #proposed = [];
  expanded = new Set();

  constructor(paths = []) {
    this.replace(paths);
  }

  /** All files anew; what is expanded stays. */
  replace(paths) {
    this.#root = new Node("", null, true);
    this.#nodes = new Map([["", this.#root]]);
    for (const path of paths) this.#add(path);
    for (const folder of this.#emptyFolders) this.#folder(folder);
    this.#putProposed();
    this.changed();
  }

  /** Files that came and went. */
  update({ added = [], gone = [] }) {
    this.#takeProposed();
    for (const path of gone) this.#remove(path);
    for (const path of added) this.#add(path);
    this.#putProposed();
    this.changed();
  }

  /** Files that are proposed: a row each while they are not there, and nothing else that a file is. */
  propose(paths) {
    this.#takeProposed();
    this.#proposed = paths;
    this.#putProposed();
    this.changed();
  }

  /** Whether a row is of a proposed file, or of a folder that only such files would make. */
  isProposed(node) {
    if (!node.isFolder) return node.isProposed;
    if (!node.path || !node.children.size || this.#emptyFolders.has(node.path)) return false;
    return [...node.children.values()].every((child) => this.isProposed(child));
  }

  /** A folder without files is only here: a project keeps files. */
  addFolder(path) {
    this.#emptyFolders.add(path);
    this.#folder(path);
    this.changed();
  }

  forgetFolder(path) {
    for (const folder of this.#emptyFolders) {
      if (folder === path || folder.startsWith(`${path}/`)) this.#emptyFolders.delete(folder);
    }
    const node = this.#nodes.get(path);
    if (node) this.#prune(node);
    this.changed();
  }

  get(path) {
    return this.#nodes.get(path);
  }

  /** Whether a file or folder is there. */
  has(path) {
    const node = this.#nodes.get(path);
    return node !== undefined && !this.isProposed(node);
  }

  get fileCount() {
    return this.paths().length;
  }

  paths() {
    const isThere = (node) => !node.isFolder && !node.isProposed;
    return [...this.#nodes.values()].filter(isThere).map((node) => node.path);
  }

  folders() {
    const isThere = (node) => node.isFolder && node.path && !this.isProposed(node);
    return [...this.#nodes.values()].filter(isThere).map((node) => node.path);
  }

  /** The files that a path stands for: itself, or all that are in it. */
  filesIn(path) {
    const node = this.#nodes.get(path);
    if (!node || node.isProposed) return [];
    return node.isFolder ? [...node.children.values()].flatMap((child) => this.filesIn(child.path)) : [path];
  }

  set filter(text) {
    this.#filter = text.toLowerCase().split(/\s+/).filter(Boolean);
    this.changed();
  }

  get isFiltered() {
    return this.#filter.length > 0;
  }

  /** Opens the folders above a path. */
  reveal(path) {
    for (let node = this.#nodes.get(path)?.parent; node?.path; node = node.parent)
      this.expanded.add(node.path);
    this.changed();
  }

  toggle(path, open = !this.expanded.has(path)) {
    if (open) this.expanded.add(path);
    else this.expanded.delete(path);
    this.changed();
  }

  isOpen(node) {
    return node.isFolder && (this.isFiltered || this.expanded.has(node.path));
  }

  /** What is shown, from the top: `{node, position, size}` among its siblings. */
  get rows() {
    this.#rows ??= this.#flattened();
    return this.#rows;
  }

  /** The row of a path; -1 where it is not shown. */
  indexOf(path) {
    this.#index ??= new Map(this.rows.map(({ node }, index) => [node.path, index]));
    return this.#index.get(path) ?? -1;
  }

  changed() {
    this.#rows = this.#index = null;
  }

  #flattened() {
    const rows = [];
    const wanted = this.isFiltered ? this.#matching() : null;
    const visit = (folder) => {
      const shown = wanted ? folder.sorted.filter((node) => wanted.has(node)) : folder.sorted;
      shown.forEach((node, index) => {
        rows.push({ node, position: index + 1, size: shown.length });
        if (this.isOpen(node)) visit(node);
      });
    };
    visit(this.#root);
    return rows;
  }

  /** The files whose path has every word of the filter, and the folders that lead to them. */
  #matching() {
    const found = new Set();
    for (const node of this.#nodes.values()) {
      const path = node.path.toLowerCase();
      if (node.isFolder || !this.#filter.every((word) => path.includes(word))) continue;
      for (let up = node; up?.path; up = up.parent) found.add(up);
    }
    return found;
  }

  #add(path) {
    if (this.#nodes.get(path)?.isFolder === false) return;
    const parent = this.#folder(path.slice(0, Math.max(path.lastIndexOf("/"), 0)));
    const node = new Node(path, parent, false);
    this.#nodes.set(path, node);
    parent.put(node);
  }

  #folder(path) {
    const known = this.#nodes.get(path);
    if (known?.isFolder) return known;
    const parent = this.#folder(path.slice(0, Math.max(path.lastIndexOf("/"), 0)));
    const node = new Node(path, parent, true);
    this.#nodes.set(path, node);
    parent.put(node);
    return node;
  }

  #remove(path) {
    const node = this.#nodes.get(path);
    if (!node || node.isFolder) return;
    this.#nodes.delete(path);
    node.parent.drop(node.name);
    this.#prune(node.parent);
  }

  #putProposed() {
    for (const path of this.#proposed) {
      if (this.#nodes.has(path) || this.#isBelowFile(path)) continue;
      this.#add(path);
      this.#nodes.get(path).isProposed = true;
    }
  }

  #takeProposed() {
    for (const path of this.#proposed) if (this.#nodes.get(path)?.isProposed) this.#remove(path);
  }

  #isBelowFile(path) {
    for (let up = parentOf(path); up; up = parentOf(up))
      if (this.#nodes.get(up)?.isFolder === false) return true;
    return false;
  }

  /** A folder goes with its last file, unless somebody has just made it. */
  #prune(node) {
    if (!node.path || !node.isFolder || node.children.size || this.#emptyFolders.has(node.path)) return;
    this.#nodes.delete(node.path);
    node.parent.drop(node.name);
    this.#prune(node.parent);
  }
}

export function parentOf(path) {
  return path.slice(0, Math.max(path.lastIndexOf("/"), 0));
}

export function join(folder, name) {
  return folder ? `${folder}/${name}` : name;
}

/** "a (2).txt": the next name beside `path` that is free. */
export function freeName(path, taken) {
  const dot = path.lastIndexOf(".");
  const cut = dot > path.lastIndexOf("/") + 1 ? dot : path.length;
  let count = 2;
  while (taken(`${path.slice(0, cut)} (${count})${path.slice(cut)}`)) count += 1;
  return `${path.slice(0, cut)} (${count})${path.slice(cut)}`;
}

/** Without what lies inside of another one: a folder stands for its files. */
export function outermost(paths) {
  const all = new Set(paths);
  return [...all].filter((path) => {
    for (let up = parentOf(path); up; up = parentOf(up)) if (all.has(up)) return false;
    return true;
  });
}
