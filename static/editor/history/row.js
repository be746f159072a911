// One revision in the list: who, when, why; opened, what it changed and what can be done.
import { h } from "../dom.js";
import { explain } from "../problems.js";
import { when } from "./index.js";
import { reasonOf } from "./reason.js";

const MOST_PATHS = 200;

export class RevisionRow {
  #studio;
  #history;
  #revision;
  #path;
  #button;
  #details;
  #isLoaded = false;
  element;

  constructor(studio, history, revision, path) {
    this.#studio = studio;
    this.#history = history;
    this.#revision = revision;
    this.#path = path;
    this.#button = h(
      "button",
      { type: "button", class: "revision-head", "aria-expanded": "false", onclick: () => this.toggle() },
      ...this.#head(),
    );
    this.#details = h("div", { class: "revision-details", hidden: true });
    this.element = h(
      "li",
      { class: "revision", "data-revision": revision.number },
      this.#button,
      this.#details,
    );
  }

  get number() {
    return this.#revision.number;
  }

  focus() {
    this.#button.focus();
  }

  toggle(open = this.#details.hidden) {
    this.#details.hidden = !open;
    this.#button.setAttribute("aria-expanded", String(open));
    if (open && !this.#isLoaded) this.#load();
  }

  #head() {
    const { t } = this.#studio;
    const { number, author, origin, created_at, change_count } = this.#revision;
    const count = t("history.files", { count: change_count });
    return [
      h(
        "span",
        { class: "revision-message" },
        reasonOf(this.#revision, t) || t("history.no_message", { number }),
      ),
      h(
        "span",
        { class: "revision-facts" },
        h("span", {}, `r${number}`),
        h("span", {}, author ?? t("history.nobody")),
        origin !== "user" && h("span", { class: `tag origin-${origin}` }, t(`history.origin.${origin}`)),
        h("time", { datetime: created_at }, when(created_at, this.#studio)),
        h("span", {}, count),
      ),
    ];
  }

  async #load() {
    const { api, t } = this.#studio;
    this.#details.replaceChildren(h("p", { class: "muted small" }, t("history.loading")));
    try {
      const { changes } = await api.get(`revisions/${this.number}`);
      this.#isLoaded = true;
      this.#details.replaceChildren(this.#changes(changes), this.#actions());
    } catch (error) {
      this.#details.replaceChildren(h("p", { class: "muted small" }, explain(error, t)));
    }
  }

  #changes(changes) {
    const { t } = this.#studio;
    const row = ({ path, before, after, renamed_from }) => {
      const kind = renamed_from
        ? "renamed"
        : before === null
          ? "created"
          : after === null
            ? "removed"
            : "changed";
      const show = () => this.#history.actions.diffOf(this.number, path);
      return h(
        "li",
        {},
        h(
          "button",
          { type: "button", class: "revision-path", onclick: show, title: path },
          h(
            "span",
            { class: `change-kind ${kind}`, "aria-hidden": "true" },
            { renamed: "→", created: "+", removed: "−", changed: "•" }[kind],
          ),
          h("span", { class: "sr-only" }, t(`history.${kind}`)),
          path,
        ),
      );
    };
    const left = changes.length - MOST_PATHS;
    const rows = changes.slice(0, MOST_PATHS).map(row);
    return h(
      "ul",
      { class: "revision-paths" },
      rows,
      left > 0 && h("li", { class: "muted small" }, t("history.more_files", { count: left })),
    );
  }

  #actions() {
    const { t, project } = this.#studio;
    const { actions } = this.#history;
    const button = (label, run, extra = {}) =>
      h("button", { type: "button", class: "button small", onclick: run, ...extra }, label);
    const compare = button("", () => this.#compare(), { "data-compare": this.number });
    this.#history.drawCompare(compare);
    const writing = [
      this.#path
        ? button(t("history.restore_file"), () => actions.restore(this.number, this.#path))
        : button(t("history.restore"), () => actions.restore(this.number)),
      button(t("history.revert"), () => actions.revert(this.number)),
    ];
    return h(
      "div",
      { class: "revision-actions" },
      button(t("history.diff"), () => actions.diffOf(this.number)),
      compare,
      project.canWrite && writing,
    );
  }

  #compare() {
    const { chosen, actions } = this.#history;
    if (chosen === null || chosen === this.number) this.#history.choose(this.number);
    else actions.compare(Math.min(chosen, this.number), Math.max(chosen, this.number), this.#path);
  }
}
