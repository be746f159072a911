// A short word at the bottom, with at most one thing to do about it.
import { h, iconButton, textButton } from "../dom.js";

const SHOWN_FOR = 6000;

export class Toast {
  element = h("div", { class: "toast", hidden: true });
  #t;
  #timer = 0;

  constructor(t) {
    this.#t = t;
  }

  /** `action` is `{label, run}`; what `stays` is there until it is closed or something else is said. */
  show(text, action = null, { stays = false } = {}) {
    clearTimeout(this.#timer);
    const button =
      action &&
      textButton(action.label, () => {
        this.hide();
        action.run();
      });
    this.element.replaceChildren(
      h("span", { class: "toast-text" }, text),
      ...(button ? [button] : []),
      iconButton("close", this.#t("toast.close"), () => this.hide()),
    );
    this.element.hidden = false;
    if (!stays) this.#timer = setTimeout(() => this.hide(), SHOWN_FOR);
  }

  hide() {
    clearTimeout(this.#timer);
    this.element.hidden = true;
  }
}
