// Between the versions of an answer: ‹ 1/2 ›. `{element, update(versions, message)}`.
import { h, icon, setText } from "../dom.js";
import { placeAmong } from "../store_versions.js";

export class Versions {
  element;
  #t;
  #actions;
  #at = null;
  #place = h("span", { class: "versions-place", "aria-hidden": "true" });
  #buttons;

  /** `actions.choose(answerId, focus)`: `focus` is the button that should have the keyboard afterwards. */
  constructor({ t }, actions) {
    this.#t = t;
    this.#actions = actions;
    this.#buttons = { previous: this.#button("previous"), next: this.#button("next") };
    this.element = h(
      "div",
      { class: "versions", role: "group", hidden: true },
      this.#buttons.previous,
      this.#place,
      this.#buttons.next,
    );
  }

  update(versions, { id }) {
    this.#at = placeAmong(versions, id);
    this.element.hidden = this.#at === null;
    if (!this.#at) return;
    const { index, count } = this.#at;
    setText(this.#place, `${index + 1}/${count}`);
    this.element.setAttribute("aria-label", this.#t("versions.shown", { number: index + 1, count }));
    for (const [name, button] of Object.entries(this.#buttons)) button.disabled = this.#at[name] === null;
  }

  #button(name) {
    const label = this.#t(`versions.${name}`);
    const onclick = () => this.#actions.choose(this.#at[name], name);
    const properties = { type: "button", class: `tool is-${name}`, "aria-label": label, title: label };
    return h("button", { ...properties, onclick, "data-do": `version-${name}` }, icon("chevron"));
  }
}
