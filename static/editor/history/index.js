// The history of the project or of one file: who changed what, when and why; compare, go back, undo one revision.
import { h } from "../dom.js";
import { explain } from "../problems.js";
import { HistoryActions } from "./actions.js";
import { RevisionRow } from "./row.js";

const PAGE = 50;
const NEWS_AFTER = 300;

class History {
  #studio;
  #list;
  #more;
  #title;
  #status;
  #views;
  #path = null;
  #next = null;
  #turn = 0;
  #timer = 0;
  #isDeleted = false;
  openPath = null;
  chosen = null;

  constructor(studio, pane) {
    this.#studio = studio;
    const { t, bus } = studio;
    this.actions = new HistoryActions(studio, this);
    this.#title = h("h2", { class: "pane-title" });
    this.#views = h("div", { class: "history-views", role: "group", "aria-label": t("history.title") });
    this.#status = h("p", { class: "history-status", role: "status" });
    this.#list = h("ol", { class: "history-list" });
    this.#more = h(
      "button",
      { type: "button", class: "button", hidden: true, onclick: () => this.#load() },
      t("history.older"),
    );
    pane.replaceChildren(
      h("div", { class: "history-head" }, this.#title, this.#views),
      this.#status,
      this.#list,
      this.#more,
    );
    bus.addEventListener("files:changed", () => this.#later());
    for (const name of ["file:opened", "file:shown"]) {
      bus.addEventListener(name, ({ detail }) => {
        this.openPath = detail.path;
        this.#drawViews();
      });
    }
    this.openPath = new URLSearchParams(location.search).get("file");
    this.show(null);
  }

  /** Of one file, or with null of the whole project. */
  show(path) {
    this.#isDeleted = false;
    this.#path = path;
    this.#restart();
  }

  showDeleted() {
    this.#isDeleted = true;
    this.#restart();
  }

  reload() {
    this.#restart();
  }

  /** The revision that others are compared with. */
  choose(number) {
    this.chosen = this.chosen === number ? null : number;
    for (const button of this.#list.querySelectorAll("[data-compare]")) this.drawCompare(button);
    this.#say(this.chosen === null ? "" : this.#studio.t("history.chosen", { number: this.chosen }));
  }

  drawCompare(button) {
    const { t } = this.#studio;
    const number = Number(button.dataset.compare);
    const isThis = number === this.chosen;
    button.setAttribute("aria-pressed", String(isThis));
    const other = this.chosen !== null && !isThis;
    button.textContent = other ? t("history.compare_with", { number: this.chosen }) : t("history.compare");
  }

  fail(error) {
    this.#studio.notice(explain(error, this.#studio.t), { kind: "error", key: "history" });
  }

  #restart() {
    this.#turn += 1;
    this.#next = null;
    this.#drawViews();
    this.#more.hidden = true;
    if (this.#isDeleted) this.#loadDeleted();
    else this.#load(true);
  }

  #drawViews() {
    const { t } = this.#studio;
    this.#title.textContent = this.#isDeleted
      ? t("history.deleted")
      : this.#path
        ? t("history.of", { path: this.#path })
        : t("history.title");
    const view = (label, isOn, run) =>
      h("button", { type: "button", class: "chip", "aria-pressed": String(isOn), onclick: run }, label);
    this.#views.replaceChildren(
      view(t("history.project"), !this.#isDeleted && this.#path === null, () => this.show(null)),
      ...(this.openPath
        ? [
            view(this.openPath, !this.#isDeleted && this.#path === this.openPath, () =>
              this.show(this.openPath),
            ),
          ]
        : []),
      view(t("history.deleted"), this.#isDeleted, () => this.showDeleted()),
    );
  }

  /** Several saves in a row are one look. */
  #later() {
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => {
      if (this.#studio.panes.isShown("history")) this.#restart();
    }, NEWS_AFTER);
  }

  async #load(anew = false) {
    const turn = this.#turn;
    if (anew && !this.#list.children.length) this.#say(this.#studio.t("history.loading"));
    try {
      const query = { limit: PAGE, before: this.#next, path: this.#path };
      const { revisions, next } = await this.#studio.api.get("revisions", { query });
      if (turn !== this.#turn) return;
      this.#next = next;
      this.#add(revisions, anew);
    } catch (error) {
      if (turn === this.#turn) this.#failed(error);
    }
  }

  #add(revisions, anew) {
    const open = anew ? this.#openRows() : [];
    const rows = revisions.map((revision) => new RevisionRow(this.#studio, this, revision, this.#path));
    if (anew) this.#list.replaceChildren(...rows.map((row) => row.element));
    else this.#list.append(...rows.map((row) => row.element));
    for (const row of rows) if (open.includes(row.number)) row.toggle(true);
    if (!anew) rows[0]?.focus();
    this.#more.hidden = this.#next === null;
    this.#say(this.#list.children.length ? "" : this.#studio.t("history.none"));
  }

  #openRows() {
    const open = this.#list.querySelectorAll('[data-revision] > [aria-expanded="true"]');
    return [...open].map((button) => Number(button.parentElement.dataset.revision));
  }

  async #loadDeleted() {
    const turn = this.#turn;
    const { api, t, project } = this.#studio;
    try {
      const { deleted } = await api.get("deleted");
      if (turn !== this.#turn) return;
      const row = ({ path, revision, deleted_at }) =>
        h(
          "li",
          { class: "deleted-file" },
          h("span", { class: "deleted-path" }, path),
          h(
            "span",
            { class: "muted small" },
            t("history.deleted_at", { number: revision, when: when(deleted_at, this.#studio) }),
          ),
          project.canWrite &&
            h(
              "button",
              { type: "button", class: "button small", onclick: () => this.actions.undelete(path) },
              t("history.bring_back"),
            ),
        );
      this.#list.replaceChildren(...deleted.map(row));
      this.#say(deleted.length ? "" : t("history.none_deleted"));
    } catch (error) {
      if (turn === this.#turn) this.#failed(error);
    }
  }

  #failed(error) {
    const { t } = this.#studio;
    const again = h(
      "button",
      { type: "button", class: "button small", onclick: () => this.#restart() },
      t("history.again"),
    );
    this.#status.replaceChildren(`${explain(error, t)} `, again);
  }

  #say(text) {
    this.#status.textContent = text;
  }
}

export function when(date, { i18n }) {
  return new Intl.DateTimeFormat(i18n.language, { dateStyle: "medium", timeStyle: "short" }).format(
    new Date(date),
  );
}

export function startHistory(studio, pane) {
  return new History(studio, pane);
}
