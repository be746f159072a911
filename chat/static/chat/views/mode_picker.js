// Whether the assistant asks before its changes are applied, and what it means if not.
import { h, icon, setText } from "../dom.js";

const MODES = ["ask", "auto"];

export class ModePicker {
  element;
  notice = h("p", { class: "mode-notice", role: "note", hidden: true });
  #select;
  #text = h("span");

  constructor(i18n, choose) {
    const { t } = i18n;
    this.#select = h(
      "select",
      {
        "aria-label": t("mode.label"),
        title: t("mode.label"),
        "data-do": "mode",
        onchange: () => choose(this.#select.value),
      },
      MODES.map((mode) => h("option", { value: mode }, t(`mode.${mode}`))),
    );
    this.element = h("span", { class: "mode-picker", hidden: true }, this.#select);
    this.notice.append(icon("alert"), this.#text);
    setText(this.#text, t("mode.auto_text"));
  }

  /** `modes` are those that the person may choose: with one there is nothing to choose. */
  update({ mode }, modes) {
    this.element.hidden = modes.length < 2;
    if (this.#select.value !== mode) this.#select.value = mode;
    this.notice.hidden = mode !== "auto";
  }
}
