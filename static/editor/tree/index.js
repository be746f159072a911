// The files of the project: a tree for mouse and keyboard, with all that can be done with files.
import { h } from "../dom.js";
import { closeMenu } from "../menu.js";
import { dropped, picked } from "../transfer/sources.js";
import { upload } from "../transfer/upload.js";
import { TreeActions } from "./actions.js";
import { TreeMenu } from "./context_menu.js";
import { startDragging } from "./drag.js";
import { TreeKeys } from "./keyboard.js";
import { Marks } from "./marks.js";
import { join, parentOf, TreeModel } from "./model.js";
import { NameInput } from "./name_input.js";
import { Selection } from "./selection.js";
import { toolbar } from "./toolbar.js";
import { TreeView } from "./view.js";

const MOST_REMEMBERED = 300;

class FileTree {
  #studio;
  #root;
  #pane;
  #marks = new Marks();

  constructor(studio, pane) {
    this.#studio = studio;
    this.#pane = pane;
    this.canWrite = studio.project.canWrite;
    this.model = new TreeModel(studio.given.paths);
    this.selection = new Selection(this.model);
    this.actions = new TreeActions(studio, this);
    this.#root = h("div", {
      class: "tree",
      role: "tree",
      tabindex: "0",
      "aria-label": studio.t("tree.label"),
      "aria-multiselectable": "true",
    });
    this.filter = h("input", {
      class: "tree-filter",
      type: "search",
      placeholder: studio.t("tree.filter"),
      "aria-label": studio.t("tree.filter"),
      autocomplete: "off",
      spellcheck: "false",
    });
    this.empty = h("div", { class: "tree-empty" });
    pane.replaceChildren(toolbar(studio, this), this.filter, this.empty, this.#root);
    this.view = new TreeView(this.#root, { model: this.model, selection: this.selection, t: studio.t });
    this.menu = new TreeMenu(studio, this, this.#root);
    this.#remembered();
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
    if (this.model.get(path)?.isFolder) this.toggle(path);
    else this.#studio.open(path, { focus });
  }

  toggle(path, open) {
    this.model.toggle(path, open);
    this.#remember();
    this.repaint();
  }

  expandBeside(path) {
    for (const node of this.model.get(path).parent.sorted)
      if (node.isFolder) this.model.toggle(node.path, true);
    this.#remember();
    this.repaint();
  }

  collapseAll() {
    this.model.expanded.clear();
    this.model.changed();
    this.#remember();
    this.repaint();
  }

  /** Opens the folders above, chooses the row and brings it into sight. */
  show(path) {
    this.model.reveal(path);
    this.selection.only(path);
    this.#remember();
    this.repaint();
    this.view.showRow(path);
  }

  move(paths, folder) {
    return this.canWrite && this.actions.moveInto(paths, folder);
  }

  async upload(transfer, folder) {
    if (this.canWrite) await upload(this.#studio, await dropped(transfer), folder);
  }

  async pick(isFolder) {
    const files = await picked(isFolder);
    if (files.length) await upload(this.#studio, files, this.folder);
  }

  /** A new file or folder is written beside, or in, the row that the keyboard is at. */
  startNew(kind) {
    const folder = this.folder;
    if (folder) this.model.toggle(folder, true);
    const place = join(folder, "\u{200b}");
    this.model.update({ added: [place] });
    this.#edit(place, "", this.#studio.t(`tree.name.${kind}`), (name) => {
      this.model.update({ gone: [place] });
      const path = name && join(folder, name.replace(/^\/+|\/+$/g, ""));
      this.repaint();
      if (path && this.#isFree(path)) this.actions[kind === "file" ? "createFile" : "createFolder"](path);
    });
  }

  startRename(path = this.selection.active) {
    const node = this.model.get(path);
    if (!node) return;
    this.#edit(path, node.name, this.#studio.t("tree.name.rename", { name: node.name }), (name) => {
      this.repaint();
      const to = name && join(parentOf(path), name);
      if (to && to !== path && this.#isFree(to, path)) this.actions.rename(path, to);
    });
  }

  run(command) {
    const { targets } = this.selection;
    const needsWrite = { rename: true, delete: true, cut: true, copy: true, paste: true };
    if (needsWrite[command] && !this.canWrite) return;
    const commands = {
      rename: () => this.startRename(),
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
    if (paths === null) return this.refresh();
    const index = this.model.indexOf(this.selection.active);
    const away = new Set(gone);
    for (const [from, to] of Object.entries(renamed)) this.#follow(from, to);
    this.model.update({ gone, added: paths.filter((path) => !away.has(path)) });
    this.selection.repair(index);
    this.repaint();
    return null;
  }

  async refresh() {
    const paths = [];
    let after = "";
    do {
      const page = await this.#studio.api.get("files", { query: { limit: 10_000, after } });
      paths.push(...page.files.map((file) => file.path));
      after = page.next;
    } while (after);
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
    if (this.model.isFiltered) {
      this.empty.replaceChildren(h("p", {}, t("tree.nothing_matches")));
      return;
    }
    const create = h(
      "button",
      { type: "button", class: "button", onclick: () => this.startNew("file") },
      t("tree.new_file"),
    );
    const say = h("p", {}, t(this.canWrite ? "tree.empty" : "tree.empty_reader"));
    this.empty.replaceChildren(say, ...(this.canWrite ? [create] : []));
  }

  #edit(path, name, label, done) {
    closeMenu({ focus: false });
    const end = (written) => {
      this.view.editing = null;
      done(written);
      this.#root.focus();
    };
    this.view.editing = new NameInput({ path, name, label, done: end });
    this.repaint();
    this.view.showRow(path);
  }

  /** The server knows all the rules; that a name is taken can be said at once. */
  #isFree(path, except) {
    if (!this.model.has(path) || path === except) return true;
    this.#studio.notice(this.#studio.t("tree.exists", { path }), { kind: "error", key: "tree" });
    return false;
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
    startDragging(this.#root, this);
    this.#root.addEventListener("click", (event) => this.#click(event));
    this.#root.addEventListener("focus", () => {
      if (this.selection.active === null) this.selection.go(this.model.rows[0]?.node.path ?? null);
      this.view.redraw();
    });
    this.filter.addEventListener("input", () => {
      this.model.filter = this.filter.value;
      this.#root.scrollTop = 0;
      this.repaint();
    });
    this.filter.addEventListener("keydown", (event) => this.#leaveFilter(event));
    const { bus } = this.#studio;
    for (const name of ["file:opened", "file:shown"]) {
      bus.addEventListener(name, ({ detail }) => this.#opened(detail.path));
    }
    bus.addEventListener("file:dirty", ({ detail }) => this.mark(detail.path, "dirty", detail.dirty));
    bus.addEventListener("files:changed", ({ detail }) => this.changed(detail));
    bus.addEventListener("panes", () => this.view.later());
  }

  #leaveFilter(event) {
    if (event.key === "Escape" && this.filter.value) {
      this.filter.value = "";
      this.filter.dispatchEvent(new Event("input"));
    } else if (event.key === "ArrowDown" || event.key === "Enter") {
      const first = this.model.rows.find(({ node }) => !this.model.isFiltered || !node.isFolder);
      if (first) this.selection.only(first.node.path);
      this.focus();
    } else return;
    event.preventDefault();
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

  get #key() {
    return `webox.tree.${this.#studio.project.id}`;
  }

  #remembered() {
    const stored = localStorage.getItem(this.#key);
    if (stored) for (const path of stored.split("\n")) this.model.toggle(path, true);
  }

  #remember() {
    try {
      localStorage.setItem(this.#key, [...this.model.expanded].slice(-MOST_REMEMBERED).join("\n"));
    } catch (error) {
      if (error.name !== "QuotaExceededError") throw error; // a full store: the tree opens closed next time
    }
  }
}

