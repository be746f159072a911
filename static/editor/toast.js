// A short word about what just happened, for eyes and screen readers; `action` is `{label, run}`.
import { h } from "./dom.js";

const SHOWN = 6_000;

export class Toast {
  #element = h("div", { class: "studio-toast", role: "status", "aria-live": "polite" });
  #timer = 0;

  constructor(page) {
    page.append(this.#element);
  }

  show(text, action = null) {
    clearTimeout(this.#timer);
    const button =
      action &&
      h("button", { type: "button", class: "button quiet", onclick: () => this.#run(action) }, action.label);
    this.#element.replaceChildren(...[h("span", {}, text), button].filter(Boolean));
    this.#timer = setTimeout(() => this.hide(), action ? SHOWN * 2 : SHOWN);
  }

  hide() {
    this.#element.replaceChildren();
  }

  #run(action) {
    this.hide();
    action.run();
  }
}
