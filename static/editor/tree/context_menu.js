// What can be done with the chosen rows, as a menu: by the right button, Shift+F10 or the menu key.
import { showMenu } from "../menu.js";

export class TreeMenu {
  #studio;
  #tree;
  #root;

  constructor(studio, tree, root) {
    this.#studio = studio;
    this.#tree = tree;
    this.#root = root;
    root.addEventListener("contextmenu", (event) => this.#asked(event));
  }

  showAtRow() {
    const { active } = this.#tree.selection;
    const box = (this.#tree.view.rowOf(active) ?? this.#root).getBoundingClientRect();
    this.#show({ x: box.left + 24, y: box.bottom });
  }

  #asked(event) {
    event.preventDefault();
    const path = event.target.closest("[data-path]")?.dataset.path ?? null;
    if (path === null) this.#tree.selection.only(null);
    else if (!this.#tree.selection.has(path)) this.#tree.choose("only", path);
    this.#show({ x: event.clientX, y: event.clientY });
  }

  #show(place) {
    const items = this.#items();
    showMenu({ items, place, label: this.#studio.t("tree.menu"), back: this.#root });
  }

  #items() {
    const { targets, active } = this.#tree.selection;
    const node = active === null ? null : this.#tree.model.get(active);
    const isThere = node !== null && this.#tree.model.has(active);
    const reading = node ? this.#reading(node, isThere) : [];
    if (!this.#tree.canWrite)
      return reading.length ? reading : [this.#item("refresh", () => this.#tree.refresh())];
    const there = targets.filter((path) => this.#tree.model.has(path));
    return [...reading, ...this.#making(), ...(there.length ? this.#changing(there, isThere) : [])];
  }

  /** Of a file that is only proposed there is nothing but that. */
  #reading(node, isThere) {
    const { commands, api } = this.#studio;
    const copy = () => navigator.clipboard.writeText(node.path);
    const history = () => commands.run("history.of_file", node.path);
    const save = () =>
      location.assign(
        api.url(`raw/${node.path.split("/").map(encodeURIComponent).join("/")}`, { download: 1 }),
      );
    const isFile = isThere && !node.isFolder;
    return [
      (isThere || node.isFolder) &&
        this.#item(node.isFolder ? "toggle" : "open", () => this.#tree.open(node.path), "Enter"),
      this.#tree.marked(node.path, "proposals") > 0 &&
        this.#item("review", () => this.#tree.review(node.path)),
      isFile && this.#item("history", history),
      isFile && this.#item("download", save),
      this.#item("copy_path", copy),
      null,
    ].filter((item) => item !== false);
  }

  #making() {
    return [
      this.#item("new_file", () => this.#tree.startNew("file"), "Alt+N"),
      this.#item("new_folder", () => this.#tree.startNew("folder")),
      this.#item("upload", () => this.#tree.pick(false)),
      ...(this.#tree.actions.holds ? [this.#item("paste", () => this.#tree.run("paste"), "Ctrl+V")] : []),
    ];
  }

  #changing(targets, isThere) {
    const { actions } = this.#tree;
    return [
      null,
      isThere && this.#item("rename", () => this.#tree.run("rename"), "F2"),
      this.#item("move_to", () => actions.askWhereTo(targets)),
      this.#item("duplicate", () => actions.duplicate(targets)),
      { ...this.#item("delete", () => actions.remove(targets), "Del"), danger: true },
    ].filter((item) => item !== false);
  }

  #item(name, run, keys) {
    return { label: this.#studio.t(`tree.do.${name}`), run, keys };
  }
}
