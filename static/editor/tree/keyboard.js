// The keys of the tree (ARIA tree pattern, several rows at once): moving, choosing, opening, finding by typing.
import { parentOf } from "./model.js";

const PAUSE = 800;

export class TreeKeys {
  #tree;
  #typed = "";
  #typedAt = 0;

  /** `tree` has model, selection, view, and `open`, `run(command)`, `choose(how, path)`. */
  constructor(root, tree) {
    this.#tree = tree;
    root.addEventListener("keydown", (event) => {
      if (event.target !== root || event.isComposing) return;
      if (this.#press(event)) event.preventDefault();
    });
  }

  #press(event) {
    const modifier = event.ctrlKey || event.metaKey;
    const moved = this.#destination(event.key);
    if (moved !== undefined) return this.#go(moved, event, modifier);
    if (event.altKey) return false;
    if (modifier) return this.#withModifier(event);
    return this.#plain(event) || this.#type(event);
  }

  /** The path that a moving key leads to; `undefined` for other keys. */
  #destination(key) {
    const { rows } = this.#tree.model;
    const at = this.#tree.model.indexOf(this.#tree.selection.active);
    const steps = {
      ArrowDown: 1,
      ArrowUp: -1,
      PageDown: this.#tree.view.page,
      PageUp: -this.#tree.view.page,
    };
    const places = { Home: 0, End: rows.length - 1 };
    if (!(key in steps) && !(key in places)) return undefined;
    const wanted = key in places ? places[key] : at < 0 ? 0 : at + steps[key];
    return rows[Math.min(Math.max(wanted, 0), rows.length - 1)]?.node.path ?? null;
  }

  #go(path, event, modifier) {
    if (path !== null) this.#tree.choose(event.shiftKey ? "extend" : modifier ? "go" : "only", path);
    return true;
  }

  #withModifier(event) {
    const { selection } = this.#tree;
    const command = { a: "select-all", x: "cut", c: "copy", v: "paste" }[event.key.toLowerCase()];
    if (event.key === " " && selection.active !== null) this.#tree.choose("toggle", selection.active);
    else if (command && !event.shiftKey) this.#tree.run(command);
    else return false;
    return true;
  }

  #plain(event) {
    if (event.key === "F10" && event.shiftKey) return this.#run("menu");
    const command = {
      ContextMenu: "menu",
      F2: "rename",
      Delete: "delete",
      Backspace: "delete",
      Escape: "escape",
    };
    if (command[event.key]) return this.#run(command[event.key]);
    const { active } = this.#tree.selection;
    const node = active === null ? null : this.#tree.model.get(active);
    return node ? this.#onRow(event.key, node) : false;
  }

  #run(command) {
    this.#tree.run(command);
    return true;
  }

  #onRow(key, node) {
    if (key === "Enter") this.#tree.open(node.path);
    else if (key === " " && !this.#isTyping()) this.#tree.choose("toggle", node.path);
    else if (key === "ArrowRight") this.#inwards(node);
    else if (key === "ArrowLeft") this.#outwards(node);
    else if (key === "*") this.#tree.expandBeside(node.path);
    else return false;
    return true;
  }

  #inwards(node) {
    if (!node.isFolder) return;
    if (!this.#tree.model.isOpen(node)) this.#tree.toggle(node.path, true);
    else if (node.sorted.length) this.#go(this.#destination("ArrowDown"), {}, false);
  }

  #outwards(node) {
    if (this.#tree.model.isOpen(node) && !this.#tree.model.isFiltered) this.#tree.toggle(node.path, false);
    else if (parentOf(node.path)) this.#tree.choose("only", parentOf(node.path));
  }

  #isTyping() {
    return this.#typed !== "" && performance.now() - this.#typedAt < PAUSE;
  }

  /** Letters lead to the next row that begins with what was typed; the same letter again leads further. */
  #type(event) {
    if ([...event.key].length !== 1) return false;
    this.#typed = (this.#isTyping() ? this.#typed : "") + event.key.toLowerCase();
    this.#typedAt = performance.now();
    const { rows, indexOf } = {
      rows: this.#tree.model.rows,
      indexOf: (path) => this.#tree.model.indexOf(path),
    };
    const same = [...this.#typed].every((letter) => letter === this.#typed[0]);
    const wanted = same ? this.#typed[0] : this.#typed;
    const start = indexOf(this.#tree.selection.active) + (same ? 1 : 0);
    for (let step = 0; step < rows.length; step += 1) {
      const { node } = rows[(Math.max(start, 0) + step) % rows.length];
      if (!node.name.toLowerCase().startsWith(wanted)) continue;
      this.#tree.choose("only", node.path);
      break;
    }
    return true;
  }
}
