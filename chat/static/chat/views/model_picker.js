// Which model answers, and what the server says about its models.
import { h, icon } from "../dom.js";
import { errorText } from "../errors.js";

export class ModelPicker {
  element;
  notice = h("p", { class: "notice", role: "note", hidden: true });
  #select;
  #i18n;
  #shown = null;

  constructor(i18n, choose) {
    this.#i18n = i18n;
    this.#select = h("select", {
      "aria-label": i18n.t("model.label"),
      title: i18n.t("model.label"),
      onchange: () => choose(this.#select.value),
    });
    this.element = h("span", { class: "model-picker", hidden: true }, this.#select);
  }

  update(models) {
    if (models === this.#shown) return;
    this.#shown = models;
    this.#drawOptions(models);
    this.#drawNotice(models);
  }

  #drawOptions({ items, default: standard, selected }) {
    const named = items.find(({ id }) => id === standard);
    const name = named?.label ?? standard;
    const first = name ? this.#i18n.t("model.default_named", { name }) : this.#i18n.t("model.default");
    const others = items
      .filter(({ id }) => id !== standard)
      .map(({ id, label }) => h("option", { value: id }, label || id));
    this.element.hidden = items.length === 0;
    this.#select.replaceChildren(h("option", { value: "" }, first), ...others);
    this.#select.value = selected === standard ? "" : selected;
    if (this.#select.selectedIndex < 0) this.#select.value = "";
  }

  #drawNotice({ items, default: standard, selected, notice, error }) {
    const chosen = items.find(({ id }) => id === (selected || standard));
    // a model in the list carries the code alone
    const own = chosen?.notice ? { code: chosen.notice } : null;
    const told = error ?? own ?? (selected ? null : notice);
    this.notice.hidden = !told;
    if (!told) return;
    this.notice.classList.toggle("is-error", Boolean(error));
    const text =
      told.code === "embedded_model" ? this.#i18n.t("model.embedded") : errorText(this.#i18n, told);
    this.notice.replaceChildren(...(error ? [] : [icon("info")]), h("span", {}, text));
  }
}
