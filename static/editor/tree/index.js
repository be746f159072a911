// The files of the project: a tree for mouse and keyboard, with all that can be done with files.
import { h } from "../dom.js";
import { dropped, picked } from "../transfer/sources.js";
import { upload } from "../transfer/upload.js";
import { TreeActions } from "./actions.js";
import { addTreeCommands } from "./commands.js";
import { TreeMenu } from "./context_menu.js";
import { keepFilesOut, startDragging } from "./drag.js";
import { emptySays } from "./empty.js";
import { filterField } from "./filter.js";
import { TreeKeys } from "./keyboard.js";
import { Marks } from "./marks.js";
import { parentOf, TreeModel } from "./model.js";
import { Naming } from "./naming.js";
import { OpenFolders } from "./open_folders.js";
import { Selection } from "./selection.js";
import { toolbar } from "./toolbar.js";
import { TreeView } from "./view.js";

class FileTree {
  #studio;
  #root;
  #pane;
  #news = 0;
  #marks = new Marks();
  #folders;
  #naming;

  constructor(studio, pane) {
    this.#studio = studio;
    this.#pane = pane;
    this.canWrite = studio.project.canWrite;
    this.model = new TreeModel(studio.given.paths);
    this.#folders = new OpenFolders(studio.project.id, this.model);
    this.selection = new Selection(this.model);
    this.actions = new TreeActions(studio, this);
    this.#root = h("div", {
      class: "tree",
      role: "tree",
      tabindex: "0",
      "aria-label": studio.t("tree.label"),
      "aria-multiselectable": "true",
    });
    this.filter = filterField(studio.t, {
      filtered: (text) => this.#filtered(text),
      left: () => this.#goToFound(),
    });
    this.empty = h("div", { class: "tree-empty" });
    pane.replaceChildren(toolbar(studio, this), this.filter, this.empty, this.#root);
    this.view = new TreeView(this.#root, { model: this.model, selection: this.selection, t: studio.t });
    this.menu = new TreeMenu(studio, this, this.#root);
    this.#naming = new Naming(studio, this, this.#root);
    this.#folders.restore();
    this.#listen();
    this.repaint();
  }

  get folder() {
    const { active } = this.selection;
    if (active === null) return "";
    return this.model.get(active)?.isFolder ? active : parentOf(active);
  }

  focus() {
    if (this.selection.active === null) this.selection.go(this.model.rows[0]?.node.path ?? null);
    this.view.showRow(this.selection.active);
    this.#root.focus();
  }

  choose(how, path) {
    this.selection[how](path);
    this.view.showRow(path);
  }

  /** By keyboard one goes on in the text; by mouse among the files. */
  open(path, { focus = true } = {}) {
    const node = this.model.get(path);
    if (node?.isFolder) this.toggle(path);
    else if (node?.isProposed) this.review(path);
    else this.#studio.open(path, { focus });
  }

  toggle(path, open) {
    this.model.toggle(path, open);
    this.#folders.keep();
    this.repaint();
  }

  expandBeside(path) {
    for (const node of this.model.get(path).parent.sorted)
      if (node.isFolder) this.model.toggle(node.path, true);
    this.#folders.keep();
    this.repaint();
  }

  collapseAll() {
    this.model.expanded.clear();
    this.model.changed();
    this.#folders.keep();
    this.repaint();
  }

  /** Opens the folders above, chooses the row and brings it into sight. */
  show(path) {
    this.model.reveal(path);
    this.selection.only(path);
    this.#folders.keep();
    this.repaint();
    this.view.showRow(path);
  }

  move(paths, folder) {
    return this.canWrite && this.actions.moveInto(paths, folder);
  }

  canMove(paths, folder) {
    return this.actions.movable(paths, folder).length > 0;
  }

  async upload(transfer, folder) {
    if (this.canWrite) await upload(this.#studio, await dropped(transfer), folder);
  }

  async pick(isFolder) {
    const files = await picked(isFolder);
    if (files.length) await upload(this.#studio, files, this.folder);
  }

  startNew(kind) {
    this.#naming.start(kind);
  }

  run(command) {
    const targets = this.selection.targets.filter((path) => this.model.has(path));
    const needsWrite = { rename: true, delete: true, cut: true, copy: true, paste: true };
    if (needsWrite[command] && !this.canWrite) return;
    const commands = {
      rename: () => this.model.has(this.selection.active) && this.#naming.rename(),
      delete: () => targets.length && this.actions.remove(targets),
      cut: () => targets.length && this.actions.hold(targets, "cut"),
      copy: () => targets.length && this.actions.hold(targets, "copy"),
      paste: () => this.actions.paste(this.folder),
      menu: () => this.menu.showAtRow(),
      escape: () => this.selection.only(this.selection.active),
      "select-all": () => this.selection.all(),
    };
    commands[command]();
    if (!this.view.editing) this.view.redraw();
  }

  /** What the server or another area says has changed. */
  changed({ paths, gone = [], renamed = {} }) {
    this.#news += 1;
    if (paths === null || gone === null) return this.refresh();
    const index = this.model.indexOf(this.selection.active);
    const away = new Set(gone);
    for (const [from, to] of Object.entries(renamed)) this.#follow(from, to);
    this.model.update({ gone, added: paths.filter((path) => !away.has(path)) });
    this.selection.repair(index);
    this.repaint();
    return null;
  }

  async refresh() {
    const news = this.#news;
    const paths = [];
    let after = "";
    do {
      const page = await this.#studio.api.get("files", { query: { limit: 10_000, after } });
      paths.push(...page.files.map((file) => file.path));
      after = page.next;
    } while (after);
    if (news !== this.#news) return this.refresh(); // what came meanwhile may be newer than this list
    const index = this.model.indexOf(this.selection.active);
    this.model.replace(paths);
    this.selection.repair(index);
    this.repaint();
  }

  mark(path, kind, count = 1) {
    this.#marks.set(path, kind, count);
    this.#marked();
  }

  /** How often a file is marked so. */
  marked(path, kind) {
    return this.#marks.byPath.get(path)?.get(kind) ?? 0;
  }

  review(path) {
    this.choose("only", path);
    this.#studio.commands.run("review-file", path);
  }

  /** `notes` are texts that go on with what the marks say, by path. */
  markAll(kind, counts, notes = {}) {
    this.#marks.setAll(kind, counts);
    this.view.notes[kind] = notes;
    this.#marked();
  }

  /** Files that are proposed and not there: they have rows, too. */
  propose(paths) {
    const index = this.model.indexOf(this.selection.active);
    this.model.propose(paths);
    this.selection.repair(index);
    if (!this.view.editing) this.repaint();
  }

  repaint() {
    const { fileCount } = this.model;
    this.#pane.querySelector("[data-count]").textContent = new Intl.NumberFormat().format(fileCount);
    const nothing = this.model.rows.length === 0;
    this.#root.hidden = nothing;
    this.empty.hidden = !nothing;
    if (nothing) this.#sayEmpty();
    this.view.redraw();
  }

  #sayEmpty() {
    const { t } = this.#studio;
    const startNew = () => this.startNew("file");
    const { isFiltered } = this.model;
    this.empty.replaceChildren(...emptySays(t, { isFiltered, canWrite: this.canWrite, startNew }));
  }

  #follow(from, to) {
    if (this.selection.active === from) this.model.reveal(to);
    if (this.selection.has(from)) this.selection.only(to);
    if (this.selection.active === from) this.selection.go(to);
  }

  #marked() {
    this.view.marks = this.#marks.byPath;
    this.view.markedFolders = this.#marks.folders;
    if (!this.view.editing) this.view.redraw();
  }

  #listen() {
    new TreeKeys(this.#root, this);
    startDragging(this.#pane, this);
    keepFilesOut(document);
    this.#root.addEventListener("click", (event) => this.#click(event));
    this.#root.addEventListener("focus", () => {
      if (this.selection.active === null) this.selection.go(this.model.rows[0]?.node.path ?? null);
      this.view.redraw();
    });
    const { bus } = this.#studio;
    for (const name of ["file:opened", "file:shown"]) {
      bus.addEventListener(name, ({ detail }) => this.#opened(detail.path));
    }
    bus.addEventListener("file:dirty", ({ detail }) => this.mark(detail.path, "dirty", detail.dirty));
    bus.addEventListener("files:changed", ({ detail }) => this.changed(detail));
    bus.addEventListener("panes", () => this.view.later());
  }

  #filtered(text) {
    this.model.filter = text;
    this.#root.scrollTop = 0;
    this.repaint();
  }

  #goToFound() {
    const first = this.model.rows.find(({ node }) => !this.model.isFiltered || !node.isFolder);
    if (first) this.selection.only(first.node.path);
    this.focus();
  }

  #opened(path) {
    this.view.current = path;
    if (this.model.has(path) && this.model.indexOf(path) < 0 && !this.model.isFiltered)
      this.model.reveal(path);
    // Whoever walks through the tree meanwhile is not called back.
    if (this.model.has(path) && document.activeElement !== this.#root) {
      this.selection.only(path);
      this.view.showRow(path);
    }
    this.view.redraw();
  }

  #click(event) {
    const path = event.target.closest("[data-path]")?.dataset.path;
    if (path === undefined) return;
    this.#root.focus({ preventScroll: true });
    if (event.target.closest(".tree-mark.proposals")) return this.review(path);
    if (event.shiftKey) this.choose("extend", path);
    else if (event.ctrlKey || event.metaKey) this.choose("toggle", path);
    else {
      this.choose("only", path);
      this.open(path, { focus: false });
    }
  }
}

export function startTree(studio) {
  const tree = new FileTree(studio, studio.panes.element("files"));
  studio.tree = {
    paths: () => tree.model.paths(),
    has: (path) => tree.model.has(path) && !tree.model.get(path).isFolder,
    refresh: () => tree.refresh(),
    mark: (path, kind, count) => tree.mark(path, kind, count),
    markAll: (kind, counts, notes) => tree.markAll(kind, counts, notes),
    propose: (paths) => tree.propose(paths),
    show: (path) => tree.show(path),
    focus: () => tree.focus(),
  };
  addTreeCommands(studio, tree);
  return tree;
}
