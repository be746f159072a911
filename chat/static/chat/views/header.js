// The top of the panel: its name, the open conversation and what it has cost so far.
import { h, iconButton, setText } from "../dom.js";

export class Header {
  element;
  #i18n;
  #list;
  #title = h("span", { class: "header-conversation", dir: "auto" });
  #shownTotals = null;
  #totals = h("span", { class: "header-totals" });

  /** `actions` is `{toggleList(), startNew()}`. */
  constructor(i18n, actions) {
    const { t } = i18n;
    this.#i18n = i18n;
    this.#list = iconButton("list", t("conversations.open"), actions.toggleList, {
      "aria-expanded": "false",
      "data-do": "list",
    });
    const fresh = iconButton("plus", t("conversations.new"), actions.startNew, { "data-do": "new" });
    const name = h(
      "h2",
      { class: "header-name" },
      h("span", { "aria-hidden": "true" }, "🤖 "),
      t("panel.title"),
    );
    const line = h("div", { class: "header-line" }, this.#title, this.#totals);
    this.element = h(
      "header",
      { class: "header" },
      this.#list,
      h("div", { class: "header-text" }, name, line),
      fresh,
    );
  }

  update({ conversation }, listIsOpen) {
    const { t } = this.#i18n;
    setText(
      this.#title,
      conversation.title || t(conversation.id === null ? "conversations.new" : "conversations.untitled"),
    );
    this.#title.title = conversation.title;
    this.#drawTotals(conversation.id === null ? null : conversation.totals);
    this.#list.setAttribute("aria-expanded", String(listIsOpen));
  }

  focusList() {
    this.#list.focus();
  }

  #drawTotals(totals) {
    if (totals === this.#shownTotals) return;
    this.#shownTotals = totals;
    const tokens = (totals?.prompt_tokens ?? 0) + (totals?.completion_tokens ?? 0);
    this.#totals.hidden = tokens === 0;
    if (tokens === 0) return;
    const { t } = this.#i18n;
    const known = totals.cost !== null && totals.cost !== undefined;
    const unpriced = totals.unpriced_calls ?? 0;
    const sum = known && this.#i18n.cost(totals.cost);
    const cost = known ? (unpriced ? t("totals.at_least", { sum }) : sum) : t("totals.cost_unknown");
    const count = h("span", { class: "totals-tokens" }, `${t("totals.tokens", { tokens })} · `);
    this.#totals.replaceChildren(count, cost);
    const label = t("totals.label");
    this.#totals.title = unpriced ? `${label} ${t("totals.unpriced", { count: unpriced })}` : label;
  }
}