export function startTree(studio) {
  const tree = new FileTree(studio, studio.panes.element("files"));
  studio.tree = {
    paths: () => tree.model.paths(),
    has: (path) => tree.model.get(path)?.isFolder === false,
    refresh: () => tree.refresh(),
    mark: (path, kind, count) => tree.mark(path, kind, count),
    markAll: (kind, counts, notes) => tree.markAll(kind, counts, notes),
    show: (path) => tree.show(path),
    focus: () => tree.focus(),
  };
  addCommands(studio, tree);
  return tree;
}

function addCommands(studio, tree) {
  const { commands, panes, t } = studio;
  const when = () => tree.canWrite;
  const inTree = (run) => () => {
    panes.show("files");
    run();
  };
  commands.add({
    id: "tree.new_file",
    title: t("tree.new_file"),
    keys: "Alt-n",
    when,
    run: inTree(() => tree.startNew("file")),
  });
  commands.add({
    id: "tree.new_folder",
    title: t("tree.new_folder"),
    when,
    run: inTree(() => tree.startNew("folder")),
  });
  commands.add({ id: "tree.upload", title: t("tree.upload"), when, run: inTree(() => tree.pick(false)) });
  commands.add({
    id: "tree.upload_folder",
    title: t("tree.upload_folder"),
    when,
    run: inTree(() => tree.pick(true)),
  });
  commands.add({
    id: "tree.focus",
    title: t("tree.focus"),
    keys: "Mod-Shift-e",
    run: inTree(() => tree.focus()),
  });
  commands.add({ id: "tree.collapse", title: t("tree.collapse"), run: inTree(() => tree.collapseAll()) });
}
