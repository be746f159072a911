// What a person does with files in the tree: each is one request and one revision, and can be undone from its notice.
import { ask } from "../dialogs.js";
import { explain } from "../problems.js";
import { freeName, join, outermost, parentOf } from "./model.js";

export class TreeActions {
  #studio;
  #tree;
  #clipboard = null;

  constructor(studio, tree) {
    this.#studio = studio;
    this.#tree = tree;
  }

  async createFile(path) {
    const change = { action: "write", path, text: "", base: null };
    const made = await this.#commit([change], this.#t("tree.message.create", { path }), { paths: [path] });
    if (made) this.#studio.open(path, {});
  }

  createFolder(path) {
    this.#tree.model.addFolder(path);
    this.#tree.show(path);
    this.#studio.notice(this.#t("tree.empty_folder"));
  }

  async rename(from, to) {
    if (!this.#tree.model.get(from)?.isFolder || this.#tree.model.filesIn(from).length) {
      await this.move([[from, to]], this.#t("tree.message.rename", { from, to }));
      return;
    }
    this.#tree.model.forgetFolder(from);
    this.createFolder(to);
  }

  /** Files and folders to other places, together. */
  async move(pairs, message) {
    const { model } = this.#tree;
    const moved = pairs.flatMap(([from, to]) =>
      model.filesIn(from).map((path) => [path, to + path.slice(from.length)]),
    );
    const changes = moved.map(([path, to]) => ({ action: "rename", path, to, base: "*" }));
    const gone = moved.map(([path]) => path);
    const renamed = Object.fromEntries(moved);
    const told = { paths: [...gone, ...moved.map(([, to]) => to)], gone, renamed };
    const made = changes.length && (await this.#commit(changes, message, told));
    if (!made) return;
    for (const [from] of pairs) model.forgetFolder(from);
    this.#tree.show(pairs[0][1]);
    this.#offerUndo(this.#t("tree.moved", { count: changes.length }), made);
  }

  /** Below another folder, "" being the project itself. */
  moveInto(paths, folder) {
    const pairs = this.movable(paths, folder).map((path) => [
      path,
      join(folder, path.slice(path.lastIndexOf("/") + 1)),
    ]);
    return pairs.length ? this.move(pairs, this.#t("tree.message.move", { folder: folder || "/" })) : null;
  }

  /** Those that are not there already, nor would be put into themselves. */
  movable(paths, folder) {
    const { model } = this.#tree;
    return outermost(paths).filter(
      (path) => model.has(path) && parentOf(path) !== folder && !isInside(folder, path),
    );
  }

  async askWhereTo(paths) {
    const folder = await ask({
      title: this.#t("tree.move.title", { count: paths.length }),
      label: this.#t("tree.move.label"),
      value: parentOf(paths[0]),
      ok: this.#t("tree.move.ok"),
      cancel: this.#t("dialog.cancel"),
      suggestions: this.#tree.model.folders(),
      check: (text) => (isTakenBy(text, paths) ? this.#t("tree.move.inside") : null),
    });
    if (folder !== null) await this.moveInto(paths, folder.replace(/^\/+|\/+$/g, ""));
  }

  /** Copies beside their originals, or below `folder`. */
  async duplicate(paths, folder = null) {
    const { model } = this.#tree;
    const taken = new Set();
    const changes = outermost(paths).flatMap((path) => {
      const wanted = folder === null ? path : join(folder, path.slice(path.lastIndexOf("/") + 1));
      const isFree = !model.has(wanted) && !taken.has(wanted);
      const to = isFree ? wanted : freeName(wanted, (name) => model.has(name) || taken.has(name));
      taken.add(to);
      return model
        .filesIn(path)
        .map((file) => ({ action: "copy", path: file, to: to + file.slice(path.length) }));
    });
    if (!changes.length) return;
    const targets = changes.map(({ to }) => to);
    const made = await this.#commit(changes, this.#t("tree.message.copy", { path: targets[0] }), {
      paths: targets,
    });
    if (!made) return;
    this.#tree.show(targets[0]);
    this.#offerUndo(this.#t("tree.copied", { count: targets.length }), made);
  }

  async remove(paths) {
    const { model } = this.#tree;
    const files = outermost(paths).flatMap((path) => model.filesIn(path));
    for (const path of paths) model.forgetFolder(path);
    if (!files.length) {
      this.#tree.repaint();
      return;
    }
    const changes = files.map((path) => ({ action: "delete", path, base: "*" }));
    const message = this.#t("tree.message.delete", { path: files[0], count: files.length });
    const made = await this.#commit(changes, message, { paths: files, gone: files });
    if (made) this.#offerUndo(this.#t("tree.deleted", { count: files.length, path: files[0] }), made);
  }

  hold(paths, how) {
    this.#clipboard = { paths: outermost(paths), how };
    this.#studio.notice(this.#t(`tree.${how}`, { count: paths.length }));
  }

  get holds() {
    return this.#clipboard !== null;
  }

  async paste(folder) {
    if (!this.#clipboard) return;
    const { paths, how } = this.#clipboard;
    const there = paths.filter((path) => this.#tree.model.has(path));
    if (how === "copy") await this.duplicate(there, folder);
    else {
      this.#clipboard = null;
      await this.moveInto(there, folder);
    }
  }

  #t = (...given) => this.#studio.t(...given);

  async #commit(changes, message, told) {
    try {
      const { revision } = await this.#studio.api.post("commit", { changes, message });
      this.#studio.changed({ revision, gone: [], ...told });
      return revision;
    } catch (error) {
      this.fail(error, changes[0]?.path);
      return null;
    }
  }

  fail(error, path) {
    const exists = error.code === "stale" && error.body?.expected === null;
    const text = exists
      ? this.#t("tree.exists", { path: error.body.path ?? path })
      : explain(error, this.#studio.t);
    this.#studio.notice(text, { kind: "error", key: "tree" });
  }

  #offerUndo(text, revision) {
    const run = () => this.#undo(revision);
    this.#studio.notice(text, { kind: "success", action: { label: this.#t("tree.undo"), run }, seconds: 15 });
  }

  async #undo(number) {
    try {
      const { revision } = await this.#studio.api.post(`revisions/${number}/revert`, {});
      if (revision !== null) this.#studio.changed({ revision, paths: null, gone: [] });
      this.#studio.notice(this.#t("tree.undone"), { kind: "success" });
    } catch (error) {
      this.fail(error);
    }
  }
}

function isInside(path, folder) {
  return path === folder || path.startsWith(`${folder}/`);
}

function isTakenBy(text, paths) {
  return paths.some((path) => isInside(text.replace(/^\/+|\/+$/g, ""), path));
}
