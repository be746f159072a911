// The lines between the bar and the page: one of each name, with what can be done about it.
import { h, iconButton } from "../dom.js";

export class Notices {
  #t;
  element = h("div", { class: "preview-notices" });

  constructor(t) {
    this.#t = t;
  }

  say(name, { text, kind = "info", actions = [], close }) {
    this.clear(name);
    const role = kind === "danger" ? "alert" : "status";
    const bar = h(
      "div",
      { class: "preview-notice", "data-kind": kind, "data-name": name, role },
      h("span", { class: "preview-notice-text" }, text),
      actions,
      close ? iconButton("close", this.#t("preview.close"), close) : null,
    );
    this.element.append(bar);
  }

  clear(...names) {
    for (const bar of [...this.element.children]) if (names.includes(bar.dataset.name)) bar.remove();
  }

  button(key, onclick, properties = {}) {
    return h("button", { type: "button", class: "button small", onclick, ...properties }, this.#t(key));
  }
}

/** A link that a page wants to follow: the person sees where to, and does it or not. */
export function outsideLink(t, address) {
  return h(
    "a",
    { class: "button small", href: address, target: "_blank", rel: "noopener noreferrer" },
    t("preview.open_outside"),
  );
}
