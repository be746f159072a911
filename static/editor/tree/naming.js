// Names that are written in the tree itself: of a new file or folder, and in place of the one there was.
import { closeMenu } from "../menu.js";
import { join, parentOf } from "./model.js";
import { NameInput } from "./name_input.js";

export class Naming {
  #studio;
  #tree;
  #root;

  constructor(studio, tree, root) {
    this.#studio = studio;
    this.#tree = tree;
    this.#root = root;
  }

  /** A new file or folder is written beside, or in, the row that the keyboard is at. */
  start(kind) {
    const folder = this.#tree.folder;
    if (folder) this.#tree.model.toggle(folder, true);
    const place = join(folder, "\u{200b}");
    this.#tree.model.update({ added: [place] });
    this.#edit(place, "", this.#studio.t(`tree.name.${kind}`), (name) => {
      this.#tree.model.update({ gone: [place] });
      const path = name && join(folder, name.replace(/^\/+|\/+$/g, ""));
      this.#tree.repaint();
      if (path && this.#isFree(path))
        this.#tree.actions[kind === "file" ? "createFile" : "createFolder"](path);
    });
  }

  rename(path = this.#tree.selection.active) {
    const node = this.#tree.model.get(path);
    if (!node) return;
    this.#edit(path, node.name, this.#studio.t("tree.name.rename", { name: node.name }), (name) => {
      this.#tree.repaint();
      const to = name && join(parentOf(path), name);
      if (to && to !== path && this.#isFree(to, path)) this.#tree.actions.rename(path, to);
    });
  }

  #edit(path, name, label, done) {
    closeMenu({ focus: false });
    const end = (written) => {
      this.#tree.view.editing = null;
      done(written);
      this.#root.focus();
    };
    this.#tree.view.editing = new NameInput({ path, name, label, done: end });
    this.#tree.repaint();
    this.#tree.view.showRow(path);
  }

  /** The server knows all the rules; that a name is taken can be said at once. */
  #isFree(path, except) {
    if (!this.#tree.model.has(path) || path === except) return true;
    this.#studio.notice(this.#studio.t("tree.exists", { path }), { kind: "error", key: "tree" });
    return false;
  }
}
