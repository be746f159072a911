// Looking at differences, and going back: each is a new revision, which can be undone like any other.
import { ask } from "../dialogs.js";
import { settle } from "./conflict_view.js";
import { showDiff } from "./diff_view.js";

export class HistoryActions {
  #studio;
  #history;

  constructor(studio, history) {
    this.#studio = studio;
    this.#history = history;
  }

  /** What one revision did. */
  diffOf(number, path = null) {
    return this.compare(number - 1, number, path);
  }

  async compare(from, to, path = null) {
    const { api, t, project } = this.#studio;
    await this.#try(async () => {
      const { changes } = await api.get("diff", { query: { from, to, path } });
      const writing = [
        { label: t("history.restore_file_to", { number: to }), run: (one) => this.restore(to, one) },
        { label: t("history.restore_file_to", { number: from }), run: (one) => this.restore(from, one) },
      ].slice(0, from > 0 ? 2 : 1);
      const title =
        from === to - 1 ? t("history.diff_of", { number: to }) : t("history.diff_between", { from, to });
      showDiff({ t, title, changes, actions: project.canWrite ? writing : [] });
    });
  }

  /** The project, or one file of it, as a revision left it. */
  async restore(revision, path = null) {
    const { api, t } = this.#studio;
    if (path === null && !(await this.#agreed(revision))) return;
    await this.#try(async () => {
      const message = path
        ? t("history.message.file", { path, number: revision })
        : t("history.message.project", { number: revision });
      const made = await api.post("restore", path ? { revision, path, message } : { revision, message });
      this.#done(made.revision, t("history.restored", { number: revision }), path ? [path] : null);
    });
  }

  async undelete(path) {
    const { api, t } = this.#studio;
    await this.#try(async () => {
      const made = await api.post("restore", { path, message: t("history.message.back", { path }) });
      this.#done(made.revision, t("history.is_back", { path }), [path]);
      this.#history.showDeleted();
    });
  }

  /** One revision undone, the later ones kept; where they touch the same lines the person settles it. */
  async revert(number, settled = {}) {
    const { api, t } = this.#studio;
    try {
      const made = await api.post(`revisions/${number}/revert`, {
        message: t("history.message.revert", { number }),
        settled,
      });
      this.#done(made.revision, t("history.reverted", { number }), null);
    } catch (error) {
      if (error.code !== "conflict") return this.#history.fail(error);
      const choice = await settle({ t, number, conflicts: error.body.conflicts });
      if (choice) return this.revert(number, { ...settled, ...choice });
    }
    return undefined;
  }

  #agreed(number) {
    const { t } = this.#studio;
    return ask({
      title: t("history.restore_title", { number }),
      text: t("history.restore_text"),
      ok: t("history.restore_ok"),
      cancel: t("dialog.cancel"),
    });
  }

  #done(revision, text, paths) {
    const { t } = this.#studio;
    if (revision === null) {
      this.#studio.notice(t("history.nothing_to_do"));
      return;
    }
    this.#studio.changed({ revision, paths: null, gone: [] });
    const action = { label: t("tree.undo"), run: () => this.revert(revision) };
    this.#studio.notice(text, { kind: "success", action, seconds: 15 });
    if (paths?.length === 1) this.#studio.open(paths[0], { focus: false });
  }

  async #try(work) {
    try {
      await work();
    } catch (error) {
      this.#history.fail(error);
    }
  }
}
