// Short words about what has just happened, with what can be done about it: "3 files deleted · Undo". Errors stay until
// they are closed; the rest goes by itself, but not while somebody is at it.
import { h, iconButton } from "./dom.js";

const SECONDS = { info: 6, success: 8, error: 0 };
const MOST = 4;

export class Toasts {
  #list;
  #t;
  #before = null;

  constructor(page, t) {
    this.#t = t;
    this.#list = h("section", { class: "notices", "aria-label": t("message.list") });
    this.#list.addEventListener("focusin", ({ relatedTarget }) => {
      if (relatedTarget && !this.#list.contains(relatedTarget)) this.#before = relatedTarget;
    });
    // Two of them: what is wrong is said at once, the rest when there is time. They are there before they speak.
    this.polite = h("div", { class: "sr-only", role: "status" });
    this.urgent = h("div", { class: "sr-only", role: "alert" });
    page.append(this.#list, this.polite, this.urgent);
  }

  /** Gives back how to take it away. `action`: `{label, run}`. `key`: replaces the one with the same key. */
  show(text, { kind = "info", action = null, key = null, seconds = SECONDS[kind] } = {}) {
    if (key) this.#list.querySelector(`[data-key="${CSS.escape(key)}"]`)?.remove();
    const close = () => this.#close(notice);
    const run = () => {
      close();
      action.run();
    };
    const notice = h(
      "div",
      { class: `notice-card ${kind}`, "data-key": key },
      h("p", {}, text),
      action && h("button", { type: "button", class: "notice-action", onclick: run }, action.label),
      iconButton("close", this.#t("message.close"), close),
    );
    while (this.#list.children.length >= MOST) this.#list.firstElementChild.remove();
    this.#list.append(notice);
    (kind === "error" ? this.urgent : this.polite).textContent = text;
    if (seconds) this.#fade(notice, seconds * 1000);
    return close;
  }

  #close(notice) {
    const hadFocus = notice.contains(document.activeElement);
    notice.remove();
    if (hadFocus) (this.#before?.isConnected ? this.#before : document.querySelector("[role=tree]"))?.focus();
  }

  #fade(notice, after) {
    const look = () => {
      if (notice.matches(":hover, :focus-within")) setTimeout(look, 2000);
      else notice.remove();
    };
    setTimeout(look, after);
  }
}
