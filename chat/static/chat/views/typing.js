// Nothing to read yet: three dots and, where it takes long, since when.
import { h, setText } from "../dom.js";

/** Before this nobody wonders. */
const SAID_AFTER = 5_000;
/** An older beginning is another clock's, or of an answer that a dead server left. */
const BELIEVED = 15 * 60_000;

export class Typing {
  #i18n;
  #since = h("span", { class: "typing-since", hidden: true });
  #began = 0;
  #timer = 0;
  element;

  constructor(i18n) {
    this.#i18n = i18n;
    const dots = [1, 2, 3].map(() => h("span", { class: "typing-dot" }));
    const said = h("span", { class: "visually-hidden" }, i18n.t("message.thinking"));
    this.element = h("div", { class: "typing", hidden: true }, ...dots, said, this.#since);
  }

  update(message) {
    const isWaiting = waits(message);
    if (isWaiting === !this.element.hidden) return;
    this.element.hidden = !isWaiting;
    clearInterval(this.#timer);
    this.#since.hidden = true;
    if (!isWaiting) return;
    this.#began = begun(message);
    this.#timer = setInterval(() => this.#tell(), 1000);
  }

  #tell() {
    if (!this.element.isConnected) return clearInterval(this.#timer);
    const time = Date.now() - this.#began;
    this.#since.hidden = time < SAID_AFTER;
    if (!this.#since.hidden) {
      const seconds = Math.floor(time / 1000);
      setText(this.#since, this.#i18n.t("message.waiting", { time: this.#i18n.duration(seconds * 1000) }));
    }
  }
}

function waits({ status, content, reasoning, steps }) {
  return status === "streaming" && !content && !reasoning && !steps?.some((step) => !step.done);
}

/** When the wait began: with the answer, also after a reload; after a step, now. */
function begun({ created_at: created, steps }) {
  const age = Date.now() - Date.parse(created);
  return !steps?.length && age > 0 && age < BELIEVED ? Date.now() - age : Date.now();
}
