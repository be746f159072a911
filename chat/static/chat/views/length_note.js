// How long the text is, once that matters: before it is sent, not after. `{element, update(text), isTooLong}`.
import { h, setText } from "../dom.js";

/** From this part of the limit on the length is told. */
const NEAR = 0.9;

/** As the server counts: a character is one, however many units it takes here. Counted only where units may be too many. */
function lengthOf(text, limit) {
  return text.length > limit ? [...text].length : text.length;
}

export class LengthNote {
  element = h("p", { class: "length-note", id: "composer-length", hidden: true });
  isTooLong = false;
  #i18n;
  #limit;
  #announce;

  constructor(i18n, { longest, announce }) {
    this.#i18n = i18n;
    this.#limit = longest || Number.POSITIVE_INFINITY;
    this.#announce = announce;
  }

  update(text) {
    const count = lengthOf(text, this.#limit);
    const was = this.isTooLong;
    this.isTooLong = count > this.#limit;
    this.element.hidden = count < this.#limit * NEAR;
    this.element.classList.toggle("is-error", this.isTooLong);
    const key = this.isTooLong ? "composer.too_long" : "composer.length";
    // Emptied where it is hidden: it describes the box all the same.
    setText(this.element, this.element.hidden ? "" : this.#i18n.t(key, { count, limit: this.#limit }));
    if (this.isTooLong && !was) this.tell();
  }

  /** For those who do not see it. */
  tell() {
    this.#announce(this.element.textContent);
  }
}
