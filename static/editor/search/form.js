// What to look for, where, and what to put in its place.
import { h } from "../dom.js";

export class SearchForm {
  #t;
  #q;
  #with;
  #include;
  #exclude;
  #case;
  #regex;
  #replaceRow;
  #replaceAll;
  #toggle;
  element;

  constructor({ t, project }, { changed, go, replace }) {
    this.#t = t;
    this.#q = this.#field("search.query", { type: "search", oninput: changed });
    this.#with = this.#field("search.replacement", { oninput: changed });
    this.#include = this.#field("search.include", { oninput: changed, placeholder: "*.css, src/" });
    this.#exclude = this.#field("search.exclude", { oninput: changed, placeholder: "dist/" });
    this.#case = this.#switch("Aa", "search.case", changed);
    this.#regex = this.#switch(".*", "search.regex", changed);
    this.#replaceAll = h(
      "button",
      { type: "button", class: "button small", disabled: true, onclick: replace },
      t("search.replace_all"),
    );
    this.#replaceRow = h("div", { class: "search-row", hidden: true }, this.#with, this.#replaceAll);
    this.#toggle = this.#switch("⇄", "search.show_replace_row", () => this.#showReplace(changed));
    this.element = h(
      "form",
      { class: "search-form", role: "search", onsubmit: (event) => submitted(event, go) },
      h("div", { class: "search-row" }, this.#q, this.#case, this.#regex, project.canWrite && this.#toggle),
      this.#replaceRow,
      h(
        "details",
        { class: "search-where" },
        h("summary", {}, t("search.where")),
        labelled(t("search.include"), this.#include),
        labelled(t("search.exclude"), this.#exclude),
      ),
    );
  }

  /** As the API takes it. */
  get query() {
    return {
      q: this.#q.value,
      regex: isOn(this.#regex) ? "1" : "0",
      case: isOn(this.#case) ? "1" : "0",
      include: globs(this.#include.value),
      exclude: globs(this.#exclude.value),
    };
  }

  get regex() {
    return isOn(this.#regex);
  }

  /** Null where nothing shall be replaced. */
  get replacement() {
    return isOn(this.#toggle) ? this.#with.value : null;
  }

  canReplace(can) {
    this.#replaceAll.disabled = !can;
  }

  /** `fill`: what is selected in the page is searched for. */
  focus({ replace = false, fill = true } = {}) {
    if (replace && !isOn(this.#toggle)) this.#toggle.click();
    const chosen = String(getSelection()).trim();
    if (
      fill &&
      chosen &&
      !chosen.includes("\n") &&
      chosen.length < 200 &&
      !this.element.contains(document.activeElement)
    ) {
      this.#q.value = chosen;
      this.#q.dispatchEvent(new Event("input"));
    }
    this.#q.focus();
    this.#q.select();
  }

  #showReplace(changed) {
    this.#replaceRow.hidden = !isOn(this.#toggle);
    if (!this.#replaceRow.hidden) this.#with.focus();
    changed();
  }

  #field(key, properties) {
    const label = this.#t(key);
    return h("input", {
      type: "text",
      "aria-label": label,
      placeholder: label,
      autocomplete: "off",
      spellcheck: "false",
      ...properties,
    });
  }

  #switch(text, key, changed) {
    const label = this.#t(key);
    const button = h(
      "button",
      { type: "button", class: "search-switch", "aria-pressed": "false", "aria-label": label, title: label },
      text,
    );
    button.addEventListener("click", () => {
      button.setAttribute("aria-pressed", String(!isOn(button)));
      changed();
    });
    return button;
  }
}

function labelled(text, field) {
  return h("label", {}, text, field);
}

function isOn(button) {
  return button.getAttribute("aria-pressed") === "true";
}

function globs(text) {
  return text
    .split(",")
    .map((glob) => glob.trim())
    .filter(Boolean);
}

function submitted(event, go) {
  event.preventDefault();
  go();
}
