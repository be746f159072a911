// How far something has come that takes its time, and how to stop it. Shown once it takes more than a moment.
import { h } from "../dom.js";

const A_MOMENT = 400;

export class Progress {
  #element;
  #bar;
  #text;
  #stop = new AbortController();
  #timer;

  constructor({ t }, label) {
    this.#bar = h("progress", { max: "1", value: "0", "aria-label": label });
    this.#text = h("p", {}, label);
    const stop = h(
      "button",
      { type: "button", class: "notice-action", onclick: () => this.#stop.abort() },
      t("transfer.stop"),
    );
    this.#element = h(
      "div",
      { class: "notice-card progress", role: "group", "aria-label": label },
      this.#text,
      this.#bar,
      stop,
    );
    this.#timer = setTimeout(() => document.querySelector(".notices").append(this.#element), A_MOMENT);
  }

  get signal() {
    return this.#stop.signal;
  }

  show(part) {
    this.#bar.value = part;
  }

  /** Everything is there, and the rest takes as long as it takes. */
  wait(text) {
    this.#bar.removeAttribute("value");
    this.#text.textContent = text;
  }

  end() {
    clearTimeout(this.#timer);
    this.#element.remove();
  }
}
