// Lines above a file or a page: what a person should know about it, with what can be done. They stay while it is so;
// what has just happened is said by toasts.js.
import { h, iconButton } from "./dom.js";

export class Banners {
  element;
  #t;
  #left;
  #actions = new Map();

  /** `left()`: a banner with the focus in it has gone. */
  constructor(element, t, left) {
    this.element = element;
    this.#t = t;
    this.#left = left;
    element.classList.add("banners");
  }

  /**
   * One of each name: `{text, kind: "info" | "warning" | "danger", actions: [{label, run, primary, pressed}], close}`. An
   * action with an `href` is a link that leads out. What says the same again is not announced again.
   */
  say(name, { text, kind = "info", actions = [], close = null }) {
    const given = actions.filter(Boolean);
    this.#actions.set(name, { given, close });
    const key = JSON.stringify([kind, text, given, Boolean(close)]);
    const before = this.#find(name);
    if (before?.dataset.key === key) return;
    const focused = before?.contains(document.activeElement) ? document.activeElement.textContent : null;
    const banner = this.#draw(name, { text, kind, given, close });
    banner.dataset.key = key;
    if (before) before.replaceWith(banner);
    else this.element.append(banner);
    if (focused === null) return;
    const same = [...banner.querySelectorAll("button")].find(({ textContent }) => textContent === focused);
    if (same) same.focus();
    else this.#left();
  }

  clear(...names) {
    for (const name of names) {
      const banner = this.#find(name);
      const hadFocus = banner?.contains(document.activeElement);
      banner?.remove();
      this.#actions.delete(name);
      if (hadFocus) this.#left();
    }
  }

  #find(name) {
    return [...this.element.children].find((banner) => banner.dataset.name === name);
  }

  #draw(name, { text, kind, given, close }) {
    const role = kind === "info" ? "status" : "alert";
    return h(
      "div",
      { class: `banner ${kind}`, "data-name": name, role },
      h("p", {}, text),
      given.length
        ? h(
            "div",
            { class: "banner-actions" },
            given.map((_, at) => this.#action(name, at)),
          )
        : null,
      close ? iconButton("close", this.#t("message.close"), () => this.#actions.get(name).close()) : null,
    );
  }

  /** What it does is looked up when it is pressed: the same words may stand above another file by then. */
  #action(name, at) {
    const { label, href, primary, pressed } = this.#actions.get(name).given[at];
    const look = primary ? "button small primary" : "button small";
    if (href) return h("a", { class: look, href, target: "_blank", rel: "noopener noreferrer" }, label);
    const onclick = () => this.#actions.get(name).given[at].run();
    const state = pressed === undefined ? null : String(pressed);
    return h("button", { type: "button", class: look, onclick, "aria-pressed": state }, label);
  }
}
