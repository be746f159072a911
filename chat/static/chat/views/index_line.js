// How far the project's files are indexed, while they are: one discreet line, asked for again less and less often.
import { h, setText } from "../dom.js";

const FIRST = 2000;
const LONGEST = 30_000;

export class IndexLine {
  element = h("p", { class: "index-line", hidden: true });
  #i18n;
  #ask;
  #ended;
  #timer = 0;
  #wait = FIRST;
  #done = -1;

  /** `ask()` is a promise of `{done, total, running}`; `ended()` is called once all is indexed. */
  constructor(i18n, ask, ended) {
    this.#i18n = i18n;
    this.#ask = ask;
    this.#ended = ended;
  }

  /** Looks now, and again for as long as there is something to say. */
  async look() {
    clearTimeout(this.#timer);
    // Not knowing is no reason to trouble anyone.
    const found = await this.#ask().catch(() => null);
    clearTimeout(this.#timer);
    const was = !this.element.hidden;
    this.element.hidden = !found?.running;
    if (found?.running) {
      setText(this.element, this.#i18n.t("context.indexing", { done: found.done, total: found.total }));
      this.#wait = found.done === this.#done ? Math.min(LONGEST, this.#wait * 2) : FIRST;
      this.#done = found.done;
      // A panel that has left the page asks no more.
      if (this.element.isConnected) this.#timer = setTimeout(() => this.look(), this.#wait);
    } else if (found && was) this.#ended();
  }
}
