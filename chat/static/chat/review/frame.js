// The dialog around a review: title, layout, what can be done with all of it, keys.
import { h, iconButton, setText, textButton } from "../dom.js";
import { applyingAll, inTheWay, tally } from "./choice.js";
import { HelpLine } from "./help_line.js";
import { RejectForm } from "./reject_form.js";

export class Frame {
  element;
  #i18n;
  #title = h("h2", { class: "review-title", id: "review-title" });
  #total = h("span", { class: "review-total" });
  #live = h("div", { class: "visually-hidden", "aria-live": "polite", "aria-atomic": "true" });
  #buttons;
  #form;
  #foot;

  /** `actions`: layout(), full(), applyAll(), askReason(on), rejectAll(reason), undoAll(), close(), run(command), key, cancel, closed(event), hidden(). */
  constructor(i18n, actions, parts) {
    this.#i18n = i18n;
    this.#buttons = this.#makeButtons(actions);
    const { layout, full, apply, reject, undo } = this.#buttons;
    const close = iconButton("close", i18n.t("review.close"), actions.close, { "data-do": "close-review" });
    const form = { reject: actions.rejectAll, cancel: () => actions.askReason(false) };
    this.#form = new RejectForm(i18n, form, { whole: true });
    this.#foot = h("footer", { class: "review-foot" }, this.#total, this.#form.element, undo, reject, apply);
    this.element = h(
      "dialog",
      {
        class: "review",
        "aria-labelledby": "review-title",
        onkeydown: actions.key,
        oncancel: actions.cancel,
        onclose: actions.closed,
      },
      h("header", { class: "review-head" }, this.#title, layout, full, close),
      h("div", { class: "review-body" }, parts),
      this.#foot,
      new HelpLine(i18n, actions.run).element,
      this.#live,
    );
    // Of a turned tablet or a narrowed window the page may hide the panel: an open dialog that nobody sees blocks it all.
    const look = () => this.element.open && !this.element.checkVisibility() && actions.hidden();
    new ResizeObserver(look).observe(this.element);
  }

  say(text) {
    this.#live.replaceChildren(text);
  }

  update({ actions, ended, busy, choiceOf, ui }) {
    const { t } = this.#i18n;
    setText(this.#title, t("review.title", { count: actions.length }));
    setText(this.#buttons.layout, t(ui.split ? "review.unified" : "review.split"));
    this.#buttons.full.setAttribute("aria-pressed", String(ui.full));
    this.#drawFoot(actions, ended, choiceOf);
    this.#form.update(ui.asksReason, busy, actions[0]?.id);
    if (ui.asksReason) for (const name of ["apply", "reject", "undo"]) this.#buttons[name].hidden = true;
    for (const name of ["apply", "reject", "undo"])
      this.#buttons[name].setAttribute("aria-disabled", String(busy));
  }

  #drawFoot(actions, ended, choiceOf) {
    const { t } = this.#i18n;
    const { apply, reject, undo } = this.#buttons;
    const { files, hunks, kept } = tally(actions, choiceOf);
    const failed = inTheWay(actions, choiceOf).length;
    const applied = actions.filter(({ status }) => status === "completed").length;
    setText(this.#total, ended ? t("review.kept", { count: kept, hunks, files }) : t("review.still_writing"));
    this.#total.hidden = ended && files === 0;
    setText(apply, t(failed ? "review.apply_others" : "review.apply_all"));
    apply.hidden = !ended || applyingAll(actions, choiceOf).length === 0;
    reject.hidden = !ended || files + failed === 0;
    undo.hidden = !ended || applied < 2;
    this.#foot.hidden = ended && apply.hidden && reject.hidden && undo.hidden;
  }

  #makeButtons(actions) {
    const press = (run) => (event) => event.currentTarget.getAttribute("aria-disabled") !== "true" && run();
    const make = (key, run, name, kind = "") =>
      textButton(this.#i18n.t(key), press(run), { class: `text-button${kind}`, "data-do": name });
    return {
      layout: make("review.split", actions.layout, "layout"),
      full: make("review.full", actions.full, "full"),
      apply: make("review.apply_all", actions.applyAll, "apply-turn", " is-primary"),
      reject: make("review.reject_all", () => actions.askReason(true), "reject-turn"),
      undo: make("review.undo_all", actions.undoAll, "undo-turn"),
    };
  }
}
