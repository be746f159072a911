// An empty conversation: what this is, and three ways to begin.
import { h } from "../dom.js";

const SUGGESTIONS = ["suggest.component", "suggest.explain", "suggest.fix"];

export class Welcome {
  element;

  constructor({ t }, suggest) {
    const chip = (key) =>
      h("li", {}, h("button", { type: "button", class: "chip", onclick: () => suggest(t(key)) }, t(key)));
    this.element = h(
      "div",
      { class: "welcome", hidden: true },
      h("div", { class: "welcome-mark", "aria-hidden": "true" }, "🤖"),
      h("h3", {}, t("empty.title")),
      h("p", {}, t("empty.text")),
      h("ul", { class: "chips", "aria-label": t("empty.suggestions") }, SUGGESTIONS.map(chip)),
    );
  }
}
