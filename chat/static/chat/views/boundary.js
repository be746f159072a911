// Where the messages above are told to the model as a summary: a line between messages that opens to its text.
import { h, setText } from "../dom.js";

export class Boundary {
  element;
  #i18n;
  #title = h("span", { class: "boundary-title" });
  #more = h("span", { class: "boundary-more" });
  #details;

  constructor(i18n) {
    this.#i18n = i18n;
    const summary = h("summary", {}, this.#title, this.#more);
    this.#details = h("details", {}, summary);
    this.#details.addEventListener("toggle", () => this.#showMore());
    this.element = h("li", { class: "boundary" }, this.#details);
  }

  update(summary) {
    const { t } = this.#i18n;
    setText(this.#title, t("summary.title", { count: summary.messages }));
    this.#showMore();
    const pinned = summary.pinned.length
      ? h("p", {}, t("summary.pinned", { paths: summary.pinned.join(", ") }))
      : null;
    const body = h(
      "div",
      { class: "boundary-body" },
      h("p", { class: "boundary-note" }, t("summary.note")),
      h("div", { class: "boundary-text", dir: "auto" }, summary.text),
      pinned,
      h("p", { class: "boundary-note" }, this.#account(summary)),
    );
    this.#details.replaceChildren(this.#details.firstChild, body);
  }

  #showMore() {
    setText(this.#more, this.#i18n.t(this.#details.open ? "summary.hide" : "summary.show"));
  }

  #account({ model, tokens, cost, created_at }) {
    const { t } = this.#i18n;
    const price = cost === null ? [] : [this.#i18n.cost(cost)];
    const size = t("details.receipt.tokens", { count: tokens });
    return [model, size, ...price, this.#i18n.time(created_at)].join(" · ");
  }
}
