// The dialog around a review: title, layout, help, totals.
import { h, iconButton, setText, textButton } from "../dom.js";
import { applyingAll, tally } from "./choice.js";
import { HelpLine } from "./help_line.js";

export class Frame {
  element;
  #i18n;
  #title = h("h2", { class: "review-title", id: "review-title" });
  #total = h("span", { class: "review-total" });
  #live = h("div", { class: "visually-hidden", "aria-live": "polite", "aria-atomic": "true" });
  #layout;
  #full;
  #applyAll;
  #rejectAll;

  constructor(i18n, actions, parts) {
    const { t } = i18n;
    this.#i18n = i18n;
    const press = (run) => (event) => event.currentTarget.getAttribute("aria-disabled") !== "true" && run();
    const add = (key, run, name, kind = "") =>
      textButton(t(key), press(run), { class: `text-button${kind}`, "data-do": name });
    this.#layout = add("review.split", actions.layout, "layout");
    this.#full = add("review.full", actions.full, "full");
    this.#applyAll = add("review.apply_all", actions.applyAll, "apply-turn", " is-primary");
    this.#rejectAll = add("review.reject_all", actions.rejectAll, "reject-turn");
    const close = iconButton("close", t("review.close"), actions.close, { "data-do": "close-review" });
    this.element = h(
      "dialog",
      {
        class: "review",
        "aria-labelledby": "review-title",
        onkeydown: actions.key,
        oncancel: actions.cancel,
        onclose: actions.closed,
      },
      h("header", { class: "review-head" }, this.#title, this.#layout, this.#full, close),
      h("div", { class: "review-body" }, parts),
      h("footer", { class: "review-foot" }, this.#total, this.#rejectAll, this.#applyAll),
      new HelpLine(i18n, actions.run).element,
      this.#live,
    );
  }

  say(text) {
    this.#live.replaceChildren(text);
  }

  update({ actions, ended, busy, choiceOf, ui }) {
    const { t } = this.#i18n;
    const { files, hunks, kept } = tally(actions, choiceOf);
    const failed = actions.filter(({ status }) => status === "failed").length;
    setText(this.#title, t("review.title", { count: actions.length }));
    setText(this.#total, ended ? t("review.kept", { kept, hunks, files }) : t("review.still_writing"));
    this.#total.hidden = ended && files === 0;
    setText(this.#applyAll, t(failed ? "review.apply_others" : "review.apply_all"));
    this.#applyAll.hidden = !ended || applyingAll(actions, choiceOf).length === 0;
    this.#rejectAll.hidden = !ended || files + failed === 0;
    for (const button of [this.#applyAll, this.#rejectAll])
      button.setAttribute("aria-disabled", String(busy));
    setText(this.#layout, t(ui.split ? "review.unified" : "review.split"));
    this.#full.setAttribute("aria-pressed", String(ui.full));
  }
}
