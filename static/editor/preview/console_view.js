// What the page wrote and what went wrong in it, under the preview. Text, whatever it says; only so much of it.
import { h, iconButton, setText } from "../dom.js";

const MOST = 400;
const TOGETHER = 40;
const LONG = 1200;
const FILTERS = { all: null, errors: ["error"], warnings: ["warn"], logs: ["log", "info", "debug"] };

export class ConsoleView {
  #t;
  #open;
  #fix;
  #list;
  #empty;
  #counts;
  #buttons;
  #search;
  #rows = [];
  #waiting = [];
  #timer = 0;
  #filter = "all";
  #errors = 0;

  /** `open(place)` goes to a line, `fix(entry)` asks the assistant: null where that cannot be. */
  constructor(t, { open, fix, onproblems }) {
    this.#t = t;
    this.#open = open;
    this.#fix = fix;
    this.onproblems = onproblems;
    this.element = this.#build();
  }

  /** Shown with others a moment later: a page that writes a lot must not keep the studio busy with laying it out. */
  add(entry) {
    this.#waiting.push(entry);
    if (this.#waiting.length > MOST) this.#waiting.shift();
    this.#timer ||= setTimeout(() => this.#flush(), TOGETHER);
  }

  #flush() {
    this.#timer = 0;
    const atEnd = this.#list.scrollTop + this.#list.clientHeight >= this.#list.scrollHeight - 30;
    const entries = this.#waiting.splice(0);
    for (const entry of entries) this.#append(entry);
    for (const { element } of this.#rows.splice(0, Math.max(0, this.#rows.length - MOST))) element.remove();
    if (atEnd) this.#list.scrollTop = this.#list.scrollHeight;
    this.#changed(entries.some(({ level }) => level === "error"));
  }

  #append(entry) {
    const last = this.#rows.at(-1);
    if (last && sameEntry(last.entry, entry)) {
      this.#again(last);
      return;
    }
    const row = { entry, count: 1, element: this.#row(entry) };
    this.#rows.push(row);
    this.#list.append(row.element);
    this.#hide(row);
  }

  clear() {
    this.#rows = [];
    this.#waiting = [];
    this.#list.replaceChildren();
    this.#changed(true);
  }

  /** Only what a build said, when it is built again. */
  clearBuild() {
    this.#keep(({ build }) => !build);
  }

  /** Only what a page said, when another one is loaded. */
  clearPage() {
    this.#keep(({ build }) => build);
  }

  #keep(isKept) {
    for (const row of this.#rows.filter(({ entry }) => !isKept(entry))) row.element.remove();
    this.#rows = this.#rows.filter(({ entry }) => isKept(entry));
    this.#waiting = this.#waiting.filter(isKept);
    this.#changed(true);
  }

  get problems() {
    const found = this.#rows.filter(({ entry }) => entry.level === "error").map(({ entry }) => entry);
    return found.slice(-20).map(({ text, file, line, column }) => ({ message: text, file, line, column }));
  }

  #build() {
    const t = this.#t;
    this.#list = h("ol", { class: "console-list", tabindex: "0", "aria-label": t("preview.console.title") });
    this.#empty = h("p", { class: "console-empty muted small" }, t("preview.console.empty"));
    this.#counts = h("span", { class: "console-counts", role: "status" });
    this.#search = h("input", {
      type: "search",
      class: "console-search",
      placeholder: t("preview.console.search"),
      "aria-label": t("preview.console.search"),
      oninput: () => this.#refresh(),
    });
    this.#buttons = Object.keys(FILTERS).map((name) =>
      h(
        "button",
        {
          type: "button",
          class: "console-filter",
          "aria-pressed": String(name === "all"),
          onclick: () => this.#choose(name),
        },
        t(`preview.console.${name}`),
      ),
    );
    const body = h("div", { class: "console-body" }, this.#empty, this.#list);
    return h(
      "section",
      { class: "console", "aria-label": t("preview.console.title") },
      h(
        "header",
        { class: "console-head" },
        h("h2", { class: "pane-title" }, t("preview.console.title")),
        this.#counts,
        h(
          "div",
          { class: "console-filters", role: "group", "aria-label": t("preview.console.filter") },
          this.#buttons,
        ),
        this.#search,
        iconButton("clear", t("preview.console.clear"), () => this.clear()),
      ),
      body,
    );
  }

  #row(entry) {
    const t = this.#t;
    const text = entry.text.length > LONG ? `${entry.text.slice(0, LONG)}…` : entry.text;
    return h(
      "li",
      { class: "console-row", "data-level": entry.level },
      h("span", { class: "visually-hidden" }, `${t(`preview.level.${entry.level}`)} : `),
      h("span", { class: "console-text" }, text || " "),
      h("span", { class: "console-count", hidden: true }),
      h(
        "span",
        { class: "console-tools" },
        this.#place(entry),
        entry.level === "error" && this.#fix
          ? h(
              "button",
              { type: "button", class: "button small", onclick: () => this.#fix(entry) },
              t("preview.fix"),
            )
          : null,
      ),
    );
  }

  #place(entry) {
    if (!entry.file) return null;
    const name = entry.line ? `${entry.file}:${entry.line}` : entry.file;
    if (!this.#open) return h("span", { class: "console-place" }, name);
    return h("button", { type: "button", class: "console-place", onclick: () => this.#open(entry) }, name);
  }

  #again(row) {
    row.count += 1;
    const badge = row.element.querySelector(".console-count");
    badge.hidden = false;
    setText(badge, `× ${row.count}`);
  }

  #choose(name) {
    this.#filter = name;
    for (const [index, button] of this.#buttons.entries()) {
      button.setAttribute("aria-pressed", String(Object.keys(FILTERS)[index] === name));
    }
    this.#refresh();
  }

  #refresh() {
    for (const row of this.#rows) this.#hide(row);
  }

  #hide({ entry, element }) {
    const levels = FILTERS[this.#filter];
    const words = this.#search.value.trim().toLowerCase();
    const found = !words || `${entry.text} ${entry.file ?? ""}`.toLowerCase().includes(words);
    element.hidden = !found || Boolean(levels && !levels.includes(entry.level));
  }

  #changed(errorsToo) {
    this.#empty.hidden = this.#rows.length > 0;
    if (!errorsToo) return;
    const errors = this.#rows.filter(({ entry }) => entry.level === "error").length;
    if (errors !== this.#errors) {
      this.#errors = errors;
      this.element.toggleAttribute("data-errors", errors > 0);
      setText(this.#counts, errors ? this.#t("preview.console.count", { count: errors }) : "");
    }
    this.onproblems(this.problems);
  }
}

function sameEntry(one, other) {
  return (
    one.level === other.level &&
    one.text === other.text &&
    one.file === other.file &&
    one.line === other.line &&
    one.build === other.build
  );
}
